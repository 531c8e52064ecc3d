import { type ClockGround, deadlineOf } from './calendar.ts'
import type { Evidence, PromiseTerms } from './terms.ts'

type Instant = number

/** A promise as published; `terms` null where it ends. */
export interface Edition {
  readonly editionId: string
  readonly promiseId: string
  readonly number: number
  readonly terms: PromiseTerms | null
  readonly zone: string
  readonly startsAt: Instant
}

/** An event of one customer's log, with its free properties where it has any. */
export interface Fact {
  readonly eventId: string
  readonly kind: string
  readonly at: Instant
  readonly receivedAt: Instant
  readonly payload: Readonly<Record<string, unknown>>
  readonly properties: Readonly<Record<string, unknown>> | null
}

/** What is known besides the log: calendars, groups of products, digits of currencies, and the tier where no event tells it. */
export interface Ground extends Omit<ClockGround, 'zone'> {
  readonly categoryOf: (sku: string) => string | undefined
  readonly digitsOf: (currency: string) => number
  readonly tierId: string | null
}

/** One promise to one customer about one thing, as the facts tell it. */
export interface Case {
  readonly promiseId: string
  readonly editionId: string
  readonly reference: string
  readonly startedAt: Instant
  readonly startEventId: string
  readonly startReceivedAt: Instant
  /** Null for promises without a clock. */
  readonly dueAt: Instant | null
  readonly stoppedAt: Instant | null
  readonly stopEventId: string | null
  readonly isVoid: boolean
  readonly merchant: string | null
  readonly order: { readonly amountMinor: number; readonly currency: string } | null
}

/**
 * All cases that a customer's facts make, whatever order the facts arrived in: the earliest start of a reference opens one,
 * the earliest stop closes it, the edition in force at its start decides.
 *
 * Example: paid on Monday 10:00, delivered on Wednesday 09:00, 48 hours promised -> one case, due Wednesday 10:00, stopped before.
 */
export function casesOf(editions: readonly Edition[], facts: readonly Fact[], ground: Ground): Case[] {
  const inOrder = [...facts].sort((one, other) => one.at - other.at || (one.eventId < other.eventId ? -1 : 1))
  const byPromise = Map.groupBy(editions, edition => edition.promiseId)
  return [...byPromise.values()].flatMap(theirs => casesOfPromise(theirs, inOrder, ground))
}

function casesOfPromise(editions: readonly Edition[], facts: readonly Fact[], ground: Ground): Case[] {
  const cases = new Map<string, Case>()
  for (const fact of facts) {
    const edition = editionAt(editions, fact.at)
    if (!edition?.terms) continue
    const { terms } = edition
    const opening = terms.judged.kind === 'timed' ? terms.judged.start : terms.judged.broken
    if (!opening || !matches(opening, fact)) continue
    const reference = referenceOf(opening, fact)
    if (reference === undefined || cases.has(reference)) continue
    const merchant = merchantOf(fact)
    const order = orderOf(fact, reference, facts, ground)
    if (!isInScope(terms, fact, { merchant, order, facts, ground })) continue
    cases.set(reference, {
      promiseId: edition.promiseId,
      editionId: edition.editionId,
      reference,
      startedAt: fact.at,
      startEventId: fact.eventId,
      startReceivedAt: fact.receivedAt,
      merchant,
      order,
      ...runOf(edition, fact, reference, facts, ground),
    })
  }
  return [...cases.values()]
}

/** When the clock runs out and what stopped it. A promise without a clock is broken by the event that opens its case. */
function runOf(edition: Edition, start: Fact, reference: string, facts: readonly Fact[], ground: Ground) {
  const { judged } = edition.terms!
  if (judged.kind === 'state') return { dueAt: null, stoppedAt: null, stopEventId: null, isVoid: false }
  const dueAt = deadlineOf(judged.clock, start.at, { zone: edition.zone, calendars: ground.calendars })
  const names = judged.stop.reference !== null
  const isAbout = (sought: Evidence, fact: Fact) =>
    matches(sought, fact) && (sought.reference === null ? fact.at >= start.at : referenceOf(sought, fact) === reference)
  // A stop that names its order counts even where its clock is wrong and it seems to lie before the start.
  const stop = facts.find(
    fact => fact.eventId !== start.eventId && (names || fact.at >= start.at) && isAbout(judged.stop, fact),
  )
  const over = facts.find(fact => judged.void !== null && isAbout(judged.void, fact) && isWhole(start, fact))
  const isVoid = over !== undefined && over.at <= dueAt && (stop === undefined || over.at < stop.at)
  return { dueAt, stoppedAt: stop?.at ?? null, stopEventId: stop?.eventId ?? null, isVoid }
}

