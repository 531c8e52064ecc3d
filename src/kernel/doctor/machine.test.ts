import { expect, test } from 'vitest'
import { diskState } from './machine.ts'

test.each([
  [66, 36, 'good'],
  [66, 89, 'good'],
  [66, 90, 'warn'],
  [1.9, 50, 'warn'],
  [66, 97, 'bad'],
  [0.4, 50, 'bad'],
] as const)('with %d GB free and %d percent used the disk is %s', (free, used, state) => {
  expect(diskState(free, used)).toBe(state)
})
