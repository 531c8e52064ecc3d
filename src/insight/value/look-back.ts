import type { Situation } from '#insight/rhythm/index.ts'
import { addDays, type Day, dayNumber } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { termsOf } from './apply.ts'
import { baseOf } from './base.ts'
import { bridgeBuilder } from './bridge.ts'
import type { Bridge } from './contract.ts'
import { type MoneyHistory, standingOn } from './history.ts'
import { allMargins, type MarginOf } from './margins.ts'
import { learnedFrom, type ValueModel } from './model.ts'
import { pagesOfHistories } from './money-log.ts'
import { type PastEquity, readWorth, type Snapshot } from './store.ts'
import { type Learned, sum, worthOf } from './worth.ts'

/** Thirteen weeks: the steps of the trend. Four of them are a year of whole weeks. */
export const quarterDays = 91
const mostQuarters = 12
const fewestQuarters = 4
/** Customers times days that a night has time for; a larger base is told fewer of its past days. */
const mostAnswers = 4_000_000
const pageSize = 50_000

/** Bridges that are told without being asked for: over a quarter and over a year. */
export const bridgeSpans = [quarterDays, 4 * quarterDays] as const

/**
 * Days of the trend before the reading day, newest first, back to a quarter after the first purchase.
 *
 * Example: a thousand customers since 2020, as of 22 November 2026 -> twelve, from 23 August 2026 back to 26 November 2023.
 */
export function pastDays(asOfOn: Day, firstOn: Day | null, customers: number): Day[] {
  const days: Day[] = []
  const most = Math.max(fewestQuarters, Math.min(mostQuarters, Math.floor(mostAnswers / customers)))
  for (let quarter = 1; quarter <= most; quarter++) {
    const on = addDays(asOfOn, -quarter * quarterDays)
    if (firstOn === null || on < addDays(firstOn, quarterDays)) break
    days.push(on)
  }
  return days
}

export interface LookedBack {
  readonly equity: readonly PastEquity[]
  readonly bridges: readonly Bridge[]
}

/**
 * What the base was worth on each of these days, and the bridges between some of them, told by one model and by the
 * margins of today: so a difference between two days is what customers did, and not what we learned in the meantime.
 * Each customer's history is read from the log once and cut off at every day that is asked for.
 */
export async function lookBack(
  house: House,
  {
    model,
    snapshot,
    situation,
    days,
    spans,
    seen,
  }: {
    readonly model: ValueModel
    readonly snapshot: Pick<Snapshot, 'settings' | 'asOfOn'>
    readonly situation: Pick<Situation, 'zone' | 'currency'>
    readonly days: readonly Day[]
    readonly spans: readonly { readonly fromOn: Day; readonly toOn: Day }[]
    /** Told how many customers were read so far; throws to stop. */
    readonly seen?: (customers: number) => Promise<void>
  },
): Promise<LookedBack> {
  const learned = learnedFrom(model)
  const wanted = [...new Set([...days, ...spans.flatMap(span => [span.fromOn, span.toOn])])]
  const equity = new Map(wanted.map(on => [on, { asOfOn: on, equityMinor: 0, customers: 0 }]))
  const bridges = spans.map(span => ({ ...span, builder: bridgeBuilder() }))
  let read = 0
  await house.database.transaction(async transaction => {
    const marginOf = await allMargins(transaction, snapshot.settings)
    for await (const page of pagesOfHistories(transaction, situation, { parts: 1, size: pageSize })) {
      const told = { learned, settings: snapshot.settings, marginOf }
      const worth = new Map(
        wanted.filter(on => on !== snapshot.asOfOn).map(on => [on, worthOn(page, dayNumber(on), told)]),
      )
      if (wanted.includes(snapshot.asOfOn)) worth.set(snapshot.asOfOn, await keptWorth(transaction, page))
      for (const [on, { total, customers }] of worth) {
        const point = equity.get(on)!
        point.equityMinor += total
        point.customers += customers
      }
      for (const { fromOn, toOn, builder } of bridges) {
        cross(builder, page, { from: dayNumber(fromOn), start: worth.get(fromOn)!, end: worth.get(toOn)! })
      }
      read += page.length
      await seen?.(read)
    }
  })
  return {
    equity: days.map(on => equity.get(on)!).sort((one, other) => (one.asOfOn < other.asOfOn ? -1 : 1)),
    bridges: bridges.map(({ fromOn, toOn, builder }) => builder.parts(fromOn, toOn)),
  }
}

interface WorthOn {
  /** By position in the page; NaN for whoever was no customer yet. */
  readonly worthMinor: Float64Array
  readonly total: number
  readonly customers: number
}

/**
 * Everybody as they were valued last. A bridge that ends on the reading day ends in what is shown as equity, to the minor
 * unit; worked out again beside other customers, a value could differ in the seventh digit, where models use tables.
 */
async function keptWorth(queryable: Queryable, page: readonly MoneyHistory[]): Promise<WorthOn> {
  const kept = await readWorth(
    queryable,
    page.map(history => history.partyId),
  )
  const worthMinor = Float64Array.from(page, ({ partyId }) => kept.get(partyId) ?? Number.NaN)
  return { worthMinor, total: sum([...kept.values()]), customers: kept.size }
}

function worthOn(
  page: readonly MoneyHistory[],
  on: number,
  {
    learned,
    settings,
    marginOf,
  }: {
    readonly learned: Learned
    readonly settings: Snapshot['settings']
    readonly marginOf: MarginOf
  },
): WorthOn {
  const worthMinor = new Float64Array(page.length).fill(Number.NaN)
  const positions: number[] = []
  const members = page.flatMap((history, position) => {
    const standing = standingOn(history, on)
    if (!standing) return []
    positions.push(position)
    return [{ partyId: history.partyId, ...standing }]
  })
  if (members.length === 0) return { worthMinor, total: 0, customers: 0 }
  const base = baseOf(members)
  const worth = worthOf(learned, base, termsOf(settings, base, marginOf))
  positions.forEach((position, row) => {
    worthMinor[position] = worth.worthMinor[row]!
  })
  return { worthMinor, total: sum(worth.worthMinor), customers: members.length }
}

function cross(
  builder: ReturnType<typeof bridgeBuilder>,
  page: readonly MoneyHistory[],
  { from, start, end }: { readonly from: number; readonly start: WorthOn; readonly end: WorthOn },
): void {
  page.forEach(({ boughtOn }, position) => {
    const endMinor = end.worthMinor[position]!
    if (Number.isNaN(endMinor)) return
    const startMinor = start.worthMinor[position]!
    builder.cross({
      startMinor: Number.isNaN(startMinor) ? null : startMinor,
      endMinor,
      boughtBetween: boughtOn.some(on => on > from),
    })
  })
}
