import { expect, it } from 'vitest'
import { chancesToLeave, stayingEvidence } from './parameters.ts'

it.each([
  ['bg', 0, 0, Infinity],
  ['bg', 1, 1, 2],
  ['bg', 5, 5, 6],
  ['mbg', 0, 1, 2],
  ['mbg', 5, 6, 7],
] as const)(
  '%s with %i repeat purchases: %i chances to leave, and %d for having stayed where b is 2',
  (leaving, purchases, chances, staying) => {
    expect(chancesToLeave(leaving, purchases)).toBe(chances)
    expect(stayingEvidence(leaving, 2, purchases)).toBe(staying)
  },
)
