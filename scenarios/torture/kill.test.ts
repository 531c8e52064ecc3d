import { expect, test } from 'vitest'
import { kill } from './kill.ts'
import { judge } from './report.ts'

// `npm run torture -- --only kill --rounds 100` is the long run.
test('kill -9 of Node, PostgreSQL or both loses nothing acknowledged and doubles nothing', {
  timeout: 300_000,
}, async () => {
  const { figures, faults } = await kill({ rounds: 6 })
  console.log(JSON.stringify({ torture: 'kill', ...figures }))
  expect(faults).toEqual([])
})

test('what was lost, doubled or never acknowledged is seen', () => {
  const stored = [
    { name: 'a', times: 1 },
    { name: 'b', times: 2 },
    { name: 'd', times: 1 },
  ]
  expect(judge(['a', 'b', 'c'], stored)).toEqual({ lost: ['c'], doubled: ['b'], untold: ['d'] })
})
