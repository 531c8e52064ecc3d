import { dayOfNumber } from '#kernel/clock/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { baseOf, type Transactions } from './base.ts'
import { cohortsOf } from './cohorts.ts'
import type { BaseAudit, Said, SetAside, Unit } from './contract.ts'
import { holdoutOf } from './holdout.ts'
import { onePeriodOf } from './one-period.ts'
import { sum } from './spread.ts'
import { togetherOf } from './together.ts'
import { twoPeriodsOf } from './two-periods.ts'

export interface AuditOptions {
  /** What is audited: the name of the file, or of the business. */
  readonly name: string
  readonly currency: string | null
  /** Only what happened from this day (since 1970-01-01) on, and up to that one. */
  readonly from?: number
  readonly to?: number
  /** Months, quarters or years of cohorts; by the length of the data where absent. */
  readonly unit?: Unit
  /** The last day that the models may know; by default 70 in 100 of the time. */
  readonly split?: number
  readonly lines?: number
  readonly setAside?: readonly SetAside[]
  readonly notes?: readonly Said[]
}

/**
 * The customer base on one page, in the order of "The Customer-Base Audit" (Fader, Hardie & Ross 2022): one period, two
 * periods, cohorts over time, all customers together, and a model held against what happened. Pure: the same rows in another order give the same audit.
 */
export function auditOf(transactions: Transactions, options: AuditOptions): BaseAudit {
  const { name, currency, from, to, unit, split, lines, setAside = [], notes = [] } = options
  const base = baseOf(transactions, { ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
  if (base === null) throw refuse('invalid', 'audit:refusal.no-orders')
  return {
    kind: 'base-audit',
    source: {
      name,
      lines: lines ?? null,
      customers: base.customers,
      orders: sum(base.orders),
      firstOn: dayOfNumber(base.firstDay),
      lastOn: dayOfNumber(base.lastDay),
      revenueMinor: base.isPriced ? sum(base.value) : null,
      currency,
      setAside: [...setAside, ...base.setAside],
      notes: [...notes],
    },
    onePeriod: onePeriodOf(base, currency),
    twoPeriods: twoPeriodsOf(base, currency),
    cohorts: cohortsOf(base, currency, unit),
    together: togetherOf(base, currency, unit),
    holdout: holdoutOf(base, currency, split),
  }
}
