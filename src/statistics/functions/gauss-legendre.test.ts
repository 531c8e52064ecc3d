import { expect, it } from 'vitest'
import { gaussLegendre } from './gauss-legendre.ts'

it.each([2, 6, 8, 16])('%i points integrate every power below twice as many exactly', n => {
  const { nodes, weights } = gaussLegendre(n)
  for (let power = 0; power < 2 * n; power++) {
    const integral = nodes.reduce((sum, node, i) => sum + weights[i]! * node ** power, 0)
    expect(integral).toBeCloseTo(1 / (power + 1), 14)
  }
})

it('two points lie 1/sqrt(12) beside the middle', () => {
  expect(gaussLegendre(2).nodes[0]).toBeCloseTo(0.2113248654051871, 15)
})
