import { type Predicted, readPredictions, readSituation, type Situation } from '#insight/rhythm/index.ts'
import { addDays, type Day, daysBetween, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { FactName } from './contract.ts'
import type { Facts } from './indices.ts'
import { kindsHeard, meaningOf, ratingOf, type Seen } from './listening.ts'

/** A record that a fact rests on. */
export interface Evidence {
  readonly eventId: string
  readonly on: Day
  readonly kind: string
  /** The client's own name of an event that we do not know. */
  readonly name: string | null
}

export interface Known {
  readonly facts: Facts
  readonly evidence: Readonly<Partial<Record<FactName, readonly Evidence[]>>>
  /** What this customer's own records show that the business records at all. */
  readonly seen: ReadonlySet<Seen>
}

export interface LoggedEvent {
  readonly eventId: string
  readonly partyId: string
  readonly occurredAt: Date
  readonly kind: string
  readonly payload: Readonly<Record<string, unknown>>
  /** The free properties of a client's own event. */
  readonly properties: Readonly<Record<string, unknown>> | null
}

/** Facts of some customers as of the reading day: their forecasts, and what the log says of them. */
export async function readFacts(
  house: House,
  partyIds: readonly string[],
  seen: ReadonlySet<Seen>,
): Promise<Map<string, Known>> {
  const situation = await readSituation(house)
  const predictions = await readPredictions(house, house.database, partyIds)
  const events = Map.groupBy(await readEvents(house.database, partyIds), event => event.partyId)
  return new Map(
    partyIds.map(partyId => [
      partyId,
      factsOf(events.get(partyId) ?? [], { situation, predicted: predictions.get(partyId), seen }),
    ]),
  )
}

async function readEvents(queryable: Queryable, partyIds: readonly string[]): Promise<LoggedEvent[]> {
  const rows = await queryable.query<{
    event_id: string
    party_id: string
    occurred_at: Date
    kind: string
    payload: Record<string, unknown>
    properties: Record<string, unknown> | null
  }>(
    `select e.event_id, e.party_id, e.occurred_at, e.kind, e.payload - 'lines' as payload, p.properties
     from events.event e left join events.property p on p.party_id = e.party_id and p.event_id = e.event_id
     where e.party_id = any($1) and e.kind = any($2) order by e.party_id, e.occurred_at, e.event_id`,
    [partyIds, kindsHeard],
  )
  const replaced = new Set(rows.map(row => row.payload.replaces).filter(id => id !== undefined))
  return rows
    .filter(row => !replaced.has(row.event_id))
    .map(row => ({
      eventId: row.event_id,
      partyId: row.party_id,
      occurredAt: row.occurred_at,
      kind: row.kind,
      payload: row.payload,
      properties: row.properties,
    }))
}

interface Circumstances {
  readonly situation: Pick<Situation, 'asOfOn' | 'zone' | 'currency' | 'horizonDays'>
  readonly predicted: Predicted | undefined
  readonly seen: ReadonlySet<Seen>
}

/**
 * One customer's facts from the records in the order of time. That something never happened is a fact only where the
 * business records such things: nobody is praised for no refunds by a shop that keeps none.
 */
export function factsOf(events: readonly LoggedEvent[], { situation, predicted, seen }: Circumstances): Known {
  const { asOfOn, zone, currency } = situation
  const evidence: Partial<Record<FactName, Evidence[]>> = {}
  const own = new Set<Seen>()
  const bought: Day[] = []
  const ratings: number[] = []
  const contacts = new Map<string, string>()
  const counts = { boughtMinor: 0, refundedMinor: 0, lateDeliveries: 0 }
  const times = new Map<string, number>()
  for (const event of events) {
    const on = localDay(event.occurredAt, zone)
    if (on > asOfOn) continue
    const name = typeof event.payload.name === 'string' ? event.payload.name : null
    const note = (fact: FactName) => {
      evidence[fact] ??= []
      evidence[fact].push({ eventId: event.eventId, on, kind: event.kind, name })
    }
    const minor = event.payload.currency === currency ? Number(event.payload.amountMinor ?? 0) : 0
    const meaning = meaningOf(event.kind, name)
    if (meaning === undefined) continue
    times.set(event.kind, (times.get(event.kind) ?? 0) + 1)
    if (meaning.seen) own.add(meaning.seen)
    for (const fact of meaning.facts) note(fact)
    if (event.kind === 'purchase.recorded') {
      if (bought.at(-1) !== on) bought.push(on)
      counts.boughtMinor += minor
    }
    if (event.kind === 'refund.recorded') counts.refundedMinor += minor
    if (event.kind === 'task.closed') contacts.set(String(event.payload.taskId), String(event.payload.outcome))
    if (event.kind === 'task.reopened') contacts.delete(String(event.payload.taskId))
    if (event.kind === 'delivery.arrived' && event.payload.late === true) counts.lateDeliveries++
    const rating = ratingOf(event.kind, name, event.properties ?? event.payload)
    if (rating !== undefined) {
      ratings.unshift(rating)
      note('ratings')
    }
  }
  const count = (fact: FactName) => evidence[fact]?.length ?? 0
  const countIfSeen = (fact: FactName, what: Seen) => (seen.has(what) || own.has(what) ? count(fact) : null)
  const isCustomer = bought.length > 0
  const outcomes = [...contacts.values()].filter(outcome => outcome !== 'wrong-alarm')
  const { lastOn, usualDays = null, noPurchase = null, silentDays = null } = predicted ?? {}
  const yearAgo = addDays(asOfOn, -365)
  return {
    facts: {
      returning: lastOn === undefined || noPurchase === null ? null : 1 - noPurchase,
      horizonDays: situation.horizonDays,
      usualDays,
      silentDays,
      tenureDays: isCustomer ? daysBetween(bought[0]!, asOfOn) : null,
      ratings,
      promisesKept: times.get('promise.kept') ?? 0,
      promisesBreached: times.get('promise.breached') ?? 0,
      complaintsOpened: isCustomer ? countIfSeen('complaints', 'complaints') : null,
      complaintsClosed: times.get('complaint.closed') ?? 0,
      visits: isCustomer ? bought.filter(day => day > yearAgo).length : null,
      contacts: outcomes.length,
      replies: outcomes.filter(outcome => outcome === 'reached' || outcome === 'came-back').length,
      reviews: isCustomer ? countIfSeen('reviews', 'reviews') : null,
      referrals: isCustomer ? countIfSeen('referrals', 'referrals') : null,
      boughtMinor: counts.boughtMinor,
      refundedMinor: seen.has('refunds') || own.has('refunds') ? counts.refundedMinor : null,
      deliveries: count('deliveries'),
      lateDeliveries: counts.lateDeliveries,
    },
    evidence,
    seen: own,
  }
}
