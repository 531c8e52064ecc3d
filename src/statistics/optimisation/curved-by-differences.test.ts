import { expect, it } from 'vitest'
import { curvedByDifferences } from './curved-by-differences.ts'

const box = { lower: [-9, -9], upper: [9, 2] }
/** x^3 + x y^2, and the farthest y it was asked about. */
function bent() {
  const seen = { y: -Infinity }
  const objective = ([x, y]: Float64Array, gradient: Float64Array) => {
    seen.y = Math.max(seen.y, y!)
    gradient[0] = 3 * x! ** 2 + y! ** 2
    gradient[1] = 2 * x! * y!
    return x! ** 3 + x! * y! ** 2
  }
  return { seen, objective }
}

it('gives value, slopes and curvature', () => {
  const gradient = new Float64Array(2)
  const hessian = new Float64Array(4)
  const value = curvedByDifferences(bent().objective, box)(Float64Array.of(3, 1), gradient, hessian)
  expect([value, ...gradient]).toEqual([30, 28, 6])
  for (const [i, wanted] of [18, 2, 2, 6].entries()) expect(Math.abs(hessian[i]! - wanted)).toBeLessThan(1e-4)
})

it('looks to the other side at the edge of the box', () => {
  const { seen, objective } = bent()
  const hessian = new Float64Array(4)
  curvedByDifferences(objective, box)(Float64Array.of(3, 2), new Float64Array(2), hessian)
  expect(seen.y).toBe(2)
  expect(hessian[3]).toBeCloseTo(6, 4)
})
