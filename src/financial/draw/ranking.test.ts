import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { keyOf, rankingOf, sha256, winnersOf } from './ranking.ts'

const seed = Buffer.from('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'hex')

it('the ranking of a seed is the same for ever', () => {
  // Worked out apart, with Python's hmac and hashlib
  expect([...rankingOf(keyOf(seed, null), 8)]).toEqual([2, 8, 3, 5, 1, 6, 4, 7])
  expect([...rankingOf(keyOf(seed, '3214.07'), 8)]).toEqual([8, 5, 7, 1, 3, 4, 6, 2])
  expect(sha256(seed)).toBe('4773d12e2371bb935b9a0f5439b4a1c3ad3f2414b86980f8418d1cfabdfadfef')
})

it('every serial stands in the ranking once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 0, max: 200 }), (bytes, tickets) => {
      const ranking = [...rankingOf(Buffer.from(bytes), tickets)]
      expect(ranking.toSorted((one, other) => one - other)).toEqual(Array.from({ length: tickets }, (_, i) => i + 1))
    }),
  )
})

it('each ticket wins as often as any other', () => {
  const wins = [0, 0, 0, 0, 0]
  for (let round = 0; round < 5000; round++) {
    const key = Buffer.alloc(32)
    key.writeUInt32BE(round)
    wins[rankingOf(key, 5)[0]! - 1]!++
  }
  const square = wins.reduce((sum, each) => sum + (each - 1000) ** 2 / 1000, 0)
  // Chi-square of 4 degrees: 18.47 is passed once in a thousand; these 5,000 seeds are always the same.
  expect(square).toBeLessThan(18.47)
})

test.each([
  ['nobody wins twice', 2, [], [4, 9]],
  ['nor after letting a prize lapse', 2, ['ann'], [9, 1]],
  ['with more prizes than people, each has one', 5, [], [4, 9, 1]],
  ['without a prize nobody wins', 0, [], []],
])('%s', (_, count, awarded, winners) => {
  const holders: Record<number, string> = { 4: 'ann', 2: 'ann', 9: 'bo', 1: 'cy', 3: 'bo' }
  expect(winnersOf([4, 2, 9, 3, 1], serial => holders[serial]!, { count, awarded })).toEqual(winners)
})
