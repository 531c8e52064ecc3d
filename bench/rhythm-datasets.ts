import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Columns } from '#statistics/index.ts'

/** One purchase day of one customer, purchases of the same day merged; `value` is what was spent (1 where unknown). */
export interface PurchaseDay {
  readonly day: number
  readonly value: number
}

/** Purchase days per customer, in order. Days are whole days since 1970-01-01. */
export type PurchaseLog = ReadonlyMap<string, readonly PurchaseDay[]>

/** Where the public data sets lie: beside the repository, or where GUANXI_SHARED_DATA says. */
export function sharedDataPath(...parts: string[]): string {
  return join(process.env.GUANXI_SHARED_DATA ?? join(import.meta.dirname, '..', '..', 'shared', 'data'), ...parts)
}

export function dayOf(date: string): number {
  return Math.round(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 86_400_000)
}

/** BTYDplus groceryElog: 1,525 customers who joined in the first quarter of 2006. Undefined where the file is absent. */
export function readGrocery(): PurchaseLog | undefined {
  const path = sharedDataPath('grocery-elog', 'groceryElog.csv')
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1)
  return mergeDays(
    lines.map(line => {
      const [customer, date] = line.split(',') as [string, string]
      return { customer, day: dayOf(date), value: 1 }
    }),
  )
}

/** UCI Online Retail II, one line per customer and invoice. Undefined where the file is absent. */
export function readOnlineRetail(): PurchaseLog | undefined {
  const path = sharedDataPath('online-retail-ii', 'invoices.csv.gz')
  if (!existsSync(path)) return undefined
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n').slice(1)
  return mergeDays(
    lines.map(line => {
      const [customer, , date, amount] = line.split(',') as [string, string, string, string]
      return { customer, day: dayOf(date), value: Number(amount) }
    }),
  )
}

/** The 1/10 sample of CDNOW (Fader & Hardie 2001). Undefined where the file is absent. */
export function readCdnowSample(): PurchaseLog | undefined {
  const path = sharedDataPath('cdnow', 'CDNOW_sample.txt')
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return mergeDays(
    lines.map(line => {
      const [, customer, date, , dollars] = line.trim().split(/\s+/) as [string, string, string, string, string]
      const day = dayOf(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`)
      return { customer, day, value: Number(dollars) }
    }),
  )
}

/** The columns of all customers known on the cut-off day, in days or in another unit (7: weeks). */
export function columnsUpTo(log: PurchaseLog, cutOff: number, unitDays = 1): Required<Omit<Columns, 'weights'>> {
  const rows = [...log.values()]
    .map(all => all.map(({ day }) => day).filter(day => day <= cutOff))
    .filter(days => days.length > 0)
    .map(days => {
      const gaps = days.slice(1).map((day, i) => (day - days[i]!) / unitDays)
      return {
        purchases: gaps.length,
        recency: (days.at(-1)! - days[0]!) / unitDays,
        logGapSum: gaps.reduce((sum, gap) => sum + Math.log(gap), 0),
        observed: (cutOff - days[0]!) / unitDays,
      }
    })
  return {
    purchases: Float64Array.from(rows, row => row.purchases),
    recency: Float64Array.from(rows, row => row.recency),
    observed: Float64Array.from(rows, row => row.observed),
    logGapSum: Float64Array.from(rows, row => row.logGapSum),
  }
}

function mergeDays(purchases: readonly { customer: string; day: number; value: number }[]): PurchaseLog {
  const log = new Map<string, Map<number, number>>()
  for (const { customer, day, value } of purchases) {
    const days = log.get(customer) ?? new Map<number, number>()
    days.set(day, (days.get(day) ?? 0) + value)
    log.set(customer, days)
  }
  return new Map(
    [...log].map(([customer, days]) => [
      customer,
      [...days].map(([day, value]) => ({ day, value })).sort((one, other) => one.day - other.day),
    ]),
  )
}
