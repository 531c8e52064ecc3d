/**
 * What we claim about imports, runnable: `npx node --conditions=source bench/import.ts [times]`.
 * Imports Online Retail II on an embedded database with fsync on, beside a bare COPY of the same lines into one indexed
 * table measured in the same run. `times` repeats the file that often, with shifted order numbers and dates, to show that
 * memory does not grow with the file. One JSON line per figure.
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { from as copyFrom } from 'pg-copy-streams'
import { systemClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { type Connection, openDatabase } from '#kernel/database/index.ts'
import { importFile } from '#kernel/files/index.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { silentLog } from '#kernel/log.ts'
import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'

const target = { ratio: 6, megabytes: 600 }
const times = Number(process.argv[2] ?? 1)
const shared = process.env.GUANXI_SHARED_DATA ?? new URL('../../shared/data', import.meta.url).pathname
const source = join(shared, 'online-retail-ii', 'online_retail_II_dedup.csv.gz')

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'import', ...figure }))
}

/** The file `times` over: later copies have order numbers of their own and lie two years earlier each. */
async function repeated(path: string): Promise<void> {
  async function* lines() {
    for (let copy = 0; copy < times; copy++) {
      let rest = ''
      let first = true
      for await (const chunk of createReadStream(source).pipe(createGunzip()).setEncoding('utf8')) {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop()!
        if (first) {
          const header = parts.shift()!
          first = false
          if (copy === 0) yield `${header}\n`
        }
        yield `${parts.map(line => shifted(line, copy)).join('\n')}\n`
      }
    }
  }
  await pipeline(Readable.from(lines()), createGzip({ level: 1 }), createWriteStream(path))
}

function shifted(line: string, copy: number): string {
  if (copy === 0) return line
  const date = line.replace(/,(20\d\d)-(\d\d-\d\d \d\d:)/, (_, year, rest) => `,${Number(year) - 2 * copy}-${rest}`)
  return date.replace(/^(C?)(\d+)/, (_, cancelled, number) => `${cancelled}${copy}${number}`)
}

async function bareCopy(connection: Connection, path: string): Promise<{ seconds: number; lines: number }> {
  const database = openDatabase(connection)
  await database.query(
    `create table floor (invoice text, sku text, description text, quantity integer, occurred_at timestamptz, price numeric,
       customer text, country text, sheet text)`,
  )
  await database.query('create index on floor (customer, occurred_at)')
  const client = await database.pool.connect()
  const started = performance.now()
  const sink = client.query(copyFrom('copy floor from stdin with (format csv, header)'))
  await pipeline(createReadStream(path), createGunzip({ chunkSize: 256 * 1024 }), sink)
  const seconds = (performance.now() - started) / 1000
  client.release()
  await database.query('drop table floor')
  await database.close()
  return { seconds, lines: sink.rowCount }
}

if (!existsSync(source)) {
  print({ skipped: true, reason: `${source} is not here` })
  process.exit(0)
}
const folder = await mkdtemp(join(tmpdir(), 'guanxi-bench-'))
// Started as root, the server runs under another account, which must be able to walk to its folder.
await chmod(folder, 0o711)
const server = await startEmbedded({ dataFolder: join(folder, 'database'), throwaway: true })
try {
  const path = times === 1 ? source : join(folder, 'repeated.csv.gz')
  if (times > 1) await repeated(path)
  const floor = [await bareCopy(server.connection, path)]
  const house = await openHouse({
    name: 'business',
    connection: server.connection,
    rooms,
    folder,
    log: silentLog,
    clock: systemClock,
    atFirst: { currency: 'GBP', zone: 'Europe/London' },
  })
  const peaks: Record<string, number> = {}
  const watch = setInterval(() => {
    peaks[last.step] = Math.max(peaks[last.step] ?? 0, Math.round(process.memoryUsage.rss() / 1024 ** 2))
  }, 50)
  const steps: Record<string, number> = {}
  let last = { step: 'opening', at: performance.now() }
  const started = performance.now()
  const done = await importFile(house, path, {
    onProgress: ({ step }) => {
      const now = performance.now()
      steps[last.step] = Math.round((steps[last.step] ?? 0) + now - last.at)
      last = { step, at: now }
    },
  })
  // What the queue does after an import: the rhythms are learned, the late found, the week planned, and Today is filled.
  last = { step: 'understanding', at: performance.now() }
  const jobs = rooms.flatMap(room => room.jobs ?? [])
  for (const job of ['rhythm.fit', 'rhythm.due', 'warnings.plan']) await performNow(house, jobs, job)
  const [today] = await house.database.query<{ tasks: number }>('select count(*) as tasks from tasks.task')
  steps.understanding = Math.round(performance.now() - last.at)
  const seconds = (performance.now() - started) / 1000
  clearInterval(watch)
  floor.push(await bareCopy(server.connection, path))
  const floorSeconds = floor.reduce((sum, one) => sum + one.seconds, 0) / floor.length
  const ratio = seconds / floorSeconds
  print({ measure: 'steps in milliseconds', ...steps })
  print({ measure: 'totals', ...done.totals })
  print({
    measure: 'file to committed events, folded state and a filled Today, against a bare COPY',
    times,
    bytes: (await stat(path)).size,
    lines: floor[0]!.lines,
    tasksToday: today!.tasks,
    seconds: round(seconds),
    floorSeconds: round(floorSeconds),
    ratio: round(ratio),
    holds: ratio <= target.ratio && today!.tasks > 0,
  })
  const megabytes = Math.max(...Object.values(peaks))
  print({
    measure: 'peak memory of this process in megabytes',
    times,
    megabytes,
    ...peaks,
    holds: megabytes < target.megabytes,
  })
  await house.close()
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
