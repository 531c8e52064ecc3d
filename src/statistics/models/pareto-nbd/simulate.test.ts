import { expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import { paretoNbd } from './pareto-nbd.ts'

const parameters = { r: 0.8, alpha: 10, s: 1.2, beta: 40 }
const observed = new Float64Array(40_000).fill(30)
const { columns, future, alive } = paretoNbd.simulate(parameters, { observed, horizon: 25 }, seeded(2))
const mean = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((sum, value) => sum + value, 0) / numbers.length

it('invented customers buy, leave and stay silent as often as the model says', () => {
  expect(mean(columns.purchases)).toBeCloseTo(paretoNbd.expectedPurchasesOfNew(parameters, 30), 1)
  const { alive: expectedAlive, expected, silence } = paretoNbd.scores(parameters, columns, 25)
  expect(mean(alive)).toBeCloseTo(mean(expectedAlive), 2)
  expect(mean(future)).toBeCloseTo(mean(expected), 1)
  expect(mean(future.map(count => (count === 0 ? 1 : 0)))).toBeCloseTo(mean(silence), 2)
  for (const count of [0, 1, 4]) {
    const share = mean(columns.purchases.map(x => (x === count ? 1 : 0)))
    expect(share).toBeCloseTo(paretoNbd.purchaseCountProbability(parameters, count, 30), 2)
  }
})

it('the columns are a sound base, with the sum of the logarithms of the gaps', () => {
  expect(() => paretoNbd.scores(parameters, columns, 1)).not.toThrow()
  const single = columns.purchases.indexOf(1)
  expect(columns.logGapSum[single]).toBeCloseTo(Math.log(columns.recency[single]!), 12)
  expect(mean(columns.weights)).toBe(1)
})

it('the same numbers, the same customers', () => {
  expect(paretoNbd.simulate(parameters, { observed: new Float64Array(50).fill(9) }, seeded(3))).toEqual(
    paretoNbd.simulate(parameters, { observed: new Float64Array(50).fill(9) }, seeded(3)),
  )
})

it('refuses times that are none', () => {
  expect(() => paretoNbd.simulate(parameters, { observed: new Float64Array([3, -1]) }, seeded(3))).toThrow(
    'observed must be finite numbers of at least 0, found -1 at row 1',
  )
})
