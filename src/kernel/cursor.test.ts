import { expect, test } from 'vitest'
import { instantCursor } from './cursor.ts'

test.each([
  ['2026-03-01T09:00:00.000Z_01900000-0000-7000-8000-000000000001', true],
  ['2026-03-01T09:00:00.000123Z_01900000-0000-7000-8000-000000000001', true],
  // Of a promise's case: a digest, which is no uuid of any version.
  ['2026-03-01T09:00:00.000Z_a382c903-a7ff-309f-0c85-03461f0c4f21', true],
  ['2026-03-01T09:00:00.000Z', false],
  ['01900000-0000-7000-8000-000000000001', false],
  [';0_01900000-0000-7000-8000-000000000001', false],
  ['0000-01-01T00:00:00.000Z_01900000-0000-7000-8000-000000000001', false],
  ['2026-03-01T09:00:00.000Z_------------------------------------', false],
  ['2026-03-01T09:00:00.000Z_01900000-0000-7000-8000-000000000001_1', false],
])('%s is a place in a list: %s', (text, isPlace) => {
  expect(instantCursor.safeParse(text).success).toBe(isPlace)
})
