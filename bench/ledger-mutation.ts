/**
 * How many of the faults that a machine can plant into the pure rules of the ledger its tests find: `npm run bench -- ledger-mutation`.
 * It works on a copy in a temporary folder, so that nothing but the rules and their tests is read; ends with 1 below 95 %.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'guanxi-mutation-'))
try {
  const needed = ['package.json', 'bench/ledger-mutation.json', 'bench/ledger-mutation.vitest.ts', 'src/kernel/ledger']
  for (const path of [...needed, 'src/kernel/refusal.ts', 'src/statistics/sampling', 'src/testing/properties.ts']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const { status, stdout } = spawnSync(process.execPath, [stryker, 'run', 'bench/ledger-mutation.json'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
  process.stdout.write(stdout)
  const [, score] = /All files\s*\|\s*([\d.]+)/.exec(stdout.replaceAll(String.fromCharCode(27), '')) ?? []
  console.log(JSON.stringify({ bench: 'ledger-mutation', score: Number(score), bar: 95, met: Number(score) >= 95 }))
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
