import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Bridge, Estimate, Levers, LifetimeState, Rival, ValueSettings, Winning } from './contract.ts'
import type { ValueModel } from './model.ts'

/** What was found out about the base when everybody was valued. */
export interface Findings {
  readonly lifetime: LifetimeState
  readonly equity: Estimate
  readonly year: Estimate
  readonly deciles: readonly { customers: number; worthMinor: number; fromMinor: number }[]
  readonly levers: Levers
  readonly winning: Winning
  readonly rivals: readonly Rival[]
  readonly marginShare: number
  readonly isMarginAssumed: boolean
  readonly annualDiscountShare: number
  readonly correction: number
}

/** The base as it was valued once, never changed once written. */
export interface Snapshot {
  readonly snapshotNo: number
  readonly fitNo: number
  readonly asOfOn: Day
  readonly valuedAt: Date
  readonly customers: number
  readonly equityMinor: number
  readonly currency: string
  readonly settings: ValueSettings
  readonly findings: Findings
}

/** What is kept of one customer, for lists. */
export interface ValuedRow {
  readonly partyId: string
  readonly worthMinor: number
  readonly yearMinor: number
  readonly lifetimeMinor: number | null
  readonly atStakeMinor: number | null
  readonly alive: number | null
  readonly expectedPurchases: number
  readonly spendMinor: number
}

const valueLock = 727_310

/** Whoever values customers does it alone: a night's work and a purchase's would otherwise write the same rows. */
export async function valueAlone(transaction: Transaction): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [valueLock])
}

/** Whether somebody else values customers just now; where not, this transaction does it alone from here on. */
export async function isValuedElsewhere(transaction: Transaction): Promise<boolean> {
  const [lock] = await transaction.query<{ isOurs: boolean }>('select pg_try_advisory_xact_lock($1) as "isOurs"', [
    valueLock,
  ])
  return !lock!.isOurs
}

/** Keeps a fit as the newest; its number counts up. */
export async function saveModel(transaction: Transaction, model: Omit<ValueModel, 'fitNo'>): Promise<number> {
  const [row] = await transaction.query<{ fit_no: number }>(
    `insert into value.model (fit_no, model, parameters, log_covariance, spend, fitted_at, as_of_on, customers, candidates,
       rivals, holdout, warnings, lifetime, correction)
     select coalesce(max(fit_no), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from value.model
     returning fit_no`,
    [
      model.model,
      JSON.stringify(model.parameters),
      model.logCovariance,
      // JSON knows no NaN; a covariance that is not there is an empty one.
      JSON.stringify({ ...model.spend, logCovariance: model.spend.logCovariance.filter(Number.isFinite) }),
      model.fittedAt,
      model.asOfOn,
      model.customers,
      JSON.stringify(model.candidates),
      JSON.stringify(model.rivals),
      model.holdout && JSON.stringify(model.holdout),
      model.warnings,
      model.lifetime,
      model.correction,
    ],
  )
  return row!.fit_no
}

interface RawModel {
  readonly fit_no: number
  readonly model: string
  readonly parameters: ValueModel['parameters']
  readonly log_covariance: number[]
  readonly spend: ValueModel['spend']
  readonly fitted_at: Date
  readonly as_of_on: Day
  readonly customers: number
  readonly candidates: ValueModel['candidates']
  readonly rivals: ValueModel['rivals']
  readonly holdout: ValueModel['holdout']
  readonly warnings: string[]
  readonly lifetime: LifetimeState
  readonly correction: number
}

/** Fits never change once written, so each process remembers the newest one per house. */
const remembered = new WeakMap<House, ValueModel>()

export async function currentModel(house: House, queryable: Queryable = house.database): Promise<ValueModel | null> {
  const [newest] = await queryable.query<{ fit_no: number | null }>('select max(fit_no) as fit_no from value.model')
  const fitNo = newest?.fit_no ?? null
  if (fitNo === null) return null
  const known = remembered.get(house)
  if (known?.fitNo === fitNo) return known
  const [row] = await queryable.query<RawModel>('select * from value.model where fit_no = $1', [fitNo])
  if (!row) return null
  const model = modelFrom(row)
  remembered.set(house, model)
  return model
}

