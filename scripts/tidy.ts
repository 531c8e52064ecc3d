import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultsOfLock } from './lock.ts'
import { add, closingLine, nothing, type Sums } from './sums.ts'
import { boundaries } from './tidy/boundaries.ts'
import { alive, dictionary, names, present, rooms, schemas } from './tidy/layout.ts'
import { plantedLock } from './tidy/planted-lock.ts'
import { type Check, readRepository, type SourceFile, withPlanted } from './tidy/source.ts'
import { leftovers, time, titles } from './tidy/text.ts'
import { words } from './tidy/words.ts'

const root = join(import.meta.dirname, '..')
const checks: readonly Check[] = [
  boundaries,
  words,
  time,
  leftovers,
  titles,
  names,
  rooms,
  schemas,
  dictionary,
  present,
  alive,
]

/**
 * `npm run tidy`: everything about the text of the repository that can be right or wrong. Every rule of ours is first
 * held against faults planted for it, because a gate that lets everything through looks exactly like a clean house.
 */
export async function tidy(): Promise<Sums> {
  const compiler = 'node_modules/typescript/bin/tsc'
  const tools = Promise.all([
    tool('format and lint', 'node_modules/@biomejs/biome/bin/biome', [
      'check',
      '--diagnostic-level=error',
      '--max-diagnostics=30',
      '.',
    ]),
    tool('types of the server', compiler, ['-p', 'tsconfig.json']),
    tool('types of the pages', compiler, ['-p', 'web/tsconfig.json']),
  ])
  const files = readRepository(root)
  let sums = nothing
  for (const check of checks) sums = add(sums, hold(check, files))
  sums = add(sums, holdLock())
  for (const each of await tools) sums = add(sums, each)
  return sums
}

function hold(check: Check, files: readonly SourceFile[]): Sums {
  const faults = check.faults(files)
  const missed = check.planted.filter(planted => check.faults(withPlanted(check.clean, planted)).length === 0)
  return report(check.name, faults, {
    planted: check.planted.length,
    missed: missed.map(({ title }) => title),
    falseAlarms: check.faults(check.clean),
  })
}

function holdLock(): Sums {
  const faults = faultsOfLock(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  const missed = plantedLock.planted.filter(({ lock }) => faultsOfLock(lock).length === 0)
  return report('the lock file is whole on every system', faults, {
    planted: plantedLock.planted.length,
    missed: missed.map(({ title }) => title),
    falseAlarms: faultsOfLock(plantedLock.clean),
  })
}

interface Proof {
  readonly planted: number
  readonly missed: readonly string[]
  readonly falseAlarms: readonly string[]
}

function report(name: string, faults: readonly string[], proof?: Proof): Sums {
  const caught = proof ? ` (${proof.planted - proof.missed.length} of ${proof.planted} planted faults caught)` : ''
  console.log(`${faults.length === 0 ? '✓' : '✗'} ${name}${caught}`)
  for (const fault of faults) console.log(`    ${fault}`)
  for (const title of proof?.missed ?? []) console.log(`    planted and not caught: ${title}`)
  for (const alarm of proof?.falseAlarms ?? []) console.log(`    found where nothing is wrong: ${alarm}`)
  const missed = (proof?.missed.length ?? 0) + (proof?.falseAlarms.length ?? 0)
  return {
    passed: (faults.length === 0 ? 1 : 0) + (proof ? proof.planted - proof.missed.length : 0),
    failed: (faults.length === 0 ? 0 : 1) + missed,
    skipped: 0,
  }
}

/** Runs a tool and counts it as one check; what it prints is shown only when it finds something. */
function tool(name: string, script: string, args: readonly string[]): Promise<Sums> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root })
    let output = ''
    child.stdout.on('data', chunk => (output += chunk))
    child.stderr.on('data', chunk => (output += chunk))
    child.on('error', error => resolve(report(name, [error.message])))
    child.on('exit', code => resolve(report(name, code === 0 ? [] : output.trim().split('\n'))))
  })
}

if (import.meta.main) {
  const sums = await tidy()
  console.log(`\n${closingLine(sums)}`)
  process.exitCode = sums.failed > 0 ? 1 : 0
}
