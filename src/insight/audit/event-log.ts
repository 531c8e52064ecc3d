import { isOfTypeSql } from '#insight/rhythm/index.ts'
import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { Transactions } from './base.ts'
import type { AuditFilter } from './contract.ts'

interface Row {
  readonly party_id: string
  readonly day: number
  readonly orders: number
  readonly value: number
}

const kinds = ['purchase.recorded', 'refund.recorded']
const pageSize = 10_000

/** By what a source is called: the shop that an import named, the name of a key. */
const merchantSql = `select x.source_id, coalesce(i.options ->> 'sourceLabel', k.name) as merchant
  from events.source x
  left join files.import i on i.import_id = x.source_id
  left join access.api_key k on k.key_id = x.source_id`

export async function merchantsOf(queryable: Queryable): Promise<string[]> {
  const rows = await queryable.query<{ merchant: string }>(
    `select distinct merchant from (${merchantSql}) as m where merchant is not null order by merchant`,
  )
  return rows.map(({ merchant }) => merchant)
}

/**
 * The log as it now stands, a row for each customer and day: orders, and what was paid less what was given back.
 * Corrected events are left out, as is money in another currency. Customers are numbered as they come, so that nothing
 * but five numbers of a row is kept.
 */
export async function transactionsOf(
  transaction: Transaction,
  place: { readonly zone: string; readonly currency: string; readonly asOfOn: Day },
  { from, to, merchant, type }: AuditFilter,
): Promise<Transactions> {
  const parameters: unknown[] = [place.zone, place.currency, kinds]
  const conditions = ['e.kind = any($3)', `e.payload ->> 'currency' = $2`, 'r.event_id is null']
  const given = (parameter: unknown) => `$${parameters.push(parameter)}`
  const localDay = `(e.occurred_at at time zone $1)::date`
  if (from) conditions.push(`${localDay} >= ${given(from)}::date`)
  conditions.push(`${localDay} <= ${given(to ?? place.asOfOn)}::date`)
  if (merchant) {
    const named = `select source_id from (${merchantSql}) as m where merchant = ${given(merchant)}`
    conditions.push(`e.source_id in (${named})`)
  }
  if (type) conditions.push(isOfTypeSql('e.party_id', given(type), `${given(place.asOfOn)}::date`))
  const pages = transaction.pages<Row>(
    `select party_id, day, sum(orders)::int4 as orders, sum(value)::int8 as value from (
       select e.party_id, ${localDay} - date '1970-01-01' as day, (e.kind = 'purchase.recorded')::int4 as orders,
         case when e.kind = 'purchase.recorded' then 1 else -1 end * (e.payload ->> 'amountMinor')::int8 as value
       from events.event e
       left join (
         select distinct (c.payload ->> 'replaces')::uuid as event_id from events.event c
         where c.kind = any($3) and c.payload ? 'replaces') as r on r.event_id = e.event_id
       where ${conditions.join(' and ')}
       offset 0) as entries
     group by party_id, day order by party_id, day`,
    parameters,
    pageSize,
  )
  const columns = { customer: [] as number[], day: [] as number[], orders: [] as number[], value: [] as number[] }
  let customers = 0
  let last = ''
  for await (const rows of pages) {
    for (const row of rows) {
      if (row.party_id !== last) customers++
      last = row.party_id
      columns.customer.push(customers - 1)
      columns.day.push(row.day)
      columns.orders.push(row.orders)
      columns.value.push(row.value)
    }
  }
  return {
    customers,
    customer: Int32Array.from(columns.customer),
    day: Int32Array.from(columns.day),
    orders: Int32Array.from(columns.orders),
    value: Float64Array.from(columns.value),
  }
}
