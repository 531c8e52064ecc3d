import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import { sortBase } from './base.ts'
import { logLikelihood } from './likelihood.ts'
import { baseLogLikelihood } from './objective.ts'
import { parameterNames } from './parameters.ts'

/** Anything that can happen on a grid of days, also what no model would expect. */
function wildBase(rows: number, seed: number) {
  const random = seeded(seed)
  const observed = Float64Array.from({ length: rows }, () => Math.floor(random() * 300))
  const purchases = observed.map(time => (time === 0 ? 0 : Math.floor(12 * random() ** 3)))
  const recency = observed.map((time, row) => (purchases[row] === 0 ? 0 : 1 + Math.floor(random() * time)))
  recency.forEach((time, row) => {
    recency[row] = Math.min(time, observed[row]!)
  })
  purchases[0] = 5000
  recency[0] = observed[0] = 250
  return { purchases, recency, observed }
}

const columns = wildBase(4000, 1)
const besideTheGrid = columns.observed.map((time, row) => time + (row === 7 ? 0.123456789 : 0))
const bases = {
  'on the grid': sortBase(columns),
  'on the grid, with weights': sortBase({ ...columns, weights: new Float64Array(4000).fill(1) }),
  // One customer at noon, and nobody is on the grid of days any more.
  'beside the grid': sortBase({ ...columns, observed: besideTheGrid }),
  'beside the grid, with weights': sortBase({
    ...columns,
    observed: besideTheGrid,
    weights: new Float64Array(4000).fill(1),
  }),
}

const models = [
  { r: 0.55, alpha: 74, s: 0.6, beta: 81 },
  { r: 0.5, alpha: 0.5, s: 0.6, beta: 0.3 },
  { r: 0.5, alpha: 0.01, s: 0.6, beta: 500 },
  { r: 2, alpha: 500, s: 0.01, beta: 0.001 },
  { r: 5, alpha: 20, s: 3, beta: 1000 },
  { r: 0.3, alpha: 1e5, s: 1e-6, beta: 1 },
  { r: 300, alpha: 100, s: 200, beta: 10 },
  { r: 1, alpha: 74, s: 1, beta: 74 },
]

describe.each(Object.entries(bases))('%s', (kind, base) => {
  it.each(models)('r $r, alpha $alpha, s $s, beta $beta: the sum over customers, to rounding', parameters => {
    let direct = 0
    for (let row = 0; row < 4000; row++) {
      const observed = (kind.startsWith('beside') ? besideTheGrid : columns.observed)[row]!
      direct += logLikelihood(parameters, {
        purchases: columns.purchases[row]!,
        recency: columns.recency[row]!,
        observed,
      })
    }
    const found = baseLogLikelihood(base, parameters, new Float64Array(4))
    expect(Math.abs(found / direct - 1)).toBeLessThan(1e-12)
  })

  it.each(models)('r $r, alpha $alpha, s $s, beta $beta: slopes as by differences', parameters => {
    const slopes = new Float64Array(4)
    baseLogLikelihood(base, parameters, slopes)
    for (const [i, name] of parameterNames.entries()) {
      const at = (factor: number) =>
        baseLogLikelihood(base, { ...parameters, [name]: parameters[name] * factor }, new Float64Array(4))
      const difference = (at(1.00002) - at(0.99998)) / (0.00004 * parameters[name])
      const scale = Math.max(...slopes.map((slope, j) => Math.abs(slope * parameters[parameterNames[j]!])))
      expect(Math.abs(slopes[i]! - difference) * parameters[name]).toBeLessThan(1e-6 * scale)
    }
  })
})

it('knows what lies where', () => {
  const base = bases['on the grid']
  expect(base.times.length).toBe(300)
  expect(base.blocks.map(block => block.purchases)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect([...base.rows.purchases]).toEqual([5000])
  expect(base.curves).toEqual([])
  const beside = bases['beside the grid']
  expect(beside.curves.map(block => block.purchases)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect([...beside.rows.purchases]).toEqual([5000])
  expect([beside.blocks, beside.times.length]).toEqual([[], 1])
})