/** The newest fits, newest first. */
export async function readNewestModels(queryable: Queryable, limit: number): Promise<ValueModel[]> {
  const rows = await queryable.query<RawModel>('select * from value.model order by fit_no desc limit $1', [limit])
  return rows.map(modelFrom)
}

function modelFrom(row: RawModel): ValueModel {
  return {
    fitNo: row.fit_no,
    model: row.model,
    parameters: row.parameters,
    logCovariance: row.log_covariance,
    spend: row.spend,
    fittedAt: row.fitted_at,
    asOfOn: row.as_of_on,
    customers: row.customers,
    candidates: row.candidates,
    rivals: row.rivals,
    holdout: row.holdout,
    warnings: row.warnings,
    lifetime: row.lifetime,
    correction: row.correction,
  }
}

/** What each of these customers is expected to bring within a year, where it was worked out. */
export async function readYears(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await queryable.query<{ party_id: string; year_minor: number }>(
    'select party_id, year_minor from value.customer where party_id = any($1)',
    [partyIds],
  )
  return new Map(rows.map(row => [row.party_id, row.year_minor]))
}

export async function nextSnapshotNo(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ next: number }>(
    'select coalesce(max(snapshot_no), 0) + 1 as next from value.snapshot',
  )
  return row!.next
}

