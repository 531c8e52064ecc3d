import { moneyKinds, purchasesOf } from '#financial/points/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, type RecordedEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { type PostingRequest, post } from '#kernel/ledger/index.ts'
import { holdersOf, profileIdsOf } from '#kernel/parties/index.ts'
import { assert } from '#kernel/refusal.ts'
import { entriesOf, stepsFor } from './entries.ts'
import { rewardedKinds } from './rules.ts'
import * as store from './store.ts'

export const heardKinds = [...moneyKinds, ...rewardedKinds]
const author = { actor: 'financial/draw' }

export function assetOf(drawId: string): string {
  return `tickets:${drawId}`
}

/** Takes in what may earn or cost tickets; they are posted in the transaction that records it. */
export async function hear(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<NewEvent[]> {
  const first = Math.min(...events.map(event => event.occurredAt.getTime()))
  const last = Math.max(...events.map(event => event.occurredAt.getTime()))
  const running = await store.unclosedDraws(transaction, house.clock.now())
  const touched = running.filter(draw => draw.opensAt.getTime() <= last && first < draw.closesAt.getTime())
  const told: NewEvent[] = []
  for (const { drawId } of touched) {
    const partyIds = [...new Set(events.map(event => event.partyId))]
    told.push(...(await reconcile(house, transaction, drawId, partyIds)))
  }
  return told
}

/**
 * After facts were withdrawn, or given from one profile to another, who may not have had any tickets before. Nobody is told: it was not
 * their doing.
 */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  for (const draw of await store.unclosedDraws(transaction, house.clock.now())) {
    await reconcile(house, transaction, draw.drawId, await store.concerned(transaction, draw, partyIds, heardKinds))
  }
}

/** Tickets that another programme gives, in its own transaction; the same key gives them once. */
export async function giveTickets(
  house: House,
  transaction: Transaction,
  given: {
    readonly drawId: string
    readonly partyId: string
    readonly tickets: number
    readonly key: string
    readonly occurredAt: Date
  },
): Promise<void> {
  const { drawId, partyId, tickets, key, occurredAt } = given
  await transaction.query(
    `insert into draw.given (party_id, draw_id, given_key, tickets, occurred_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [partyId, drawId, key, tickets, occurredAt],
  )
  const events = await reconcile(house, transaction, drawId, [partyId])
  await house.events.record(transaction, systemSource, events)
}

/**
 * Works out the tickets of these customers from all that is known of them and posts what differs from what was posted, unless
 * the list has been fixed. Answers what they are to be told: the number of their tickets, beside the hash of the seed, so that
 * everybody's own history is a witness of what was published before the draw.
 */
async function reconcile(
  house: House,
  transaction: Transaction,
  drawId: string,
  given: readonly string[],
): Promise<NewEvent[]> {
  const partyIds = [...given].sort()
  if (partyIds.length === 0) return []
  await store.lockForTickets(transaction, [drawId])
  const draw = await store.requireDraw(transaction, drawId)
  if (draw.closedAt !== null || draw.cancelledAt !== null) return []
  await store.lockMembers(transaction, drawId, partyIds)
  const due = await entriesOfAll(house, transaction, draw, partyIds)
  const posted = Map.groupBy(await store.postedEntries(transaction, drawId, partyIds), entry => entry.partyId)
  const now = house.clock.now()
  const base = { asset: assetOf(drawId) }
  const requests: PostingRequest[] = []
  const rows: store.EntryRow[] = []
  const grown = new Set<string>()
  for (const partyId of partyIds) {
    for (const step of stepsFor(due.get(partyId) ?? [], posted.get(partyId) ?? [])) {
      if (step.kind === 'grow') {
        const { key, generation, tickets, at } = step
        const source = `${key}#${generation}`
        grown.add(partyId)
        rows.push({ partyId, key, generation, at, issued: tickets, kept: tickets })
        requests.push({
          author,
          instructions: [
            {
              ...base,
              partyId,
              source,
              act: 'issue',
              key: `draw ${drawId} ${partyId} ${source}`,
              amount: tickets,
              from: 'issuance:draw',
              issuer: 'draw',
              occurredAt: at,
              expiresAt: draw.closesAt.getTime(),
            },
          ],
        })
      } else {
        const { entry, kept } = step
        const source = `${entry.key}#${entry.generation}`
        rows.push({ ...entry, partyId, at: now.getTime(), kept })
        requests.push({
          author,
          instructions: [
            {
              ...base,
              partyId,
              source,
              act: 'revoke',
              key: `draw ${drawId} ${partyId} ${source} keeps ${kept}`,
              numerator: entry.issued - kept,
              denominator: entry.issued,
              occurredAt: now.getTime(),
            },
          ],
        })
      }
    }
  }
  if (rows.length === 0) return []
  for (const [outcome] of await post(house, transaction, requests)) {
    assert(outcome!.state === 'posted', `tickets are posted (${JSON.stringify(outcome)})`)
  }
  await store.writeEntries(transaction, drawId, rows)
  const counts = await store.countTickets(transaction, drawId, [...new Set(rows.map(row => row.partyId))].sort())
  await house.live.announce(transaction, ['draws'])
  return [...grown].map(partyId => ({
    kind: 'draw.entered',
    partyId,
    occurredAt: now,
    payload: { drawId, tickets: counts.get(partyId) ?? 0, seedHash: draw.seedHash },
  }))
}

/** What was given back after the closing costs no ticket: the draw goes by what was so when it closed. */
async function entriesOfAll(
  house: House,
  transaction: Transaction,
  draw: store.StoredDraw,
  partyIds: readonly string[],
) {
  const { drawId, terms, zone } = draw
  const closesAt = draw.closesAt.getTime()
  const rules = { ...terms, opensAt: draw.opensAt.getTime(), closesAt }
  const history = await house.events.history(transaction, partyIds, heardKinds)
  const events = Map.groupBy(
    history.filter(event => event.occurredAt.getTime() < closesAt),
    event => event.partyId,
  )
  // Tickets are a person's: whoever was merged has none, and who was kept has what was given to any of their profiles.
  const holders = await holdersOf(transaction, partyIds)
  const profileIds = await profileIdsOf(
    transaction,
    partyIds.filter(id => !holders.has(id)),
  )
  const all = [...profileIds.values()].flat()
  const given = Map.groupBy(await store.givenTo(transaction, drawId, all), each => each.partyId)
  return new Map(
    partyIds.map(partyId => {
      const own = events.get(partyId) ?? []
      const theirs = profileIds.get(partyId) ?? []
      const isMoney = (kind: string) => (moneyKinds as readonly string[]).includes(kind)
      const happenings = own
        .filter(event => !isMoney(event.kind))
        .map(event => ({ ...event, at: event.occurredAt.getTime(), said: event.payload as Said }))
        // A fact that names a draw is for that one only.
        .filter(({ said }) => said.drawId === undefined || said.drawId === drawId)
        .map(({ eventId, kind, at, said }) => ({ eventId, kind, at, count: countOf(said) }))
      const purchases = purchasesOf(
        own.filter(event => isMoney(event.kind)),
        zone,
      )
      return [partyId, entriesOf(rules, { purchases, happenings, given: theirs.flatMap(id => given.get(id) ?? []) })]
    }),
  )
}

interface Said {
  readonly drawId?: unknown
  readonly count?: unknown
}

function countOf({ count }: Said): number {
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? Math.min(count, 1000) : 1
}
