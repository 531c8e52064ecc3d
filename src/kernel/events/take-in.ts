import { upsertProducts } from '#kernel/catalogue/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { enrichParties, recogniseParties, resolveParties } from '#kernel/parties/index.ts'
import { believedOf } from './browser.ts'
import type { EventSource, NewEvent } from './event.ts'
import { holdOrders, recordAboutOrder } from './known-order.ts'
import type { Refused } from './message.ts'
import { keepProblems, settleProblems } from './problem.ts'
import type { Reading, Translation, Understood } from './segment.ts'
import { strangersIn, twoProfiles } from './two-profiles.ts'

/** One message on its way in. */
export interface Item {
  readonly source: EventSource
  readonly message: unknown
  readonly reading: Reading
  readonly translation: Translation
  /** The problem that is sent again: it is settled, or goes on waiting. */
  readonly problemId?: string
}

/** What became of a message; with `refusal` it is kept as a problem. */
export interface Outcome {
  readonly what: 'accepted' | 'duplicate' | 'problem'
  readonly refusal?: Refused
}

interface Entry {
  readonly index: number
  readonly item: Item
  read: Understood
}

const accepted: Outcome = { what: 'accepted' }
const duplicate: Outcome = { what: 'duplicate' }
const problem = (refusal: Refused): Outcome => ({ what: 'problem', refusal })

/** Takes a batch in with one transaction: people, products, events, problems, and what follows from them, or nothing at all. */
export async function takeIn(house: House, items: readonly Item[]): Promise<readonly Outcome[]> {
  const good = items.flatMap((item, index) => (item.translation.ok ? [{ index, item, read: item.translation }] : []))
  await house.events.ensureMonths(good.map(({ read }) => read.occurredAt))
  return house.database.transaction(async transaction => {
    const outcomes = items.map(({ translation }) => (translation.ok ? accepted : problem(translation)))
    for (const [source, group] of bySource(good)) await takeGroup(house, transaction, source, group, outcomes)
    await keep(house, transaction, items, outcomes)
    await house.live.announce(transaction, ['events', 'customers'])
    return outcomes
  })
}

async function takeGroup(
  house: House,
  transaction: Transaction,
  source: EventSource,
  group: readonly Entry[],
  outcomes: Outcome[],
): Promise<void> {
  const one: SaidToBeOne[] = []
  if (source.kind === 'browser') await believeLess(house, transaction, group, outcomes, one)
  await joinAliases(house, transaction, group, outcomes, one)
  const sightings = group.flatMap(({ read }) => (read.sighting ? [read.sighting] : []))
  const organisations = group.flatMap(({ read }) => (read.group ? [read.group] : []))
  // What arrives belongs to the profile by whose identifiers it came; the log says for whom that profile stands.
  const everybody = [...sightings, ...organisations]
  const { origins, partyIds } = await resolveParties(transaction, house, source.sourceId, everybody)
  await enrichParties(transaction, house, origins, everybody)
  await upsertProducts(
    transaction,
    group.flatMap(({ read }) => read.products),
  )
  const originOf = new Map(everybody.map((sighting, order) => [sighting, origins[order]!]))
  const holderOf = new Map(everybody.map((sighting, order) => [sighting, partyIds[order]!]))
  const events: NewEvent[] = []
  const positions: number[] = []
  const add = (index: number, event: NewEvent) => {
    events.push(event)
    positions.push(index)
  }
  for (const { index, read } of group) {
    const partyId = read.sighting ? originOf.get(read.sighting) : undefined
    if (read.event && !read.about) {
      const { properties, ...event } = read.event
      add(index, { ...event, partyId: partyId!, ...(properties && { properties }) })
    }
    if (read.group) {
      const organisationId = holderOf.get(read.group)!
      add(index, {
        kind: 'client.joined',
        partyId: partyId!,
        occurredAt: read.occurredAt,
        payload: { organisationId },
        // Said with every visit: joining once is the fact.
        keys: [['member', partyId!, organisationId]],
      })
    }
  }
  const recording = await house.events.record(transaction, source, events)
  for (const position of recording.duplicates) outcomes[positions[position]!] = duplicate

  // Behind the plain ones, oldest first, so that an order and what is said about it may come together.
  const about = group
    .filter(({ read }) => read.about)
    .sort((left, right) => left.read.occurredAt.getTime() - right.read.occurredAt.getTime())
  await holdOrders(
    transaction,
    about.map(({ read }) => read.about!.orderRef),
  )
  for (const { index, read } of about) {
    const partyId = read.sighting ? originOf.get(read.sighting) : undefined
    const became = await recordAboutOrder(house, transaction, source, {
      event: read.event!,
      about: read.about!,
      partyId,
    })
    outcomes[index] = typeof became === 'string' ? { what: became } : problem(became)
  }

  const signing = group.filter(({ read }) => read.signsIn)
  const named = signing.map(({ read: { sighting } }) => ({
    identifiers: sighting!.identifiers.filter(({ kind }) => kind === 'anonymous_id'),
    partyId: holderOf.get(sighting!)!,
  }))
  for (const [order, stranger] of (await strangersIn(house, transaction, named)).entries()) {
    // A browser that several people sign in with belongs to none of them.
    if (!stranger?.isOnlyBrowser) continue
    const { index, read } = signing[order]!
    const { partyId } = named[order]!
    one.push({ partyId, otherId: stranger.partyId, isVisit: stranger.isVisit, occurredAt: read.occurredAt })
    if (!stranger.isVisit) outcomes[index] = { ...accepted, refusal: twoProfiles(partyId, stranger.partyId) }
  }
  await house.events.record(
    transaction,
    source,
    one.map(({ partyId, otherId, isVisit, occurredAt }) => ({
      kind: 'client.said-to-be-one',
      partyId,
      occurredAt,
      payload: { otherId, isVisit },
      // Said with every visit; once is the fact.
      keys: [['one', ...[partyId, otherId].sort()]],
    })),
  )
}

