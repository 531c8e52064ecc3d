import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import { type Columns, historyAt } from '../columns.ts'
import { bgNbd, mbgNbd } from './bg-nbd.ts'
import type { BgNbdParameters } from './parameters.ts'

const cdnow = { r: 0.2426, alpha: 4.4137, a: 0.793, b: 2.4262 }

function expectAsOneByOne(model: typeof bgNbd, parameters: BgNbdParameters, columns: Columns, horizon: number) {
  const { alive, expected, silence } = model.scores(parameters, columns, horizon)
  const discounted = model.discountedExpectedResiduals(parameters, columns, 0.003)
  for (let row = 0; row < alive.length; row++) {
    const history = historyAt(columns, row)
    const isNear = (found: number, exact: number) =>
      expect(Math.abs(found - exact), JSON.stringify(history)).toBeLessThanOrEqual(1e-11 * Math.abs(exact))
    expect(Math.abs(alive[row]! - model.probabilityAlive(parameters, history))).toBeLessThan(1e-13)
    isNear(expected[row]!, model.expectedPurchases(parameters, history, horizon))
    isNear(silence[row]!, model.probabilityOfSilence(parameters, history, horizon))
    isNear(discounted[row]!, model.discountedExpectedResidual(parameters, history, 0.003))
  }
}

describe.each([
  ['bg-nbd', bgNbd],
  ['mbg-nbd', mbgNbd],
] as const)('%s: the scores of a base are those of its customers, one by one', (_, model) => {
  const observed = Int32Array.from({ length: 1500 }, (_, i) => 100 + (i % 80))
  const simulated = model.simulate({ r: 0.6, alpha: 30, a: 0.6, b: 2 }, { observed }, seeded(3)).columns
  const lived = { purchases: simulated.purchases, recency: simulated.recency, observed: simulated.observed }
  const inWeeks = (span: number) => span / 7

  it('at irregular times', () => expectAsOneByOne(model, { ...cdnow, alpha: 30 }, lived, 90))
  it('on the grid of days', () => {
    expectAsOneByOne(model, { ...cdnow, alpha: 30 }, { ...lived, recency: lived.recency.map(Math.ceil) }, 364)
  })
  it('on the grid of days in weeks', () => {
    const recency = lived.recency.map(Math.ceil).map(inWeeks)
    expectAsOneByOne(model, cdnow, { ...lived, recency, observed: lived.observed.map(inWeeks) }, 52)
  })
  it('with a tiny alpha, a at 1 and a long horizon', () => {
    expectAsOneByOne(
      model,
      { r: 0.3, alpha: 0.008, a: 1, b: 2 },
      { ...lived, recency: lived.recency.map(Math.ceil) },
      5000,
    )
  })
  it('over no time at all', () => expectAsOneByOne(model, cdnow, lived, 0))

  it('of a few customers of any kind', () => {
    const customer = fc.record({
      purchases: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 10_000 })),
      recency: fc.integer({ min: 1, max: 300 }),
      silent: fc.integer({ min: 0, max: 300 }),
    })
    fc.assert(
      fc.property(fc.array(customer, { minLength: 1, maxLength: 20 }), customers => {
        const recency = Int32Array.from(customers, one => (one.purchases > 0 ? one.recency : 0))
        const base = {
          purchases: Int32Array.from(customers, one => one.purchases),
          recency,
          observed: recency.map((span, row) => span + customers[row]!.silent),
        }
        expectAsOneByOne(model, cdnow, base, 52)
      }),
      { numRuns: 20 },
    )
  })

  it('refuses what is no base and no horizon', () => {
    expect(() => model.scores(cdnow, { ...lived, observed: new Float64Array(3) }, 52)).toThrow(/observed has 3 rows/)
    expect(() => model.scores(cdnow, lived, -1)).toThrow(/horizon must be/)
    expect(() => model.discountedExpectedResiduals(cdnow, lived, 0)).toThrow(/rate must be/)
  })
})
