import { upsertProducts } from '#kernel/catalogue/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { enrichParties, profilesOf, recogniseProfiles, resolveParties, type Sighting } from '#kernel/parties/index.ts'
import { Refusal, refuse } from '#kernel/refusal.ts'
import { customerPages, stage } from './check.ts'
import type { ImportSummary, ImportTotals, RuledTarget } from './contract.ts'
import { standing } from './grouping.ts'
import { asksForNewest, type Rules, rulesOf } from './overwrite.ts'
import { problemKey } from './problems.ts'
import type { ImportProgress } from './progress.ts'
import { type EarlierPurchase, type RefundLine, withRefundedOrders } from './refunds.ts'
import { totalsAfterMend } from './rejected.ts'
import { dropStaged, type Staged, type StagedCustomer, stagedCount, stagedOf } from './staged.ts'
import { failImport, type ImportRow, importRow, moveImport, summaryOf } from './store.ts'
import { rememberDates, sightingOf, weigh, writeTaken } from './weigh.ts'

const ordersAtOnce = 2000
/** Orders differ in length: a piece ends early rather than holding more lines than this in memory. */
const linesAtOnce = 40_000
const productsAtOnce = 2000

/**
 * Takes in what the check staged: customers, products, orders, each in pieces of one transaction that also moves the
 * import's marker, so that a run that was killed goes on where it stopped and nothing is taken in twice.
 */
export async function performRun(house: House, importId: string, progress: ImportProgress): Promise<ImportSummary> {
  const row = await importRow(house.database, importId)
  if (row.state !== 'running') return summaryOf(row)
  try {
    await restageIfLost(house, row, progress)
    const staged = stagedOf(row.number)
    await takeCustomers(house, row, staged, progress)
    if (row.kind === 'orders') {
      await adoptCurrency(house, row)
      await takeProducts(house, staged, progress)
      await takeOrders(house, row, staged, progress)
    }
    return await house.database.transaction(async transaction => {
      if (row.kind === 'orders') await keepUnattributed(transaction, row, staged)
      const done = await moveImport(transaction, house, importId, {
        from: ['running'],
        to: 'done',
        refusal: 'files:refusal.taken-over',
        set: { ended_at: house.clock.now() },
      })
      await dropStaged(transaction, row.number)
      await house.afterBulkChange(transaction)
      await house.live.announce(transaction, ['customers', 'events'])
      return summaryOf(done)
    })
  } catch (error) {
    if (error instanceof Refusal && error.kind !== 'unavailable' && error.code !== 'files:refusal.taken-over') {
      await failImport(house, importId, error)
    }
    throw error
  }
}

/**
 * A business that has sold nothing yet counts in whatever its first orders are in; nobody should have to find a setting
 * before the first import makes sense. Later files in another currency are taken in, but their money is not added up.
 */
async function adoptCurrency(house: House, row: ImportRow): Promise<void> {
  const currency = row.options.currency
  const business = await house.settings.business()
  if (currency === undefined || currency === business.currency) return
  await house.database.transaction(async transaction => {
    const [sold] = await transaction.query(`select 1 from events.event where kind = 'purchase.recorded' limit 1`)
    if (sold) return
    await house.settings.write(transaction, 'business', { ...business, currency })
    await house.live.announce(transaction, ['settings'])
  })
}

/** A crash of the database server empties unlogged tables: then the file is read again, and what is in is left alone. */
async function restageIfLost(house: House, row: ImportRow, progress: ImportProgress): Promise<void> {
  const known: ImportTotals | null = row.totals
  const expected = known ? known.newCustomers + known.knownCustomers + orderCount(known) : -1
  const found = await stagedCount(house.database, row.number)
  if (row.mended_totals === null && found.customers + found.orders === expected) return
  await house.database.query(`update files.import set taken_customers = '', taken_orders = 0 where import_id = $1`, [
    row.import_id,
  ])
  const totals = await stage(house, row, progress)
  if (row.mended_totals === null) return
  await house.database.query('update files.import set totals = $2, mended_totals = null where import_id = $1', [
    row.import_id,
    JSON.stringify(totalsAfterMend(row.mended_totals, totals)),
  ])
}

function orderCount(totals: ImportTotals): number {
  return (
    totals.newOrders +
    totals.changedOrders +
    totals.unchangedOrders +
    totals.newRefunds +
    totals.changedRefunds +
    totals.unchangedRefunds +
    totals.unattributedOrders
  )
}

