import { z } from 'zod'
import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'

const minor = z.int().min(1).max(100_000_000_000)
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)

/** Ways in which money comes in; each has its own account in the ledger, `clearing:<method>`. */
export const methods = ['cash', 'bank-card', 'wechat', 'alipay', 'transfer', 'other'] as const
export type Method = (typeof methods)[number]

/** Who tops up at least so much gets so much on top. */
export const rung = z
  .object({
    atLeastMinor: minor,
    bonusMinor: z.int().min(0).max(100_000_000_000),
    bonusPoints: z.int().min(0).max(100_000_000),
  })
  .refine(given => given.bonusMinor + given.bonusPoints > 0)
export type Rung = z.infer<typeof rung>

/**
 * Stored money. What customers paid in never expires and bears no interest: both are regulated in many countries, so neither
 * can be switched on here. A bonus is a gift of the house and may expire.
 */
export const creditRules = z
  .object({
    currency: z.string().regex(/^[A-Z]{3}$/),
    isOpen: z.boolean(),
    rungs: z.array(rung).max(20),
    /** Which is used first at a payment. */
    spendFirst: z.enum(['bonus', 'paid']),
    /** A bonus ends with the last day of so many months; null: never. */
    bonusMonths: z.int().min(1).max(120).nullable(),
    /** At most so much with one top-up, and so much in store after it. */
    largestTopUpMinor: minor.nullable(),
    largestBalanceMinor: minor.nullable(),
    /** Paid back in money beyond this: somebody else must agree. */
    approvalAboveMinor: z.int().min(0).max(100_000_000_000),
  })
  .refine(({ rungs }) => new Set(rungs.map(each => each.atLeastMinor)).size === rungs.length)
export type CreditRules = z.infer<typeof creditRules>

/** A card of visits: paid once, used one by one. */
export const visitCard = z.object({
  cardId: id,
  name: z.string().trim().min(1).max(80),
  visits: z.int().min(1).max(1000),
  priceMinor: minor,
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Each card sold can be used for so many months, to the end of the day; null: for ever. */
  validMonths: z.int().min(1).max(120).nullable(),
  /** Where it is good; none named means everywhere. */
  merchants: z.array(z.string().max(60)).max(200),
  /** What it is good for, by number of the product; none named means anything. */
  skus: z.array(z.string().min(1).max(200)).max(200),
  /** What of the price of unused visits is paid back on request. */
  refundPercent: z.int().min(0).max(100),
  isOffered: z.boolean(),
})
export type VisitCard = z.infer<typeof visitCard>

/** A beginning to change, not advice: ¥500 with 30 on top, ¥1,000 with 100, ¥2,000 with 260. */
export function usualCredit(currency: string, digits: number): CreditRules {
  const unit = 10 ** digits
  const rungs = [
    [500, 30],
    [1000, 100],
    [2000, 260],
  ].map(([atLeast, bonus]) => ({ atLeastMinor: atLeast! * unit, bonusMinor: bonus! * unit, bonusPoints: 0 }))
  return {
    currency,
    isOpen: true,
    rungs,
    spendFirst: 'paid',
    bonusMonths: 12,
    largestTopUpMinor: 5000 * unit,
    largestBalanceMinor: 5000 * unit,
    approvalAboveMinor: 1000 * unit,
  }
}

/**
 * What comes on top of a top-up: the highest rung that it reaches, once.
 *
 * Example: ¥500 gives 30 and ¥1,000 gives 100: ¥1,600 gives 100; ¥400 gives nothing and is ¥100 short of the first.
 */
export function bonusFor(
  { rungs }: Pick<CreditRules, 'rungs'>,
  amountMinor: number,
): { bonusMinor: number; bonusPoints: number; next: Rung | null } {
  const inOrder = rungs.toSorted((one, other) => one.atLeastMinor - other.atLeastMinor)
  const reached = inOrder.findLast(each => each.atLeastMinor <= amountMinor)
  return {
    bonusMinor: reached?.bonusMinor ?? 0,
    bonusPoints: reached?.bonusPoints ?? 0,
    next: inOrder.find(each => each.atLeastMinor > amountMinor) ?? null,
  }
}

