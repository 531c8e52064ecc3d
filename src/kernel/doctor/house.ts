import { changeableFacts, checkDurability, type Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { readAlarm } from '#kernel/recovery/index.ts'
import type { Finding } from './contract.ts'
import { finding, stateOf } from './finding.ts'

/** Everything that a house stands on, asked of its database. */
export async function examineHouse(house: House): Promise<Finding[]> {
  const { database } = house
  return [
    await databaseFinding(database),
    ...(await durabilityFindings(database)),
    await checksumFinding(database),
    await appendOnlyFinding(house),
    await clockFinding(house),
    await zonesFinding(house),
    await migrationsFinding(database),
    await queueFinding(database),
    await backupFinding(house),
    await ledgerFinding(house),
  ]
}

async function databaseFinding(database: Queryable): Promise<Finding> {
  const [row] = await database.query<{ version: string; name: string; size: string }>(
    `select current_setting('server_version') as version, current_database() as name,
       pg_size_pretty(pg_database_size(current_database())) as size`,
  )
  return finding('database', 'good', { ...row! })
}

async function durabilityFindings(database: Queryable): Promise<Finding[]> {
  const found = await checkDurability(database)
  if (found.length === 0) return [finding('durability', 'good', {}, { found: 'doctor:durability.kept' })]
  return found.map(each =>
    finding('durability', each.severity === 'refuse' ? 'bad' : 'warn', { found: each.found }, { mend: each.remedy }),
  )
}

/** Without checksums a page that the disk gave back wrong is believed. */
async function checksumFinding(database: Queryable): Promise<Finding> {
  const [row] = await database.query<{ on: boolean; failures: number }>(
    `select current_setting('data_checksums') = 'on' as on,
       coalesce((select sum(checksum_failures) from pg_stat_database), 0)::bigint as failures`,
  )
  const { on, failures } = row!
  if (failures > 0)
    return finding(
      'checksums',
      'bad',
      { count: failures },
      { found: 'doctor:checksums.failed', mend: 'doctor:checksums.mend-failed' },
    )
  return finding('checksums', on ? 'good' : 'warn', {}, { found: `doctor:checksums.${on ? 'on' : 'off'}` })
}

/** Facts are never changed by our code; where the database refuses it as well, a fault of ours cannot do it either. */
async function appendOnlyFinding({ database, tables }: House): Promise<Finding> {
  const changeable = await changeableFacts(database, tables)
  const [role] = await database.query<{ role: string; isSuperuser: boolean }>(
    'select rolname as role, rolsuper as "isSuperuser" from pg_roles where rolname = current_user',
  )
  const count = Object.values(tables).filter(placement => placement.appendOnly).length
  if (changeable.length === 0) return finding('append-only', 'good', { count }, { found: 'doctor:append-only.kept' })
  return finding(
    'append-only',
    'warn',
    { count: changeable.length, role: role!.role, tables: changeable.join(', ') },
    { found: 'doctor:append-only.open', mend: `doctor:append-only.${role!.isSuperuser ? 'superuser' : 'granted'}` },
  )
}

/** Compares the two clocks at the middle of a question, so that the way there and back does not count. */
async function clockFinding({ database, clock }: House): Promise<Finding> {
  const before = clock.now().getTime()
  const [row] = await database.query<{ now: Date }>('select clock_timestamp() as now')
  const after = clock.now().getTime()
  const skewSeconds = Math.abs(row!.now.getTime() - (before + after) / 2) / 1000
  return finding('clock', stateOf(skewSeconds, { warn: 1, bad: 5 }), { seconds: skewSeconds.toFixed(1) })
}

/**
 * Node and PostgreSQL bring their own time-zone data, and PostgreSQL names the version of its data by its own only; what counts
 * is that they read the business's own hours alike.
 */
async function zonesFinding({ database, settings, clock }: House): Promise<Finding> {
  const { zone } = await settings.business()
  const year = clock.now().getUTCFullYear()
  const noons = Array.from({ length: 48 }, (_, month) => new Date(Date.UTC(year - 2, month, 15, 12)))
  const rows = await database.query<{ wall: string }>(
    `select to_char(t at time zone $2, 'YYYY-MM-DD HH24:MI') as wall
     from unnest($1::timestamptz[]) with ordinality as u (t, n) order by n`,
    [noons, zone],
  )
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const differs = noons.findIndex((noon, index) => format.format(noon) !== rows[index]!.wall)
  const [{ server } = { server: '?' }] = await database.query<{ server: string }>(
    `select current_setting('server_version') as server`,
  )
  const values = { zone, node: process.versions.tz ?? '?', server }
  if (differs < 0) return finding('zones', 'good', values)
  const words = { found: 'doctor:zones.differ' }
  return finding(
    'zones',
    'bad',
    { ...values, database: rows[differs]!.wall, here: format.format(noons[differs]!) },
    words,
  )
}

async function migrationsFinding(database: Queryable): Promise<Finding> {
  const [row] = await database.query<{ count: number }>('select count(*) as count from kernel.migration')
  return finding('migrations', 'good', { count: row!.count })
}

/** A queue that nobody works on grows old: the oldest job that is due says it best. */
async function queueFinding(database: Queryable): Promise<Finding> {
  const [row] = await database.query<{ due: number; failed: number; minutes: number }>(
    `select count(*) filter (where run_at <= now()) as due, count(*) filter (where attempts >= max_attempts) as failed,
       coalesce(extract(epoch from now() - min(run_at) filter (where locked_at is null)) / 60, 0)::int as minutes
     from graphile_worker._private_jobs`,
  )
  const { due, failed, minutes } = row!
  return finding('queue', failed > 0 ? 'warn' : stateOf(minutes, { warn: 15, bad: 24 * 60 }), { due, failed, minutes })
}

async function backupFinding(house: House): Promise<Finding> {
  const { alarm, newestAt } = await readAlarm(house)
  const hours = newestAt ? Math.floor((house.clock.now().getTime() - newestAt.getTime()) / 3_600_000) : 0
  const state = alarm ? 'bad' : newestAt ? 'good' : 'warn'
  return finding(
    'backup',
    state,
    { hours },
    { found: `doctor:backup.${newestAt ? 'newest' : 'none'}`, mend: `doctor:backup.${alarm ?? 'soon'}` },
  )
}

/** The ledger verifies itself every night; what it found last is what counts. */
async function ledgerFinding({ database, clock }: House): Promise<Finding> {
  const [row] = await database.query<{ at: Date; faults: number }>(
    `select verified_at as at, faults from ledger.verification where scope = 'whole' order by verified_at desc limit 1`,
  )
  if (!row) return finding('ledger', 'good', {}, { found: 'doctor:ledger.never' })
  const hours = Math.max(0, Math.floor((clock.now().getTime() - row.at.getTime()) / 3_600_000))
  if (row.faults > 0) return finding('ledger', 'bad', { count: row.faults, hours }, { found: 'doctor:ledger.faults' })
  return finding('ledger', 'good', { hours }, { found: 'doctor:ledger.holds' })
}
