import { boundTo } from '#kernel/access/index.ts'
import { idPattern } from '#kernel/cursor.ts'
import type { House } from '#kernel/house.ts'
import { actorOf, digest } from '#kernel/ledger/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { heldBenefits, listBenefits, spendBenefit } from './award.ts'
import { closeMonth } from './close.ts'
import * as contract from './contract.ts'
import { answerDispute, openDispute, readDisputes } from './dispute.ts'
import { exportStatement } from './export.ts'
import { changeSettings, readCalendar } from './ground.ts'
import { createBenefit, endBenefit } from './hear.ts'
import { recordPayment } from './payment.ts'
import { cardOf, readCoalition, readStatement, traceLine } from './statement.ts'
import * as store from './store.ts'
import { publishTerms, shownTerms } from './terms.ts'

/** Another merchant's affairs do not exist for a merchant's key. */
function requireOwn(caller: Caller, merchantId: string): void {
  const bound = boundTo(caller)
  if (bound !== null && bound !== merchantId) throw refuse('not-found', 'coalition:refusal.no-statement')
}

/** What is everybody's is not for the key of one. */
function requireWhole(caller: Caller): void {
  if (boundTo(caller) !== null) throw refuse('forbidden', 'coalition:refusal.whole')
}

/** The same request of the same caller has one id for ever. */
const requestId = (house: House, caller: Caller, idempotencyKey: string | undefined) =>
  idempotencyKey === undefined ? house.newId() : digest(`${actorOf(caller)} ${idempotencyKey}`)

export const coalitionRoutes: NonNullable<Room['routes']> = [
  route(contract.readCoalition, (house, { query, caller }) =>
    readCoalition(house, { month: query.month, only: boundTo(caller) }),
  ),
  route(contract.closeMonth, async (house, { params, caller }) => {
    requireWhole(caller)
    const { month, closedAt } = await closeMonth(house, params.month, actorOf(caller))
    const lines = await store.readLines(house.database, month)
    return { month, closedAt: closedAt.toISOString(), lines: lines.length }
  }),
  route(contract.readStatement, (house, { params, caller }) => {
    requireOwn(caller, params.merchantId)
    return readStatement(house, params.month, params.merchantId)
  }),
  route(contract.exportStatement, (house, { params, caller }) => {
    requireOwn(caller, params.merchantId)
    return exportStatement(house, params.month, params.merchantId)
  }),
  route(contract.traceLine, async (house, { params, query, caller }) => {
    requireOwn(caller, params.merchantId)
    const postings = await traceLine(house, params, { after: placeFrom(query.after), limit: query.limit + 1 })
    const items = postings.slice(0, query.limit).map(posting => ({
      postedAt: posting.postedAt.toISOString(),
      on: posting.on,
      card: cardOf(params.merchantId, posting),
      points: posting.points,
      transactionId: posting.transactionId,
      position: posting.position,
    }))
    const last = items.at(-1)
    return { items, next: postings.length > query.limit ? `${last!.transactionId}_${last!.position}` : null }
  }),
  route(contract.openDispute, (house, { body, caller, idempotencyKey }) => {
    requireOwn(caller, body.merchantId)
    return openDispute(house, body, { by: actorOf(caller), disputeId: requestId(house, caller, idempotencyKey) })
  }),
  route(contract.answerDispute, (house, { params, body, caller }) => {
    requireWhole(caller)
    const correctionMinor = body.decision === 'correct' ? body.amountMinor : null
    return answerDispute(house, params.disputeId, { answer: body.answer, correctionMinor, by: actorOf(caller) })
  }),
  route(contract.listDisputes, async (house, { caller }) => ({
    items: await readDisputes(house.database, { merchantId: boundTo(caller) ?? undefined }),
  })),
  route(contract.recordPayment, (house, { params, body, caller, idempotencyKey }) => {
    requireWhole(caller)
    const paymentId = requestId(house, caller, idempotencyKey)
    return recordPayment(house, params.merchantId, { ...body, paymentId, by: actorOf(caller) })
  }),
  route(contract.readTerms, async (house, { caller }) => {
    const { terms, today } = await readCalendar(house, house.database)
    const bound = boundTo(caller)
    const mine = terms.filter(each => bound === null || each.merchantId === bound)
    return { items: mine.map(each => shownTerms(each, terms, today)).reverse() }
  }),
  route(contract.publishTerms, (house, { body, caller }) => {
    requireWhole(caller)
    return publishTerms(house, body, actorOf(caller))
  }),
  route(contract.changeCoalition, async (house, { body, caller }) => {
    requireWhole(caller)
    await house.database.transaction(async transaction => {
      await changeSettings(house, transaction, body)
      await house.live.announce(transaction, ['coalition'])
    })
    return body
  }),
  route(contract.listBenefits, async house => ({ items: await listBenefits(house.database) })),
  route(contract.createBenefit, (house, { body, caller }) => {
    requireWhole(caller)
    return createBenefit(house, body, actorOf(caller))
  }),
  route(contract.endBenefit, (house, { params, body, caller }) => {
    requireWhole(caller)
    return endBenefit(house, params.benefitId, body.untilOn)
  }),
  route(contract.useBenefit, async (house, { params, body, caller, idempotencyKey }) => {
    requireOwn(caller, body.merchantId)
    await requireMerchant(house.database, body.merchantId)
    return spendBenefit(house, { ...body, ...params, requestId: requestId(house, caller, idempotencyKey) })
  }),
  route(contract.memberBenefits, async (house, { params }) => ({ items: await heldBenefits(house, params.partyId) })),
  route(contract.myBenefits, async (house, { caller }) => {
    if (caller.kind !== 'member') throw refuse('forbidden', 'coalition:refusal.whole')
    return { items: await heldBenefits(house, caller.id) }
  }),
]

function placeFrom(after: string | undefined) {
  if (after === undefined) return undefined
  const [, transactionId, position] = new RegExp(`^(${idPattern})_(\\d{1,9})$`).exec(after) ?? []
  if (transactionId === undefined) throw refuse('invalid', 'coalition:refusal.cursor')
  return { transactionId, position: Number(position) }
}