/**
 * How a payment is parted between what was paid in and what was given on top.
 *
 * Example: 1,000 paid in and 100 on top, 300 to pay: paid first -> 300 of what was paid in; bonus first -> 100 and 200.
 */
export function splitOf(
  { spendFirst }: Pick<CreditRules, 'spendFirst'>,
  have: { readonly paidMinor: number; readonly bonusMinor: number },
  amountMinor: number,
): { paidMinor: number; bonusMinor: number } {
  if (spendFirst === 'bonus') {
    const bonusMinor = Math.min(amountMinor, have.bonusMinor)
    return { bonusMinor, paidMinor: amountMinor - bonusMinor }
  }
  const bonusMinor = Math.min(have.bonusMinor, Math.max(0, amountMinor - have.paidMinor))
  return { bonusMinor, paidMinor: amountMinor - bonusMinor }
}

/** A top-up as it stands: what was paid, what of that was paid back before, what is left; and the same of its bonus. */
export interface ToppedUp {
  readonly topUpId: string
  readonly paid: { readonly issued: number; readonly takenBack: number; readonly available: number }
  readonly bonus: { readonly issued: number; readonly available: number; readonly isOver: boolean } | null
}

export interface PaidBack {
  readonly topUpId: string
  /** Handed to the customer. */
  readonly moneyMinor: number
  /** Kept for the share of the bonus that was used already. */
  readonly keptMinor: number
  /** Taken from the bonus that is left. */
  readonly bonusMinor: number
}

/**
 * Pays back money that is left of top-ups, the latest first. With each share of a top-up the same share of its bonus goes back: first
 * from what is left of it; what was used of it already is kept from the money. A bonus whose time was over is not asked for.
 *
 * Example: 1,000 with 100 on top; 300 used, of them the bonus first. Of the 800 left all is asked back -> 80 of the bonus is due,
 * none of it is left: 720 is handed over, 80 is kept.
 */
export function payBack(topUps: readonly ToppedUp[], amountMinor: number): PaidBack[] {
  const parts: PaidBack[] = []
  let left = amountMinor
  for (const { topUpId, paid, bonus } of topUps.toReversed()) {
    const part = Math.min(left, paid.available)
    if (part === 0) continue
    left -= part
    const owed = bonus ? shareOf(bonus.issued, paid.takenBack + part, paid.issued) : 0
    const before = bonus ? shareOf(bonus.issued, paid.takenBack, paid.issued) : 0
    const due = bonus?.isOver ? 0 : owed - before
    const bonusMinor = Math.min(due, bonus?.available ?? 0)
    const keptMinor = Math.min(part, due - bonusMinor)
    parts.push({ topUpId, moneyMinor: part - keptMinor, keptMinor, bonusMinor })
  }
  return parts
}

/** Rounded down once over all parts; exact by whole numbers. Example: `shareOf(100, 1, 3)` -> 33. */
export function shareOf(amount: number, numerator: number, denominator: number): number {
  return Number((BigInt(amount) * BigInt(numerator)) / BigInt(denominator))
}

/**
 * What is paid back for visits that were not used: their part of the price, of that the stated share, rounded down.
 *
 * Example: 10 visits for ¥680, 4 unused, 80 % -> ¥217.60.
 */
export function refundOfVisits(
  sold: { readonly visits: number; readonly priceMinor: number; readonly refundPercent: number },
  unused: number,
): number {
  return shareOf(sold.priceMinor, unused * sold.refundPercent, sold.visits * 100)
}

/**
 * The end of the day that lies so many months later, or of the last day of a shorter month.
 *
 * Example: 31 January and one month -> the end of 28 February.
 */
export function endAfterMonths(today: Day, months: number, zone: string): Date {
  const count = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1 + months
  const month = (value: number) => `${Math.floor(value / 12)}-${String((value % 12) + 1).padStart(2, '0')}`
  const last = addDays(`${month(count + 1)}-01`, -1)
  const same = `${month(count)}-${today.slice(8)}`
  return startOfDay(addDays(same < last ? same : last, 1), zone)
}
