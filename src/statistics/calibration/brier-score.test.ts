import { expect, it } from 'vitest'
import { brierScore } from './brier-score.ts'

it.each([
  ['two statements', [0.8, 0.3], [1, 0], undefined, 0.065],
  ['certain and right', [1, 0], [1, 0], undefined, 0],
  ['certain and wrong', [1, 0], [0, 1], undefined, 1],
  ['always the base rate p: p (1 - p)', [0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0], undefined, 0.1875],
  ['weighted', [0.5, 1], [1, 1], [3, 1], 0.1875],
] as const)('%s', (_, probabilities, outcomes, weights, score) => {
  expect(brierScore(probabilities, outcomes, weights)).toBeCloseTo(score, 14)
})

it('refuses statements that are no probabilities', () => {
  expect(() => brierScore([1.2, -0.1], [1, 0])).toThrow('scores must be probabilities: 2 rows')
})
