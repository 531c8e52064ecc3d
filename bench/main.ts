import { spawn } from 'node:child_process'
import { join } from 'node:path'

// `npm run bench` runs every measurement, one after the other, each in a process of its own; `npm run bench -- ingest`
// only those named. Lines that begin with `{` are results; everything else is for the reader.
const benches = [
  'import',
  'ingest',
  'due',
  'search',
  'merges',
  'rhythm-accuracy',
  'rhythm-speed',
  'published',
  'holdout',
  'revenue',
  'statistics',
  'audit',
  'ledger',
  'backup',
  'ledger-mutation',
  'points',
  'till',
  'liability',
  'effect',
  'scale',
  'start',
] as const

const named = process.argv.slice(2)
const chosen = named.length > 0 ? named : benches
let failed = 0
for (const bench of chosen) {
  if (!benches.some(known => known === bench)) {
    process.stderr.write(`there is no bench named ${bench}; there are ${benches.join(', ')}\n`)
    process.exit(2)
  }
  const code = await new Promise<number>(resolve => {
    const child = spawn(process.execPath, ['--conditions=source', join(import.meta.dirname, `${bench}.ts`)], {
      stdio: 'inherit',
    })
    child.on('exit', status => resolve(status ?? 1))
  })
  if (code !== 0) failed++
}
process.exitCode = failed > 0 ? 1 : 0
