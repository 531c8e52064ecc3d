import { dueDaysBy, type RhythmModel, readModels } from '#insight/rhythm/index.ts'
import type { Day } from '#kernel/clock/index.ts'
import { LostRace, type Queryable, type Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { ChangeReason, Stage } from './contract.ts'
import { type Epoch, stretchesOf } from './epochs.ts'
import type { Move, Segment, Standing } from './history.ts'

/** Who speaks of which days, ready to be asked. */
export interface Timeline {
  /** The newest epoch; 0 until anything was learned. */
  readonly epochNo: number
  readonly epochs: readonly Epoch[]
  readonly models: ReadonlyMap<number, RhythmModel>
  readonly segments: readonly Segment[]
}

const remembered = new WeakMap<House, Timeline>()

/** Epochs never change once written, so each process remembers them until there is a newer one. */
export async function timelineOf(house: House, queryable: Queryable): Promise<Timeline> {
  const [row] = await queryable.query<{ newest: number }>(
    'select coalesce(max(epoch_no), 0) as newest from stage.epoch',
  )
  const known = remembered.get(house)
  if (known?.epochNo === row!.newest) return known
  const rows = await queryable.query<{
    epoch_no: number
    from_on: Day | null
    until_on: Day | null
    model_no: number
    said_on: Day
  }>('select epoch_no, from_on, until_on, model_no, said_on from stage.epoch order by epoch_no')
  const epochs = rows.map(each => ({
    epochNo: each.epoch_no,
    fromOn: each.from_on,
    untilOn: each.until_on,
    modelNo: each.model_no,
    saidOn: each.said_on,
  }))
  const numbers = [...new Set(epochs.map(epoch => epoch.modelNo))]
  const models = new Map((await readModels(queryable, numbers)).map(model => [model.modelNo, model]))
  const segments = stretchesOf(epochs).map(({ fromOn, epoch }): Segment => {
    const model = models.get(epoch.modelNo)!
    return { fromOn, dueDays: facts => dueDaysBy(model, facts) }
  })
  const timeline = { epochNo: epochs.at(-1)?.epochNo ?? 0, epochs, models, segments }
  remembered.set(house, timeline)
  return timeline
}

export async function appendEpochs(
  transaction: Transaction,
  after: number,
  epochs: readonly Omit<Epoch, 'epochNo'>[],
): Promise<void> {
  for (const [index, epoch] of epochs.entries()) {
    await transaction.query(
      'insert into stage.epoch (epoch_no, from_on, until_on, model_no, said_on) values ($1, $2, $3, $4, $5)',
      [after + index + 1, epoch.fromOn, epoch.untilOn, epoch.modelNo, epoch.saidOn],
    )
  }
}

export interface Stored {
  readonly partyId: string
  /** Grows with every write; 0 where nothing is stored yet. */
  readonly version: number
  /** The newest epoch that was heard when it was written; 0 for none. */
  readonly epochNo: number
  readonly standing: Standing
}

export interface StandingRow {
  readonly party_id: string
  readonly version: number
  readonly epoch_no: number
  readonly purchase_days: number
  readonly first_on: Day
  readonly last_on: Day
  readonly stage: Stage
  readonly since_on: Day
  readonly next_on: Day | null
}

export const standingColumns = 'party_id, version, epoch_no, purchase_days, first_on, last_on, stage, since_on, next_on'

export function storedFrom(row: StandingRow): Stored {
  return {
    partyId: row.party_id,
    version: row.version,
    epochNo: row.epoch_no,
    standing: {
      facts: { purchaseDays: row.purchase_days, firstOn: row.first_on, lastOn: row.last_on },
      stage: row.stage,
      sinceOn: row.since_on,
      nextOn: row.next_on,
    },
  }
}

export async function readStandings(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, Stored>> {
  const rows = await queryable.query<StandingRow>(
    `select ${standingColumns} from stage.standing where party_id = any($1)`,
    [partyIds],
  )
  return new Map(rows.map(row => [row.party_id, storedFrom(row)]))
}

export interface Telling extends Omit<Stored, 'epochNo'> {
  readonly moves: readonly Move[]
}

/**
 * Writes where customers stand and the steps that led there; parties in sorted order, each only if nobody wrote it since
 * it was read.
 */
export async function saveTellings(
  transaction: Transaction,
  tellings: readonly Telling[],
  epochNo: number,
): Promise<void> {
  if (tellings.length === 0) return
  const sorted = [...tellings].sort((left, right) => (left.partyId < right.partyId ? -1 : 1))
  const column = <T>(pick: (standing: Standing) => T) => sorted.map(each => pick(each.standing))
  const written = await transaction.query(
    `insert into stage.standing as s (party_id, version, epoch_no, purchase_days, first_on, last_on, stage, since_on, next_on)
     select p, v + 1, $1, d, f, l, st, si, nx from unnest($2::uuid[], $3::int8[], $4::int4[], $5::date[], $6::date[],
       $7::text[], $8::date[], $9::date[]) as t (p, v, d, f, l, st, si, nx)
     on conflict (party_id) do update set version = excluded.version, epoch_no = excluded.epoch_no,
       purchase_days = excluded.purchase_days, first_on = excluded.first_on, last_on = excluded.last_on,
       stage = excluded.stage, since_on = excluded.since_on, next_on = excluded.next_on
     where s.version + 1 = excluded.version
     returning 1`,
    [
      epochNo,
      sorted.map(each => each.partyId),
      sorted.map(each => each.version),
      column(standing => standing.facts.purchaseDays),
      column(standing => standing.facts.firstOn),
      column(standing => standing.facts.lastOn),
      column(standing => standing.stage),
      column(standing => standing.sinceOn),
      column(standing => standing.nextOn),
    ],
  )
  if (written.length < sorted.length) throw new LostRace('a customer was told by two at once')
  const moves = sorted.flatMap(({ partyId, moves: theirs }) => theirs.map(move => ({ partyId, ...move })))
  if (moves.length === 0) return
  await transaction.query(
    `insert into stage.change (party_id, changed_on, from_stage, to_stage, reason, days, purchase_days)
     select * from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[], $6::int4[], $7::int4[])`,
    [
      moves.map(move => move.partyId),
      moves.map(move => move.on),
      moves.map(move => move.from),
      moves.map(move => move.to),
      moves.map(move => move.reason),
      moves.map(move => move.days),
      moves.map(move => move.purchaseDays),
    ],
  )
}

/** Takes back all steps of these parties, before they are told anew. */
export async function forgetChanges(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  await transaction.query('delete from stage.change where party_id = any($1)', [partyIds])
}

export async function forgetStandings(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  if (partyIds.length === 0) return
  await transaction.query('delete from stage.standing where party_id = any($1)', [partyIds])
}

export async function changesOf(queryable: Queryable, partyId: string): Promise<Move[]> {
  const rows = await queryable.query<{
    changed_on: Day
    from_stage: Stage
    to_stage: Stage
    reason: ChangeReason
    days: number | null
    purchase_days: number
  }>(
    `select changed_on, from_stage, to_stage, reason, days, purchase_days from stage.change
     where party_id = $1 order by changed_on`,
    [partyId],
  )
  return rows.map(row => ({
    on: row.changed_on,
    from: row.from_stage,
    to: row.to_stage,
    reason: row.reason,
    days: row.days,
    purchaseDays: row.purchase_days,
  }))
}
