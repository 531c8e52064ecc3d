/**
 * The arithmetic of points that came with a sale (IFRS 15 B39-B43, IFRS 15 Illustrative Example 52; ASC 606-10-55-41 to 45).
 * Whole numbers throughout: amounts in minor units, shares in parts of a million; fractions are kept exact until one is said.
 */

/** Nothing, or half of it, up: 2.5 -> 3. Example: `partOf(9000, 4500, 9700)` = 9,000 x 4,500 / 9,700 = 4,175.26 -> 4,175. */
export function partOf(amount: number, numerator: number | bigint, denominator: number | bigint): number {
  const [over, under] = [BigInt(amount) * BigInt(numerator), BigInt(denominator)]
  return Number((2n * over + under) / (2n * under))
}

export interface Sale {
  /** T: what the customers paid. */
  readonly considerationMinor: number
  /** S: what the goods alone would have cost. */
  readonly goodsMinor: number
  /** N: the points that came with them. */
  readonly points: number
  /** v: what a hundred points are worth to the customer. */
  readonly worthMinorPer100: number
  /** b: of a million points, how many will never be used. */
  readonly breakagePpm: number
}

const million = 1_000_000n

/**
 * What of the price paid belongs to the points: A = T x SSP / (S + SSP), with the stand-alone price of the points SSP = N x v x
 * (1 - b). The rest was earned when the goods were handed over.
 *
 * Example (IASB Example 52): 100,000 paid for goods of 100,000 with 10,000 points of 1 each, 5 % of them never used -> 8,676.
 */
export function allocateToPoints(sale: Sale): number {
  const { considerationMinor, goodsMinor, points, worthMinorPer100, breakagePpm } = sale
  const over = BigInt(points) * BigInt(worthMinorPer100) * (million - BigInt(breakagePpm))
  const whole = BigInt(goodsMinor) * 100n * million + over
  return whole === 0n ? 0 : partOf(considerationMinor, over, whole)
}

/**
 * What of it has become revenue: R = A x min(1, C / E), by the points used so far and all that are expected ever to be used. When
 * none is left, all of it.
 *
 * Example: A 9,000, 4,500 used of 9,700 expected -> 4,175; a year later 8,500 of 9,900 -> 7,727, so 3,552 more.
 */
export function recognise(
  allocatedMinor: number,
  {
    redeemed,
    expected,
    outstanding,
  }: { readonly redeemed: number; readonly expected: number; readonly outstanding: number },
): number {
  if (outstanding <= 0 || redeemed >= expected) return allocatedMinor
  return partOf(allocatedMinor, Math.max(0, redeemed), expected)
}

/**
 * What points that came without a sale will probably cost: outstanding x (1 - b) x cost. No revenue was put off for them, they
 * are a cost of marketing.
 *
 * Example: 5,000 points, 200,000 of a million never used, a hundred cost 80 -> 3,200.
 */
export function grantedLiability(expectedToCome: number, costMinorPer100: number): number {
  return partOf(Math.max(0, expectedToCome), costMinorPer100, 100)
}
