import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { add, closingLine, nothing, type Sums } from './sums.ts'
import { tidy } from './tidy.ts'

// `npm test`: tidy, then every test, then one line that says it all.
//   npm test -- src/kernel/files       runs the tests of a folder only
//   npm run test:postgres              runs the tests on the machine's server PostgreSQL instead of the embedded one
const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const onServer = wanted.includes('--postgres')
const filters = wanted.filter(argument => argument !== '--postgres')

let sums = nothing
if (filters.length === 0 && !onServer) {
  // What tidy looks at does not depend on the database, so the run on the server PostgreSQL leaves it out.
  sums = add(sums, await tidy())
}
sums = add(sums, onServer ? await onServerPostgres() : await runTests({}))
console.log(`\n${closingLine(sums)}`)
process.exitCode = sums.failed > 0 || sums.passed === 0 ? 1 : 0

async function onServerPostgres(): Promise<Sums> {
  const { startServerPostgres } = await import('./server-postgres.ts')
  const server = await startServerPostgres()
  try {
    return await runTests({ GUANXI_TEST_DATABASE_URL: server.url })
  } finally {
    await server.stop()
  }
}

async function runTests(environment: Record<string, string>): Promise<Sums> {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-sums-'))
  const file = join(folder, 'sums.json')
  const reporters = ['--reporter=default', '--reporter=./scripts/reporter.ts']
  const code = await new Promise<number>(resolve => {
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, '--passWithNoTests', ...filters],
      { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment, GUANXI_TEST_SUMS: file } },
    )
    child.on('error', () => resolve(1))
    child.on('exit', status => resolve(status ?? 1))
  })
  // A run that ended badly without saying which test failed must not look like a good one.
  const counted: Sums = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : nothing
  rmSync(folder, { recursive: true, force: true })
  return code !== 0 && counted.failed === 0 ? add(counted, { passed: 0, failed: 1, skipped: 0 }) : counted
}
