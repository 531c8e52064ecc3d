import { expect, test } from 'vitest'
import { movableClock } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { sparingly } from './sparingly.ts'

/** Only the clock of a house is asked. */
function baseOf(customers: number) {
  const clock = movableClock('2026-03-01T09:00:00Z')
  const house = { clock } as unknown as House
  let counted = 0
  const ask = sparingly(async () => ({ customers, counted: ++counted }))
  const after = async (seconds: number, key = '2026-03-01') => {
    clock.set(new Date(Date.UTC(2026, 2, 1, 9, 0, seconds)))
    return (await ask(house, key)).counted
  }
  return after
}

test('a large base is counted once for a while, then behind the scenes, and anew where nobody asked for long', async () => {
  const after = baseOf(1_000_000)
  expect(await after(0)).toBe(1)
  expect(await after(14)).toBe(1)
  // The one who asks now does not wait; the next one has the new count.
  expect(await after(16)).toBe(1)
  expect(await after(17)).toBe(2)
  expect(await after(200)).toBe(3)
  expect(await after(201, '2026-03-02')).toBe(4)
})

test('a small base is counted each time', async () => {
  const after = baseOf(99_999)
  expect([await after(0), await after(0), await after(1)]).toEqual([1, 2, 3])
})
