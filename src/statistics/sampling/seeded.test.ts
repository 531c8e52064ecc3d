import { expect, it } from 'vitest'
import { seeded } from './seeded.ts'

it('the same seed gives the same numbers, on every machine and for ever', () => {
  expect(seeded(1)()).toBe(0.6270739405881613)
  const again = [seeded(7), seeded(7)].map(random => Array.from({ length: 100 }, () => random()))
  expect(again[0]).toEqual(again[1])
  expect(seeded(8)()).not.toBe(seeded(7)())
})

it('they spread evenly over [0, 1)', () => {
  const random = seeded(3)
  const tenths = new Int32Array(10)
  for (let draw = 0; draw < 100_000; draw++) tenths[Math.floor(10 * random())]!++
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})
