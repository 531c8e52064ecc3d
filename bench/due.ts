/**
 * What we claim about the daily question "who is late": `npx node --conditions=source bench/due.ts`.
 * Puts states of customers straight into the database, 5,000 of them due, and runs the job as the calendar does: marks,
 * events and alerts, committed with fsync on. The floor is a bare COPY of as many rows into an indexed table, in the same
 * run. One JSON line per figure; a base ten times smaller must take about the same time.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { systemClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { type Connection, openDatabase } from '#kernel/database/index.ts'
import type { Progress } from '#kernel/jobs/index.ts'
import { silentLog } from '#kernel/log.ts'
import { type OpenHouse, openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'

const due = 5000
const target = { seconds: 2, growth: 2 }

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'due', ...figure }))
}

const quiet: Progress = { async report() {}, async say() {}, signal: new AbortController().signal }
const jobs = new Map(rooms.flatMap(room => room.jobs ?? []).map(job => [job.name, job]))

async function perform(house: OpenHouse, name: string): Promise<{ seconds: number; result: unknown }> {
  const started = performance.now()
  const result = await jobs.get(name)!.run(house, {} as never, quiet)
  return { seconds: (performance.now() - started) / 1000, result }
}

/** A base of regulars, about every 30 days; the first `due` of them became late today, the others will in weeks to come. */
async function fill(house: OpenHouse, customers: number): Promise<void> {
  await house.database.query(
    `insert into rhythm.model (model_no, model_id, kind, fitted_at, as_of_on, customers, parameters, warnings)
     values (1, gen_random_uuid(), 'fitted', now(), current_date, $1, '{"k": 2, "r": 2, "alpha": 20, "a": 0.5, "b": 2}', '{}')`,
    [customers],
  )
  await house.database.query(
    `insert into rhythm.state (party_id, version, model_no, purchase_days, purchases, first_on, last_on, gap_days_sum,
       log_gap_sum, spend_minor, last_day_minor, spend_squares, refund_minor, refunds, late_on, dormant_on, lost_on)
     select md5(n::text)::uuid, 1, 1, 11, 11, current_date - 400, current_date - 50 - n % 10, 300, 10 * ln(30),
       100000 + n % 90000, 10000, 1e9, 0, 0,
       current_date + case when n <= $2 then 0 else 1 + n % 60 end, current_date + 100, current_date + 200
     from generate_series(1, $1) as n`,
    [customers, due],
  )
  await house.database.query('vacuum analyze rhythm.state')
}

async function measure(connection: Connection, customers: number): Promise<number> {
  const name = `due_${customers}`
  const admin = openDatabase(connection)
  await admin.query(`create database ${name}`)
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-due-'))
  const house = await openHouse({
    name: 'business',
    connection: { ...connection, database: name },
    rooms,
    folder,
    log: silentLog,
    clock: systemClock,
    atFirst: { zone: 'UTC', currency: 'CNY' },
  })
  try {
    await fill(house, customers)
    const floorSeconds = await bareCopy(house)
    const { seconds, result } = await perform(house, 'rhythm.due')
    const again = await perform(house, 'rhythm.due')
    print({
      measure: 'who is late, told and alerted',
      customers,
      ...(result as object),
      seconds: round(seconds),
      floorSeconds: round(floorSeconds),
      ratio: round(seconds / floorSeconds),
      secondsWithNobodyDue: round(again.seconds),
      holds: seconds < target.seconds,
    })
    const plan = await perform(house, 'warnings.plan')
    print({ measure: 'the week planned', customers, ...(plan.result as object), seconds: round(plan.seconds) })
    const fit = await perform(house, 'rhythm.fit')
    print({ measure: 'rhythm learned and everybody’s days worked out', customers, seconds: round(fit.seconds) })
    return seconds / floorSeconds
  } finally {
    await house.close()
    await rm(folder, { recursive: true, force: true })
    await admin.query(`drop database ${name} with (force)`)
    await admin.close()
  }
}

async function bareCopy(house: OpenHouse): Promise<number> {
  await house.database.query(
    'create table public.floor (party_id uuid primary key, kind text, at timestamptz, payload jsonb)',
  )
  const started = performance.now()
  await house.database.transaction(async transaction => {
    const lines = Array.from(
      { length: due },
      (_, n) => `${house.newId()}\trhythm.became-late\t2026-01-01\t{"gapStartOn": "2026-01-01", "n": ${n}}\n`,
    )
    await transaction.copy('public.floor', lines)
  })
  const seconds = (performance.now() - started) / 1000
  await house.database.query('drop table public.floor')
  return seconds
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

const folder = await mkdtemp(join(tmpdir(), 'guanxi-bench-'))
// Started as root, the server runs under another account, which must be able to walk to its folder.
await chmod(folder, 0o711)
const server = await startEmbedded({ dataFolder: join(folder, 'database'), throwaway: true })
try {
  // The first run of a process pays for its compilation; it is not a figure.
  await measure(server.connection, 10_000)
  const small = await measure(server.connection, 100_000)
  const large = await measure(server.connection, 1_000_000)
  print({
    measure: 'a base ten times larger, in times of the smaller, each beside its floor',
    growth: round(large / small),
    holds: large / small < target.growth,
  })
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
