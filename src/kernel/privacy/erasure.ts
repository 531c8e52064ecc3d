import { z } from 'zod'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { type Instruction, post } from '#kernel/ledger/index.ts'
import { personOf } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { settlements } from './contract.ts'
import { noteForgotten } from './forgotten.ts'
import { countsHeld } from './held.ts'
import { handle, readRequest } from './requests.ts'

type Settlement = (typeof settlements)[number]

interface Owed {
  readonly partyId: string
  readonly asset: string
  readonly kind: string
  readonly amount: number
}

/** What somebody could still spend, profile by profile. What has not matured yet can be used by nobody afterwards. */
function owedTo(queryable: Queryable, profileIds: readonly string[]): Promise<Owed[]> {
  return queryable.query<Owed>(
    `select h.party_id as "partyId", h.asset, a.kind, h.available as amount
     from ledger.holding h join ledger.asset a on a.asset = h.asset
     where h.party_id = any ($1) and h.available > 0 and a.kind <> 'qualifying' order by h.asset, h.party_id`,
    [profileIds],
  )
}

/** Money is never forfeited by being forgotten: it is theirs, and is paid out. Everything else may lapse. */
function settlementsFor(owed: readonly Owed[]): Settlement[] {
  if (owed.length === 0) return []
  return owed.some(({ kind }) => kind === 'money') ? ['pay-out'] : ['forfeit']
}

async function obstaclesOf(queryable: Queryable, profileIds: readonly string[]): Promise<string[]> {
  const [held] = await queryable.query(
    `select 1 as one from ledger.hold where party_id = any ($1) and state = 'open' limit 1`,
    [profileIds],
  )
  return held ? ['privacy:obstacle.hold-open'] : []
}

class Rehearsed extends Error {}

/** Does the whole erasure and takes it back, so that what is shown is what will happen and not a second opinion of it. */
export async function previewErasure(house: House, requestId: string) {
  const request = await readRequest(house, house.database, requestId)
  const { profileIds } = await personOf(house.database, request.partyId)
  const owed = await owedTo(house.database, profileIds)
  const obstacles = await obstaclesOf(house.database, profileIds)
  let goes: { room: string; table: string; rows: number }[] = []
  let stays: typeof goes = []
  await house.database
    .transaction(async transaction => {
      await house.forget(transaction, profileIds)
      goes = await touched(transaction)
      stays = await countsHeld(house, transaction, profileIds)
      throw new Rehearsed()
    })
    .catch(error => {
      if (!(error instanceof Rehearsed)) throw error
    })
  const sums = new Map<string, number>()
  for (const { asset, amount } of owed) sums.set(asset, (sums.get(asset) ?? 0) + amount)
  return {
    goes,
    stays,
    owed: [...sums].map(([asset, amount]) => ({ asset, amount })),
    settlements: settlementsFor(owed),
    obstacles,
  }
}

/** The rows that this transaction deleted or changed, table by table, as the server counted them. */
async function touched(transaction: Transaction): Promise<{ room: string; table: string; rows: number }[]> {
  return transaction.query(
    `select schemaname as room, schemaname || '.' || relname as "table", n_tup_upd + n_tup_del as rows
     from pg_stat_xact_user_tables where n_tup_upd + n_tup_del > 0 and schemaname <> 'privacy' order by 1, 2`,
  )
}

/** Refuses at once where something must be decided first; else asks for the work, which goes on if this process ends. */
export async function askForErasure(
  house: House,
  requestId: string,
  { settlement, by }: { readonly settlement?: Settlement | undefined; readonly by: string | null },
): Promise<void> {
  const request = await readRequest(house, house.database, requestId)
  if (request.kind !== 'erasure') throw refuse('conflict', 'privacy:refusal.not-erasure')
  await house.database.transaction(async transaction => {
    const { profileIds } = await personOf(transaction, request.partyId)
    await refuseUnlessSettled(transaction, profileIds, settlement)
    await handle(transaction, house, requestId, { state: 'working', by, settlement })
    await house.jobs.enqueue(transaction, eraseJob.name, { requestId }, { key: requestId })
  })
}