async function takeCustomers(house: House, row: ImportRow, staged: Staged, progress: ImportProgress): Promise<void> {
  const importId = row.import_id
  const { taken_customers: marker } = await importRow(house.database, importId)
  const [count] = await house.database.query<{ all: number; taken: number }>(
    `select count(*) as all, count(*) filter (where customer_key <= $1) as taken from ${staged.customer}`,
    [marker],
  )
  let done = count!.taken
  let before = marker
  for await (const page of customerPages(house, staged, marker)) {
    progress.signal.throwIfAborted()
    const last = page.at(-1)!.customer_key
    await house.database.transaction(async transaction => {
      await advance(transaction, importId, 'taken_customers', before, last)
      const partyIds = await nameParties(transaction, house, row, page)
      await transaction.query(
        `update ${staged.customer} c set party_id = t.party_id from unnest($1::text[], $2::uuid[]) as t (customer_key, party_id)
         where c.customer_key = t.customer_key`,
        [page.map(customer => customer.customer_key), partyIds],
      )
      await house.live.announce(transaction, ['customers'])
    })
    before = last
    done += page.length
    await progress.report({ step: 'customers', done, total: count!.all, unit: 'customers', rows: 0 })
  }
}

/** Finds or creates the customers, and keeps what must be known to take all of it back. */
async function nameParties(
  transaction: Transaction,
  house: House,
  row: ImportRow,
  page: readonly StagedCustomer[],
): Promise<readonly string[]> {
  const importId = row.import_id
  const rules = rulesOf(row.columns)
  const sightings = page.map(sightingOf)
  const recognised = await recogniseProfiles(house, transaction, sightings)
  const before = await profilesOf(
    transaction,
    recognised.filter(partyId => partyId !== undefined),
  )
  const { origins: partyIds, created } = await resolveParties(transaction, house, importId, sightings)
  const fresh = new Set(created)
  const known = partyIds.flatMap((partyId, index) => (fresh.has(partyId) ? [] : [index]))
  const knownIds = known.map(index => partyIds[index]!)
  const knownCustomers = known.map(index => page[index]!)
  const weighed = rules.size > 0 ? await weigh(transaction, rules, knownIds, knownCustomers, row.created_at) : []
  await enrichParties(
    transaction,
    house,
    knownIds,
    known.map(index => withoutKept(sightings[index]!, rules)),
  )
  await writeTaken(transaction, house, before, weighed)
  if (asksForNewest(rules)) {
    const dated = page.map((customer, index) => ({
      partyId: partyIds[index]!,
      customer,
      at: customer.said_at ?? row.created_at,
    }))
    await rememberDates(transaction, importId, rules, dated)
  }
  const after = await profilesOf(transaction, [...before.keys()])
  const named = [...new Set(partyIds)].map(partyId => {
    const [was, is] = [before.get(partyId), after.get(partyId)]
    const changed = was !== undefined && JSON.stringify(was) !== JSON.stringify(is)
    return { party_id: partyId, created: fresh.has(partyId), before: changed ? was : null, after: changed ? is : null }
  })
  await transaction.query(
    `insert into files.named_party as n (party_id, import_id, created, before, after)
     select party_id, $2, created, before, after
     from jsonb_to_recordset($1::jsonb) as r (party_id uuid, created boolean, before jsonb, after jsonb)
     on conflict (party_id, import_id) do update set before = coalesce(n.before, excluded.before),
       after = coalesce(excluded.after, n.after)`,
    [JSON.stringify(named), importId],
  )
  return partyIds
}

/** Gaps stay gaps where a column is to leave known customers as they are. */
function withoutKept(sighting: Sighting, rules: Rules): Sighting {
  const keeps = (target: RuledTarget) => rules.get(target) === 'keep'
  const { city, country, ...others } = sighting.details ?? {}
  const isNameKept = (['customerName', 'familyName', 'givenName'] as const).some(keeps)
  return {
    ...sighting,
    ...(isNameKept && { name: undefined, familyName: undefined, givenName: undefined }),
    ...(keeps('birthday') && { birthday: undefined }),
    details: { ...others, ...(city && !keeps('city') && { city }), ...(country && !keeps('country') && { country }) },
  }
}

/** Moves a marker from where this run left it; refuses when another process has moved it meanwhile. */
async function advance(
  transaction: Transaction,
  importId: string,
  marker: 'taken_customers' | 'taken_orders',
  from: string | number,
  to: string | number,
): Promise<void> {
  const moved = await transaction.query(
    `update files.import set ${marker} = $3 where import_id = $1 and ${marker} = $2 and state = 'running' returning 1`,
    [importId, from, to],
  )
  if (moved.length === 0) throw refuse('conflict', 'files:refusal.taken-over')
}

