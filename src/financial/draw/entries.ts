import { isKept, type purchasesOf } from '#financial/points/index.ts'
import type { EntryRule } from './rules.ts'

type Purchase = ReturnType<typeof purchasesOf>[number]

/** What decides over tickets, as it was announced. Instants are milliseconds. */
export interface Rules {
  readonly rules: readonly EntryRule[]
  readonly currency: string
  readonly mostTickets: number | null
  readonly opensAt: number
  readonly closesAt: number
}

/** What a customer did: orders with what was given back of them before the closing, other facts, and what others gave. */
export interface Facts {
  readonly purchases: readonly Purchase[]
  readonly happenings: readonly {
    readonly eventId: string
    readonly kind: string
    readonly at: number
    readonly count: number
  }[]
  readonly given: readonly { readonly key: string; readonly at: number; readonly tickets: number }[]
}

/** The tickets that one order, day or fact brings; the key names it for ever. */
export interface Entry {
  readonly key: string
  readonly at: number
  readonly tickets: number
}

/**
 * All tickets that a customer has: a pure function of the facts, so that the order in which they are told cannot matter.
 * What is beyond the most that one may have is cut from the latest.
 *
 * Example: 1 ticket per ¥100; an order of ¥350 of which ¥60 was given back -> 2 tickets.
 */
export function entriesOf(draw: Rules, facts: Facts): Entry[] {
  const isIn = (at: number) => at >= draw.opensAt && at < draw.closesAt
  const purchases = facts.purchases.filter(each => isIn(each.at) && each.currency === draw.currency)
  const entries: Entry[] = facts.given
    .filter(each => isIn(each.at))
    .map(({ key, at, tickets }) => ({ key: `given ${key}`, at, tickets }))
  for (const [index, rule] of draw.rules.entries()) {
    const days = new Set<string>()
    if (rule.kind === 'event') {
      for (const { eventId, kind, at, count } of facts.happenings) {
        if (kind === rule.event && isIn(at))
          entries.push({ key: `${eventId}/${index}`, at, tickets: rule.tickets * count })
      }
      continue
    }
    for (const purchase of purchases) {
      const { eventId, at, on } = purchase
      if (!isKept(purchase)) continue
      const keptMinor = purchase.amountMinor - purchase.refundedMinor
      if (rule.kind === 'spend') {
        entries.push({ key: `${eventId}/${index}`, at, tickets: Math.floor(keptMinor / rule.perMinor) * rule.tickets })
      } else if (rule.kind === 'purchase') {
        if (keptMinor >= rule.atLeastMinor) entries.push({ key: `${eventId}/${index}`, at, tickets: rule.tickets })
      } else if (!days.has(on)) {
        days.add(on)
        entries.push({ key: `${on}/${index}`, at, tickets: rule.tickets })
      }
    }
  }
  let left = draw.mostTickets ?? Number.MAX_SAFE_INTEGER
  return entries
    .sort((one, other) => one.at - other.at || (one.key < other.key ? -1 : 1))
    .map(entry => {
      const tickets = Math.min(left, entry.tickets)
      left -= tickets
      return { ...entry, tickets }
    })
    .filter(entry => entry.tickets > 0)
}

/** A posted part of an entry. */
export interface PostedEntry {
  readonly key: string
  readonly generation: number
  readonly issued: number
  readonly kept: number
}

export type Step =
  | {
      readonly kind: 'grow'
      readonly key: string
      readonly at: number
      readonly generation: number
      readonly tickets: number
    }
  | { readonly kind: 'shrink'; readonly entry: PostedEntry; readonly kept: number }

/**
 * How what was posted becomes what is due. The ledger never gives back a share that it took, so what is due again is issued
 * anew, and what is too much is taken from the latest first.
 *
 * Example: 3 tickets posted, 2 due after a refund -> shrink to 2; the refund is withdrawn -> grow by 1.
 */
export function stepsFor(due: readonly Entry[], posted: readonly PostedEntry[]): Step[] {
  const steps: Step[] = []
  const known = Map.groupBy(posted, entry => entry.key)
  const shrink = (entries: readonly PostedEntry[], tickets: number) => {
    let left = tickets
    for (const entry of entries.toSorted((one, other) => other.generation - one.generation)) {
      const part = Math.min(left, entry.kept)
      if (part > 0) steps.push({ kind: 'shrink', entry, kept: entry.kept - part })
      left -= part
    }
  }
  for (const { key, at, tickets } of due) {
    const entries = known.get(key) ?? []
    known.delete(key)
    const more = tickets - entries.reduce((sum, entry) => sum + entry.kept, 0)
    const generation = Math.max(0, ...entries.map(entry => entry.generation)) + 1
    if (more > 0) steps.push({ kind: 'grow', key, at, generation, tickets: more })
    else shrink(entries, -more)
  }
  for (const entries of known.values()) shrink(entries, Number.MAX_SAFE_INTEGER)
  return steps
}

/**
 * How likely a holder is to win at least once: tickets are drawn without putting them back. Where a holder can win only once
 * the others' second wins pass on, so it is at least this.
 *
 * Example: 1 of 4 tickets, 1 prize -> 0.25; 2 of 4, 2 prizes -> 1 - (2/4 x 1/3) = 5/6.
 */
export function chanceOf(own: number, all: number, prizes: number): number {
  if (own <= 0 || all <= 0) return 0
  let none = 1
  for (let drawn = 0; drawn < Math.min(prizes, all); drawn++) {
    none *= Math.max(0, all - own - drawn) / (all - drawn)
    if (none === 0) break
  }
  return 1 - none
}
