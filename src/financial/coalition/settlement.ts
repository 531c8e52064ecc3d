/*
 * What merchants owe each other, worked out from what was posted. Everything here is a pure rule over counted points: whoever
 * has the journal and the terms gets the same result.
 */

/** What a merchant and the coalition agreed on, from a day on; never changed once it is in force. */
export interface Terms {
  readonly termsId: string
  readonly merchantId: string
  readonly number: number
  readonly fromOn: string
  /** The last day; null where none is agreed. */
  readonly untilOn: string | null
  /** What the merchant pays for 100 points that it issues. */
  readonly fundMinorPer100: number
  /** What the merchant is paid for 100 points that it takes. */
  readonly redeemMinorPer100: number
  /** Of what was paid for points that expire, how many parts in a hundred go where. */
  readonly breakage: { readonly merchant: number; readonly pool: number; readonly coalition: number }
}

export const lineKinds = ['issued', 'revoked', 'redeemed', 'returned', 'expired', 'correction'] as const
export type LineKind = (typeof lineKinds)[number]

/** So many points of one kind on one day. `issuer` is whose points were redeemed or given back. */
export interface Counted {
  readonly kind: Exclude<LineKind, 'correction'>
  readonly merchantId: string
  readonly issuer: string | null
  readonly on: string
  /** Below zero where what had expired was revoked after all. */
  readonly points: number
}

/** What finance agreed to put right after a dispute; above zero in the merchant's favour. */
export interface Correction {
  readonly disputeId: string
  readonly merchantId: string
  readonly amountMinor: number
}

export interface Line {
  readonly lineId: string
  readonly merchantId: string
  readonly kind: LineKind
  readonly termsId: string | null
  readonly disputeId: string | null
  readonly points: number
  readonly rateMinorPer100: number
  /** Of the rate, in a hundred: all of it, but for what expired. */
  readonly percent: number
  /** Above zero the merchant owes it, below zero it is owed to the merchant. */
  readonly amountMinor: number
}

export interface Settlement {
  readonly lines: readonly Line[]
  /** What each merchant owes (above zero) or is owed (below zero). */
  readonly nets: ReadonlyMap<string, number>
  /** What the pool, the coalition's margin and its share of breakage gained. */
  readonly poolMinor: number
  readonly marginMinor: number
  readonly breakageMinor: number
  /** What happened where no terms were in force: nobody pays and nobody is paid for it. */
  readonly outside: readonly Counted[]
}

/** The terms in force on a day: of those that have begun, the latest. */
export function termsOn(terms: readonly Terms[], merchantId: string, on: string): Terms | undefined {
  const latest = lastTerms(terms, merchantId, on)
  return latest && (latest.untilOn === null || on <= latest.untilOn) ? latest : undefined
}

/** The terms in force on a day, or the last that were: what was issued under them is still settled by them. */
export function lastTerms(terms: readonly Terms[], merchantId: string, on: string): Terms | undefined {
  let latest: Terms | undefined
  for (const each of terms) {
    if (each.merchantId !== merchantId || each.fromOn > on) continue
    if (!latest || each.number > latest.number) latest = each
  }
  return latest
}

/**
 * By which terms something is settled: new business only by those in force; what undoes or ends earlier business also by the
 * last that were.
 */
export function rulingTerms(
  terms: readonly Terms[],
  { kind, merchantId, on }: Pick<Counted, 'kind' | 'merchantId' | 'on'>,
): Terms | undefined {
  const isNew = kind === 'issued' || kind === 'redeemed'
  return isNew ? termsOn(terms, merchantId, on) : lastTerms(terms, merchantId, on)
}

/** Amounts are summed in ten-thousandths: a rate for 100 points, times parts in a hundred. */
const whole = 10_000n

/**
 * Settles what was counted: for every merchant a line per kind and terms, in whole minor units that add up to the merchant's
 * net, rounded once. The pool takes the small change, so that the nets, the pool, the margin and the breakage are 0 together.
 *
 * Example: 1,000 points issued by A at 100 per 100 points and redeemed at B for 90 per 100: A owes 1000, B is owed 900, the
 * margin keeps 100, the pool 0.
 */
