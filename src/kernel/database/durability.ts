import { type Log, silentLog } from '../log.ts'
import { refuse } from '../refusal.ts'
import type { Queryable } from './database.ts'

export type DurabilityCode =
  | 'version-too-old'
  | 'fsync-off'
  | 'synchronous-commit-off'
  | 'replica'
  | 'read-only'
  | 'encoding'
  | 'full-page-writes-off'
  | 'character-type'
  | 'timezone'

/** Something about a server that would cost a customer what they are owed (`refuse`), or us some comfort (`warn`). */
export interface DurabilityFinding {
  readonly code: DurabilityCode
  readonly severity: 'refuse' | 'warn'
  /** What the server said, as it said it. */
  readonly found: string
  /** Translation key of the sentence that says what was found and what to do about it. */
  readonly remedy: string
}

/** What the rule needs to know about a server. */
export interface ServerFacts {
  readonly versionNumber: number
  readonly version: string
  readonly fsync: string
  readonly fullPageWrites: string
  readonly synchronousCommit: string
  readonly replica: boolean
  readonly readOnly: string
  readonly encoding: string
  readonly characterType: string
  /** Trigrams of 关系; `undefined` where `pg_trgm` is not installed yet. */
  readonly trigrams: number | undefined
  readonly timezone: string
}

const oldestVersion = 15

/**
 * Judges a server, worst findings first.
 *
 * Example: a server with `fsync = off` gives `[{ code: 'fsync-off', severity: 'refuse', found: 'off', … }]`.
 */
export function findingsOf(facts: ServerFacts): DurabilityFinding[] {
  const { characterType, trigrams } = facts
  const rules: [DurabilityCode, DurabilityFinding['severity'], boolean, string][] = [
    ['version-too-old', 'refuse', facts.versionNumber < oldestVersion * 10_000, facts.version],
    ['fsync-off', 'refuse', facts.fsync !== 'on', facts.fsync],
    ['synchronous-commit-off', 'refuse', facts.synchronousCommit === 'off', facts.synchronousCommit],
    ['replica', 'refuse', facts.replica, 'in recovery'],
    ['read-only', 'refuse', !facts.replica && facts.readOnly !== 'off', facts.readOnly],
    ['encoding', 'refuse', facts.encoding !== 'UTF8', facts.encoding],
    // Some cloud storages cannot tear a page and honestly report "off", so this one does not refuse.
    ['full-page-writes-off', 'warn', facts.fullPageWrites !== 'on', facts.fullPageWrites],
    // With a plain C character type pg_trgm sees no letters in Chinese and finds nobody, without an error.
    [
      'character-type',
      'warn',
      trigrams === undefined ? /^(C|POSIX)$/i.test(characterType) : trigrams === 0,
      characterType,
    ],
    ['timezone', 'warn', !/^(Etc\/)?(UTC|UCT|Universal|Zulu|GMT)$/i.test(facts.timezone), facts.timezone],
  ]
  return rules
    .filter(([, , applies]) => applies)
    .map(([code, severity, , found]) => ({
      code,
      severity,
      found,
      remedy: `database:${severity === 'refuse' ? 'refusal' : 'warning'}.${code}`,
    }))
}

/** Asks a server, embedded or not, whether it will keep what it confirms. */
export async function checkDurability(database: Queryable): Promise<DurabilityFinding[]> {
  const [facts] = await database.query<ServerFacts & { trigramSchema: string | null }>(`
    SELECT current_setting('server_version_num')::int AS "versionNumber",
           current_setting('server_version') AS version,
           current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS "fullPageWrites",
           current_setting('synchronous_commit') AS "synchronousCommit",
           pg_is_in_recovery() AS replica,
           current_setting('default_transaction_read_only') AS "readOnly",
           pg_encoding_to_char(encoding) AS encoding,
           datctype AS "characterType",
           current_setting('TimeZone') AS timezone,
           (SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
             WHERE extname = 'pg_trgm') AS "trigramSchema"
      FROM pg_database WHERE datname = current_database()`)
  if (!facts) throw new Error('the server does not list the database it connected us to')
  return findingsOf({ ...facts, trigrams: await trigramsOf(database, facts.trigramSchema) })
}

async function trigramsOf(database: Queryable, schema: string | null): Promise<number | undefined> {
  if (schema === null) return undefined
  const [row] = await database.query<{ count: number }>(
    `SELECT coalesce(array_length(${schema}.show_trgm('关系'), 1), 0) AS count`,
  )
  return row?.count
}

/**
 * Refuses a server that may lose confirmed rows, with a sentence for the first reason and all reasons as issues; logs
 * what is only a warning. `allowUnsafeDatabase` is for trying things out: it turns the refusal into a warning too.
 */
export async function refuseUnlessDurable(
  database: Queryable,
  options: { readonly allowUnsafeDatabase?: boolean; readonly log?: Log } = {},
): Promise<DurabilityFinding[]> {
  const { allowUnsafeDatabase = false, log = silentLog } = options
  const findings = await checkDurability(database)
  const reasons = findings.filter(({ severity }) => severity === 'refuse')
  const [first] = reasons
  if (first && !allowUnsafeDatabase) {
    const issues = reasons.map(({ remedy, found }) => ({ path: 'database', code: remedy, details: { found } }))
    throw refuse('unavailable', first.remedy, { found: first.found }, issues)
  }
  for (const { code, found } of findings)
    log.warn({ code, found }, 'the database server is set up in a way we advise against')
  return findings
}
