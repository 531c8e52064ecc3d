import { expect, test } from 'vitest'
import { worker } from './worker.ts'

test('a worker killed between effect and acknowledgement: its jobs are taken up, and their effects are there once', {
  timeout: 180_000,
}, async () => {
  const { figures, faults } = await worker({ rounds: 1 })
  console.log(JSON.stringify({ torture: 'worker', ...figures }))
  expect(faults).toEqual([])
})
