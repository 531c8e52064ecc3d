import { isKept, type Purchase } from '#financial/points/index.ts'
import type { CardTerms } from './rules.ts'

/** Stamps that are due for one purchase, or for one day with purchases. */
export interface DueStamps {
  /** Names what is stamped, for ever. */
  readonly key: string
  readonly at: number
  readonly on: string
  readonly stamps: number
}

/** A card and the days on which it gives stamps. */
export interface Collecting {
  readonly terms: CardTerms
  readonly untilOn: string | null
}

/**
 * The stamps that are due for all purchases of somebody, each with what was given back of it so far: a pure function of the facts,
 * so that the order in which they arrive cannot matter. What was returned as a whole, or down below the least amount, gives none.
 *
 * Example: a stamp for a purchase of at least ¥30; purchases of ¥30, ¥29 and of ¥40 with ¥15 returned -> 1 stamp.
 */
export function stampsDue(
  { terms, untilOn }: Collecting,
  purchases: readonly Purchase[],
  categoryOf: (sku: string) => string | undefined,
): DueStamps[] {
  const due = new Map<string, DueStamps>()
  for (const purchase of purchases) {
    const { eventId, at, on } = purchase
    if (on < terms.startsOn || (untilOn !== null && on > untilOn) || !counts(terms, purchase)) continue
    const units = unitsOf(terms, purchase, categoryOf)
    if (units === 0) continue
    const key = terms.per === 'day' ? `day ${on}` : eventId
    if (due.has(key)) continue
    due.set(key, { key, at, on, stamps: terms.per === 'item' ? units : 1 })
  }
  return [...due.values()]
}

function counts({ atLeast, merchants }: CardTerms, purchase: Purchase): boolean {
  if (!isKept(purchase)) return false
  if (merchants.length > 0 && (purchase.merchant === null || !merchants.includes(purchase.merchant))) return false
  if (atLeast === null) return true
  return purchase.currency === atLeast.currency && purchase.amountMinor - purchase.refundedMinor >= atLeast.amountMinor
}

/**
 * Whole units of what the card is about: a refund says how much money went back, not for which item, so it takes its share of
 * each. Where every purchase counts, one without lines counts as one unit.
 */
function unitsOf(
  { per, skus, categories }: CardTerms,
  { lines, amountMinor, refundedMinor }: Purchase,
  categoryOf: (sku: string) => string | undefined,
): number {
  const isAny = skus.length === 0 && categories.length === 0
  if (isAny && (per !== 'item' || lines.length === 0)) return 1
  const matching = lines.filter(({ sku }) => isAny || skus.includes(sku) || categories.includes(categoryOf(sku) ?? ''))
  const thousandths = matching.reduce((sum, line) => sum + Math.max(0, line.quantity), 0)
  if (per !== 'item') return thousandths > 0 ? 1 : 0
  return Math.floor(Math.floor(thousandths / 1000) * ((amountMinor - refundedMinor) / amountMinor))
}

/** Stamps as they were posted. */
export interface StampLine {
  readonly lineKey: string
  readonly generation: number
  readonly issued: number
  readonly kept: number
}

/** `give` issues a new generation of a line, `take` leaves less of one. */
export type StampStep =
  | { readonly kind: 'give'; readonly due: DueStamps; readonly line: StampLine }
  | { readonly kind: 'take'; readonly line: StampLine }

/**
 * How what was posted becomes what is due. What the ledger took back it never gives back: what is due again is given anew.
 *
 * Example: 3 stamps posted, 1 of them due after a refund -> take, 1 kept; the refund was a mistake -> give 2.
 */
export function stampSteps(due: readonly DueStamps[], posted: readonly StampLine[]): StampStep[] {
  const steps: StampStep[] = []
  const known = Map.groupBy(posted, line => line.lineKey)
  for (const each of due) {
    const lines = known.get(each.key) ?? []
    known.delete(each.key)
    const more = each.stamps - keptOf(lines)
    if (more > 0) {
      const generation = (lines.at(-1)?.generation ?? 0) + 1
      steps.push({ kind: 'give', due: each, line: { lineKey: each.key, generation, issued: more, kept: more } })
    } else steps.push(...takeAway(lines, -more))
  }
  for (const lines of known.values()) steps.push(...takeAway(lines, keptOf(lines)))
  return steps
}

const keptOf = (lines: readonly StampLine[]) => lines.reduce((sum, line) => sum + line.kept, 0)

function takeAway(lines: readonly StampLine[], stamps: number): StampStep[] {
  const steps: StampStep[] = []
  let left = stamps
  for (const line of lines.toReversed()) {
    const part = Math.min(left, line.kept)
    if (part > 0) steps.push({ kind: 'take', line: { ...line, kept: line.kept - part } })
    left -= part
  }
  return steps
}
