import { expect, it } from 'vitest'
import { silenceCurves } from './curve-scores.ts'
import { probabilityAlive, probabilityOfSilence } from './likelihood.ts'

const parameters = { r: 0.55, alpha: 12, s: 0.6, beta: 20 }
/** 64 customers who came twice more, and 63 who did not. */
const purchases = Float64Array.from({ length: 127 }, (_, row) => (row < 64 ? 2 : 0))
const columns = { purchases, recency: purchases.map(x => 1.7 * x), observed: purchases.map((_, row) => 5 + 1.3 * row) }

it('answers for those who are many as the integral does for one', () => {
  const curves = silenceCurves(parameters, columns, 30)!
  expect([curves.has(2), curves.has(0), curves.has(1), curves.has(9999)]).toEqual([true, false, false, false])
  const out = new Float64Array(2)
  for (const [recency, observed] of [
    [3.4, 5],
    [3.4, 168.8],
    [100.1, 100.1],
  ] as const) {
    const history = { purchases: 2, recency, observed }
    curves.write(2, recency, observed, out)
    expect(Math.abs(out[0]! - probabilityAlive(parameters, history))).toBeLessThan(1e-13)
    expect(Math.abs(out[1]! - probabilityOfSilence(parameters, history, 30))).toBeLessThan(1e-13)
  }
})

it('leaves a horizon of ages to the integral', () => {
  expect(silenceCurves(parameters, columns, 1e30)).toBeUndefined()
})
