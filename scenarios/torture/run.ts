/**
 * Torture: `npm run torture -- --rounds 100 [--only kill|worker|disk|pool|clock]`. Every theme prints one line of JSON with its
 * figures, and a sentence for everything that did not hold. `npm test` runs each in small (`*.test.ts`).
 */
import { parseArgs } from 'node:util'
import setUp from '#testing/global-setup.ts'
import { clock } from './clock.ts'
import { disk, smallDisk } from './disk.ts'
import { kill } from './kill.ts'
import { pool } from './pool.ts'
import type { Report } from './report.ts'
import { worker } from './worker.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    built: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const tell = (line: string) => process.stderr.write(`${line}\n`)

const themes: Readonly<Record<string, () => Promise<Report>>> = {
  kill: () => kill({ rounds, isBuilt: values.built, tell }),
  worker: () => worker({ rounds, tell }),
  async disk() {
    const small = smallDisk()
    if ('reason' in small) return { figures: { skipped: small.reason }, faults: [] }
    try {
      return await disk({ rounds, within: small.folder, isBuilt: values.built, tell })
    } finally {
      small.remove()
    }
  },
  pool: () => pool({ rounds, tell }),
  clock: () => clock({ rounds, seed: Number(values.seed), tell }),
}
const tearDown = await setUp()

for (const [name, torture] of Object.entries(themes)) {
  if (values.only && values.only !== name) continue
  const { figures, faults } = await torture()
  process.stdout.write(`${JSON.stringify({ torture: name, ...figures, faults: faults.length })}\n`)
  for (const fault of faults) process.stdout.write(`  ${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
}
await tearDown()
