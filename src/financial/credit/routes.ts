import { ownParty } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import { because } from '#kernel/ledger/index.ts'
import { route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { askerOf, merchantOf, redeemedAt } from './asker.ts'
import * as contract from './contract.ts'
import { changeRules, postAll, readRules } from './in-store.ts'
import { statement } from './moves.ts'
import { memberCredit, myCredit, overview } from './overview.ts'
import { paymentState, planPayment, returnPaid, spendPlanned } from './payment.ts'
import { creditOf, topUp, undoTopUp } from './top-up.ts'
import { giveBackVisit, refundCard, saveCard, sellCard, useVisit } from './visit-cards.ts'
import { decide, tryWithdrawal, withdraw } from './withdraw.ts'

export const creditRoutes: NonNullable<Room['routes']> = [
  route(contract.readCredit, (house, request) => overview(house, askerOf(house, request).actor)),
  route(contract.changeCredit, (house, { body }) => changeRules(house, body)),
  route(contract.saveVisitCard, (house, { params, body }) => saveCard(house, { ...body, ...params })),
  route(contract.memberCredit, (house, { params }) => memberCredit(house, params.partyId)),
  route(contract.myCredit, (house, { caller }) => myCredit(house, ownParty(caller))),
  route(contract.topUpCredit, async (house, request) => {
    const { actor, requestId } = askerOf(house, request)
    const { amountMinor, method } = request.body
    const merchantId = await merchantOf(house.database, request.caller, request.body.merchantId)
    return await house.database.transaction(transaction =>
      topUp(house, transaction, { ...request.params, topUpId: requestId, amountMinor, method, merchantId, actor }),
    )
  }),
  route(contract.undoTopUp, (house, request) =>
    house.database.transaction(transaction =>
      undoTopUp(house, transaction, { ...request.params, actor: askerOf(house, request).actor }),
    ),
  ),
  route(contract.payWithCredit, async (house, request) => {
    const { actor, requestId: paymentId } = askerOf(house, request)
    const { partyId } = request.params
    const { amountMinor } = request.body
    const merchantId = await merchantOf(house.database, request.caller, request.body.merchantId)
    const currency = await currencyOf(house)
    await house.database.transaction(async transaction => {
      const payment = { partyId, currency, paymentId }
      if ((await paymentState(house, transaction, payment)).isKnown) return
      const planned = await planPayment(house, transaction, { ...payment, amountMinor })
      await postAll(house, transaction, {
        actor,
        reason: because('payment'),
        instructions: spendPlanned(house, planned, redeemedAt(merchantId)),
      })
      await house.live.announce(transaction, ['credit', 'ledger'])
    })
    return await paymentReply(house, { partyId, currency, paymentId })
  }),
  route(contract.refundPayment, async (house, request) => {
    const { actor, requestId } = askerOf(house, request)
    const { partyId, paymentId } = request.params
    const payment = { partyId, paymentId, currency: await currencyOf(house) }
    await house.database.transaction(async transaction => {
      const { isKnown, capturedMinor, returnedMinor } = await paymentState(house, transaction, payment)
      if (!isKnown) throw refuse('not-found', 'credit:refusal.no-such-payment')
      const amountMinor = request.body.amountMinor ?? capturedMinor - returnedMinor
      const instructions = await returnPaid(house, transaction, { ...payment, amountMinor, requestId })
      await postAll(house, transaction, { actor, reason: because('payment-back'), instructions })
      await house.live.announce(transaction, ['credit', 'ledger'])
    })
    return await paymentReply(house, payment)
  }),
  route(contract.withdrawCredit, (house, request) => {
    const { actor, requestId } = askerOf(house, request)
    const { isTrial, amountMinor, method } = request.body
    const asked = { ...request.params, withdrawalId: requestId, amountMinor, method, actor }
    return isTrial ? tryWithdrawal(house, asked) : withdraw(house, asked)
  }),
  route(contract.decideWithdrawal, (house, request) => {
    if (request.caller.kind !== 'staff') throw refuse('forbidden', 'ledger:refusal.staff-approve')
    const { partyId, decision } = request.body
    const { actor: decidedBy } = askerOf(house, request)
    return decide(house, { ...request.params, partyId, isApproved: decision === 'approve', decidedBy })
  }),
  route(contract.exportCredit, async (house, { params }) => statement(house.database, params.partyId) as never),
  route(contract.sellVisitCard, async (house, request) => {
    const { actor, requestId: soldCardId } = askerOf(house, request)
    const { cardId, method } = request.body
    const merchantId = await merchantOf(house.database, request.caller, request.body.merchantId)
    return await house.database.transaction(transaction =>
      sellCard(house, transaction, { ...request.params, soldCardId, cardId, method, merchantId, actor }),
    )
  }),
  route(contract.useVisit, async (house, request) => {
    const { actor, requestId: visitId } = askerOf(house, request)
    const { cardId } = request.body
    const merchantId = await merchantOf(house.database, request.caller, request.body.merchantId)
    return await house.database.transaction(transaction =>
      useVisit(house, transaction, { ...request.params, visitId, cardId, merchantId, actor }),
    )
  }),
  route(contract.giveBackVisit, (house, request) =>
    house.database.transaction(transaction =>
      giveBackVisit(house, transaction, {
        ...request.params,
        cardId: request.body.cardId,
        actor: askerOf(house, request).actor,
      }),
    ),
  ),
  route(contract.refundVisitCard, (house, request) =>
    house.database.transaction(transaction =>
      refundCard(house, transaction, {
        ...request.params,
        method: request.body.method,
        actor: askerOf(house, request).actor,
      }),
    ),
  ),
]

async function currencyOf(house: House): Promise<string> {
  const rules = await readRules(house)
  if (!rules) throw refuse('conflict', 'credit:refusal.closed')
  return rules.currency
}

async function paymentReply(
  house: House,
  payment: { readonly partyId: string; readonly currency: string; readonly paymentId: string },
) {
  const { capturedMinor, returnedMinor, bonusMinor } = await paymentState(house, house.database, payment)
  const { availableMinor } = await creditOf(house, house.database, payment.partyId)
  return {
    paymentId: payment.paymentId,
    amountMinor: capturedMinor,
    bonusMinor,
    refundedMinor: returnedMinor,
    availableMinor,
  }
}
