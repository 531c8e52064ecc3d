import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Dispute } from './contract.ts'
import type { Month } from './period.ts'

interface Row extends Omit<Dispute, 'openedAt' | 'answeredAt'> {
  readonly openedAt: Date
  readonly answeredAt: Date | null
}

/** Disputes, the unanswered first, then the latest. */
export async function readDisputes(
  queryable: Queryable,
  which: { readonly merchantId?: string | undefined; readonly month?: Month; readonly disputeId?: string } = {},
): Promise<Dispute[]> {
  const rows = await queryable.query<Row>(
    `select d.dispute_id as "disputeId", d.month, d.merchant_id as "merchantId", coalesce(m.name, d.merchant_id) as "merchantName",
       d.line_id as "lineId", l.kind, d.reason, d.state, d.answer, d.correction_minor as "correctionMinor",
       d.booked_month as "bookedMonth", d.opened_at as "openedAt", d.answered_at as "answeredAt"
     from coalition.dispute d
     join coalition.line l on l.month = d.month and l.merchant_id = d.merchant_id and l.line_id = d.line_id
     left join merchants.merchant m on m.merchant_id = d.merchant_id
     where ($1::text is null or d.merchant_id = $1) and ($2::text is null or d.month = $2)
       and ($3::uuid is null or d.dispute_id = $3)
     order by (d.state = 'open') desc, d.opened_at desc, d.dispute_id limit 500`,
    [which.merchantId ?? null, which.month ?? null, which.disputeId ?? null],
  )
  return rows.map(({ openedAt, answeredAt, ...row }) => ({
    ...row,
    openedAt: openedAt.toISOString(),
    answeredAt: answeredAt?.toISOString() ?? null,
  }))
}

/** Says that a line of a closed statement is wrong, while its window is open and nobody else disputes it. */
export async function openDispute(
  house: House,
  asked: { readonly month: Month; readonly merchantId: string; readonly lineId: string; readonly reason: string },
  given: { readonly by: string; readonly disputeId: string },
): Promise<Dispute> {
  return await house.database.transaction(async transaction => {
    const [again] = await readDisputes(transaction, { disputeId: given.disputeId })
    if (again) return again
    const [closed] = await transaction.query<{ disputesUntil: Date }>(
      'select disputes_until as "disputesUntil" from coalition.month where month = $1',
      [asked.month],
    )
    if (!closed) throw refuse('conflict', 'coalition:refusal.not-closed')
    if (house.clock.now() >= closed.disputesUntil) throw refuse('conflict', 'coalition:refusal.too-late')
    const [line] = await transaction.query(
      'select 1 from coalition.line where month = $1 and merchant_id = $2 and line_id = $3',
      [asked.month, asked.merchantId, asked.lineId],
    )
    if (!line) throw refuse('not-found', 'coalition:refusal.no-statement')
    const fresh = await transaction.query(
      `insert into coalition.dispute (dispute_id, month, merchant_id, line_id, reason, state, opened_by, opened_at)
       values ($1, $2, $3, $4, $5, 'open', $6, $7) on conflict do nothing returning 1`,
      [given.disputeId, asked.month, asked.merchantId, asked.lineId, asked.reason, given.by, house.clock.now()],
    )
    if (fresh.length === 0) throw refuse('conflict', 'coalition:refusal.disputed')
    await house.live.announce(transaction, ['coalition'])
    return (await readDisputes(transaction, { disputeId: given.disputeId }))[0]!
  })
}

/** Finance answers once: it was right, or it is put right with the next month that is closed. */
export async function answerDispute(
  house: House,
  disputeId: string,
  answered: { readonly answer: string; readonly correctionMinor: number | null; readonly by: string },
): Promise<Dispute> {
  return await house.database.transaction(async transaction => {
    const { answer, correctionMinor, by } = answered
    const changed = await transaction.query(
      `update coalition.dispute set state = $2, answer = $3, correction_minor = $4, answered_by = $5, answered_at = $6
       where dispute_id = $1 and state = 'open' returning 1`,
      [disputeId, correctionMinor === null ? 'rejected' : 'corrected', answer, correctionMinor, by, house.clock.now()],
    )
    const [dispute] = await readDisputes(transaction, { disputeId })
    if (!dispute) throw refuse('not-found', 'coalition:refusal.no-statement')
    if (changed.length === 0) throw refuse('conflict', 'coalition:refusal.answered')
    await house.live.announce(transaction, ['coalition'])
    return dispute
  })
}