/** Two profiles of which a sender says that they are one person. */
interface SaidToBeOne {
  readonly partyId: string
  readonly otherId: string
  readonly isVisit: boolean
  readonly occurredAt: Date
}

/** Of what a web page says about who somebody is, only what can do no harm is taken; for the rest people are asked. */
async function believeLess(
  house: House,
  transaction: Transaction,
  group: readonly Entry[],
  outcomes: Outcome[],
  one: SaidToBeOne[],
): Promise<void> {
  const saying = group.filter(({ read }) => read.sighting)
  const believed = await believedOf(
    house,
    transaction,
    saying.map(({ read }) => read.sighting!),
  )
  for (const [order, { sighting, claims }] of believed.entries()) {
    const entry = saying[order]!
    entry.read = { ...entry.read, sighting }
    if (!claims) continue
    const [partyId, otherId] = claims
    one.push({ partyId, otherId, isVisit: false, occurredAt: entry.read.occurredAt })
    outcomes[entry.index] = { ...accepted, refusal: twoProfiles(partyId, otherId) }
  }
}

/** A second name for somebody becomes one more identifier, unless somebody else is known by it already. */
async function joinAliases(
  house: House,
  transaction: Transaction,
  group: readonly Entry[],
  outcomes: Outcome[],
  one: SaidToBeOne[],
): Promise<void> {
  const saying = group.filter(({ read }) => read.aliases)
  if (saying.length === 0) return
  const owners = await recogniseParties(
    house,
    transaction,
    saying.map(({ read }) => read.sighting!),
  )
  const strangers = await strangersIn(
    house,
    transaction,
    saying.map(({ read }, order) => ({ identifiers: read.aliases!, partyId: owners[order] })),
  )
  for (const [order, entry] of saying.entries()) {
    const { index, read } = entry
    const stranger = strangers[order]
    if (stranger) {
      const partyId = owners[order]!
      one.push({ partyId, otherId: stranger.partyId, isVisit: stranger.isVisit, occurredAt: read.occurredAt })
      if (!stranger.isVisit) outcomes[index] = { ...accepted, refusal: twoProfiles(partyId, stranger.partyId) }
    } else {
      const identifiers = [...read.sighting!.identifiers, ...read.aliases!]
      entry.read = { ...read, sighting: { ...read.sighting!, identifiers } }
    }
  }
}

/** What is not taken in is kept; what was kept and is taken in now is settled. */
async function keep(house: House, transaction: Transaction, items: readonly Item[], outcomes: readonly Outcome[]) {
  const fresh = items.flatMap(({ problemId, source, message, reading }, index) => {
    const { refusal } = outcomes[index]!
    if (!refusal || problemId) return []
    const { receivedAt, sentAt, merchant } = reading
    const mark =
      refusal.code === 'events:problem.two-profiles' ? Object.values(refusal.details).sort().join(' ') : undefined
    return [{ source, message, refusal, receivedAt, sentAt, merchant, ...(mark && { mark }) }]
  })
  await keepProblems(transaction, house, fresh)
  const again = items.flatMap(({ problemId, message }, index) =>
    problemId ? [{ problemId, message, refusal: outcomes[index]!.refusal }] : [],
  )
  if (again.length > 0) await settleProblems(transaction, house.clock.now(), again)
}

function bySource(entries: readonly Entry[]): Map<EventSource, Entry[]> {
  const groups = new Map<string, [EventSource, Entry[]]>()
  for (const entry of entries) {
    const { source } = entry.item
    const group = groups.get(source.sourceId)
    if (group) group[1].push(entry)
    else groups.set(source.sourceId, [source, [entry]])
  }
  return new Map(groups.values())
}
