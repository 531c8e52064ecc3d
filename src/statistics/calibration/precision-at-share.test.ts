import { expect, it } from 'vitest'
import { precisionAtShare } from './precision-at-share.ts'

it.each([
  ['half of four', [4, 3, 2, 1], [1, 0, 1, 0], 0.5, 0.5],
  ['everybody: the base rate', [4, 3, 2, 1], [1, 0, 1, 0], 1, 0.5],
  ['at least one customer', [1, 2, 3], [0, 0, 1], 0.01, 1],
  ['a tie at the edge gives the mean of the tied', [5, 1, 1, 1], [1, 1, 0, 0], 0.5, (1 + 1 / 3) / 2],
  ['all tied: the base rate', [1, 1, 1, 1], [1, 0, 0, 0], 0.5, 0.25],
] as const)('%s', (_, scores, outcomes, share, precision) => {
  expect(precisionAtShare(scores, outcomes, share)).toBeCloseTo(precision, 14)
})

it('refuses a share of nobody', () => {
  expect(() => precisionAtShare([1], [1], 0)).toThrow('share must lie between 0 and 1')
})
