import { addDays, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Act, ActFilter, actorKinds } from './contract.ts'

interface ActRow {
  readonly actId: string
  readonly at: Date
  readonly actorKind: (typeof actorKinds)[number]
  readonly actorId: string
  readonly actorName: string
  readonly operation: string
  readonly room: string
  readonly subject: Record<string, string>
  readonly partyId: string | null
  /** Whom it is about, then whoever else it names. */
  readonly parties: readonly { readonly partyId: string; readonly name: string }[]
  readonly merchantId: string | null
  readonly outcome: Act['outcome']
  readonly code: string | null
  readonly asked: Record<string, unknown> | null
  readonly changes: Act['changes']
}

/** An act on more customers than this is about none of them. */
const mostNamed = 2

/** One page of acts, newest first, and where the next begins. */
export async function pageOf(
  house: House,
  filter: ActFilter,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<{ items: Act[]; next: string | null }> {
  const [instant, actId] = before?.split('_') ?? []
  const { zone } = await house.settings.business()
  const rows = await house.database.query<ActRow>(
    `select a.act_id as "actId", a.acted_at as at, a.actor_kind as "actorKind", a.actor_id as "actorId",
       a.actor_name as "actorName", a.operation, a.room, a.subject, a.party_id as "partyId",
       a.merchant_id as "merchantId", a.outcome, a.code, c.asked, c.changes,
       coalesce((select jsonb_agg(jsonb_build_object('partyId', coalesce(p.canonical_party_id, p.party_id),
           'name', coalesce(p.name, '')) order by named.place)
         from unnest(array_remove(array[a.party_id] || array_remove(c.party_ids, a.party_id), null)) with ordinality
           as named(party_id, place) join parties.party p on p.party_id = named.party_id), '[]') as parties
     from audit_log.act a
     left join audit_log.content c using (act_id)
     where ($1::uuid is null or a.actor_id = $1) and ($2::text is null or a.room = $2)
       and ($3::text is null or a.operation = $3) and ($4::uuid is null or a.party_id = $4
         or a.act_id in (select act_id from audit_log.content where party_ids @> array[$4]))
       and ($5::text is null or a.outcome = $5)
       and ($6::timestamptz is null or a.acted_at >= $6) and ($7::timestamptz is null or a.acted_at < $7)
       and ($8::timestamptz is null or (a.acted_at, a.act_id) < ($8, $9::uuid))
     order by a.acted_at desc, a.act_id desc limit $10`,
    [
      filter.actorId ?? null,
      filter.room ?? null,
      filter.operation ?? null,
      filter.partyId ?? null,
      filter.outcome ?? null,
      filter.fromOn ? startOfDay(filter.fromOn, zone) : null,
      filter.toOn ? startOfDay(addDays(filter.toOn, 1), zone) : null,
      instant ?? null,
      actId ?? null,
      limit + 1,
    ],
  )
  const items = rows.slice(0, limit).map(row => shown(house, row))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items, next: last ? `${last.at.toISOString()}_${last.actId}` : null }
}

function shown(house: House, row: ActRow): Act {
  const { actId, at, operation, room, subject, merchantId, outcome, code, asked, changes } = row
  const parties = row.parties.length > mostNamed ? row.parties.slice(0, row.partyId === null ? 0 : 1) : row.parties
  return {
    actId,
    at: at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    operation,
    summary: house.routes.find(route => route.operation.id === operation)?.operation.summary ?? operation,
    room,
    subject,
    party: parties[0] ?? null,
    others: parties.slice(1),
    merchantId,
    outcome,
    code,
    asked,
    changes,
  }
}

export async function actorsIn(on: Queryable) {
  const actors = await on.query<{ kind: (typeof actorKinds)[number]; id: string; name: string }>(
    `select distinct on (actor_id) actor_kind as kind, actor_id as id, actor_name as name
     from audit_log.act order by actor_id, acted_at desc`,
  )
  const rooms = await on.query<{ room: string }>('select distinct room from audit_log.act order by room')
  return { actors: actors.sort((a, b) => a.name.localeCompare(b.name)), rooms: rooms.map(({ room }) => room) }
}

/** What was said of somebody goes; that something was done stays, under an id that nobody answers to any more. */
export async function forgetContent(transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query(
    `delete from audit_log.content where party_ids @> array[$1::uuid]
       or act_id in (select act_id from audit_log.act where party_id = $1)`,
    [partyId],
  )
}
