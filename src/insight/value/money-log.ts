import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { MoneyHistory } from './history.ts'

export interface Place {
  readonly zone: string
  readonly currency: string
}

interface Row {
  readonly party_id: string
  readonly bought: string | null
  readonly refunded: string | null
}

const kinds = ['purchase.recorded', 'refund.recorded']

/**
 * What was bought and given back, one row a party, as the log now stands: corrected events are left out, money in a
 * foreign currency counts as nothing, as in `insight/rhythm`. The days and amounts come as text (`18262:1299,18270:500`),
 * many times smaller than the orders they come from. The inner query is fenced off, so that sorting never carries payloads.
 */
const historySql = (whose: string) => `
  select party_id, string_agg(entry, ',' order by occurred_at, event_id) filter (where kind = 'purchase.recorded') as bought,
    string_agg(entry, ',' order by occurred_at, event_id) filter (where kind = 'refund.recorded') as refunded
  from (
    select e.party_id, e.occurred_at, e.event_id, e.kind,
      ((e.occurred_at at time zone $1)::date - date '1970-01-01') || ':' ||
        case when e.payload ->> 'currency' = $2 then e.payload ->> 'amountMinor' else '0' end as entry
    from events.event e
    where e.kind = any($3) and ${whose} and not exists (
      select 1 from events.event c where c.party_id = e.party_id and c.kind = any($3)
        and c.payload ->> 'replaces' = e.event_id::text)
    offset 0) as entries
  group by party_id order by party_id`

/** Histories of these parties, of those of them who have any. */
export async function historiesOf(queryable: Queryable, partyIds: readonly string[], place: Place) {
  if (partyIds.length === 0) return []
  const rows = await queryable.query<Row>(historySql('e.party_id = any($4)'), [
    place.zone,
    place.currency,
    kinds,
    partyIds,
  ])
  return rows.map(historyFrom)
}

/**
 * Histories of everybody whose id falls into the first of `parts` fair shares, in pages, in the order of their ids: one
 * part is everybody, and two reads of the same share meet the same people.
 */
export async function* pagesOfHistories(
  transaction: Transaction,
  place: Place,
  { parts, size }: { readonly parts: number; readonly size: number },
): AsyncIterable<MoneyHistory[]> {
  const whose = parts === 1 ? '$4::int4 = 1' : '(hashtext(e.party_id::text) & 2147483647) % $4::int4 = 0'
  const pages = transaction.pages<Row>(historySql(whose), [place.zone, place.currency, kinds, parts], size)
  for await (const rows of pages) yield rows.map(historyFrom)
}

function historyFrom(row: Row): MoneyHistory {
  const bought = entriesOf(row.bought)
  const refunded = entriesOf(row.refunded)
  return {
    partyId: row.party_id,
    boughtOn: bought.on,
    boughtMinor: bought.minor,
    refundedOn: refunded.on,
    refundedMinor: refunded.minor,
  }
}

function entriesOf(text: string | null): { on: number[]; minor: number[] } {
  const on: number[] = []
  const minor: number[] = []
  if (text === null) return { on, minor }
  for (const entry of text.split(',')) {
    const colon = entry.indexOf(':')
    on.push(Number(entry.slice(0, colon)))
    minor.push(Number(entry.slice(colon + 1)))
  }
  return { on, minor }
}
