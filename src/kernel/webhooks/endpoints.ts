import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Attempt, Delivery, Endpoint } from './contract.ts'
import { noteAttempt, sendOnce } from './courier.ts'
import { messageOf, testBody, testKind } from './message.ts'
import { forgetWishes } from './outbox.ts'
import { faultOfUrl } from './public-address.ts'
import { isWanted, waits } from './rules.ts'
import { readSettings } from './settings.ts'
import { newSecret } from './signature.ts'
import { putDeliveries, readDelivery, readEndpoints, secretsOf, setState } from './store.ts'

/** More would make every event of the house dear. */
const mostEndpoints = 20

export interface Wishes {
  readonly url: string
  readonly description: string
  readonly kinds: readonly string[]
}

export async function requireEndpoint(house: House, endpointId: string): Promise<Endpoint> {
  const [found] = await readEndpoints(house.database, house.clock.now(), endpointId)
  if (!found) throw refuse('not-found', 'webhooks:refusal.unknown')
  return found
}

export async function createEndpoint(house: House, wishes: Wishes): Promise<{ endpoint: Endpoint; secret: string }> {
  await mustBeSound(house, wishes)
  const endpointId = house.newId()
  const secret = newSecret()
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    const [count] = await transaction.query<{ count: number }>('select count(*) as count from webhooks.endpoint')
    if (count!.count >= mostEndpoints) throw refuse('conflict', 'webhooks:refusal.too-many', { most: mostEndpoints })
    await transaction.query(
      `insert into webhooks.endpoint (endpoint_id, url, description, kinds, state, created_at, failures)
       values ($1, $2, $3, $4, 'active', $5, 0)`,
      [endpointId, wishes.url, wishes.description, wishes.kinds, now],
    )
    await transaction.query(
      'insert into webhooks.secret (endpoint_id, secret_id, secret, created_at) values ($1, $2, $3, $4)',
      [endpointId, house.newId(), secret, now],
    )
    await house.live.announce(transaction, ['webhooks'])
  })
  forgetWishes(house)
  return { endpoint: await requireEndpoint(house, endpointId), secret }
}

export async function changeEndpoint(
  house: House,
  endpointId: string,
  change: { readonly [Name in keyof Wishes]?: Wishes[Name] | undefined } & {
    readonly state?: 'active' | 'paused' | undefined
  },
): Promise<Endpoint> {
  await mustBeSound(house, change)
  await requireEndpoint(house, endpointId)
  await house.database.transaction(async transaction => {
    await transaction.query(
      `update webhooks.endpoint set url = coalesce($2, url), description = coalesce($3, description), kinds = coalesce($4, kinds)
       where endpoint_id = $1`,
      [endpointId, change.url ?? null, change.description ?? null, change.kinds ?? null],
    )
    if (change.state) {
      const reason = change.state === 'paused' ? 'by-hand' : null
      await setState(transaction, endpointId, { state: change.state, reason, now: house.clock.now() })
    }
    await house.live.announce(transaction, ['webhooks'])
  })
  forgetWishes(house)
  return requireEndpoint(house, endpointId)
}

export async function removeEndpoint(house: House, endpointId: string): Promise<void> {
  await requireEndpoint(house, endpointId)
  await house.database.transaction(async transaction => {
    await transaction.query('delete from webhooks.endpoint where endpoint_id = $1', [endpointId])
    await house.live.announce(transaction, ['webhooks'])
  })
  forgetWishes(house)
}

/** A new secret signs at once; those before it sign beside it until the overlap ends, none longer than it would have. */
export async function rotateSecret(
  house: House,
  endpointId: string,
  overlapHours: number,
): Promise<{ endpoint: Endpoint; secret: string }> {
  await requireEndpoint(house, endpointId)
  const now = house.clock.now()
  const secret = newSecret()
  await house.database.transaction(async transaction => {
    await transaction.query('delete from webhooks.secret where endpoint_id = $1 and ends_at <= $2', [endpointId, now])
    await transaction.query('update webhooks.secret set ends_at = least(ends_at, $2) where endpoint_id = $1', [
      endpointId,
      new Date(now.getTime() + overlapHours * 3_600_000),
    ])
    await transaction.query(
      'insert into webhooks.secret (endpoint_id, secret_id, secret, created_at) values ($1, $2, $3, $4)',
      [endpointId, house.newId(), secret, now],
    )
    await house.live.announce(transaction, ['webhooks'])
  })
  return { endpoint: await requireEndpoint(house, endpointId), secret }
}

