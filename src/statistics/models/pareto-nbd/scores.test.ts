import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import { historyAt } from '../columns.ts'
import { paretoNbd } from './pareto-nbd.ts'

const random = seeded(4)
const observed = Int32Array.from({ length: 3000 }, () => Math.floor(random() * 200))
const purchases = observed.map(time => (time === 0 ? 0 : Math.floor(10 * random() ** 4)))
purchases[17] = 6000
const recency = observed.map((time, row) => (purchases[row] === 0 ? 0 : Math.max(1, Math.ceil(random() * time))))
const days = { purchases, recency, observed }
const hours = {
  purchases,
  recency: Float64Array.from(recency, time => 0.977 * time),
  observed: Float64Array.from(observed, (time, row) => time + 0.01 * Math.sin(row) ** 2),
}

describe('a base is scored like its customers one by one', () => {
  for (const [kind, columns] of Object.entries({ days, hours })) {
    for (const parameters of [
      { r: 0.55, alpha: 12, s: 0.6, beta: 20 },
      { r: 0.2, alpha: 0.003, s: 1, beta: 0.01 },
      { r: 200, alpha: 90, s: 80, beta: 30 },
    ]) {
      it.each([0, 30, 30.25, 5000])(`${kind}, r ${parameters.r}, horizon %f`, horizon => {
        const scores = paretoNbd.scores(parameters, columns, horizon)
        const residuals = paretoNbd.discountedExpectedResiduals(parameters, columns, 0.01)
        for (let row = 0; row < observed.length; row += 7) {
          const history = historyAt(columns, row)
          const near = (found: number, wanted: number) =>
            expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted))
          expect(Math.abs(scores.alive[row]! - paretoNbd.probabilityAlive(parameters, history))).toBeLessThan(1e-12)
          near(scores.alive[row]!, paretoNbd.probabilityAlive(parameters, history))
          near(scores.expected[row]!, paretoNbd.expectedPurchases(parameters, history, horizon))
          near(scores.silence[row]!, paretoNbd.probabilityOfSilence(parameters, history, horizon))
          near(residuals[row]!, paretoNbd.discountedExpectedResidual(parameters, history, 0.01))
        }
      })
    }
  }

  it('refuses what it would refuse of one', () => {
    expect(() => paretoNbd.scores({ r: 1, alpha: 1, s: 1, beta: 0 }, days, -1)).toThrow(
      'beta must be a positive finite number, found 0; horizon must be a finite number of at least 0, found -1',
    )
    expect(() => paretoNbd.discountedExpectedResiduals({ r: 1, alpha: 1, s: 1, beta: 1 }, days, 0)).toThrow('rate')
  })
})
