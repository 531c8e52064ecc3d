import { idPattern } from '#kernel/cursor.ts'
import type { House } from '#kernel/house.ts'
import type { ImportProblem } from './contract.ts'
import { importRow } from './store.ts'

interface Page {
  readonly after?: string | undefined
  readonly limit: number
}

/** The translation key of a problem's sentence. */
export const problemKey = (code: string) => `files:problem.${code}`

/** Rejected rows in the order of the file; `total` counts all, `stored` those that were kept to be read. */
export async function listProblems(house: House, importId: string, { after, limit }: Page) {
  const row = await importRow(house.database, importId)
  const problems = await house.database.query<{
    row: number
    column: number | null
    code: string
    details: Record<string, unknown>
    value: string | null
  }>(
    `select row, "column", code, details, value from files.rejected_row
     where import_id = $1 and row > $2 order by row limit $3`,
    [importId, cursor(after, -2_147_483_648), limit],
  )
  const [count] = await house.database.query<{ stored: number }>(
    'select count(*) as stored from files.rejected_row where import_id = $1',
    [importId],
  )
  const items = problems.map(
    (problem): ImportProblem => ({
      ...problem,
      code: problemKey(problem.code),
      // A problem of a whole order has no row of its own.
      row: Math.max(0, problem.row),
      columnName: problem.column === null ? null : (row.columns[problem.column]?.name ?? null),
    }),
  )
  const stored = count!.stored
  const next = problems.length === limit ? String(problems.at(-1)!.row) : null
  return { items, total: row.totals?.rejectedRows ?? stored, stored, next }
}

export async function listSetAside(house: House, importId: string, { after, limit }: Page) {
  const { options } = await importRow(house.database, importId)
  const rows = await house.database.query<{
    row: number
    part: number
    order_ref: string
    occurred_at: Date
    sku: string
    quantity: number
    amount_minor: number
  }>(
    `select row, part, order_ref, occurred_at, sku, quantity, amount_minor from files.set_aside_line
     where import_id = $1 and row > $2 order by row limit $3`,
    [importId, cursor(after, 0), limit],
  )
  const [count] = await house.database.query<{ total: number }>(
    'select count(*) as total from files.set_aside_line where import_id = $1',
    [importId],
  )
  const items = rows.map(line => ({
    row: line.row,
    orderRef: line.order_ref,
    occurredAt: line.occurred_at.toISOString(),
    sku: line.sku,
    quantity: line.quantity,
    amountMinor: line.amount_minor,
    currency: options.currency,
    reason: line.part === 2 ? ('free' as const) : ('adjustment' as const),
  }))
  return { items, total: count!.total, next: rows.length === limit ? String(rows.at(-1)!.row) : null }
}

export async function listUnattributed(house: House, importId: string, { after, limit }: Page) {
  await importRow(house.database, importId)
  const rows = await house.database.query<{
    order_key: string
    part: number
    order_ref: string
    occurred_at: Date
    amount_minor: number
    currency: string
    lines: number
  }>(
    `select order_key, part, order_ref, occurred_at, amount_minor, currency, lines from files.unattributed_order
     where import_id = $1 and attributed_by is null and order_key > $2 order by order_key limit $3`,
    [importId, new RegExp(`^${idPattern}$`).test(after ?? '') ? after : '00000000-0000-0000-0000-000000000000', limit],
  )
  const [count] = await house.database.query<{ total: number }>(
    'select count(*) as total from files.unattributed_order where import_id = $1 and attributed_by is null',
    [importId],
  )
  const items = rows.map(order => ({
    orderRef: order.order_ref,
    part: order.part === 1 ? ('refund' as const) : ('purchase' as const),
    occurredAt: order.occurred_at.toISOString(),
    amountMinor: order.amount_minor,
    currency: order.currency,
    lines: order.lines,
  }))
  return { items, total: count!.total, next: rows.length === limit ? rows.at(-1)!.order_key : null }
}

/** What came in without a customer, once per order, over all imports: purchases less refunds. */
export async function unattributedTotals(
  house: House,
): Promise<{ currency: string; amountMinor: number; orders: number }[]> {
  return house.database.query(
    `select currency, sum(case when part = 1 then -amount_minor else amount_minor end)::bigint as "amountMinor",
       count(*) as orders
     from (select distinct on (order_key) * from files.unattributed_order where attributed_by is null
       order by order_key, import_id desc) as latest group by currency order by currency`,
  )
}

function cursor(after: string | undefined, first: number): number {
  const number = Number(after)
  return after !== undefined && Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : first
}
