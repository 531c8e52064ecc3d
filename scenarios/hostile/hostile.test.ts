import { expect, test } from 'vitest'
import { attack } from './attack.ts'

// A bounded version: `npm run fuzz -- --inputs 200000` is the one that continuous integration runs, 1000000 the long one.
const inputs = Number(process.env.FUZZ_INPUTS ?? 3000)

test(`${inputs} hostile inputs to a real server: no fault, no undocumented answer, nothing unsound afterwards`, {
  timeout: 600_000,
}, async () => {
  const { faults, figures } = await attack({ inputs, seed: 20261122, tell: () => {} })
  process.stdout.write(
    `hostile: ${figures.inputs} inputs, ${figures.perSecond}/s, ${JSON.stringify(figures.statuses)}\n`,
  )
  expect([...Map.groupBy(faults, ({ what, operation }) => `${operation}: ${what}`).keys()]).toEqual([])
  expect(figures.polluted).toBe(0)
})
