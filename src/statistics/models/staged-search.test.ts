import { describe, expect, it } from 'vitest'
import { curvedByDifferences } from '../optimisation/curved-by-differences.ts'
import { growingSamples, isEvident, type Stage, searchInStages } from './staged-search.ts'

const box = { lower: [-9, -9], upper: [9, 9] }

/** n customers whose mean negative log-likelihood is a bent valley with its floor at (1 + off, 2). */
function valley(customers: number, off: number, limits = box): Stage & { passes: number } {
  const slopes = (point: Float64Array, gradient: Float64Array) => {
    stage.passes++
    const x = point[0]! - 1 - off
    const y = point[1]! - 2 - 0.5 * x * x
    gradient[0] = customers * (Math.sinh(x) - 4 * y * x)
    gradient[1] = customers * 4 * y
    return customers * (Math.cosh(x) + 2 * y * y)
  }
  const stage = { customers, passes: 0, slopes, objective: curvedByDifferences(slopes, limits) }
  return stage
}

describe('a search in stages', () => {
  const starts = [
    [-3, 5],
    [4, -4],
  ]

  it('finds the floor of the last stage, with few passes over it', () => {
    const all = valley(1e6, 0)
    const found = searchInStages([valley(3000, 0.05), valley(30_000, 0.01), all], { starts, box })
    expect(found.length).toBe(3)
    const last = found.at(-1)!
    expect(last.converged).toBe(true)
    expect(last.point[0]).toBeCloseTo(1, 8)
    expect(last.point[1]).toBeCloseTo(2, 8)
    // Three by the sample's curvature, and one point with two more for its own.
    expect(all.passes).toBe(6)
  })

  it('measures the curvature there', () => {
    const { hessian } = searchInStages([valley(100, 0)], { starts: [[0, 0]], box }).at(-1)!
    for (const [i, wanted] of [100, 0, 0, 400].entries()) expect(Math.abs(hessian[i]! - wanted)).toBeLessThan(0.1)
  })

  it('stops at the edge of the box', () => {
    const narrow = { lower: [-9, -9], upper: [0.5, 9] }
    const found = searchInStages([valley(100, 0, narrow)], { starts: [[0, 0]], box: narrow }).at(-1)!
    expect(found.converged).toBe(true)
    expect(found.point[0]).toBe(0.5)
  })

  it('says so when it was cut short', () => {
    expect(searchInStages([valley(100, 0)], { starts, box, maximumIterations: 1 })[0]!.converged).toBe(false)
  })
})

describe('growing samples', () => {
  const base = (rows: number, weight: (row: number) => number) => ({
    purchases: new Float64Array(rows),
    recency: new Float64Array(rows),
    observed: new Float64Array(rows),
    weights: Float64Array.from({ length: rows }, (_, row) => weight(row)),
  })

  it.each([
    ['a small base is not divided', base(6000, () => 1), [6000]],
    ['one sample of a larger one', base(6001, () => 1), [2001, 6001]],
    ['two of a large one', base(90_000, () => 1), [3000, 30_000, 90_000]],
    ['none in which nobody counts', base(90_000, row => (row % 3 === 1 ? 1 : 0)), [90_000]],
  ])('%s', (_, columns, sizes) => {
    expect(growingSamples(columns).map(({ purchases }) => purchases.length)).toEqual(sizes)
  })
})

describe('evidence', () => {
  const unasked = () => {
    throw new Error('the whole base was asked')
  }
  it.each([
    ['is beyond doubt in the sample', [() => 0, () => 51, unasked], true],
    ['leaves a doubt in the sample and is enough among all', [() => 0, () => 49, () => 5.42], true],
    ['is too little among all', [() => 99, () => 1, () => 5.4], false],
    ['of a base that was not divided', [() => 6], true],
  ])('%s', (_, evidence, evident) => {
    expect(isEvident(evidence)).toBe(evident)
  })
})