export async function saveSnapshot(transaction: Transaction, snapshot: Snapshot): Promise<void> {
  await transaction.query(
    `insert into value.snapshot (snapshot_no, fit_no, as_of_on, valued_at, customers, equity_minor, currency, settings,
       findings) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      snapshot.snapshotNo,
      snapshot.fitNo,
      snapshot.asOfOn,
      snapshot.valuedAt,
      snapshot.customers,
      snapshot.equityMinor,
      snapshot.currency,
      JSON.stringify(snapshot.settings),
      JSON.stringify(snapshot.findings),
    ],
  )
}

interface RawSnapshot {
  readonly snapshot_no: number
  readonly fit_no: number
  readonly as_of_on: Day
  readonly valued_at: Date
  readonly customers: number
  readonly equity_minor: number
  readonly currency: string
  readonly settings: ValueSettings
  readonly findings: Findings
}

export async function currentSnapshot(queryable: Queryable): Promise<Snapshot | null> {
  const [row] = await queryable.query<RawSnapshot>('select * from value.snapshot order by snapshot_no desc limit 1')
  if (!row) return null
  return {
    snapshotNo: row.snapshot_no,
    fitNo: row.fit_no,
    asOfOn: row.as_of_on,
    valuedAt: row.valued_at,
    customers: row.customers,
    equityMinor: row.equity_minor,
    currency: row.currency,
    settings: row.settings,
    findings: row.findings,
  }
}

/** The last word of each past day, as it was said then, in this currency. */
export async function readSaid(queryable: Queryable, currency: string, limit: number) {
  const rows = await queryable.query<{ asOfOn: Day; equityMinor: number }>(
    `select as_of_on as "asOfOn", equity_minor as "equityMinor" from (
       select distinct on (as_of_on) as_of_on, equity_minor from value.snapshot where currency = $1
       order by as_of_on desc, snapshot_no desc limit $2) as said order by as_of_on`,
    [currency, limit],
  )
  return rows
}

/** Lines of PostgreSQL's COPY text format, one customer each. */
export function copyLines(rows: Iterable<ValuedRow>, snapshotNo: number, asOfOn: Day): string {
  let text = ''
  for (const row of rows) {
    text += `${row.partyId}\t${snapshotNo}\t${asOfOn}\t${row.worthMinor}\t${row.yearMinor}\t${row.lifetimeMinor ?? '\\N'}\t${
      row.atStakeMinor ?? '\\N'
    }\t${row.alive ?? '\\N'}\t${row.expectedPurchases}\t${row.spendMinor}\n`
  }
  return text
}

export const copyTarget = `value.customer (party_id, snapshot_no, as_of_on, worth_minor, year_minor, lifetime_minor,
  at_stake_minor, alive, expected_purchases, spend_minor)`

/** Writes these customers over what was kept of them. */
export async function saveValued(
  transaction: Transaction,
  rows: readonly ValuedRow[],
  { snapshotNo, asOfOn }: { readonly snapshotNo: number; readonly asOfOn: Day },
): Promise<void> {
  if (rows.length === 0) return
  const sorted = [...rows].sort((one, other) => (one.partyId < other.partyId ? -1 : 1))
  const column = <T>(pick: (row: ValuedRow) => T) => sorted.map(pick)
  await transaction.query(
    `insert into ${copyTarget}
     select p, $1, $2, w, y, l, s, a, e, m from unnest($3::uuid[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
       $8::float8[], $9::float8[], $10::int8[]) as t (p, w, y, l, s, a, e, m)
     on conflict (party_id) do update set snapshot_no = excluded.snapshot_no, as_of_on = excluded.as_of_on,
       worth_minor = excluded.worth_minor, year_minor = excluded.year_minor, lifetime_minor = excluded.lifetime_minor,
       at_stake_minor = excluded.at_stake_minor, alive = excluded.alive,
       expected_purchases = excluded.expected_purchases, spend_minor = excluded.spend_minor`,
    [
      snapshotNo,
      asOfOn,
      column(row => row.partyId),
      column(row => row.worthMinor),
      column(row => row.yearMinor),
      column(row => row.lifetimeMinor),
      column(row => row.atStakeMinor),
      column(row => row.alive),
      column(row => row.expectedPurchases),
      column(row => row.spendMinor),
    ],
  )
}

/** What is kept of these customers' worth. */
export async function readWorth(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await queryable.query<{ party_id: string; worth_minor: number }>(
    'select party_id, worth_minor from value.customer where party_id = any($1)',
    [partyIds],
  )
  return new Map(rows.map(row => [row.party_id, row.worth_minor]))
}

export async function forgetValued(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  if (partyIds.length === 0) return
  await transaction.query('delete from value.customer where party_id = any($1)', [partyIds])
}

export async function readBridgeOf(
  queryable: Queryable,
  snapshotNo: number,
  { fromOn, toOn }: { readonly fromOn: Day; readonly toOn: Day },
): Promise<Bridge | null> {
  const [row] = await queryable.query<{ parts: Bridge }>(
    'select parts from value.bridge where snapshot_no = $1 and from_on = $2 and to_on = $3',
    [snapshotNo, fromOn, toOn],
  )
  return row?.parts ?? null
}

export async function saveBridge(transaction: Transaction, snapshotNo: number, bridge: Bridge): Promise<void> {
  await transaction.query(
    `insert into value.bridge (snapshot_no, from_on, to_on, parts) values ($1, $2, $3, $4)
     on conflict (snapshot_no, from_on, to_on) do nothing`,
    [snapshotNo, bridge.fromOn, bridge.toOn, JSON.stringify(bridge)],
  )
}

export interface PastEquity {
  readonly asOfOn: Day
  readonly equityMinor: number
  readonly customers: number
}

export async function savePast(
  transaction: Transaction,
  snapshotNo: number,
  past: readonly PastEquity[],
): Promise<void> {
  await transaction.query(
    `insert into value.past (snapshot_no, as_of_on, equity_minor, customers)
     select $1, d, e, c from unnest($2::date[], $3::int8[], $4::int4[]) as t (d, e, c)
     on conflict (snapshot_no, as_of_on) do nothing`,
    [snapshotNo, past.map(each => each.asOfOn), past.map(each => each.equityMinor), past.map(each => each.customers)],
  )
}

export async function readPast(queryable: Queryable, snapshotNo: number): Promise<PastEquity[]> {
  return queryable.query<PastEquity>(
    `select as_of_on as "asOfOn", equity_minor as "equityMinor", customers from value.past
     where snapshot_no = $1 order by as_of_on`,
    [snapshotNo],
  )
}
