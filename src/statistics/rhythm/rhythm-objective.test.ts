import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyParameters, seeded } from '../../../bench/rhythm-arbitraries.ts'
import { logLikelihood } from './log-likelihood.ts'
import type { RhythmParameters } from './rhythm.ts'
import { groupSinglePurchases } from './rhythm-columns.ts'
import { rhythmObjective } from './rhythm-objective.ts'
import { simulateRhythm } from './simulate-rhythm.ts'

const columns = simulateRhythm({ k: 2, r: 1, alpha: 20, a: 0.5, b: 2 }, 200, seeded(1))
const objective = rhythmObjective(groupSinglePurchases(columns))
const logsOf = ({ k, r, alpha, a, b }: RhythmParameters) => Float64Array.from([k, r, alpha, a, b], Math.log)

it('is minus the sum of the log-likelihoods of the customers, one by one', () => {
  fc.assert(
    fc.property(anyParameters, parameters => {
      let sum = 0
      for (let row = 0; row < columns.gaps.length; row++) {
        const history = {
          gaps: columns.gaps[row]!,
          gapDaysSum: columns.gapDaysSum[row]!,
          logGapSum: columns.logGapSum[row]!,
        }
        sum += logLikelihood(parameters, history, columns.silentDays[row]!)
      }
      const value = objective(logsOf(parameters), new Float64Array(5))
      expect(Math.abs(value + sum)).toBeLessThan(1e-9 * (1 + Math.abs(sum)))
    }),
  )
})

describe('its gradient is what a difference of two values shows', () => {
  const ignored = new Float64Array(5)
  it.each([
    { k: 2, r: 1, alpha: 20, a: 0.5, b: 2 },
    { k: 0.7, r: 5, alpha: 200, a: 0.01, b: 50 },
    { k: 6, r: 0.3, alpha: 3, a: 3, b: 0.5 },
  ])('at k $k, r $r, alpha $alpha, a $a, b $b', parameters => {
    const point = logsOf(parameters)
    const gradient = new Float64Array(5)
    objective(point, gradient)
    const size = Math.max(...gradient.map(Math.abs))
    for (let i = 0; i < 5; i++) {
      const above = point.slice()
      const below = point.slice()
      above[i]! += 1e-5
      below[i]! -= 1e-5
      const difference = (objective(above, ignored) - objective(below, ignored)) / 2e-5
      expect(Math.abs(gradient[i]! - difference)).toBeLessThan(1e-6 * size)
    }
  })
})

it('offers a first curvature that is symmetric and not negative', () => {
  const curvature = new Float64Array(25)
  objective(logsOf({ k: 2, r: 1, alpha: 20, a: 0.5, b: 2 }), new Float64Array(5), curvature)
  for (let i = 0; i < 5; i++) {
    expect(curvature[i * 6]).toBeGreaterThan(0)
    for (let j = 0; j < 5; j++) expect(curvature[i * 5 + j]).toBe(curvature[j * 5 + i])
  }
})
