import { createHash } from 'node:crypto'
import { readEditions } from '#financial/points/index.ts'
import { addDays, localDay } from '#kernel/clock/index.ts'
import type { Database } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { LiabilityReport } from './contract.ts'
import { endOfDay, endOfMonth, placeInMonth } from './months.ts'
import { reportOf } from './report.ts'
import * as store from './store.ts'

/** Only what cannot change any more is kept: a transaction that began earlier has ended by then. */
const settledAfterMs = 10 * 60_000

/** The report as of an instant, from the ledger and what was published and assumed by then; null while there is nothing. */
export async function estimate(database: Database, asOf: Date): Promise<LiabilityReport | null> {
  const editions = await readEditions(database)
  if (editions.length === 0) return null
  const { zone } = editions[0]!
  const ground = await store.readGround(database, asOf, zone)
  return reportOf(ground, { asOf, zone, editions, assumptions: await store.readAssumptions(database) })
}

export const digestOf = (body: string) => createHash('sha256').update(body).digest('hex')

/** Keeps the report as of the end of a day; the same day asked for again answers what was kept. Null where there is nothing. */
export async function keepReport(
  house: House,
  { asOfOn, by }: { readonly asOfOn: string; readonly by: string },
): Promise<store.KeptReport | null> {
  const [edition] = await readEditions(house.database)
  if (!edition) return null
  const { zone } = edition
  const asOfAt = endOfDay(asOfOn, zone)
  const now = house.clock.now()
  if (asOfAt.getTime() + settledAfterMs > now.getTime()) throw refuse('conflict', 'liability:refusal.not-over')
  const known = await store.findReportAsOf(house.database, asOfAt)
  if (known) return known
  const report = await estimate(house.database, asOfAt)
  if (!report) return null
  const body = JSON.stringify(report)
  const { month } = placeInMonth(asOfAt, zone)
  const kept = {
    reportId: house.newId(),
    asOfAt,
    madeAt: now,
    isMonthEnd: asOfAt.getTime() === endOfMonth(month, zone).getTime(),
    digest: digestOf(body),
    body,
  }
  return house.database.transaction(async transaction => {
    const kepts = await store.insertReport(transaction, { ...kept, madeBy: by })
    await house.live.announce(transaction, ['liability'])
    return kepts
  })
}

/** Yesterday, where the programme is. */
export async function lastDayOver(house: House): Promise<string | null> {
  const [edition] = await readEditions(house.database)
  if (!edition) return null
  const settled = new Date(house.clock.now().getTime() - settledAfterMs)
  return addDays(localDay(settled, edition.zone), -1)
}

/** Works a kept report out again. Only the log can have changed since: an import that was undone took its purchases along. */
export async function checkReport(house: House, reportId: string) {
  const kept = await store.findReport(house.database, reportId)
  if (!kept) throw refuse('not-found', 'liability:refusal.no-such-report')
  const again = await estimate(house.database, kept.asOfAt)
  const digestNow = digestOf(JSON.stringify(again))
  const stoodOn = JSON.stringify(store.bodyOf(kept).fingerprint)
  return {
    isSame: digestNow === kept.digest && digestOf(kept.body) === kept.digest,
    isLedgerSame: again !== null && JSON.stringify(again.fingerprint) === stoodOn,
    digest: kept.digest,
    digestNow,
  }
}

/** So many postings are added up while somebody waits; of more, yesterday's report is shown. */
const quickPostings = 100_000

/** What the page shows: as of now, or for a large ledger the newest kept report, if nothing was assumed since. */
export async function newest(
  house: House,
): Promise<{ readonly report: LiabilityReport | null; readonly reportId: string | null }> {
  const [kept] = await store.readReports(house.database, 1)
  if (kept) {
    const report = store.bodyOf(kept)
    const assumed = (await store.readAssumptions(house.database)).at(-1)
    const isFresh = house.clock.now().getTime() - kept.asOfAt.getTime() < 2 * 86_400_000
    const isOutdated = assumed !== undefined && assumed.toldAt > kept.asOfAt
    if (report.fingerprint.postings > quickPostings && isFresh && !isOutdated) {
      return { report, reportId: kept.reportId }
    }
  }
  return { report: await estimate(house.database, house.clock.now()), reportId: null }
}
