import type { Database } from '#kernel/database/index.ts'
import { refuse } from '#kernel/refusal.ts'

/** The log keeps a table for each month of these years; what lies outside was surely mistyped. */
export const earliestAt = new Date('1990-01-01T00:00:00Z')
export const latestYear = 2200

const monthOf = (instant: Date) => instant.toISOString().slice(0, 7)

export interface Months {
  /** Those that this process does not know to be there. */
  missing(instants: Iterable<Date>): ReadonlySet<string>
  make(months: ReadonlySet<string>): Promise<void>
}

/** Makes the month tables that events need. Known months are remembered, so that the usual look costs nothing. */
export function monthsOn(database: Database): Months {
  const known = new Set<string>()
  function missing(instants: Iterable<Date>): ReadonlySet<string> {
    const unknown = new Set<string>()
    for (const instant of instants) {
      if (!(instant >= earliestAt) || instant.getUTCFullYear() >= latestYear) {
        throw refuse('invalid', 'events:refusal.impossible-time')
      }
      const month = monthOf(instant)
      if (!known.has(month)) unknown.add(month)
    }
    return unknown
  }
  async function make(months: ReadonlySet<string>): Promise<void> {
    if (months.size === 0) return
    await database.transaction(async transaction => {
      await transaction.query('select pg_advisory_xact_lock($1)', [727_251])
      for (const month of [...months].sort()) {
        const name = `event_${month.replace('-', '_')}`
        const [exists] = await transaction.query(`select 1 from pg_class where oid = to_regclass($1)`, [
          `events.${name}`,
        ])
        if (exists) continue
        const [year, number] = month.split('-').map(Number) as [number, number]
        const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
        // Made apart and attached, because making it in place would lock out everyone who is writing events.
        await transaction.query(`create table events.${name} (like events.event including all)`)
        await transaction.query(
          `alter table events.event attach partition events.${name}
           for values from ('${month}-01T00:00:00Z') to ('${next}-01T00:00:00Z')`,
        )
      }
    })
    for (const month of months) known.add(month)
  }
  return { missing, make }
}
