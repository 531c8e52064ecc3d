/**
 * Hostile input: `npm run fuzz -- --inputs 200000`. A real server with a real database is asked every operation of its own OpenAPI
 * document, by everybody from the owner to nobody, with inputs that are allowed, spoiled, doubled, or no JSON at all, some of them
 * several times at once; what it answered is asked for again, row by row, so that requests build on each other. The table is
 * laid first and again every few thousand inputs: real requests make what chance does not (`table/`). What must hold is
 * checked at every answer (`judge`), and at the end of the database: the ledger is verified, and what is understood of
 * customers is compared with a rebuild. Without `--seed` each run draws anew.
 */
import { parseArgs } from 'node:util'
import { systemClock } from '#kernel/clock/index.ts'
import { attack } from './attack.ts'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(systemClock.now().getTime() % 1_000_000) },
    only: { type: 'string' },
  },
})

const report = await attack({
  inputs: Number(values.inputs),
  seed: Number(values.seed),
  ...(values.only && { only: values.only }),
  tell: line => process.stdout.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify({ bench: 'fuzz', ...report.figures })}\n`)
// One of each kind is enough to mend it; the same fault comes thousands of times.
for (const [kind, faults] of Map.groupBy(report.faults, ({ what, operation }) => `${operation}: ${what}`)) {
  process.stdout.write(`${kind} (${faults.length})\n  ${JSON.stringify(faults[0]).slice(0, 1500)}\n`)
}
const faulty = new Set(report.faults.map(fault => fault.operation)).size
process.stdout.write(`${report.operations - faulty} passed, ${faulty} failed\n`)
process.exitCode = faulty > 0 ? 1 : 0