export function settle(
  terms: readonly Terms[],
  counted: readonly Counted[],
  corrections: readonly Correction[] = [],
): Settlement {
  const open = new Map<string, Omit<Line, 'amountMinor'> & { exact: bigint }>()
  const outside: Counted[] = []
  let margin = 0n
  let breakage = 0n
  for (const each of counted) {
    const { kind, merchantId, issuer, on, points } = each
    const isTaken = kind === 'redeemed' || kind === 'returned'
    const agreed = rulingTerms(terms, each)
    const sign = kind === 'issued' || kind === 'returned' ? 1n : -1n
    if (isTaken) {
      const funded = issuer === null ? undefined : lastTerms(terms, issuer, on)
      const gap = BigInt(funded?.fundMinorPer100 ?? 0) - BigInt(agreed?.redeemMinorPer100 ?? 0)
      margin -= sign * BigInt(points) * gap * 100n
    }
    if (!agreed) {
      outside.push(each)
      continue
    }
    const rate = isTaken ? agreed.redeemMinorPer100 : agreed.fundMinorPer100
    const percent = kind === 'expired' ? agreed.breakage.merchant : 100
    if (kind === 'expired') breakage += BigInt(points) * BigInt(rate) * BigInt(agreed.breakage.coalition)
    const key = `${merchantId} ${kind} ${agreed.number}`
    const line = open.get(key)
    open.set(key, {
      lineId: `${kind}-${agreed.number}`,
      merchantId,
      kind,
      termsId: agreed.termsId,
      disputeId: null,
      points: (line?.points ?? 0) + points,
      rateMinorPer100: rate,
      percent,
      exact: (line?.exact ?? 0n) + sign * BigInt(points) * BigInt(rate) * BigInt(percent),
    })
  }
  for (const { disputeId, merchantId, amountMinor } of corrections) {
    open.set(`${merchantId} ${disputeId}`, {
      lineId: `correction-${disputeId}`,
      merchantId,
      kind: 'correction',
      termsId: null,
      disputeId,
      points: 0,
      rateMinorPer100: 0,
      percent: 100,
      exact: BigInt(-amountMinor) * whole,
    })
  }
  const lines: Line[] = []
  const nets = new Map<string, number>()
  const byMerchant = Map.groupBy(open.values(), line => line.merchantId)
  for (const [merchantId, theirs] of [...byMerchant].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const sorted = theirs.toSorted((one, other) => place(one) - place(other) || (one.lineId < other.lineId ? -1 : 1))
    const parts = inWholeUnits(sorted.map(line => line.exact))
    for (const [index, { exact: _, ...line }] of sorted.entries()) lines.push({ ...line, amountMinor: parts[index]! })
    nets.set(
      merchantId,
      parts.reduce((sum, part) => sum + part, 0),
    )
  }
  const marginMinor = rounded(margin)
  const breakageMinor = rounded(breakage)
  const owed = [...nets.values()].reduce((sum, net) => sum + net, 0)
  return { lines, nets, marginMinor, breakageMinor, poolMinor: owed - marginMinor - breakageMinor, outside }
}

const place = ({ kind }: { kind: LineKind }) => lineKinds.indexOf(kind)

/** To the nearest whole unit, halves upward. */
function rounded(exact: bigint): number {
  return Number(floored(exact + whole / 2n))
}

function floored(exact: bigint): bigint {
  const quotient = exact / whole
  return exact < 0n && quotient * whole !== exact ? quotient - 1n : quotient
}

/**
 * Whole units that add up to the rounded sum, each less than one unit from exact: all are rounded down, and what is missing
 * goes to those with the largest remainder, the first of equals.
 *
 * Example: three lines of 1/3 unit each are 1, 0 and 0.
 */
export function inWholeUnits(exact: readonly bigint[]): number[] {
  const parts = exact.map(floored)
  const sum = exact.reduce((total, each) => total + each, 0n)
  let missing = rounded(sum) - Number(parts.reduce((total, each) => total + each, 0n))
  const remainders = exact.map((each, index) => ({ index, left: each - parts[index]! * whole }))
  for (const { index } of remainders.sort((one, other) => Number(other.left - one.left) || one.index - other.index)) {
    if (missing === 0) break
    parts[index]! += 1n
    missing -= 1
  }
  return parts.map(Number)
}
