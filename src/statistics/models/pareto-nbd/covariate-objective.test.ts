import { describe, expect, it } from 'vitest'
import { standardise } from '../covariates.ts'
import { covariateObjective } from './covariate-objective.ts'
import { logLikelihood } from './likelihood.ts'

const rows = 400
const column = (of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row))
const observed = column(row => 30 + ((row * 37) % 200))
const purchases = column(row => (row * 7) % 5)
const recency = column(row => (purchases[row] === 0 ? 0 : 1 + ((row * 13) % 29)))
const weights = column(row => 1 + (row % 3))
const columns = { purchases, recency, observed, weights }
const point = Float64Array.of(-0.5, 3.5, -0.3, 4.2, 0.6, -0.4)

describe.each([
  ['few values: in groups', column(row => row % 2), column(row => row % 3)],
  ['any values: one by one', column(row => Math.sin(row)), column(row => Math.cos(row * row))],
])('%s', (_, pace, stay) => {
  const covariates = standardise({ transaction: [pace], lifetime: [stay] }, rows)
  const objective = covariateObjective(columns, covariates)
  const at = (where: Float64Array) => {
    const gradient = new Float64Array(6)
    return { value: objective(where, gradient), gradient }
  }

  it('is the sum over customers, each with her own alpha and beta', () => {
    let sum = 0
    for (let row = 0; row < rows; row++) {
      const parameters = {
        r: Math.exp(-0.5),
        alpha: Math.exp(3.5 - 0.6 * covariates[0]!.values[row]!),
        s: Math.exp(-0.3),
        beta: Math.exp(4.2 + 0.4 * covariates[1]!.values[row]!),
      }
      const history = { purchases: purchases[row]!, recency: recency[row]!, observed: observed[row]! }
      sum -= weights[row]! * logLikelihood(parameters, history)
    }
    expect(Math.abs(at(point).value / sum - 1)).toBeLessThan(1e-12)
  })

  it('its slopes are those that differences show', () => {
    const { gradient } = at(point)
    for (let i = 0; i < 6; i++) {
      const moved = (by: number) => at(point.map((value, j) => (i === j ? value + by : value))).value
      const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)))
    }
  })
})
