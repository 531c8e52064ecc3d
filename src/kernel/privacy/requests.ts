import { addDays, localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { personOf } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { PrivacyRequest } from './contract.ts'

/** Article 12 of the GDPR gives a month, the PIPL "timely"; thirty days are kept for both. */
const answeredWithinDays = 30

type Row = Omit<PrivacyRequest, 'askedAt' | 'handledAt' | 'isOverdue'> & {
  readonly askedAt: Date
  readonly handledAt: Date | null
}

const columns = `r.request_id as "requestId", r.party_id as "partyId", nullif(p.name, '') as name, r.kind, r.state,
  r.asked_by as "askedBy", r.asked_at as "askedAt", r.due_on as "dueOn", s.name as "handledBy", r.handled_at as "handledAt",
  r.rows_forgotten as "rowsForgotten", r.seconds_taken as "secondsTaken"
  from privacy.request r join parties.party p on p.party_id = r.party_id
  left join access.staff s on s.staff_id = r.handled_by`

const isOpen = `r.state in ('open', 'working')`

async function shown(house: House, queryable: Queryable, rows: readonly Row[]): Promise<PrivacyRequest[]> {
  const { zone } = await house.settings.business(queryable)
  const today = localDay(house.clock.now(), zone)
  return rows.map(row => ({
    ...row,
    askedAt: row.askedAt.toISOString(),
    handledAt: row.handledAt?.toISOString() ?? null,
    isOverdue: (row.state === 'open' || row.state === 'working') && row.dueOn < today,
  }))
}

export async function listRequests(house: House, limit: number) {
  const rows = await house.database.query<Row>(
    `select ${columns} order by ${isOpen} desc, case when ${isOpen} then r.due_on end, r.asked_at desc limit $1`,
    [limit],
  )
  const [count] = await house.database.query<{ open: number }>(
    `select count(*) as open from privacy.request r where ${isOpen}`,
  )
  return { items: await shown(house, house.database, rows), open: count!.open }
}

export async function requestsOf(house: House, partyId: string): Promise<PrivacyRequest[]> {
  const { profileIds } = await personOf(house.database, partyId)
  const rows = await house.database.query<Row>(
    `select ${columns} where r.party_id = any ($1) order by r.asked_at desc limit 20`,
    [profileIds],
  )
  return shown(house, house.database, rows)
}

export async function readRequest(house: House, queryable: Queryable, requestId: string): Promise<PrivacyRequest> {
  const rows = await queryable.query<Row>(`select ${columns} where r.request_id = $1`, [requestId])
  if (!rows[0]) throw refuse('not-found', 'privacy:refusal.unknown')
  return (await shown(house, queryable, rows))[0]!
}

/** Asking for the same twice while the first is open is one request, with the date of the first. */
export async function openRequest(
  transaction: Transaction,
  house: House,
  asked: { readonly partyId: string; readonly kind: PrivacyRequest['kind']; readonly by: 'member' | 'staff' },
): Promise<string> {
  const { holderId } = await personOf(transaction, asked.partyId)
  const [party] = await transaction.query('select from parties.party where party_id = $1 for update', [holderId])
  if (!party) throw refuse('not-found', 'parties:refusal.unknown')
  const [open] = await transaction.query<{ requestId: string }>(
    `select request_id as "requestId" from privacy.request r where party_id = $1 and kind = $2 and ${isOpen}`,
    [holderId, asked.kind],
  )
  if (open) return open.requestId
  const now = house.clock.now()
  const { zone } = await house.settings.business(transaction)
  const requestId = house.newId()
  await transaction.query(
    `insert into privacy.request (party_id, request_id, kind, state, asked_by, asked_at, due_on)
     values ($1, $2, $3, 'open', $4, $5, $6)`,
    [holderId, requestId, asked.kind, asked.by, now, addDays(localDay(now, zone), answeredWithinDays)],
  )
  await house.live.announce(transaction, ['privacy'])
  return requestId
}

/** Moves an open request on; refuses where somebody handled it already, which also decides between two who ask at once. */
export async function handle(
  transaction: Transaction,
  house: House,
  requestId: string,
  next: {
    readonly state: 'working' | 'done' | 'declined'
    readonly by: string | null
    readonly settlement?: string | undefined
  },
): Promise<void> {
  const [moved] = await transaction.query(
    `update privacy.request set state = $2, handled_by = $3, handled_at = $4, settlement = $5
     where request_id = $1 and state = 'open' returning 1`,
    [requestId, next.state, next.by, house.clock.now(), next.settlement ?? null],
  )
  if (!moved) {
    await readRequest(house, transaction, requestId)
    throw refuse('conflict', 'privacy:refusal.handled')
  }
  await house.live.announce(transaction, ['privacy'])
}
