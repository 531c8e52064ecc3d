import type { Columns } from '#statistics/index.ts'
import type { Standing } from './history.ts'

/** A base of customers as columns, in days and minor units: what one pass of valuing works on. */
export interface Base {
  readonly partyIds: readonly string[]
  readonly columns: Columns & Readonly<Record<'purchases' | 'recency' | 'observed' | 'logGapSum', Float64Array>>
  readonly purchaseDays: Float64Array
  /** Net spend of a purchase day; what was given back lowers it, below nothing it counts as nothing. */
  readonly meanMinor: Float64Array
}

export interface Member extends Standing {
  readonly partyId: string
}

/** Columns of these customers, row by row. Example: 3 purchase days and ¥60 net -> repeat purchases 2, mean ¥20. */
export function baseOf(members: readonly Member[]): Base {
  const column = (pick: (member: Member) => number) => Float64Array.from(members, pick)
  return {
    partyIds: members.map(member => member.partyId),
    columns: {
      purchases: column(member => member.purchaseDays - 1),
      recency: column(member => member.recency),
      observed: column(member => member.observed),
      logGapSum: column(member => member.logGapSum),
    },
    purchaseDays: column(member => member.purchaseDays),
    meanMinor: column(meanMinorOf),
  }
}

export function meanMinorOf({ netMinor, purchaseDays }: Pick<Standing, 'netMinor' | 'purchaseDays'>): number {
  return Math.max(0, netMinor) / purchaseDays
}
