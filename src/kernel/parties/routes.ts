import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import * as consent from './consent.ts'
import * as contract from './contract.ts'
import * as profile from './profile.ts'
import { resolveParties } from './resolve.ts'
import * as store from './store.ts'

export const partiesRoutes: NonNullable<Room['routes']> = [
  route(contract.findParties, async (house, { query }) => ({
    items: await store.findParties(house.database, query.find, query.limit),
  })),
  route(contract.readParty, (house, { params }) => store.readParty(house.database, params.partyId)),
  route(contract.createParty, (house, { body, caller }) =>
    house.database.transaction(async transaction => {
      const sourceId = caller.kind === 'nobody' ? house.newId() : caller.id
      const { partyIds, created } = await resolveParties(transaction, house, sourceId, [body])
      if (created.length === 0) throw refuse('conflict', 'parties:refusal.identifier-taken')
      await house.live.announce(transaction, ['customers'])
      return store.readParty(transaction, partyIds[0]!)
    }),
  ),
  route(contract.changeParty, (house, { params, body }) =>
    house.database.transaction(async transaction => {
      const changed = await store.changeParty(transaction, house, params.partyId, body)
      await house.live.announce(transaction, ['customers'])
      return changed
    }),
  ),
  route(contract.addIdentifier, async (house, { params, body, caller }) => {
    await house.database.transaction(transaction =>
      profile.addIdentifier(transaction, house, params.partyId, { ...body, by: byOf(caller) }),
    )
    return { items: await profile.identifiersOf(house.database, params.partyId) }
  }),
  route(contract.removeIdentifier, async (house, { params, body, caller }) => {
    await house.database.transaction(transaction =>
      profile.removeIdentifier(transaction, house, params.partyId, { ...body, by: byOf(caller) }),
    )
    return { items: await profile.identifiersOf(house.database, params.partyId) }
  }),
  route(contract.consentHistory, async (house, { params, language }) => ({
    items: await consent.consentHistoryOf(house, params.partyId, language),
  })),
  route(contract.noteConsent, async (house, { params, body, caller, language }) => {
    await house.database.transaction(async transaction => {
      const { version } = await consent.currentWording(house, transaction, body)
      const evidence: Record<string, string> = { by: byOf(caller), on: body.way }
      if (body.place) evidence.place = body.place
      await consent.recordConsent(transaction, house, {
        partyId: params.partyId,
        channel: body.channel,
        purpose: body.purpose,
        isGiven: body.isGiven,
        textVersion: version,
        language: body.language ?? language,
        evidence,
      })
      await house.live.announce(transaction, ['customers'])
    })
    return { items: await consent.consentItems(house, house.database, params.partyId) }
  }),
  route(contract.readConsentSettings, house => house.settings.read('consent', contract.consentSettings)),
  route(contract.changeConsentSettings, (house, { body }) => consent.changeConsentSettings(house, body)),
]

/** Who of us did it: a member of staff by name, a program by the name of its key. */
function byOf(caller: Caller): string {
  return caller.kind === 'staff' || caller.kind === 'key' ? `${caller.kind}:${caller.id}` : caller.kind
}
