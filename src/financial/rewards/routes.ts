import { ownParty } from '#kernel/access/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Caller, type Request, route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { askerOf, merchantOf, requestId } from './asker.ts'
import { archiveReward, changeReward, createCard, createReward, endCard, readCatalogue } from './catalogue.ts'
import * as contract from './contract.ts'
import { rewardsOf, show, withCodes } from './offers.ts'
import * as store from './store.ts'
import { captureReward, giveBack, reserveReward, takeReward, voidReward } from './take.ts'
import { findByCode, redeem, redeemCode, undoUse } from './use.ts'

type Named = Pick<Request<unknown, unknown, unknown>, 'caller' | 'idempotencyKey'>

const named = (house: House, { caller, idempotencyKey }: Named, what: string) =>
  requestId(caller, what, idempotencyKey, house.newId)

/** Does something to what was taken and shows what it is then. */
async function done(house: House, work: (transaction: Transaction) => Promise<store.StoredTaken>) {
  return show(house, await house.database.transaction(work))
}

async function doneWithCode(house: House, work: (transaction: Transaction) => Promise<store.StoredTaken>) {
  const [shown] = await withCodes(house.database, [await done(house, work)])
  return shown!
}

const ofParty = (params: { readonly partyId: string; readonly takenId: string }, caller: Caller) => ({
  ...params,
  by: askerOf(caller),
})

const catalogueRoutes: NonNullable<Room['routes']> = [
  route(contract.listRewards, house => readCatalogue(house)),
  route(contract.createReward, async (house, { body, ...request }) => {
    const rewardId = named(house, request, 'reward')
    await house.database.transaction(transaction => createReward(house, transaction, { rewardId, terms: body }))
    return { rewardId }
  }),
  route(contract.changeReward, async (house, { params, body }) => {
    await house.database.transaction(transaction => changeReward(house, transaction, { ...params, terms: body }))
    return params
  }),
  route(contract.archiveReward, async (house, { params, body }) => {
    await house.database.transaction(transaction => archiveReward(house, transaction, { ...params, ...body }))
    return { ...params, ...body }
  }),
  route(contract.createCard, async (house, { body, ...request }) => {
    const cardId = named(house, request, 'card')
    await house.database.transaction(transaction => createCard(house, transaction, { cardId, terms: body }))
    return { cardId }
  }),
  route(contract.endCard, async (house, { params, body }) => {
    await house.database.transaction(transaction => endCard(house, transaction, { ...params, ...body }))
    return { ...params, ...body }
  }),
]

const counterRoutes: NonNullable<Room['routes']> = [
  route(contract.partyRewards, (house, { params }) => rewardsOf(house, params.partyId)),
  route(contract.takeReward, (house, { params, body, ...request }) => {
    const { caller } = request
    const takenId = named(house, request, 'take')
    const wish = { ...params, takenId, merchant: merchantOf(caller, body.merchant), by: askerOf(caller) }
    return doneWithCode(house, transaction => takeReward(house, transaction, wish))
  }),
  route(contract.reserveReward, (house, { params, body, ...request }) => {
    const { caller } = request
    const takenId = named(house, request, 'take')
    const until = new Date(house.clock.now().getTime() + body.minutes * 60_000)
    const wish = { ...params, takenId, merchant: merchantOf(caller, body.merchant), by: askerOf(caller) }
    return done(house, transaction => reserveReward(house, transaction, wish, until))
  }),
  route(contract.captureReward, (house, { params, caller }) =>
    doneWithCode(house, transaction => captureReward(house, transaction, ofParty(params, caller))),
  ),
  route(contract.voidReward, (house, { params, caller }) =>
    done(house, transaction => voidReward(house, transaction, ofParty(params, caller))),
  ),
  route(contract.giveBackReward, (house, { params, caller }) =>
    done(house, transaction => giveBack(house, transaction, ofParty(params, caller))),
  ),
  route(contract.redeemTaken, (house, { params, body, ...request }) => {
    const { caller } = request
    const use = {
      ...ofParty(params, caller),
      useId: named(house, request, 'use'),
      merchant: merchantOf(caller, body.merchant),
    }
    return done(house, transaction => redeem(house, transaction, use))
  }),
  route(contract.undoUse, (house, { params, caller }) =>
    done(house, transaction => undoUse(house, transaction, ofParty(params, caller))),
  ),
  route(contract.lookUpCode, async (house, { body, caller }) => {
    const { partyId, takenId } = await findByCode(house, body.code, askerOf(caller))
    const taken = await store.readTaken(house.database, partyId, takenId)
    return { taken: await show(house, taken), partyName: await store.nameOf(house.database, partyId) }
  }),
  route(contract.redeemCode, async (house, { body, ...request }) => {
    const { caller } = request
    const taken = await redeemCode(house, {
      code: body.code,
      useId: named(house, request, 'use'),
      merchant: merchantOf(caller, body.merchant),
      by: askerOf(caller),
    })
    return { taken: await show(house, taken), partyName: await store.nameOf(house.database, taken.partyId) }
  }),
]

/** A member's own rewards; whose they are is never asked of the request. */
const memberRoutes: NonNullable<Room['routes']> = [
  route(contract.memberRewards, async (house, { caller }) => {
    const { taken, ...mine } = await rewardsOf(house, ownParty(caller))
    return { ...mine, taken: await withCodes(house.database, taken) }
  }),
  route(contract.memberTakeReward, (house, { params, ...request }) => {
    const partyId = ownParty(request.caller)
    const takenId = named(house, request, 'take')
    const wish = { ...params, partyId, takenId, merchant: null, by: askerOf(request.caller) }
    return doneWithCode(house, transaction => takeReward(house, transaction, wish))
  }),
  route(contract.memberGiveBackReward, (house, { params, caller }) => {
    const partyId = ownParty(caller)
    return done(house, transaction => giveBack(house, transaction, { ...params, partyId, by: askerOf(caller) }))
  }),
]

export const rewardsRoutes: NonNullable<Room['routes']> = [...catalogueRoutes, ...counterRoutes, ...memberRoutes]
