import { expect, test } from 'vitest'
import { movableClock } from '#kernel/clock/index.ts'
import { idMaker } from './id.ts'

test('ids sort in the order in which they were made, even within one millisecond and after the clock went back', () => {
  const clock = movableClock('2026-03-01T09:00:00Z')
  const newId = idMaker(clock)
  const ids = Array.from({ length: 10_000 }, newId)
  clock.set('2026-03-01T08:59:00Z')
  ids.push(...Array.from({ length: 100 }, newId))
  expect(ids).toEqual([...ids].sort())
  expect(new Set(ids).size).toBe(ids.length)
})

test('an id is a version 7 uuid that carries its millisecond', () => {
  const id = idMaker(movableClock('2026-03-01T09:00:00Z'))()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-03-01T09:00:00Z'))
})
