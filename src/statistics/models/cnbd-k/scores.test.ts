import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import { historyAt } from '../columns.ts'
import { bgCnbdK, mbgCnbdK } from './cnbd-k.ts'

const bases = [
  { model: mbgCnbdK, parameters: { k: 1.6, r: 1.2, alpha: 40, a: 0.8, b: 3 } },
  { model: bgCnbdK, parameters: { k: 0.6, r: 1.5, alpha: 60, a: 1.3, b: 2 } },
  { model: mbgCnbdK, parameters: { k: 4, r: 2, alpha: 12, a: 0.3, b: 1 } },
] as const

function daysOf(parameters: (typeof bases)[number]['parameters'], model: typeof mbgCnbdK, customers: number) {
  const random = seeded(8)
  const observed = Float64Array.from({ length: customers }, () => Math.floor(30 + 700 * random()))
  return model.simulate(parameters, { observed }, random).columns
}

describe('every customer of a base gets what the functions of one customer say', () => {
  it.each(bases)('$model.name, k $parameters.k', ({ model, parameters }) => {
    const columns = daysOf(parameters, model, 6000)
    const { alive, expected, silence } = model.scores(parameters, columns, 364)
    const discounted = model.discountedExpectedResiduals(parameters, columns, 0.0003)
    for (let row = 0; row < 6000; row += 61) {
      const history = historyAt(columns, row)
      const close = (found: number, exact: number, within: number) =>
        expect(Math.abs(found - exact)).toBeLessThan(within * exact + 1e-10)
      close(alive[row]!, model.probabilityAlive(parameters, history), 1e-9)
      close(silence[row]!, model.probabilityOfSilence(parameters, history, 364), 1e-9)
      close(expected[row]!, model.expectedPurchases(parameters, history, 364), 2e-7)
      close(discounted[row]!, model.discountedExpectedResidual(parameters, history, 0.0003), 1e-7)
    }
  })
})

it('over no time nobody buys', () => {
  const columns = daysOf(bases[0]!.parameters, mbgCnbdK, 50)
  const { expected, silence } = mbgCnbdK.scores(bases[0]!.parameters, columns, 0)
  expect(new Set(expected)).toEqual(new Set([0]))
  expect(new Set(silence)).toEqual(new Set([1]))
})

it('refuses a base that is none and a horizon that is none', () => {
  const columns = daysOf(bases[0]!.parameters, mbgCnbdK, 5)
  expect(() => mbgCnbdK.scores(bases[0]!.parameters, columns, -1)).toThrow(/horizon/)
  expect(() => mbgCnbdK.scores(bases[0]!.parameters, { ...columns, recency: new Float64Array(2) }, 1)).toThrow(/rows/)
  expect(() => mbgCnbdK.discountedExpectedResiduals(bases[0]!.parameters, columns, 0)).toThrow(/rate/)
})
