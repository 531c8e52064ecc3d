/**
 * Plants one fault after the other into the pure rules of the ledger and expects the tests of the rules to turn red each time:
 * `npx node --conditions=source bench/ledger-mutants.ts`. It works on a copy in a temporary folder; ends with 1 where a fault lives.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const faults: readonly [fault: string, file: string, was: string, is: string][] = [
  [
    'a refund takes more than its share',
    'apply.ts',
    'BigInt(source.numerator)) / BigInt(source.denominator)',
    '(BigInt(source.numerator) + 1n)) / BigInt(source.denominator)',
  ],
  ['every refund is rounded by itself', 'apply.ts', 'let left = target - source.revoked', 'let left = target'],
  ['the smaller share counts', 'apply.ts', '> BigInt(known.numerator)', '< BigInt(known.numerator)'],
  ['what was spent is not owed', 'apply.ts', 'if (left > 0) book(', 'if (left < 0) book('],
  [
    'a refund before its purchase is forgotten',
    'apply.ts',
    'if (source !== undefined) revokeShare(',
    'if (false) revokeShare(',
  ],
  ['new value does not pay what is owed', 'apply.ts', 'if (!isPending) arrive(', 'if (false) arrive('],
  [
    'new value is usable while it waits',
    'apply.ts',
    'maturesAt !== undefined && maturesAt > now',
    'maturesAt !== undefined && maturesAt > now + 1e15',
  ],
  [
    'more can be spent than there is',
    'apply.ts',
    'const have = only ? spendableOf(holding, only) : holding.available',
    'const have = (only ? spendableOf(holding, only) : holding.available) + 1',
  ],
  [
    'a hold can be captured twice',
    'apply.ts',
    `if (hold.state !== 'open') throw`,
    `if (hold.state === 'lapsed') throw`,
  ],
  ['more is captured than was held', 'apply.ts', 'if (amount > hold.amount)\n', 'if (amount > hold.amount + 2)\n'],
  ['more is given back than was used', 'apply.ts', 'if (amount > spent) throw', 'if (amount > spent + 1) throw'],
  [
    'the rest of a capture is not given back',
    'apply.ts',
    `releaseHold(journal, holding, hold, at, 'captured')`,
    `hold.state = 'captured'`,
  ],
  ['what is given back forgets that it was', 'apply.ts', 'part.returned += back', 'part.returned += 0'],
  [
    'tier points can be spent',
    'apply.ts',
    `if (holding.kind === 'qualifying') throw refuse('conflict', 'ledger:refusal.not-spendable')\n  if (holding.holds`,
    'if (holding.holds',
  ],
  [
    'tier points can be given away',
    'apply.ts',
    `if (holding.kind === 'qualifying') throw refuse('conflict', 'ledger:refusal.not-transferable')`,
    '',
  ],
  [
    'a gift never expires',
    'apply.ts',
    'maturesAt: lot.maturesAt,\n        expiresAt: lot.expiresAt,',
    'maturesAt: lot.maturesAt,\n        expiresAt: null,',
  ],
  ['a gift arrives before its debts are paid', 'apply.ts', 'arrive(journal, receiver, child, now)', ''],
  [
    'an instruction does not settle first',
    'apply.ts',
    '  settle(journal, holding, ground.now)\n  const rule',
    '  const rule',
  ],
  ['amounts need not be whole', 'apply.ts', 'Number.isSafeInteger(amount) && amount > 0', 'amount > 0'],
  [
    'the last to expire is used first',
    'holding.ts',
    '(one.expiresAt ?? Infinity) - (other.expiresAt ?? Infinity)',
    '(other.expiresAt ?? Infinity) - (one.expiresAt ?? Infinity)',
  ],
  ['nobody waits for holds to end', 'holding.ts', `if (hold.state === 'open') due`, `if (hold.state === 'lapsed') due`],
  [
    'nobody waits for value to mature',
    'holding.ts',
    'if (lot.pending > 0 && lot.maturesAt !== null) due',
    'if (lot.pending < 0 && lot.maturesAt !== null) due',
  ],
  ['a lot expires an instant late', 'settle.ts', 'lot.expiresAt > at) return', 'lot.expiresAt >= at) return'],
  ['debts grow when they are paid', 'settle.ts', 'holding.debt -= amount', 'holding.debt += amount'],
  [
    'what arrives late does not expire',
    'settle.ts',
    '  expire(journal, holding, lot, at)\n  const amount = Math.min',
    '  const amount = Math.min',
  ],
  ['a released hold pays no debt', 'settle.ts', '    if (amount > 0) arrive(', '    if (amount < 0) arrive('],
]

const folder = mkdtempSync(join(tmpdir(), 'guanxi-mutants-'))
// One of them alone by a part of its name.
const chosen = faults.filter(([fault]) => fault.includes(process.argv[2] ?? ''))
let alive = 0
try {
  mkdirSync(join(folder, 'src/kernel'), { recursive: true })
  for (const path of ['package.json', 'src/kernel/ledger', 'src/kernel/refusal.ts']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const config = `export default { ssr: { resolve: { conditions: ['source'] } }, resolve: { conditions: ['source'] }, test: { include: ['src/kernel/ledger/{apply,acts,edges,stories}.test.ts'], bail: 1, pool: 'threads', testTimeout: 60_000, env: { LEDGER_STORIES: '100' } } }`
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
  if (!isGreen()) throw new Error('the rules are red before anything is planted')
  for (const [fault, file, was, is] of chosen) {
    const path = join(folder, 'src/kernel/ledger', file)
    const sound = readFileSync(path, 'utf8')
    if (sound.split(was).length !== 2) throw new Error(`the place of "${fault}" is not found once in ${file}`)
    writeFileSync(path, sound.replace(was, is))
    const survived = isGreen()
    if (survived) alive++
    writeFileSync(path, sound)
    console.log(JSON.stringify({ bench: 'ledger-mutants', fault, caught: !survived }))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(JSON.stringify({ bench: 'ledger-mutants', planted: chosen.length, caught: chosen.length - alive }))
process.exitCode = alive === 0 ? 0 : 1

function isGreen(): boolean {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  // A rule that never comes to an end is found out too.
  const options = { cwd: folder, stdio: 'ignore', timeout: 120_000, killSignal: 'SIGKILL' } as const
  return spawnSync(process.execPath, [vitest, 'run', '--root', folder], options).status === 0
}
