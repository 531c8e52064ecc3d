import type { House } from '#kernel/house.ts'
import { recogniseParties, type Sighting } from '#kernel/parties/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import type { ImportSummary, ImportTotals } from './contract.ts'
import { groupOrders, lineTotals, orderTotals, setLinesAside } from './grouping.ts'
import { problemKey } from './problems.ts'
import type { ImportProgress } from './progress.ts'
import { dropStaged, type Staged, stagedOf } from './staged.ts'
import { stageRows } from './staging.ts'
import { failImport, type ImportRow, importRow, moveImport, summaryOf } from './store.ts'

const customersAtOnce = 2000

/**
 * The dry run: reads every row into the import's partitions and says what a run would do. What it says is about now; the
 * run looks again, order by order.
 */
export async function performCheck(house: House, importId: string, progress: ImportProgress): Promise<ImportSummary> {
  const row = await importRow(house.database, importId)
  // A queue may deliver a job twice; what has been done, or asked for differently since, is left alone.
  if (row.state !== 'checking') return summaryOf(row)
  try {
    const totals = await stage(house, row, progress)
    return await house.database.transaction(async transaction =>
      summaryOf(
        await moveImport(transaction, house, importId, {
          from: ['checking'],
          to: 'checked',
          refusal: 'files:refusal.not-checked',
          set: { totals: JSON.stringify(totals), checked_at: house.clock.now() },
        }),
      ),
    )
  } catch (error) {
    if (error instanceof Refusal && error.kind !== 'unavailable') {
      await dropStaged(house.database, row.number)
      await failImport(house, importId, error)
    }
    throw error
  }
}

/** Fills the import's partitions from its file and counts. */
export async function stage(house: House, row: ImportRow, progress: ImportProgress): Promise<ImportTotals> {
  const read = await stageRows(
    house,
    row,
    ({ rows, bytes }) => progress.report({ step: 'reading', done: bytes, total: row.bytes, unit: 'bytes', rows }),
    progress.signal,
  )
  await progress.report({ step: 'grouping', done: 0, total: null, unit: 'steps', rows: read.rows })
  const staged = stagedOf(row.number)
  const { label, currency } = { label: row.options.sourceLabel, currency: row.options.currency }
  const grouped = await house.database.transaction(async transaction => {
    const grouped = await groupOrders(transaction, staged, { importId: row.import_id, label, currency })
    await setLinesAside(transaction, staged, row.import_id)
    return grouped
  })
  const lines = await lineTotals(house.database, staged)
  const orders = await orderTotals(house.database, staged)
  const customers = await customerTotals(house, staged)
  const rejected = { ...read.rejected, ...grouped.rejected }
  return {
    rows: read.rows,
    rejectedRows: Object.values(rejected).reduce((sum, count) => sum + count, 0),
    rejectedByCode: Object.entries(rejected).map(([code, rows]) => ({ code: problemKey(code), rows })),
    newOrders: orders.new_orders,
    changedOrders: orders.changed_orders,
    unchangedOrders: orders.unchanged_orders,
    newRefunds: orders.new_refunds,
    changedRefunds: orders.changed_refunds,
    unchangedRefunds: orders.unchanged_refunds,
    refundLinesLinked: orders.linked,
    refundLinesUnlinked: lines.refund_lines - orders.linked,
    newCustomers: customers.fresh,
    knownCustomers: customers.known,
    unattributedLines: lines.unattributed_lines,
    unattributedOrders: orders.unattributed,
    unattributedMinor: lines.unattributed_minor,
    setAsideLines: lines.set_aside_lines,
    setAsideMinor: lines.set_aside_minor,
    purchaseLines: lines.purchase_lines,
    purchaseMinor: lines.purchase_minor,
    refundLines: lines.refund_lines,
    refundMinor: lines.refund_minor,
    currency,
    firstAt: lines.first_at?.toISOString() ?? null,
    lastAt: lines.last_at?.toISOString() ?? null,
  }
}

export interface StagedCustomer {
  readonly customer_key: string
  readonly customer_id: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly name: string | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly birthday: string | null
  readonly city: string | null
  readonly country: string | null
}

/** Customers in pages by their key. */
export async function* customerPages(house: House, staged: Staged, after = ''): AsyncGenerator<StagedCustomer[]> {
  for (let last = after; ; ) {
    const page = await house.database.query<StagedCustomer>(
      `select customer_key, customer_id, email, phone, name, family_name, given_name, birthday, city, country
       from ${staged.customer} where customer_key > $1 order by customer_key limit ${customersAtOnce}`,
      [last],
    )
    if (page.length === 0) return
    yield page
    last = page.at(-1)!.customer_key
  }
}

export function sightingOf(customer: StagedCustomer): Sighting {
  const { customer_id, email, phone, name, family_name, given_name, birthday, city, country } = customer
  return {
    identifiers: [
      ...(customer_id ? [{ kind: 'customer_id' as const, value: customer_id }] : []),
      ...(email ? [{ kind: 'email' as const, value: email }] : []),
      ...(phone ? [{ kind: 'phone' as const, value: phone }] : []),
    ],
    name: name ?? nameFrom(family_name, given_name),
    familyName: family_name ?? undefined,
    givenName: given_name ?? undefined,
    birthday: birthday ?? undefined,
    details: { ...(city && { city }), ...(country && { country }) },
  }
}

/** Chinese names stand family first and without a space: 王 and 小明 are 王小明. */
function nameFrom(family: string | null, given: string | null): string | undefined {
  if (!family && !given) return undefined
  if (family && given) return /\p{Script=Han}/u.test(family) ? family + given : `${given} ${family}`
  return family ?? given ?? undefined
}

async function customerTotals(house: House, staged: Staged): Promise<{ fresh: number; known: number }> {
  let known = 0
  let all = 0
  for await (const page of customerPages(house, staged)) {
    const recognised = await recogniseParties(house.database, page.map(sightingOf))
    known += recognised.filter(partyId => partyId !== undefined).length
    all += page.length
  }
  return { fresh: all - known, known }
}
