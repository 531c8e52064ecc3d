import { z } from 'zod'

/** How the till of this business works. */
export const tillRules = z.object({
  /** How much of a basket points may pay. */
  pointsPercent: z.int().min(0).max(100).default(100),
  /** From so many points on they can be used. */
  leastPoints: z.int().min(1).max(1_000_000).default(1),
  /** How long what is set aside waits. */
  holdMinutes: z.int().min(1).max(1440).default(15),
  /**
   * Without a line a till may let a customer use more than there is; so much of it is owed back at most. Told to the tills, which
   * must not go beyond it on their own.
   */
  floorPoints: z.int().min(0).max(10_000_000).default(500),
  floorCreditMinor: z.int().min(0).max(1_000_000_000).default(5000),
})
export type TillRules = z.infer<typeof tillRules>

/**
 * What points pay, rounded down: a customer never pays with a part of the smallest coin.
 *
 * Example: 100 points are worth ¥1.00: 250 points pay ¥2.50; 100 are worth ¥0.33: 50 pay ¥0.16.
 */
export function paidByPoints(points: number, worthMinorPer100: number): number {
  return Number((BigInt(points) * BigInt(worthMinorPer100)) / 100n)
}

/**
 * The most points that a basket takes: no more than there are, than the share that points may pay, and no point that pays
 * nothing.
 *
 * Example: 5,000 points worth ¥50, a basket of ¥36 of which points may pay half -> 1,800 points, ¥18.
 */
export function usablePoints(
  rules: Pick<TillRules, 'pointsPercent' | 'leastPoints'>,
  given: { readonly available: number; readonly worthMinorPer100: number; readonly amountMinor: number },
): number {
  const { available, worthMinorPer100, amountMinor } = given
  if (worthMinorPer100 === 0 || available < rules.leastPoints) return 0
  const shareMinor = Math.floor((amountMinor * rules.pointsPercent) / 100)
  const payableMinor = Math.min(shareMinor, paidByPoints(available, worthMinorPer100))
  const points = Math.ceil((payableMinor * 100) / worthMinorPer100)
  return points < rules.leastPoints ? 0 : points
}

/**
 * What of something used at a sale has been given back once so much of the sale is refunded: rounded down over all refunds
 * together, so that many small ones give back exactly as much as one large one, and never more than was used.
 *
 * Example: 100 points used, a third refunded three times -> 33, 66, 100.
 */
export function returnedShare(used: number, refundedMinor: number, ofMinor: number): number {
  return Number((BigInt(used) * BigInt(refundedMinor)) / BigInt(ofMinor))
}

/** Only a clock that is wrong by more than the line could explain is put right, and by whole minutes. */
const skewIgnored = 120_000

/**
 * When something happened, told by a till whose clock may be wrong; never later than now.
 *
 * Example: the till says 10:00 and sends at 10:30 of its clock, when it is 11:31 -> 11:01.
 */
export function happenedAt(at: Date, { sentAt, now }: { readonly sentAt: Date; readonly now: Date }): Date {
  const skew = now.getTime() - sentAt.getTime()
  const shift = Math.abs(skew) > skewIgnored ? Math.round(skew / 60_000) * 60_000 : 0
  return new Date(Math.min(at.getTime() + shift, now.getTime()))
}
