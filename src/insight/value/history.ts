/**
 * What one customer bought and gave back, as day numbers (`dayNumber`) and minor units, oldest first. Several purchases of
 * one day stand one after another.
 */
export interface MoneyHistory {
  readonly partyId: string
  readonly boughtOn: readonly number[]
  readonly boughtMinor: readonly number[]
  readonly refundedOn: readonly number[]
  readonly refundedMinor: readonly number[]
}

/** What the models need to know of one customer on one day, in days, and what they spent by then. */
export interface Standing {
  /** Days on which something was bought; the repeat purchases are one fewer. */
  readonly purchaseDays: number
  readonly firstOn: number
  readonly recency: number
  readonly observed: number
  readonly logGapSum: number
  /** Bought less refunded, up to the day. */
  readonly netMinor: number
}

/**
 * One customer as known at the end of a day; undefined for whoever had not bought by then. The sums run in the order of
 * the purchases, as those of `insight/rhythm` do, so that both tell the same to the bit.
 *
 * Example: ¥10 on day 0, ¥20 on day 10, ¥5 of it refunded on day 12; as of day 11 -> 2 purchase days, recency 10, ¥30.
 */
export function standingOn(history: MoneyHistory, on: number): Standing | undefined {
  const { boughtOn, boughtMinor, refundedOn, refundedMinor } = history
  const firstOn = boughtOn[0]
  if (firstOn === undefined || firstOn > on) return undefined
  let purchaseDays = 1
  let last = firstOn
  let logGapSum = 0
  let netMinor = 0
  for (let index = 0; index < boughtOn.length; index++) {
    const bought = boughtOn[index]!
    if (bought > on) break
    netMinor += boughtMinor[index]!
    if (bought === last) continue
    purchaseDays++
    logGapSum += Math.log(bought - last)
    last = bought
  }
  for (let index = 0; index < refundedOn.length; index++) {
    if (refundedOn[index]! <= on) netMinor -= refundedMinor[index]!
  }
  return { purchaseDays, firstOn, recency: last - firstOn, observed: on - firstOn, logGapSum, netMinor }
}

/** What the same customer did after a day, up to and with another: days with a purchase, and net spend. */
export function spentBetween(history: MoneyHistory, after: number, through: number) {
  let purchaseDays = 0
  let netMinor = 0
  let last = Number.NEGATIVE_INFINITY
  history.boughtOn.forEach((on, index) => {
    if (on <= after || on > through) return
    if (on !== last) purchaseDays++
    last = on
    netMinor += history.boughtMinor[index]!
  })
  history.refundedOn.forEach((on, index) => {
    if (on > after && on <= through) netMinor -= history.refundedMinor[index]!
  })
  return { purchaseDays, netMinor }
}