/** One attempt, now, also to an endpoint that is paused; it is never tried again. */
export async function sendTest(house: House, endpointId: string): Promise<{ delivery: Delivery; attempt: Attempt }> {
  const { url } = await requireEndpoint(house, endpointId)
  const messageId = house.newId()
  const now = house.clock.now()
  const body = testBody(messageId, now)
  await house.database.query(
    `insert into webhooks.delivery (endpoint_id, message_id, kind, body, state, attempts, tries, created_at, last_at)
     values ($1, $2, $3, $4, 'waiting', 1, $5, $6, $6)`,
    [endpointId, messageId, testKind, body, waits.length, now],
  )
  const secrets = await secretsOf(house.database, endpointId, now)
  const how = await sendOnce(house, { url, messageId, body, secrets }, { rule: await readSettings(house) })
  await noteAttempt(house, { endpointId, messageId, attempt: 1, tries: waits.length }, how)
  const sent = await readDelivery(house.database, endpointId, messageId)
  const attempt = sent?.items[0]
  // Somebody removed the endpoint while its receiver was asked.
  if (!attempt) throw refuse('not-found', 'webhooks:refusal.unknown')
  return { delivery: sent.delivery, attempt }
}

/** The same message under the same id, from the beginning of the schedule. */
export async function retryDelivery(house: House, endpointId: string, messageId: string): Promise<Delivery> {
  await mustBeActive(house, endpointId)
  await house.database.transaction(async transaction => {
    await transaction.query(
      `update webhooks.delivery set state = 'waiting', tries = 0, next_at = $3 where endpoint_id = $1 and message_id = $2`,
      [endpointId, messageId, house.clock.now()],
    )
    await transaction.query('update webhooks.endpoint set rests_until = null where endpoint_id = $1', [endpointId])
    await house.live.announce(transaction, ['webhooks'])
  })
  const found = await readDelivery(house.database, endpointId, messageId)
  if (!found) throw refuse('not-found', 'webhooks:refusal.message-unknown')
  return found.delivery
}

/**
 * Sends again what was received from one instant up to another (not including it), from the log: also what was never sent,
 * because the endpoint was paused or did not exist. What was delivered is sent again under its id.
 */
export async function replay(
  house: House,
  endpointId: string,
  range: { readonly from: Date; readonly to: Date; readonly countOnly: boolean },
): Promise<number> {
  const { kinds } = range.countOnly ? await requireEndpoint(house, endpointId) : await mustBeActive(house, endpointId)
  if (range.from >= range.to) throw refuse('invalid', 'webhooks:refusal.range')
  const wanted = house.events.kinds.filter(kind => isWanted(kind, kinds))
  const within = [range.from, range.to, wanted]
  if (range.countOnly) {
    const [row] = await house.database.query<{ count: number }>(
      'select count(*) as count from events.event where received_at >= $1 and received_at < $2 and kind = any($3)',
      within,
    )
    return row!.count
  }
  return house.database.transaction(async transaction => {
    let count = 0
    const pages = transaction.pages<Pick<RecordedEvent, 'eventId' | 'partyId' | 'kind' | 'occurredAt' | 'payload'>>(
      `select event_id as "eventId", party_id as "partyId", kind, occurred_at as "occurredAt", payload from events.event
       where received_at >= $1 and received_at < $2 and kind = any($3) order by event_id`,
      within,
      1000,
    )
    for await (const page of pages) {
      await putDeliveries(transaction, endpointId, page.map(messageOf), { now: house.clock.now(), again: true })
      count += page.length
    }
    await transaction.query('update webhooks.endpoint set rests_until = null where endpoint_id = $1', [endpointId])
    await house.live.announce(transaction, ['webhooks'])
    return count
  })
}

async function mustBeActive(house: House, endpointId: string): Promise<Endpoint> {
  const endpoint = await requireEndpoint(house, endpointId)
  if (endpoint.state !== 'active') throw refuse('conflict', 'webhooks:refusal.stopped')
  return endpoint
}

async function mustBeSound(
  house: House,
  wishes: { readonly url?: string | undefined; readonly kinds?: readonly string[] | undefined },
) {
  if (wishes.url !== undefined) {
    const fault = faultOfUrl(wishes.url, await readSettings(house))
    if (fault === 'url') throw refuse('invalid', 'webhooks:refusal.url')
    if (fault) throw refuse('invalid', `webhooks:refusal.address-${fault}`)
  }
  const silent = wishes.kinds?.find(kind => !house.events.kinds.some(known => isWanted(known, [kind])))
  if (silent !== undefined) throw refuse('invalid', 'webhooks:refusal.kind', { kind: silent })
}
