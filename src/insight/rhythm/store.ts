import type { Day } from '#kernel/clock/index.ts'
import { LostRace, type Queryable, type Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { DueDays } from './due-days.ts'
import { dueDays } from './due-days.ts'
import { emptyState, type RhythmState } from './fold.ts'
import { tableOf } from './forecast.ts'
import type { RhythmModel } from './model.ts'

export interface StateRow {
  readonly partyId: string
  /** Grows with every write; 0 where nothing is stored yet. */
  readonly version: number
  readonly state: RhythmState
}

/** A row of `stateColumns`. */
export type StateColumns = RawState & RawDays

interface RawState {
  readonly party_id: string
  readonly version: number | null
  readonly purchase_days: number
  readonly purchases: number
  readonly first_on: Day | null
  readonly last_on: Day | null
  readonly gap_days_sum: number
  readonly log_gap_sum: number
  readonly spend_minor: number
  readonly last_day_minor: number
  readonly spend_squares: number
  readonly refund_minor: number
  readonly refunds: number
}

interface RawDays {
  readonly late_on: Day | null
  readonly dormant_on: Day | null
  readonly lost_on: Day | null
}

export const stateColumns = `s.party_id, s.version, s.purchase_days, s.purchases, s.first_on, s.last_on, s.gap_days_sum,
  s.log_gap_sum, s.spend_minor, s.last_day_minor, s.spend_squares, s.refund_minor, s.refunds, s.late_on, s.dormant_on,
  s.lost_on`

export function stateFrom(row: RawState): RhythmState {
  if (row.version === null) return emptyState
  return {
    purchaseDays: row.purchase_days,
    purchases: row.purchases,
    firstOn: row.first_on,
    lastOn: row.last_on,
    gapDaysSum: row.gap_days_sum,
    logGapSum: row.log_gap_sum,
    spendMinor: row.spend_minor,
    lastDayMinor: row.last_day_minor,
    spendSquares: row.spend_squares,
    refundMinor: row.refund_minor,
    refunds: row.refunds,
  }
}

export function daysFrom(row: RawDays): DueDays {
  return { lateOn: row.late_on, dormantOn: row.dormant_on, lostOn: row.lost_on }
}

export type KnownState = StateRow & { readonly days: DueDays }

/** States of those parties who have one, with their stored days. */
export async function readStates(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, KnownState>> {
  const rows = await queryable.query<StateColumns>(
    `select ${stateColumns} from rhythm.state s where s.party_id = any($1)`,
    [partyIds],
  )
  return new Map(
    rows.map(row => [
      row.party_id,
      { partyId: row.party_id, version: row.version!, state: stateFrom(row), days: daysFrom(row) },
    ]),
  )
}

/**
 * What a batch needs to begin: its parties' states and the model, read in one statement. In one, because a state seen
 * with a newer model's days must never be written back with an older one's.
 */
export async function loadStates(house: House, transaction: Transaction, partyIds: readonly string[]) {
  const rows = await transaction.query<StateColumns & { model_no: number | null; id: string }>(
    `select id, (select max(model_no) from rhythm.model) as model_no, ${stateColumns}
     from unnest($1::uuid[]) as t (id) left join rhythm.state s on s.party_id = t.id`,
    [partyIds],
  )
  const states = new Map<string, StateRow>(
    rows.map(row => [row.id, { partyId: row.id, version: row.version ?? 0, state: stateFrom(row) }]),
  )
  return { states, model: await modelNumbered(house, transaction, rows[0]?.model_no ?? null) }
}

/**
 * Writes states, each only if nobody wrote it since it was read; parties in sorted order, so that batches wait for each
 * other instead of deadlocking. A state without any event left is not written: see `forgetStates`.
 */
export async function saveStates(
  transaction: Transaction,
  rows: readonly StateRow[],
  model: RhythmModel | null,
): Promise<void> {
  if (rows.length === 0) return
  const sorted = [...rows].sort((left, right) => (left.partyId < right.partyId ? -1 : 1))
  const column = <T>(pick: (state: RhythmState) => T) => sorted.map(row => pick(row.state))
  const days = sorted.map(({ state }) =>
    model ? dueDays(state, tableOf(model), model.parameters.alpha) : { lateOn: null, dormantOn: null, lostOn: null },
  )
  const written = await transaction.query(
    `insert into rhythm.state as s (party_id, version, model_no, purchase_days, purchases, first_on, last_on, gap_days_sum,
       log_gap_sum, spend_minor, last_day_minor, spend_squares, refund_minor, refunds, late_on, dormant_on, lost_on)
     select p, v + 1, $1, d, n, f, l, g, lg, sp, ld, sq, rm, rn, late, dormant, lost
     from unnest($2::uuid[], $3::int8[], $4::int4[], $5::int4[], $6::date[], $7::date[], $8::int4[], $9::float8[],
       $10::int8[], $11::int8[], $12::float8[], $13::int8[], $14::int4[], $15::date[], $16::date[], $17::date[])
       as t (p, v, d, n, f, l, g, lg, sp, ld, sq, rm, rn, late, dormant, lost)
     on conflict (party_id) do update set version = excluded.version, model_no = excluded.model_no,
       purchase_days = excluded.purchase_days, purchases = excluded.purchases, first_on = excluded.first_on,
       last_on = excluded.last_on, gap_days_sum = excluded.gap_days_sum, log_gap_sum = excluded.log_gap_sum,
       spend_minor = excluded.spend_minor, last_day_minor = excluded.last_day_minor,
       spend_squares = excluded.spend_squares, refund_minor = excluded.refund_minor, refunds = excluded.refunds,
       late_on = excluded.late_on, dormant_on = excluded.dormant_on, lost_on = excluded.lost_on
     where s.version + 1 = excluded.version
     returning 1`,
    [
      model?.modelNo ?? 0,
      sorted.map(row => row.partyId),
      sorted.map(row => row.version),
      column(state => state.purchaseDays),
      column(state => state.purchases),
      column(state => state.firstOn),
      column(state => state.lastOn),
      column(state => state.gapDaysSum),
      column(state => state.logGapSum),
      column(state => state.spendMinor),
      column(state => state.lastDayMinor),
      column(state => state.spendSquares),
      column(state => state.refundMinor),
      column(state => state.refunds),
      days.map(day => day.lateOn),
      days.map(day => day.dormantOn),
      days.map(day => day.lostOn),
    ],
  )
  if (written.length < sorted.length) throw new LostRace('a customer was folded by two batches at once')
}

/** Takes away the states of parties about whom the log says nothing any more. */
export async function forgetStates(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  if (partyIds.length === 0) return
  await transaction.query('delete from rhythm.state where party_id = any($1)', [partyIds])
  await transaction.query('delete from rhythm.cycle_due where party_id = any($1)', [partyIds])
}

interface RawModel {
  readonly model_no: number
  readonly model_id: string
  readonly kind: RhythmModel['kind']
  readonly fitted_at: Date
  readonly as_of_on: Day
  readonly customers: number
  readonly parameters: RhythmModel['parameters']
  readonly log_likelihood: number | null
  readonly warnings: RhythmModel['warnings']
  readonly calibration: RhythmModel['calibration']
}

/** Models never change once written, so each process remembers the newest one per house. */
const remembered = new WeakMap<House, RhythmModel>()

async function modelNumbered(house: House, queryable: Queryable, modelNo: number | null): Promise<RhythmModel | null> {
  if (modelNo === null) return null
  const known = remembered.get(house)
  if (known?.modelNo === modelNo) return known
  const [model] = await readModels(queryable, [modelNo])
  if (!model) return null
  remembered.set(house, model)
  return model
}

/** Models by their numbers, past ones too, in the order in which they were learned. */
export async function readModels(queryable: Queryable, numbers: readonly number[]): Promise<RhythmModel[]> {
  const rows = await queryable.query<RawModel>(
    'select * from rhythm.model where model_no = any($1) order by model_no',
    [numbers],
  )
  return rows.map(row => ({
    modelNo: row.model_no,
    modelId: row.model_id,
    kind: row.kind,
    fittedAt: row.fitted_at,
    asOfOn: row.as_of_on,
    customers: row.customers,
    parameters: row.parameters,
    logLikelihood: row.log_likelihood,
    warnings: row.warnings,
    calibration: row.calibration,
  }))
}

export async function currentModel(house: House, queryable: Queryable = house.database): Promise<RhythmModel | null> {
  const [row] = await queryable.query<{ model_no: number | null }>('select max(model_no) as model_no from rhythm.model')
  return modelNumbered(house, queryable, row?.model_no ?? null)
}

/** Keeps a model as the newest; two fits at once get two numbers or one of them fails and is run again. */
export async function saveModel(
  house: House,
  transaction: Transaction,
  model: Omit<RhythmModel, 'modelNo' | 'modelId'>,
): Promise<number> {
  const [row] = await transaction.query<{ model_no: number }>(
    `insert into rhythm.model (model_no, model_id, kind, fitted_at, as_of_on, customers, parameters, log_likelihood,
       warnings, calibration)
     select coalesce(max(model_no), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 from rhythm.model returning model_no`,
    [
      house.newId(),
      model.kind,
      model.fittedAt,
      model.asOfOn,
      model.customers,
      JSON.stringify(model.parameters),
      model.logLikelihood,
      model.warnings,
      model.calibration && JSON.stringify(model.calibration),
    ],
  )
  return row!.model_no
}
