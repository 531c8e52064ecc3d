import type { Day } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'

/** The folded facts of one customer in plain numbers, for whoever works through the whole base. */
export interface PurchaseSums {
  readonly partyId: string
  readonly purchaseDays: number
  /** First and last purchase day as `dayNumber` counts them. */
  readonly firstOn: number
  readonly lastOn: number
  readonly logGapSum: number
  /** Bought less refunded. */
  readonly netMinor: number
}

/**
 * Everybody who had bought by a day, in pages, in the order of their ids. The sums hold all that is recorded: of whoever
 * bought after the day (`lastOn` tells), the log must be asked.
 */
export async function* pagesOfPurchaseSums(
  queryable: Queryable,
  onOrBefore: Day,
  size: number,
): AsyncIterable<PurchaseSums[]> {
  for (let last: string | null = null; ; ) {
    const page: PurchaseSums[] = await queryable.query<PurchaseSums>(
      `select s.party_id as "partyId", s.purchase_days as "purchaseDays", s.first_on - date '1970-01-01' as "firstOn",
         s.last_on - date '1970-01-01' as "lastOn", s.log_gap_sum as "logGapSum",
         s.spend_minor - s.refund_minor as "netMinor"
       from rhythm.state s where s.first_on <= $1 and ($2::uuid is null or s.party_id > $2)
       order by s.party_id limit $3`,
      [onOrBefore, last, size],
    )
    if (page.length > 0) yield page
    if (page.length < size) return
    last = page.at(-1)!.partyId
  }
}