async function takeProducts(house: House, staged: Staged, progress: ImportProgress): Promise<void> {
  let done = 0
  for (let last = ''; ; ) {
    progress.signal.throwIfAborted()
    const page = await house.database.query<{ sku: string; name: string; category: string | null }>(
      `select distinct on (sku) sku, name, category from ${staged.product} where sku > $1
       order by sku, row desc limit ${productsAtOnce}`,
      [last],
    )
    if (page.length === 0) return
    await house.database.transaction(transaction =>
      upsertProducts(
        transaction,
        page.map(({ sku, name, category }) => ({ sku, name, category: category ?? undefined })),
      ),
    )
    last = page.at(-1)!.sku
    done += page.length
    await progress.report({ step: 'products', done, total: null, unit: 'products', rows: 0 })
  }
}

interface StagedOrder {
  readonly order_no: number
  readonly order_key: string
  readonly part: number
  readonly order_ref: string
  readonly occurred_at: Date
  readonly amount_minor: number
  readonly line_count: number
  readonly lines: string
  readonly digest: string
  readonly party_id: string
  readonly standing_event: string | null
  readonly standing_party: string | null
}

async function takeOrders(house: House, row: ImportRow, staged: Staged, progress: ImportProgress): Promise<void> {
  const months = await house.database.query<{ month: Date }>(
    `select distinct date_trunc('month', occurred_at) as month from ${staged.order} where customer_key is not null`,
  )
  await house.events.ensureMonths(months.map(({ month }) => month))
  const [count] = await house.database.query<{ last: number | null }>(
    `select max(order_no) as last from ${staged.order} where customer_key is not null`,
  )
  const total = count?.last ?? 0
  let { taken_orders: done } = await importRow(house.database, row.import_id)
  let rows = 0
  // The next piece is fetched while this one is recorded: the database and this process are then busy together.
  let next = done < total ? piece(house, staged, done) : undefined
  while (next) {
    progress.signal.throwIfAborted()
    const { orders, upTo } = await next
    const ahead = upTo < total ? piece(house, staged, upTo) : undefined
    // When recording fails, nobody is left to hear of a failure of the piece ahead.
    ahead?.catch(() => {})
    await house.database.transaction(async transaction => {
      await advance(transaction, row.import_id, 'taken_orders', done, upTo)
      await record(transaction, house, row, orders)
      await house.live.announce(transaction, ['imports', 'customers', 'events'])
    })
    done = upTo
    rows += orders.reduce((sum, order) => sum + order.line_count, 0)
    await progress.report({ step: 'orders', done, total, unit: 'orders', rows })
    next = ahead
  }
}

/** The next orders after the marker that are new or say something else than what stands. */
async function piece(house: House, staged: Staged, after: number): Promise<{ orders: StagedOrder[]; upTo: number }> {
  const [end] = await house.database.query<{ up_to: number }>(
    `select coalesce(max(order_no) filter (where lines_so_far <= $2), min(order_no)) as up_to from (
       select order_no, sum(line_count) over (order by order_no) as lines_so_far from ${staged.order}
       where order_no > $1 and order_no <= $1 + ${ordersAtOnce} and customer_key is not null) as ahead`,
    [after, linesAtOnce],
  )
  const orders = await house.database.query<StagedOrder>(
    `select o.order_no, o.order_key, o.part, o.order_ref, o.occurred_at, o.amount_minor, o.line_count, o.lines, o.digest,
       c.party_id, r.event_id as standing_event, r.party_id as standing_party
     from ${staged.order} o join ${staged.customer} c on c.customer_key = o.customer_key ${standing}
     where o.order_no > $1 and o.order_no <= $2 and r.digest is distinct from o.digest order by o.order_no`,
    [after, end!.up_to],
  )
  return { orders, upTo: end!.up_to }
}

async function record(
  transaction: Transaction,
  house: House,
  row: ImportRow,
  orders: readonly StagedOrder[],
): Promise<void> {
  const moved = orders.filter(order => order.standing_party !== null && order.standing_party !== order.party_id)
  if (moved.length > 0) await listMoved(transaction, row, moved)
  const taken = orders.filter(order => order.standing_party === null || order.standing_party === order.party_id)
  if (taken.length === 0) return
  const { recorded, duplicates } = await house.events.record(
    transaction,
    { sourceId: row.import_id, kind: 'import' },
    await linkedToHistory(
      transaction,
      house,
      row.import_id,
      taken.map(order => eventOf(order, row)),
    ),
  )
  const known = new Set(duplicates)
  const fresh = taken.filter((_, index) => !known.has(index))
  await transaction.query(
    `insert into files.recorded_order (order_key, event_id, import_id, party_id, digest)
     select k, e, $4, p, d from unnest($1::uuid[], $2::uuid[], $3::uuid[], $5::uuid[]) as t (k, e, p, d)`,
    [
      fresh.map(order => order.order_key),
      recorded.map(event => event.eventId),
      recorded.map(event => event.partyId),
      row.import_id,
      fresh.map(order => order.digest),
    ],
  )
  await transaction.query(
    `update files.unattributed_order set attributed_by = $2 where order_key = any($1) and attributed_by is null`,
    [fresh.map(order => order.order_key), row.import_id],
  )
}

