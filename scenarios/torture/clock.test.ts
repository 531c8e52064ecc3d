import { expect, test } from 'vitest'
import { clock } from './clock.ts'

test('whatever clocks and calendars do, nothing is resolved twice or comes back, and every day has one run', {
  timeout: 120_000,
}, async () => {
  const { figures, faults } = await clock({ rounds: 1 })
  console.log(JSON.stringify({ torture: 'clock', ...figures }))
  expect(faults).toEqual([])
})
