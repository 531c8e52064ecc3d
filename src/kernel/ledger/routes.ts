import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { actorOf, askForAdjustment, decideAdjustment } from './adjust.ts'
import { trialBalance } from './balances.ts'
import * as contract from './contract.ts'
import { journal, listPostings } from './journal.ts'
import { statementOf } from './statement.ts'
import { verify } from './verify.ts'

export const ledgerRoutes: NonNullable<Room['routes']> = [
  route(contract.readLedger, async (house, { query }) => {
    const asOf =
      query.at || query.view === 'occurred' ? { at: instantOr(query.at, house), view: query.view } : undefined
    return {
      assets: await readAssets(house.database),
      balances: await trialBalance(house.database, asOf),
      whole: await lastVerification(house.database, 'whole'),
      changed: await lastVerification(house.database, 'changed'),
    }
  }),
  route(contract.verifyNow, async (house, { body }) => {
    const { scope } = await verify(house, body.scope)
    return (await lastVerification(house.database, scope))!
  }),
  route(contract.listPostings, (house, { query: { before, limit, ...filter } }) =>
    listPostings(house.database, filter, { before, limit }),
  ),
  route(contract.exportJournal, async (house, { query }) => journal(house.database, query) as never),
  route(contract.readHoldings, (house, { params, query }) =>
    statementOf(house.database, params.partyId, { now: house.clock.now(), limit: query.limit }),
  ),
  route(contract.changeAsset, async (house, { params, body }) => {
    const { asset } = params
    const changed = await house.database.transaction(async transaction => {
      await house.live.announce(transaction, ['ledger'])
      return await transaction.query('update ledger.asset set approval_above = $2 where asset = $1 returning 1', [
        asset,
        body.approvalAbove,
      ])
    })
    if (changed.length === 0) throw refuse('not-found', 'ledger:refusal.no-such-asset', { asset })
    return { asset, approvalAbove: body.approvalAbove }
  }),
  route(contract.listAdjustments, async (house, { query, caller }) => ({
    items: await readAdjustments(house.database, caller, query.limit),
  })),
  route(contract.adjustHolding, (house, { body, caller, idempotencyKey }) =>
    askForAdjustment(house, caller, { ...body, requestKey: idempotencyKey ?? house.newId() }),
  ),
  route(contract.decideAdjustment, (house, { params, body, caller }) =>
    decideAdjustment(house, caller, {
      partyId: body.partyId,
      adjustmentId: params.adjustmentId,
      isApproved: body.decision === 'approve',
    }),
  ),
]

function instantOr(at: string | undefined, house: House): Date {
  return at === undefined ? house.clock.now() : new Date(at)
}

async function readAssets(database: Queryable) {
  return await database.query<{ asset: string; kind: 'points'; approvalAbove: number; parties: number }>(
    `select a.asset, a.kind, a.approval_above as "approvalAbove",
       (select count(*) from ledger.holding h where h.asset = a.asset) as parties
     from ledger.asset a order by a.created_at, a.asset`,
  )
}

async function lastVerification(
  database: Queryable,
  scope: 'whole' | 'changed',
): Promise<contract.StoredVerification | null> {
  const [row] = await database.query<Omit<contract.StoredVerification, 'verifiedAt'> & { verifiedAt: Date }>(
    `select verified_at as "verifiedAt", scope, parties, postings, took_ms as "tookMs", faults, findings
     from ledger.verification where scope = $1 order by verified_at desc, verification_id desc limit 1`,
    [scope],
  )
  return row ? { ...row, verifiedAt: row.verifiedAt.toISOString() } : null
}

async function readAdjustments(database: Queryable, caller: Caller, limit: number) {
  type Row = Omit<contract.ShownAdjustment, 'askedAt' | 'decidedAt' | 'isOwn'> & {
    askedAt: Date
    decidedAt: Date | null
  }
  const rows = await database.query<Row>(
    `select a.adjustment_id as "adjustmentId", a.party_id as "partyId", coalesce(p.name, '') as "partyName", a.asset, a.amount,
       a.reason, a.state, a.asked_by as "askedBy", s.name as "askedByName", a.asked_at as "askedAt", d.name as "decidedByName",
       a.decided_at as "decidedAt"
     from ledger.adjustment a
     left join parties.party p on p.party_id = a.party_id
     left join access.staff s on a.asked_by = 'staff:' || s.staff_id
     left join access.staff d on a.decided_by = 'staff:' || d.staff_id
     order by a.state <> 'waiting', a.asked_at desc limit $1`,
    [limit],
  )
  return rows.map(row => ({
    ...row,
    askedAt: row.askedAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    isOwn: row.askedBy === actorOf(caller),
  }))
}
