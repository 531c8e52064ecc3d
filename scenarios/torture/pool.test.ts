import { expect, test } from 'vitest'
import { pool } from './pool.ts'

test('with every connection taken, whoever fits waits, whoever does not is told within a second', {
  timeout: 120_000,
}, async () => {
  const { figures, faults } = await pool({ rounds: 1 })
  console.log(JSON.stringify({ torture: 'pool', ...figures }))
  expect(faults).toEqual([])
})
