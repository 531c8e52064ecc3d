import { z } from 'zod'
import type { Queryable } from '#kernel/database/index.ts'
import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { contactWays } from './contract.ts'

/** The event says that there was a contact; what was said is a free property, which can be erased. */
export const contactNoted = z.object({ way: z.enum(contactWays) })

type Way = (typeof contactWays)[number]

/** Records what somebody did for a customer outside of any task. Asked twice under one key it is noted once. */
export async function recordContact(
  house: House,
  contact: {
    readonly partyId: string
    readonly way: Way
    readonly note: string
    readonly at?: string | undefined
    readonly caller: Caller
    readonly idempotencyKey?: string | undefined
  },
): Promise<{ contactId: string; at: string }> {
  const { partyId, way, note, caller, idempotencyKey } = contact
  const now = house.clock.now()
  const at = contact.at === undefined ? now : new Date(contact.at)
  if (at > now) throw refuse('invalid', 'tasks:refusal.not-yet')
  const source = caller.kind === 'nobody' ? systemSource : { sourceId: caller.id, kind: caller.kind }
  const keys = idempotencyKey === undefined ? [] : [['contact', source.sourceId, idempotencyKey]]
  return house.database.transaction(async transaction => {
    const [known] = await transaction.query('select from parties.party where party_id = $1', [partyId])
    if (!known) throw refuse('not-found', 'tasks:refusal.customer-unknown')
    const { recorded } = await house.events.record(transaction, source, [
      { kind: 'contact.noted', partyId, occurredAt: at, payload: { way }, properties: { note }, keys },
    ])
    await house.live.announce(transaction, ['events', 'tasks'])
    const contactId = recorded[0]?.eventId ?? (await house.events.lookup(transaction, keys))[0]!.eventId
    return { contactId, at: at.toISOString() }
  })
}

export async function readContacts(queryable: Queryable, partyId: string, limit: number) {
  const rows = await queryable.query<{ event_id: string; occurred_at: Date; way: Way; note: string | null }>(
    `select e.event_id, e.occurred_at, e.payload ->> 'way' as way, p.properties ->> 'note' as note from events.event e
     left join events.property p on p.party_id = e.party_id and p.event_id = e.event_id
     where e.party_id = $1 and e.kind = 'contact.noted' order by e.occurred_at desc, e.event_id desc limit $2`,
    [partyId, limit],
  )
  return rows.map(row => ({
    contactId: row.event_id,
    way: row.way,
    note: row.note,
    at: row.occurred_at.toISOString(),
  }))
}
