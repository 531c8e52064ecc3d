import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { checkDurability } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { Refusal } from '#kernel/refusal.ts'
import { version } from '#product/version.ts'
import { type CommonOptions, clock, configurationFor, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

export interface Finding {
  readonly check: 'node' | 'pages' | 'disk' | 'database' | 'durability' | 'clock' | 'zones' | 'migrations' | 'queue'
  readonly state: 'good' | 'warn' | 'bad'
  /** What was found, as text. */
  readonly found: string
  /** How to mend it; absent when nothing is wrong. */
  readonly mend?: string
}

/** `guanxi doctor`: looks at everything Guanxi stands on, and says how to mend what is wrong. True when nothing is. */
export async function doctor(options: CommonOptions, terminal: Terminal): Promise<boolean> {
  const configuration = configurationFor(options, process.env)
  const findings: Finding[] = [nodeFinding(terminal), pagesFinding(terminal)]
  try {
    await withProduct(options, async ({ business }) => {
      findings.push(
        await databaseFinding(business),
        ...(await durabilityFindings(business, terminal)),
        await clockFinding(business, terminal),
        await zonesFinding(business, terminal),
        await migrationsFinding(business, terminal),
        await queueFinding(business, terminal),
      )
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    findings.push({ check: 'database', state: 'bad', found: error.code, mend: terminal.t(error.code, error.details) })
  }
  findings.push(await diskFinding(configuration.dataFolder, terminal))
  terminal.answer(findings, () => findings.map(finding => lineOf(finding, terminal)).join('\n'))
  return findings.every(({ state }) => state !== 'bad')
}

function lineOf({ check, state, found, mend }: Finding, { t, style }: Terminal): string {
  const mark = { good: style.good('✓'), warn: style.bold('!'), bad: style.bad('✗') }[state]
  const line = `${mark} ${t(`cli:doctor.${check}.name`)}: ${found}`
  return mend ? `${line}\n    ${mend}` : line
}

/** A state by two limits: `stateOf(40, { warn: 10, bad: 60 })` is `warn`. */
export function stateOf(value: number, limits: { readonly warn: number; readonly bad: number }): Finding['state'] {
  if (value >= limits.bad) return 'bad'
  return value >= limits.warn ? 'warn' : 'good'
}

function finding(
  terminal: Terminal,
  check: Finding['check'],
  state: Finding['state'],
  found: string,
  values: Readonly<Record<string, string | number>> = {},
): Finding {
  return { check, state, found, ...(state !== 'good' && { mend: terminal.t(`cli:doctor.${check}.mend`, values) }) }
}

function nodeFinding(terminal: Terminal): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < 22 || (major === 22 && minor < 18)
  return finding(terminal, 'node', isOld ? 'bad' : 'good', `Guanxi ${version}, Node ${process.versions.node}`)
}

function pagesFinding(terminal: Terminal): Finding {
  const built = existsSync(new URL('../../web/dist/index.html', import.meta.url))
  return finding(
    terminal,
    'pages',
    built ? 'good' : 'bad',
    terminal.t(`cli:doctor.pages.${built ? 'built' : 'missing'}`),
  )
}

async function databaseFinding({ database }: House): Promise<Finding> {
  const [row] = await database.query<{ version: string; name: string; size: string }>(
    `select current_setting('server_version') as version, current_database() as name,
       pg_size_pretty(pg_database_size(current_database())) as size`,
  )
  return { check: 'database', state: 'good', found: `PostgreSQL ${row!.version}, ${row!.name}, ${row!.size}` }
}

async function durabilityFindings({ database }: House, terminal: Terminal): Promise<Finding[]> {
  const found = await checkDurability(database)
  if (found.length === 0) return [finding(terminal, 'durability', 'good', terminal.t('cli:doctor.durability.kept'))]
  return found.map(each => ({
    check: 'durability' as const,
    state: each.severity === 'refuse' ? ('bad' as const) : ('warn' as const),
    found: each.found,
    mend: terminal.t(each.remedy, { found: each.found }),
  }))
}

/** Compares the two clocks at the middle of a question, so that the way there and back does not count. */
async function clockFinding({ database }: House, terminal: Terminal): Promise<Finding> {
  const before = clock.now().getTime()
  const [row] = await database.query<{ now: Date }>('select clock_timestamp() as now')
  const after = clock.now().getTime()
  const skewSeconds = Math.abs(row!.now.getTime() - (before + after) / 2) / 1000
  const seconds = skewSeconds.toFixed(1)
  return finding(
    terminal,
    'clock',
    stateOf(skewSeconds, { warn: 1, bad: 5 }),
    terminal.t('cli:doctor.clock.found', { seconds }),
    { seconds },
  )
}

/** Node and PostgreSQL bring their own time-zone data; what counts is that they read the business's own hours alike. */
async function zonesFinding({ database, settings }: House, terminal: Terminal): Promise<Finding> {
  const { zone } = await settings.business()
  const noons = Array.from({ length: 48 }, (_, month) => new Date(Date.UTC(2024, month, 15, 12)))
  const rows = await database.query<{ wall: string }>(
    `select to_char(t at time zone $2, 'YYYY-MM-DD HH24:MI') as wall from unnest($1::timestamptz[]) with ordinality as u (t, n) order by n`,
    [noons, zone],
  )
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const differs = noons.findIndex((noon, index) => format.format(noon) !== rows[index]!.wall)
  const found = `${zone}, Node ${process.versions.tz ?? '?'}`
  return differs < 0
    ? finding(terminal, 'zones', 'good', found)
    : finding(terminal, 'zones', 'bad', `${found}: ${rows[differs]!.wall} ≠ ${format.format(noons[differs]!)}`)
}

async function migrationsFinding({ database }: House, terminal: Terminal): Promise<Finding> {
  const [row] = await database.query<{ count: number }>('select count(*) as count from kernel.migration')
  return finding(terminal, 'migrations', 'good', terminal.t('cli:doctor.migrations.found', { count: row!.count }))
}

/** A queue that nobody works on grows old: the oldest job that is due says it best. */
async function queueFinding({ database }: House, terminal: Terminal): Promise<Finding> {
  const [row] = await database.query<{ due: number; failed: number; minutes: number }>(
    `select count(*) filter (where run_at <= now()) as due, count(*) filter (where attempts >= max_attempts) as failed,
       coalesce(extract(epoch from now() - min(run_at) filter (where locked_at is null)) / 60, 0)::int as minutes
     from graphile_worker._private_jobs`,
  )
  const { due, failed, minutes } = row!
  const state = failed > 0 ? 'warn' : stateOf(minutes, { warn: 15, bad: 24 * 60 })
  return finding(terminal, 'queue', state, terminal.t('cli:doctor.queue.found', { due, failed, minutes }), { minutes })
}

async function diskFinding(folder: string, terminal: Terminal): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(folder)
  const free = (bavail * bsize) / 2 ** 30
  const used = 100 * (1 - bavail / blocks)
  const state = free < 0.5 ? 'bad' : free < 2 ? 'warn' : 'good'
  const values = { free: free.toFixed(1), used: Math.round(used), folder }
  return finding(terminal, 'disk', state, terminal.t('cli:doctor.disk.found', values), values)
}
