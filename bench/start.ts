import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '#kernel/clock/index.ts'

/** From `npm start` on a prepared clone to the first answered request: the first start of a data folder, then later ones. */
const port = 7399
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))
chmodSync(folder, 0o755)

await startOnce()
const first = await startOnce('fresh')
const later: number[] = []
for (let run = 0; run < 5; run++) later.push(await startOnce())
later.sort((left, right) => left - right)
process.stdout.write(
  `${JSON.stringify({ bench: 'start', firstStartMs: first, secondStartMs: later[2], worstMs: later[4], bar: { secondStartMs: 3000 }, met: later[2]! < 3000 })}\n`,
)
rmSync(folder, { recursive: true, force: true })

async function startOnce(data = 'data'): Promise<number> {
  const began = systemClock.elapsed()
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, GUANXI_DATA: join(folder, data), PORT: String(port), DATABASE_URL: '' },
  })
  while (!(await isWell())) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`)
    await pause(20)
  }
  const milliseconds = Math.round(systemClock.elapsed() - began)
  await end(child)
  return milliseconds
}

async function isWell(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/api/health`)).ok
  } catch {
    return false
  }
}

/** npm does not pass a signal on by itself, so the whole group gets it, as Ctrl-C in a terminal does. */
async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('exit', resolve))
  process.kill(-child.pid!, 'SIGINT')
  await gone
  while (await isWell()) await pause(50)
  await pause(300)
}
