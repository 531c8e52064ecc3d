import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyParameters } from '../../../../bench/rhythm-arbitraries.ts'
import { seeded } from '../../sampling/seeded.ts'
import { type Columns, historyAt } from '../columns.ts'
import { logLikelihood } from './log-likelihood.ts'
import { cnbdKObjective } from './objective.ts'
import type { CnbdKParameters, Leaving } from './parameters.ts'
import { rowsByPurchases } from './rows-by-purchases.ts'
import { simulate } from './simulate.ts'

const truth = { k: 2, r: 1, alpha: 20, a: 0.5, b: 2 }
const logsOf = ({ k, r, alpha, a, b }: CnbdKParameters) => Float64Array.from([k, r, alpha, a, b], Math.log)
const leavings = ['bg', 'mbg'] as const

/** Enough customers that tables answer for some of them, and few enough purchases of others that each is computed alone. */
function baseOf(leaving: Leaving): Columns {
  const random = seeded(1)
  const observed = Float64Array.from({ length: 2000 }, () => Math.floor(100 + 600 * random()))
  return simulate(leaving, truth, { observed }, random).columns
}
const bases = { bg: baseOf('bg'), mbg: baseOf('mbg') }
const objectives = {
  bg: cnbdKObjective('bg', rowsByPurchases(bases.bg)),
  mbg: cnbdKObjective('mbg', rowsByPurchases(bases.mbg)),
}

it.each(leavings)('%s: is minus the sum of the log-likelihoods of the customers, one by one', leaving => {
  fc.assert(
    fc.property(anyParameters, parameters => {
      const columns = bases[leaving]
      let sum = 0
      for (let row = 0; row < columns.purchases.length; row++) {
        sum += logLikelihood(leaving, parameters, historyAt(columns, row))
      }
      const value = objectives[leaving](logsOf(parameters), new Float64Array(5), new Float64Array(25))
      expect(Math.abs(value + sum)).toBeLessThan(1e-10 * (1 + Math.abs(sum)))
    }),
    { numRuns: 30 },
  )
})

describe.each(leavings)('%s: its gradient and Hessian are what differences show', leaving => {
  const objective = objectives[leaving]
  it.each([
    truth,
    { k: 0.7, r: 5, alpha: 200, a: 0.01, b: 50 },
    { k: 6, r: 0.3, alpha: 3, a: 3, b: 0.5 },
    { k: 20, r: 0.3, alpha: 1, a: 3, b: 5 },
  ])('at k $k, r $r, alpha $alpha, a $a, b $b', parameters => {
    const at = (point: Float64Array) => {
      const gradient = new Float64Array(5)
      const hessian = new Float64Array(25)
      return { value: objective(point, gradient, hessian), gradient, hessian }
    }
    const point = logsOf(parameters)
    const { gradient, hessian } = at(point)
    const steep = Math.max(...gradient.map(Math.abs))
    const curved = Math.max(...hessian.map(Math.abs))
    for (let i = 0; i < 5; i++) {
      const above = at(point.map((value, j) => (j === i ? value + 1e-5 : value)))
      const below = at(point.map((value, j) => (j === i ? value - 1e-5 : value)))
      expect(Math.abs(gradient[i]! - (above.value - below.value) / 2e-5)).toBeLessThan(1e-6 * steep)
      for (let j = 0; j < 5; j++) {
        const difference = (above.gradient[j]! - below.gradient[j]!) / 2e-5
        expect(Math.abs(hessian[i * 5 + j]! - difference)).toBeLessThan(1e-6 * curved)
        expect(hessian[i * 5 + j]).toBe(hessian[j * 5 + i])
      }
    }
  })
})
