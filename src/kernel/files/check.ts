import type { House } from '#kernel/house.ts'
import { recogniseProfiles } from '#kernel/parties/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import type { ImportSummary, ImportTotals } from './contract.ts'
import { groupOrders, lineTotals, orderTotals, setLinesAside } from './grouping.ts'
import { asksForNewest, rulesOf } from './overwrite.ts'
import { problemKey } from './problems.ts'
import type { ImportProgress } from './progress.ts'
import { keepRejectedCells } from './rejected.ts'
import { dropStaged, type Staged, type StagedCustomer, stagedOf } from './staged.ts'
import { stageRows } from './staging.ts'
import { failImport, type ImportRow, importRow, moveImport, summaryOf } from './store.ts'
import { sightingOf, weigh } from './weigh.ts'

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
    const grouped = await groupOrders(transaction, staged, {
      importId: row.import_id,
      label,
      currency,
      byDate: asksForNewest(rulesOf(row.columns)),
    })
    await setLinesAside(transaction, staged, row.import_id)
    return grouped
  })
  const lines = await lineTotals(house.database, staged)
  const orders = await orderTotals(house.database, staged)
  const customers = await customerTotals(house, staged, row)
  await keepRejectedCells(house, row)
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
    ...(customers.profiles.length > 0 && { profiles: customers.profiles }),
  }
}

/** Customers in pages by their key. */
export async function* customerPages(house: House, staged: Staged, after = ''): AsyncGenerator<StagedCustomer[]> {
  for (let last = after; ; ) {
    const page = await house.database.query<StagedCustomer>(
      `select customer_key, customer_id, email, phone, name, family_name, given_name, birthday, city, country, said_at
       from ${staged.customer} where customer_key > $1 order by customer_key limit ${customersAtOnce}`,
      [last],
    )
    if (page.length === 0) return
    yield page
    last = page.at(-1)!.customer_key
  }
}

interface CustomerTotals {
  readonly fresh: number
  readonly known: number
  readonly profiles: NonNullable<ImportTotals['profiles']>
}

async function customerTotals(house: House, staged: Staged, row: ImportRow): Promise<CustomerTotals> {
  const rules = rulesOf(row.columns)
  const counts = new Map([...rules.keys()].map(target => [target, { filled: 0, replaced: 0, kept: 0, same: 0 }]))
  let known = 0
  let all = 0
  for await (const page of customerPages(house, staged)) {
    const recognised = await recogniseProfiles(house, house.database, page.map(sightingOf))
    known += recognised.filter(partyId => partyId !== undefined).length
    all += page.length
    if (rules.size === 0) continue
    const weighed = await weigh(house.database, rules, recognised, page, row.created_at)
    for (const { outcomes } of weighed) for (const [target, outcome] of outcomes) counts.get(target)![outcome]++
  }
  const profiles = [...counts].map(([target, { filled, replaced, kept }]) => ({ target, filled, replaced, kept }))
  return { fresh: all - known, known, profiles }
}
