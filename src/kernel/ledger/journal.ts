import { idPattern } from '#kernel/cursor.ts'
import type { Queryable } from '#kernel/database/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { PostingCode } from './kinds.ts'

export interface PostingFilter {
  readonly partyId?: string | undefined
  /** All profiles of one person. */
  readonly profileIds?: readonly string[] | undefined
  readonly asset?: string | undefined
  readonly code?: PostingCode | undefined
  readonly account?: string | undefined
  readonly from?: string | undefined
  readonly until?: string | undefined
}

interface Row {
  readonly partyId: string
  readonly partyName: string
  readonly transactionId: string
  readonly position: number
  readonly asset: string
  readonly code: PostingCode
  readonly from: string
  readonly to: string
  readonly amount: number
  readonly key: string
  readonly actor: string
  readonly actorName: string | null
  readonly approvedBy: string | null
  readonly reason: string | null
  readonly occurredAt: Date
  readonly postedAt: Date
  readonly xid: string
}

/**
 * Postings in the order in which they were taken in, from a place on: by transaction of the database, whose index makes the
 * newest of millions as quick as the newest of ten. The place is the last row seen.
 */
async function readPostings(
  database: Queryable,
  filter: PostingFilter,
  page: { readonly place?: readonly string[] | undefined; readonly limit: number; readonly order: 'asc' | 'desc' },
): Promise<Row[]> {
  const { partyId, profileIds = partyId && [partyId], asset, code, account, from, until } = filter
  const [xid, party, transactionId, position] = page.place ?? []
  const sign = page.order === 'asc' ? '>' : '<'
  const conditions = [
    profileIds && `p.party_id = any ($6)`,
    asset && `p.asset = $7`,
    code && `p.code = $8`,
    account && `($9 in (p.from_account, p.to_account) or p.from_account like $10 or p.to_account like $10)`,
    from && `p.occurred_at >= $11::timestamptz`,
    until && `p.occurred_at < $12::timestamptz`,
    xid && `(p.xid, p.party_id, p.transaction_id, p.position) ${sign} ($1::xid8, $2::uuid, $3::uuid, $4::integer)`,
  ].filter(Boolean)
  const prefix = account === undefined ? null : `${account.replace(/[\\%_]/g, '\\$&')}:%`
  return await database.query<Row>(
    `select p.party_id as "partyId", coalesce(n.name, '') as "partyName", p.transaction_id as "transactionId", p.position,
       p.asset, p.code, p.from_account as "from", p.to_account as "to", p.amount, t.key, t.actor, s.name as "actorName",
       t.approved_by as "approvedBy", t.reason, p.occurred_at as "occurredAt", p.posted_at as "postedAt", p.xid::text as xid
     from (select p.* from ledger.posting p, (select $1::text, $2::text, $3::text, $4::text, $6::uuid[], $7::text, $8::text, $9::text,
         $10::text, $11::text, $12::text) as given
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by p.xid ${page.order}, p.party_id ${page.order}, p.transaction_id ${page.order}, p.position ${page.order} limit $5) p
     join ledger.transaction t on t.party_id = p.party_id and t.transaction_id = p.transaction_id
     left join parties.party n on n.party_id = p.party_id
     left join access.staff s on t.actor = 'staff:' || s.staff_id
     order by p.xid ${page.order}, p.party_id ${page.order}, p.transaction_id ${page.order}, p.position ${page.order}`,
    [xid, party, transactionId, position, page.limit, profileIds, asset, code, account, prefix, from, until].map(
      each => each ?? null,
    ),
  )
}

const placeOf = ({ xid, partyId, transactionId, position }: Row) => [xid, partyId, transactionId, String(position)]

const postingCursor = new RegExp(`^\\d{1,18}_${idPattern}_${idPattern}_\\d{1,9}$`)

/** Newest first; the cursor is the last posting shown. */
export async function listPostings(
  database: Queryable,
  filter: PostingFilter,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
) {
  const place = before?.split('_')
  if (place && !postingCursor.test(before!)) throw refuse('invalid', 'ledger:refusal.cursor')
  const rows = await readPostings(database, filter, { place, limit: limit + 1, order: 'desc' })
  const items = rows.slice(0, limit)
  return { items: items.map(shown), next: rows.length > limit ? placeOf(items.at(-1)!).join('_') : null }
}

function shown({ xid: _, occurredAt, postedAt, ...row }: Row) {
  return { ...row, occurredAt: occurredAt.toISOString(), postedAt: postedAt.toISOString() }
}

const columns = [
  'occurredAt',
  'postedAt',
  'asset',
  'code',
  'from',
  'to',
  'amount',
  'partyId',
  'transactionId',
  'key',
  'actor',
  'approvedBy',
  'reason',
] as const

/** A cell of the journal; what a spreadsheet would read as a formula gets an apostrophe, as do numbers that are names. */
export function journalCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const atOnce = 5000

/**
 * The journal as CSV, oldest first, page by page, so that memory stays flat however long it is. Two accounts and one amount in a
 * line: every line is balanced in itself. Names of customers are left out; the accountant needs none.
 */
export async function* journal(database: Queryable, filter: PostingFilter): AsyncGenerator<string> {
  yield `\uFEFF${columns.join(',')}\r\n`
  let place: readonly string[] | undefined
  for (;;) {
    const rows = await readPostings(database, filter, { place, limit: atOnce, order: 'asc' })
    const lines = rows.map(shown).map(row => columns.map(column => journalCell(row[column])).join(','))
    if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`
    if (rows.length < atOnce) return
    place = placeOf(rows.at(-1)!)
  }
}
