import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { type Instruction, post } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { compensated, giveInstruction, payable } from './compensate.ts'
import * as store from './store.ts'

export interface Payment {
  readonly partyId: string
  readonly caseId: string
  readonly by: 'transfer' | 'credit'
  /** Under which the bank knows the transfer. */
  readonly reference?: string | undefined
}

/**
 * Closes what is owed: the money has left the house under a reference, or it becomes store credit at once. There is no step
 * between owed and paid in which it could lie approved. The same payment sent again answers the same.
 */
export async function pay(house: House, caller: Caller, payment: Payment): Promise<void> {
  const { partyId, caseId, by } = payment
  const reference = payment.reference ?? null
  if (by === 'transfer' && reference === null) throw refuse('invalid', 'guarantee:refusal.reference-missing')
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    await store.lockCustomers(transaction, [partyId])
    const owed = await store.lockCompensation(transaction, partyId, caseId)
    if (!owed) throw refuse('not-found', 'guarantee:refusal.no-such-case')
    if (owed.state === 'paid' && owed.paidBy === by && owed.paymentReference === reference) return
    const { asset, amount } = owed
    if (owed.state !== 'owed' || owed.kind !== 'money' || asset === null)
      throw refuse('conflict', 'guarantee:refusal.not-owed')
    const common = { partyId, asset, amount, occurredAt: now.getTime() }
    const instruction: Instruction =
      by === 'credit'
        ? giveInstruction(caseId, common)
        : { ...common, key: `promise ${caseId} paid`, act: 'book', code: 'pay-out', from: payable, to: 'clearing:bank' }
    const actor = caller.kind === 'nobody' ? 'nobody' : `${caller.kind}:${caller.id}`
    const author = { actor, ...(reference !== null && { reason: reference }) }
    const [outcomes] = await post(house, transaction, [{ instructions: [instruction], author }])
    const outcome = outcomes![0]!
    if (outcome.state === 'refused') throw refuse('conflict', outcome.code, outcome.details)
    await store.settleCompensation(transaction, owed, {
      state: 'paid',
      paidAt: now,
      paidBy: by,
      paymentReference: reference,
    })
    const theirs = (await store.readCases(transaction, [partyId])).find(each => each.caseId === caseId)!
    await house.events.record(transaction, systemSource, [compensated(theirs, { ...owed, by }, now)])
    await house.live.announce(transaction, ['promises', 'ledger'])
  })
}
