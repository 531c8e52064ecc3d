import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { limits } from './limits.ts'
import type { Staged } from './staged.ts'

/** The lines of an order as events carry them, in an order that does not depend on the file's. */
const purchaseLines = `string_agg('{"sku":' || to_json(sku)::text || ',"quantity":' || quantity || ',"amountMinor":' || amount_minor || '}',
    ',' order by sku, unit_price, quantity, amount_minor)`

const refundLines = `string_agg('{"sku":' || to_json(sku)::text || ',"quantity":' || quantity || ',"amountMinor":' || amount_minor
    || case when l.of is null then '' else ',"of":' || to_json(l.of)::text end || '}', ',' order by sku, unit_price, quantity, amount_minor)`

/**
 * Turns staged lines into staged orders: purchases and refunds apart, each with its lines, total and a digest that tells
 * whether a later file says something else. Lines of one order may lie anywhere in the file.
 *
 * Numbers run by customer and then by time, so that a run takes in one customer after the other: whoever looks while it
 * runs sees whole customers, and each customer's state is folded once.
 */
export async function groupOrders(
  transaction: Transaction,
  staged: Staged,
  source: {
    readonly importId: string
    readonly label: string
    readonly currency: string
    /** Whether the latest date has the word about a customer, instead of the latest row. */
    readonly byDate: boolean
  },
): Promise<{ readonly rejected: Readonly<Record<string, number>> }> {
  await transaction.query(`set local work_mem = '192MB'`)
  await transaction.query(`analyze ${staged.line}`)
  await keepLatestProfiles(transaction, staged, source.byDate)
  const rejected = await settleCustomers(transaction, staged, source.importId)
  await transaction.query(
    `insert into ${staged.order}
       (order_no, order_key, part, order_ref, customer_key, occurred_at, amount_minor, line_count, lines, digest)
     select row_number() over (order by customer_key nulls last, occurred_at, part, order_ref),
       md5($1 || chr(10) || part || chr(10) || order_ref)::uuid, part, order_ref, customer_key, occurred_at, amount_minor,
       line_count, lines, md5(coalesce(customer_key, '') || chr(10) || extract(epoch from occurred_at) || chr(10) || $2
         || chr(10) || amount_minor || chr(10) || line_count || chr(10) || lines)::uuid
     from (
       select part, order_ref, min(customer_key) as customer_key, min(occurred_at) as occurred_at,
         sum(amount_minor)::bigint as amount_minor, count(*) as line_count, ${purchaseLines} as lines
       from ${staged.line} where part <= 1 group by order_ref, part) as o`,
    [source.label, source.currency],
  )
  await linkRefunds(transaction, staged)
  await transaction.query(`create unique index on ${staged.order} (order_no)`)
  await transaction.query(`analyze ${staged.order}`)
  return { rejected }
}

/** A profile is staged whenever a row says something new about a customer; the last row has the word, or the last date. */
async function keepLatestProfiles(transaction: Transaction, staged: Staged, byDate: boolean): Promise<void> {
  await transaction.query(`analyze ${staged.customer}`)
  const last = byDate
    ? `select distinct on (customer_key) customer_key, row from ${staged.customer}
       order by customer_key, said_at desc nulls last, row desc`
    : `select customer_key, max(row) as row from ${staged.customer} group by customer_key having count(*) > 1`
  await transaction.query(
    `delete from ${staged.customer} c using (${last}) as last where c.customer_key = last.customer_key and c.row <> last.row`,
  )
  await transaction.query(`create unique index on ${staged.customer} (customer_key)`)
  await transaction.query(`analyze ${staged.customer}`)
}

/**
 * An order belongs to one customer. Lines without one take it from the others of their order (exports often name the
 * customer on the first line only); lines that name somebody else than the first are rejected.
 */
async function settleCustomers(
  transaction: Transaction,
  staged: Staged,
  importId: string,
): Promise<Record<string, number>> {
  const odd = await transaction.query<{ order_ref: string; mixed: boolean; long: boolean }>(
    `select order_ref, min(customer_key) is distinct from max(customer_key) as mixed, count(*) > $1 as long
     from ${staged.line} where part <= 1 group by order_ref
     having min(customer_key) is distinct from max(customer_key) or count(*) > $1
       or count(customer_key) not in (0, count(*))`,
    [limits.orderLines],
  )
  if (odd.length === 0) return {}
  const refs = odd.map(order => order.order_ref)
  const owners = `(select distinct on (order_ref) order_ref, customer_key from ${staged.line}
    where order_ref = any($1) and customer_key is not null order by order_ref, row) as owner`
  const mixed = odd.filter(order => order.mixed).map(order => order.order_ref)
  const strangers = await reject(
    transaction,
    importId,
    'other-customer',
    `delete from ${staged.line} l using ${owners}
     where l.order_ref = owner.order_ref and l.customer_key <> owner.customer_key returning l.row, l.order_ref`,
    [mixed],
  )
  const long = odd.filter(order => order.long).map(order => order.order_ref)
  const surplus = await reject(
    transaction,
    importId,
    'too-many-lines',
    `delete from ${staged.line} where order_ref = any($1) returning row, order_ref`,
    [long],
  )
  await transaction.query(
    `update ${staged.line} l set customer_key = owner.customer_key from ${owners}
     where l.order_ref = owner.order_ref and l.customer_key is null and l.part <= 1`,
    [refs],
  )
  return {
    ...(strangers > 0 && { 'other-customer': strangers }),
    ...(surplus > 0 && { 'too-many-lines': surplus }),
  }
}

