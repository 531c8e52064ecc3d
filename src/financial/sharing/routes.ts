import { actingFor } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { claimGift, giftsOf, give, readSettings, settingsName, takeBackGift } from './gifts.ts'
import * as households from './households.ts'

/** The card that a member holds; never taken from the request. */
function ownId(caller: Caller): string {
  if (caller.kind !== 'member') throw refuse('forbidden', 'sharing:refusal.members-only')
  return caller.id
}

const own = async (house: House, partyId: string) => ({
  household: await households.showHousehold(house, partyId, true),
})

export const sharingRoutes: NonNullable<Room['routes']> = [
  route(contract.memberGifts, (house, { caller }) => giftsOf(house, ownId(caller), true)),
  route(contract.giveAsMember, (house, { caller, body, idempotencyKey }) =>
    give(house, {
      ...body,
      giverId: ownId(caller),
      actor: actorOf(caller),
      requestKey: idempotencyKey ?? house.newId(),
      isOwn: true,
    }),
  ),
  route(contract.claimAsMember, (house, { caller, body }) => claimGift(house, ownId(caller), body.code)),
  route(contract.takeBackAsMember, (house, { caller, params }) => takeBackGift(house, ownId(caller), params.giftId)),
  route(contract.partyGifts, (house, { params }) => giftsOf(house, params.partyId, false)),
  route(contract.giveForParty, (house, { caller, params, body, idempotencyKey }) =>
    give(house, {
      ...body,
      giverId: params.partyId,
      actor: actorOf(caller),
      requestKey: idempotencyKey ?? house.newId(),
      isOwn: false,
    }),
  ),

  route(contract.memberHousehold, (house, { caller }) => own(house, ownId(caller))),
  route(contract.foundHousehold, async (house, { caller, body }) => {
    await households.found(house, ownId(caller), body.name, body.contributes)
    return own(house, ownId(caller))
  }),
  route(contract.inviteToHousehold, (house, { caller }) => households.invite(house, ownId(caller))),
  route(contract.joinHousehold, async (house, { caller, body }) => {
    await households.join(house, ownId(caller), body.code, body.contributes)
    return own(house, ownId(caller))
  }),
  route(contract.contributeAsMember, async (house, { caller, body, idempotencyKey }) => {
    const requestKey = idempotencyKey ?? house.newId()
    await households.contribute(house, ownId(caller), { ...body, requestKey, by: actorOf(caller) })
    return own(house, ownId(caller))
  }),
  route(contract.changeContribution, async (house, { caller, body }) => {
    await households.changeContributes(house, ownId(caller), body.contributes)
    return own(house, ownId(caller))
  }),
  route(contract.leaveHousehold, async (house, { caller }) => {
    await households.leave(house, ownId(caller))
    return own(house, ownId(caller))
  }),

  route(contract.partyHousehold, async (house, { params }) => ({
    household: await households.showHousehold(house, params.partyId, false),
  })),
  route(contract.changeHousehold, async (house, { params: { partyId }, body, caller, idempotencyKey }) => {
    if (body.act === 'found') await households.found(house, partyId, body.name, body.contributes)
    else if (body.act === 'add') await households.add(house, partyId, body.memberId, body.contributes)
    else if (body.act === 'contribution') await households.changeContributes(house, partyId, body.contributes)
    else if (body.act === 'leave') await households.leave(house, partyId)
    else if (body.act === 'close') await households.close(house, partyId)
    else {
      const { asset, amount } = body
      const requestKey = idempotencyKey ?? house.newId()
      await households.contribute(house, partyId, { asset, amount, requestKey, by: actorOf(caller) })
    }
    return { household: await households.showHousehold(house, partyId, false) }
  }),
  route(contract.spendFromPool, (house, { params, body, caller, idempotencyKey }) => {
    // Who is bound to one merchant spends at that merchant alone.
    const merchant = actingFor(caller, body.merchant) ?? undefined
    const requestKey = idempotencyKey ?? house.newId()
    return households.spend(house, params.partyId, { ...body, merchant, requestKey, by: actorOf(caller) })
  }),
  route(contract.returnToPool, (house, { params, body, caller, idempotencyKey }) =>
    households.takeReturn(house, params.spendingId, {
      ...body,
      requestKey: idempotencyKey ?? house.newId(),
      by: actorOf(caller),
    }),
  ),

  route(contract.readSharing, house => readSettings(house)),
  route(contract.changeSharing, async (house, { body }) => {
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, settingsName, body)
      await house.live.announce(transaction, ['points'])
    })
    return body
  }),
]
