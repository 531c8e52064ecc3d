import { expect, it } from 'vitest'
import { checkScores } from './check-scores.ts'

it('answers the row numbers of sound scores', () => {
  expect([...checkScores({ scores: [3, 1, 2], outcomes: [0, 1, 0] })]).toEqual([0, 1, 2])
})

it('refuses weights that are none, and a sum of 0', () => {
  expect(() => checkScores({ scores: [1, 2], outcomes: [0, 1], weights: [-1, Number.NaN] })).toThrow(
    'weights must be finite numbers of at least 0: 2 rows',
  )
  expect(() => checkScores({ scores: [1, 2], outcomes: [0, 1], weights: [0, 0] })).toThrow('all weights are 0')
  expect(() => checkScores({ scores: [1], outcomes: [0], weights: [1, 2] })).toThrow('weights has 2 rows')
})