/** Deletes staged lines by a statement that returns their rows, and lists them as problems, as many as are kept. */
async function reject(
  transaction: Transaction,
  importId: string,
  code: string,
  deletion: string,
  parameters: readonly unknown[],
): Promise<number> {
  const [count] = await transaction.query<{ rows: number }>(
    `with gone as (${deletion}),
       listed as (insert into files.rejected_row (import_id, row, code, details, value)
         select $2, row, $3, '{}', left(order_ref, 100) from gone order by row limit ${limits.storedProblems}
         on conflict do nothing)
     select count(*) as rows from gone`,
    [...parameters, importId, code],
  )
  return count?.rows ?? 0
}

/**
 * Names the order that a refunded line gives back: the customer's latest earlier purchase of the same article at the same
 * price and in at least that quantity. What fits none stays a refund of the customer.
 */
async function linkRefunds(transaction: Transaction, staged: Staged): Promise<void> {
  // The few refunds belong in a hash table; the planner would rather sort every purchase for a merge.
  await transaction.query('set local enable_mergejoin = off')
  await transaction.query(
    `create temporary table link on commit drop as
     select distinct on (r.row) r.row, r.order_ref, p.order_ref as of from ${staged.line} r
     join ${staged.line} p on p.customer_key = r.customer_key and p.sku = r.sku and p.unit_price = r.unit_price
       and p.part = 0 and p.quantity >= r.quantity and p.occurred_at <= r.occurred_at
     where r.part = 1 order by r.row, p.occurred_at desc, p.row desc`,
  )
  await transaction.query(
    `update ${staged.order} o set lines = n.lines from (
       select s.order_ref, ${refundLines} as lines from ${staged.line} s left join link l on l.row = s.row
       where s.part = 1 and s.order_ref in (select order_ref from link) group by s.order_ref) as n
     where o.part = 1 and o.order_ref = n.order_ref`,
  )
}

/** Lines that move no money, kept to be read: they are never purchases and never vanish. */
export async function setLinesAside(transaction: Transaction, staged: Staged, importId: string): Promise<void> {
  await transaction.query('delete from files.set_aside_line where import_id = $1', [importId])
  await transaction.query(
    `insert into files.set_aside_line (import_id, row, part, order_ref, occurred_at, sku, quantity, amount_minor)
     select $1, row, part, order_ref, occurred_at, sku, quantity, amount_minor from ${staged.line} where part >= 2`,
    [importId],
  )
}

/** How an order stands: the latest event that an import recorded under its key. */
export const standing = `left join lateral (
    select r.event_id, r.party_id, r.digest from files.recorded_order r
    where r.order_key = o.order_key order by r.event_id desc limit 1) as r on true`

export interface LineTotals {
  readonly purchase_lines: number
  readonly purchase_minor: number
  readonly refund_lines: number
  readonly refund_minor: number
  readonly set_aside_lines: number
  readonly set_aside_minor: number
  readonly unattributed_lines: number
  readonly unattributed_minor: number
  readonly first_at: Date | null
  readonly last_at: Date | null
}

export async function lineTotals(queryable: Queryable, staged: Staged): Promise<LineTotals> {
  const sum = (of: string) => `coalesce(sum(amount_minor) filter (where ${of}), 0)::bigint`
  const [row] = await queryable.query<LineTotals>(
    `select count(*) filter (where part = 0) as purchase_lines, ${sum('part = 0')} as purchase_minor,
       count(*) filter (where part = 1) as refund_lines, ${sum('part = 1')} as refund_minor,
       count(*) filter (where part >= 2) as set_aside_lines, ${sum('part >= 2')} as set_aside_minor,
       count(*) filter (where part <= 1 and customer_key is null) as unattributed_lines,
       (${sum('part = 0 and customer_key is null')} - ${sum('part = 1 and customer_key is null')}) as unattributed_minor,
       min(occurred_at) filter (where part <= 1) as first_at, max(occurred_at) filter (where part <= 1) as last_at
     from ${staged.line}`,
  )
  return row!
}

export interface OrderTotals {
  readonly new_orders: number
  readonly changed_orders: number
  readonly unchanged_orders: number
  readonly new_refunds: number
  readonly changed_refunds: number
  readonly unchanged_refunds: number
  readonly linked: number
  readonly unattributed: number
}

export async function orderTotals(queryable: Queryable, staged: Staged): Promise<OrderTotals> {
  const count = (part: number, state: string) =>
    `count(*) filter (where o.customer_key is not null and part = ${part} and ${state})`
  const [row] = await queryable.query<OrderTotals>(
    `select ${count(0, 'r.digest is null')} as new_orders, ${count(0, 'r.digest <> o.digest')} as changed_orders,
       ${count(0, 'r.digest = o.digest')} as unchanged_orders, ${count(1, 'r.digest is null')} as new_refunds,
       ${count(1, 'r.digest <> o.digest')} as changed_refunds, ${count(1, 'r.digest = o.digest')} as unchanged_refunds,
       coalesce(sum((length(lines) - length(replace(lines, '"of":', ''))) / 5) filter (where part = 1), 0)::bigint as linked,
       count(*) filter (where o.customer_key is null) as unattributed
     from ${staged.order} o ${standing}`,
  )
  return row!
}
