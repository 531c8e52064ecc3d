/**
 * The audit of a file from the command line, as a user runs it: `npm run bench -- audit`. A process of its own for each file, from
 * its start to the written report; the peak memory is what the system counted for it.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { sharedDataPath } from './rhythm-datasets.ts'

const bar = { seconds: 20, megabytes: 600 }
const main = join(import.meta.dirname, '../src/cli/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))

const files = [
  { path: ['cdnow', 'CDNOW_sample.txt'], flags: ['--customer', '2', '--amount', '5', '--date-format', 'yyyymmdd'] },
  { path: ['grocery-elog', 'groceryElog.csv'], flags: [] },
  { path: ['online-retail-ii', 'online_retail_II_dedup.csv.gz'], flags: ['--currency', 'GBP'] },
] as const

for (const { path, flags } of files) {
  const file = sharedDataPath(...path)
  if (!existsSync(file)) {
    console.log(`skipped: ${path.join('/')} is not in ../shared/data (or GUANXI_SHARED_DATA)`)
    continue
  }
  const out = join(folder, 'report.html')
  const started = performance.now()
  const child = spawn(
    process.execPath,
    ['--conditions=source', main, 'audit', file, ...flags, '--out', out, '--force'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  let peakMegabytes = 0
  const watch = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, highWater(child.pid!))
  }, 100)
  const code = await new Promise<number | null>(resolve => child.on('exit', resolve))
  clearInterval(watch)
  const seconds = (performance.now() - started) / 1000
  console.log(
    JSON.stringify({
      bench: 'audit',
      file: path.at(-1),
      seconds: Number(seconds.toFixed(1)),
      peakMegabytes: Math.round(peakMegabytes),
      reportKilobytes: code === 0 ? Math.round(statSync(out).size / 1024) : null,
      bar,
      met: code === 0 && seconds < bar.seconds && peakMegabytes < bar.megabytes,
    }),
  )
}
rmSync(folder, { recursive: true, force: true })

/** The most memory the process has held so far, as Linux counts it; 0 where there is no /proc. */
function highWater(pid: number): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Number(found[1]) / 1024 : 0
  } catch {
    return 0
  }
}