/** A refund of a part does not call the order off. */
function isWhole(start: Fact, over: Fact): boolean {
  const [whole, part] = [start.payload.amountMinor, over.payload.amountMinor]
  return typeof whole !== 'number' || typeof part !== 'number' || Math.abs(part) >= whole
}

/** The edition in force at an instant: the last that had begun. */
export function editionAt(editions: readonly Edition[], at: Instant): Edition | undefined {
  return editions
    .filter(edition => edition.startsAt <= at)
    .sort((one, other) => one.startsAt - other.startsAt || one.number - other.number)
    .at(-1)
}

export function matches(sought: Evidence, fact: Fact): boolean {
  if (fact.kind !== sought.kind) return false
  if (sought.name !== null && fact.payload.name !== sought.name) return false
  return sought.where === null || textOf(fieldOf(fact, sought.where.field)) === sought.where.equals
}

/** What the event speaks of; its own id where nothing needs to be named, undefined where it should have said and did not. */
export function referenceOf(sought: Evidence, fact: Fact): string | undefined {
  if (sought.reference === null) return fact.eventId
  const said = textOf(fieldOf(fact, sought.reference))
  return said === undefined || said === '' ? undefined : said.slice(0, 200)
}

function fieldOf({ payload, properties }: Fact, field: string): unknown {
  return properties?.[field] ?? payload[field]
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string'
    ? value.trim()
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
}

function merchantOf(fact: Fact): string | null {
  return textOf(fieldOf(fact, 'merchant')) ?? textOf(fieldOf(fact, 'affiliation')) ?? null
}

/** The order that a case is about: the event's own amount, or the purchase with its reference. */
function orderOf(start: Fact, reference: string, facts: readonly Fact[], { digitsOf }: Ground): Case['order'] {
  const named = moneyOf(start) ?? purchaseNamed(facts, reference)
  if (named) return named
  const total = Number(
    textOf(fieldOf(start, 'total') ?? fieldOf(start, 'revenue') ?? fieldOf(start, 'value')) ?? Number.NaN,
  )
  const said = textOf(fieldOf(start, 'currency'))?.toUpperCase()
  if (!Number.isFinite(total) || total < 0 || said === undefined || !/^[A-Z]{3}$/.test(said)) return null
  return { amountMinor: Math.round(total * 10 ** digitsOf(said)), currency: said }
}

/** The purchase with a reference, as far as it is money. */
export function purchaseNamed(facts: readonly Fact[], reference: string): Case['order'] {
  const purchase = facts.find(fact => fact.kind === 'purchase.recorded' && fact.payload.orderRef === reference)
  return purchase ? moneyOf(purchase) : null
}

function moneyOf({ payload: { amountMinor, currency } }: Fact): Case['order'] {
  return typeof amountMinor === 'number' && typeof currency === 'string' ? { amountMinor, currency } : null
}

function isInScope(
  { scope }: PromiseTerms,
  start: Fact,
  { merchant, order, facts, ground }: Pick<Case, 'merchant' | 'order'> & { facts: readonly Fact[]; ground: Ground },
): boolean {
  if (scope.merchants && !(merchant !== null && scope.merchants.includes(merchant))) return false
  if (scope.atLeastMinor !== null && (order?.amountMinor ?? 0) < scope.atLeastMinor) return false
  if (scope.categories) {
    const lines = Array.isArray(start.payload.lines) ? (start.payload.lines as { sku: string }[]) : []
    if (!lines.some(line => scope.categories!.includes(ground.categoryOf(line.sku) ?? ''))) return false
  }
  if (!scope.tiers) return true
  const tierId = tierAt(facts, start.at, ground.tierId)
  return tierId !== null && scope.tiers.includes(tierId)
}

/**
 * The tier in which a customer stood at an instant, by what the log says of rising and falling; where it says nothing, the
 * present one.
 *
 * Example: rose to gold on the 3rd -> on the 2nd what she rose from, on the 4th gold.
 */
export function tierAt(facts: readonly Fact[], at: Instant, present: string | null): string | null {
  const moves = facts.filter(fact => fact.kind === 'tiers.rose' || fact.kind === 'tiers.fell')
  const last = moves.filter(fact => fact.at <= at).at(-1)
  if (last) return (last.payload.to as string | null) ?? null
  const next = moves[0]
  return next ? ((next.payload.from as string | null) ?? null) : present
}