async function refuseUnlessSettled(
  queryable: Queryable,
  profileIds: readonly string[],
  settlement: string | undefined | null,
): Promise<Owed[]> {
  if ((await obstaclesOf(queryable, profileIds)).length > 0) throw refuse('conflict', 'privacy:refusal.hold-open')
  const owed = await owedTo(queryable, profileIds)
  const open = settlementsFor(owed)
  if (open.length > 0 && !open.some(each => each === settlement)) throw refuse('conflict', 'privacy:refusal.value-owed')
  return owed
}

/** Columns of text whose values the planner keeps as samples. */
const textTypes = ['text', 'jsonb', 'text[]']

/**
 * Until a table is vacuumed, a deleted row still lies on its page; and until it is analysed, the planner's samples hold values of
 * it. Of a table that is empty now it would keep the old samples: changing a column to the type it has makes it forget them.
 */
async function sweep(database: Queryable, table: string): Promise<void> {
  await database.query(`vacuum (analyze) ${table}`)
  const [row] = await database.query(`select 1 as one from ${table} limit 1`)
  if (row) return
  const columns = await database.query<{ name: string; type: string }>(
    `select quote_ident(a.attname) as name, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and format_type(a.atttypid, a.atttypmod) = any ($2)`,
    [table, textTypes],
  )
  for (const { name, type } of columns) await database.query(`alter table ${table} alter column ${name} type ${type}`)
}

export const eraseJob = job({
  name: 'privacy.erase',
  input: z.object({ requestId: z.uuid() }),
  visible: true,
  async run(house, { requestId }) {
    const startedAt = house.clock.elapsed()
    const done = await house.database.transaction(transaction => erase(transaction, house, requestId))
    const tables = done?.tables ?? []
    // Until it is vacuumed, a deleted row still lies on its page; analysing replaces the samples that the planner keeps of names.
    for (const table of tables) await sweep(house.database, table)
    // Done again where this fails, since nothing else remembers it for a backup that still knows them.
    await noteForgotten(house, requestId)
    await house.database.query('update privacy.request set seconds_taken = $2 where request_id = $1', [
      requestId,
      Math.round(house.clock.elapsed() - startedAt) / 1000,
    ])
    return { rows: done?.rows ?? 0, tables: tables.length }
  },
})

async function erase(
  transaction: Transaction,
  house: House,
  requestId: string,
): Promise<{ tables: string[]; rows: number } | undefined> {
  const [request] = await transaction.query<{
    partyId: string
    state: string
    settlement: string | null
    by: string | null
  }>(`select party_id as "partyId", state, settlement, handled_by as by from privacy.request where request_id = $1`, [
    requestId,
  ])
  if (request?.state !== 'working') return undefined
  const { holderId, profileIds } = await personOf(transaction, request.partyId)
  const owed = await refuseUnlessSettled(transaction, profileIds, request.settlement)
  await settle(transaction, house, { requestId, by: request.by, owed })
  await house.forget(transaction, profileIds)
  const gone = await touched(transaction)
  const rows = gone.reduce((sum, each) => sum + each.rows, 0)
  await transaction.query(
    `update privacy.request set state = 'done', handled_at = $2, rows_forgotten = $3
     where party_id = any ($4) and state in ('open', 'working') and (request_id = $1 or kind = 'access' or kind = 'erasure')`,
    [requestId, house.clock.now(), rows, [holderId, ...profileIds]],
  )
  await house.live.announce(transaction, ['privacy', 'customers', 'tasks', 'ledger'])
  return { tables: gone.map(each => each.table), rows }
}

/** Pays out money and lets the rest lapse, so that nothing stays owed to nobody. */
async function settle(
  transaction: Transaction,
  house: House,
  { requestId, by, owed }: { readonly requestId: string; readonly by: string | null; readonly owed: readonly Owed[] },
): Promise<void> {
  if (owed.length === 0) return
  const instructions = owed.map(
    ({ partyId, asset, kind, amount }): Instruction => ({
      key: `privacy ${requestId} ${asset} ${partyId}`,
      partyId,
      asset,
      occurredAt: house.clock.now().getTime() as Instruction['occurredAt'],
      act: 'debit',
      amount,
      to: kind === 'money' ? 'clearing:paid-by-hand' : 'adjustment',
    }),
  )
  const outcomes = await post(house, transaction, [
    { instructions, author: { actor: by === null ? 'privacy' : `staff:${by}` } },
  ])
  for (const outcome of outcomes.flat()) {
    if (outcome.state === 'refused') throw refuse('conflict', outcome.code, outcome.details)
  }
}