/**
 * Refunds whose purchase is not in their own file may give back what an earlier import or the shop's own messages
 * recorded. Customers without history cost nothing: their refunds come after their purchases, in time and in the run.
 */
async function linkedToHistory(
  transaction: Transaction,
  house: House,
  importId: string,
  events: readonly NewEvent[],
): Promise<readonly NewEvent[]> {
  const open = events.filter(event => event.kind === 'refund.recorded' && linesOf(event).some(line => !line.of))
  if (open.length === 0) return events
  const parties = [...new Set(open.map(event => event.partyId))]
  const history = await house.events.history(transaction, parties, ['purchase.recorded'])
  // Purchases of this import were searched when it was checked; which of them are recorded yet must not matter.
  const purchases = history.filter(purchase => purchase.sourceId !== importId)
  if (purchases.length === 0) return events
  const byParty = Map.groupBy(purchases, purchase => purchase.partyId)
  const linked = new Map(
    open.map(event => {
      const earlier = (byParty.get(event.partyId) ?? []).map(({ occurredAt, payload }) => ({
        occurredAt,
        ...(payload as Pick<EarlierPurchase, 'orderRef' | 'lines'>),
      }))
      const lines = withRefundedOrders(linesOf(event), event.occurredAt, earlier)
      return [event, { ...event, payload: { ...event.payload, lines } }]
    }),
  )
  return events.map(event => linked.get(event) ?? event)
}

const linesOf = (event: NewEvent) => (event.payload as { lines: readonly RefundLine[] }).lines

function eventOf(order: StagedOrder, row: ImportRow): NewEvent {
  const { sourceLabel: label, currency } = row.options
  const isRefund = order.part === 1
  // Orders that the file does not number carry a made-up reference, which is of no use to people.
  const ref = order.order_ref.startsWith('#') ? undefined : order.order_ref
  const key = [isRefund ? 'refund' : 'order', label, order.order_ref]
  const replaces = order.standing_event
  return {
    kind: isRefund ? 'refund.recorded' : 'purchase.recorded',
    partyId: order.party_id,
    occurredAt: order.occurred_at,
    payload: {
      ...(ref !== undefined && (isRefund ? { refundRef: ref } : { orderRef: ref })),
      amountMinor: order.amount_minor,
      currency,
      lines: JSON.parse(`[${order.lines}]`),
      ...(replaces !== null && { replaces }),
    },
    // A correction is itself by what it says and what it puts right, so that a file may go back to what it said before.
    keys: [replaces === null ? key : [...key, order.digest, replaces]],
  }
}

/** An order that an earlier import gave to somebody else is not moved silently: a person must undo one of the two. */
async function listMoved(transaction: Transaction, row: ImportRow, orders: readonly StagedOrder[]): Promise<void> {
  const lines = orders.reduce((sum, order) => sum + order.line_count, 0)
  await transaction.query(
    `insert into files.rejected_row (import_id, row, code, details, value)
     select $1, -n, 'moved-order', '{}', left(ref, 100) from unnest($2::int[], $3::text[]) as t (n, ref)
     on conflict do nothing`,
    [row.import_id, orders.map(order => order.order_no), orders.map(order => order.order_ref)],
  )
  await transaction.query(
    `update files.import set totals = jsonb_set(jsonb_set(totals, '{rejectedRows}', to_jsonb((totals->>'rejectedRows')::int + $2)),
       '{rejectedByCode}', totals->'rejectedByCode' || $3::jsonb) where import_id = $1`,
    [row.import_id, lines, JSON.stringify([{ code: problemKey('moved-order'), rows: lines }])],
  )
}

/** Orders of nobody are no events; they count in totals, once, however often their file is imported. */
async function keepUnattributed(transaction: Transaction, row: ImportRow, staged: Staged): Promise<void> {
  await transaction.query(
    `insert into files.unattributed_order
       (order_key, import_id, part, order_ref, occurred_at, amount_minor, currency, lines, digest)
     select o.order_key, $1, o.part, o.order_ref, o.occurred_at, o.amount_minor, $2, o.line_count, o.digest
     from ${staged.order} o where o.customer_key is null
       and not exists (select from files.unattributed_order u where u.order_key = o.order_key and u.digest = o.digest)
       and not exists (select from files.recorded_order r where r.order_key = o.order_key)
     on conflict do nothing`,
    [row.import_id, row.options.currency],
  )
}
