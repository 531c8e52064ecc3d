import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { consentItems, currentWording, recordConsent } from './consent.ts'
import * as contract from './consent-contract.ts'
import { changeParty } from './store.ts'

/** What members say about themselves, on their own card. */
export const partiesMemberRoutes: NonNullable<Room['routes']> = [
  route(contract.listConsents, async (house, { params }) => ({
    items: await consentItems(house, house.database, params.partyId),
  })),
  route(contract.myConsents, async (house, { caller }) => ({
    items: await consentItems(house, house.database, own(caller)),
  })),
  route(contract.changeMyConsent, async (house, { body, caller, language }) => {
    const partyId = own(caller)
    await house.database.transaction(async transaction => {
      const { version } = await currentWording(house, transaction, body)
      if (body.isGiven && body.textVersion !== version) throw refuse('conflict', 'parties:refusal.wording-changed')
      await recordConsent(transaction, house, {
        ...body,
        textVersion: version,
        partyId,
        language,
        isConfirmed: true,
        evidence: { by: 'member', on: 'card' },
      })
      await house.live.announce(transaction, ['customers'])
    })
    return { items: await consentItems(house, house.database, partyId) }
  }),
  route(contract.changeMyLanguage, async (house, { body, caller }) => {
    await house.database.transaction(async transaction => {
      await changeParty(transaction, house, own(caller), { details: { language: body.language } })
      await house.live.announce(transaction, ['customers'])
    })
    return body
  }),
]

/** The room of access stands on this one, so its front door cannot be asked here. */
function own(caller: Caller): string {
  if (caller.kind !== 'member') throw refuse('unauthenticated', 'access:refusal.card-first')
  return caller.id
}
