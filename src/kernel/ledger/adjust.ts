import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Instruction } from './instruction.ts'
import type { AssetKind } from './kinds.ts'
import { type Author, digest, post } from './post.ts'

export interface Adjustment {
  readonly adjustmentId: string
  readonly partyId: string
  readonly asset: string
  /** Above zero gives, below zero takes. */
  readonly amount: number
  readonly reason: string
  /** From when on what is given cannot be used; null where it does not expire. */
  readonly expiresAt: Date | null
  readonly state: 'waiting' | 'posted' | 'declined'
}

type Asked = Pick<Adjustment, 'partyId' | 'asset' | 'amount' | 'reason'> & {
  readonly requestKey: string
  readonly expiresAt?: Date | null
}

/** How a person or a key stands in the ledger: `staff:<id>`. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'nobody' ? 'nobody' : `${caller.kind}:${caller.id}`
}

/** A code, a stamp card or a list of tickets stands behind each of these: given past its programme, the two would disagree. */
const keptByProgrammes: readonly AssetKind[] = ['right', 'ticket', 'stamp']

/**
 * Gives or takes by hand, at once or, beyond the threshold of its asset, when somebody else has agreed. The same request key of the
 * same caller is one adjustment, however often it is sent.
 */
export async function askForAdjustment(house: House, caller: Caller, asked: Asked): Promise<Adjustment> {
  const { partyId, asset, amount, reason, expiresAt = null } = asked
  const askedBy = actorOf(caller)
  const adjustmentId = digest(`${askedBy} ${asked.requestKey}`)
  return await house.database.transaction(async transaction => {
    const [known] = await transaction.query<{ approvalAbove: number; kind: AssetKind }>(
      `select approval_above as "approvalAbove", kind from ledger.asset where asset = $1`,
      [asset],
    )
    if (!known) throw refuse('not-found', 'ledger:refusal.no-such-asset', { asset })
    if (keptByProgrammes.includes(known.kind)) throw refuse('conflict', 'ledger:refusal.not-by-hand', { asset })
    const fresh = await transaction.query(
      `insert into ledger.adjustment (party_id, adjustment_id, asset, amount, threshold, reason, state, asked_by, asked_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9) on conflict do nothing returning 1`,
      [partyId, adjustmentId, asset, amount, known.approvalAbove, reason, askedBy, house.clock.now(), expiresAt],
    )
    const adjustment = await lockAdjustment(transaction, partyId, adjustmentId)
    if (fresh.length === 0) {
      const isSame = adjustment.asset === asset && adjustment.amount === amount && adjustment.reason === reason
      if (!isSame) throw refuse('conflict', 'ledger:refusal.key-used')
      return adjustment
    }
    if (Math.abs(amount) > known.approvalAbove) {
      await house.live.announce(transaction, ['ledger'])
      return adjustment
    }
    return await postAdjustment(house, transaction, adjustment, { actor: askedBy, reason })
  })
}

/** Agrees to what somebody else asked for, or declines it. Nobody agrees with themselves, and keys never do. */
export async function decideAdjustment(
  house: House,
  caller: Caller,
  { partyId, adjustmentId, isApproved }: { partyId: string; adjustmentId: string; isApproved: boolean },
): Promise<Adjustment> {
  if (caller.kind !== 'staff') throw refuse('forbidden', 'ledger:refusal.staff-approve')
  const decidedBy = actorOf(caller)
  return await house.database.transaction(async transaction => {
    const adjustment = await lockAdjustment(transaction, partyId, adjustmentId)
    if (adjustment.state !== 'waiting') throw refuse('conflict', 'ledger:refusal.decided', { state: adjustment.state })
    if (adjustment.askedBy === decidedBy) throw refuse('forbidden', 'ledger:refusal.second-pair-of-eyes')
    await transaction.query(
      `update ledger.adjustment set state = $3, decided_by = $4, decided_at = $5 where party_id = $1 and adjustment_id = $2`,
      [partyId, adjustmentId, isApproved ? 'posted' : 'declined', decidedBy, house.clock.now()],
    )
    if (isApproved) {
      const author = { actor: adjustment.askedBy, approvedBy: decidedBy, reason: adjustment.reason }
      return await postAdjustment(house, transaction, adjustment, author)
    }
    await house.live.announce(transaction, ['ledger'])
    return { ...adjustment, state: 'declined' }
  })
}

async function lockAdjustment(
  transaction: Transaction,
  partyId: string,
  adjustmentId: string,
): Promise<Adjustment & { askedBy: string }> {
  const [found] = await transaction.query<Adjustment & { askedBy: string }>(
    `select adjustment_id as "adjustmentId", party_id as "partyId", asset, amount, reason, state, asked_by as "askedBy",
       expires_at as "expiresAt"
     from ledger.adjustment where party_id = $1 and adjustment_id = $2 for update`,
    [partyId, adjustmentId],
  )
  if (!found) throw refuse('not-found', 'ledger:refusal.no-such-adjustment')
  return found
}

async function postAdjustment(
  house: House,
  transaction: Transaction,
  adjustment: Adjustment,
  author: Author,
): Promise<Adjustment> {
  const { adjustmentId, partyId, asset, amount, expiresAt } = adjustment
  const instruction: Instruction = {
    key: `adjustment ${adjustmentId}`,
    partyId,
    asset,
    occurredAt: house.clock.now().getTime(),
    ...(amount > 0
      ? {
          act: 'issue',
          amount,
          from: 'adjustment',
          issuer: 'house',
          ...(expiresAt !== null && { expiresAt: expiresAt.getTime() }),
        }
      : { act: 'debit', amount: -amount, to: 'adjustment' }),
  }
  const [outcomes] = await post(house, transaction, [{ instructions: [instruction], author }])
  const outcome = outcomes![0]!
  if (outcome.state === 'refused') throw refuse('conflict', outcome.code, outcome.details)
  await transaction.query(
    `update ledger.adjustment set state = 'posted', transaction_id = $3 where party_id = $1 and adjustment_id = $2`,
    [partyId, adjustmentId, outcome.transactionId],
  )
  await house.live.announce(transaction, ['ledger'])
  return { ...adjustment, state: 'posted' }
}
