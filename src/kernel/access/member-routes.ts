import { type Route, route } from '../operation.ts'
import { readCard, readCardAccess } from './member-card.ts'
import { makeCardCode } from './member-code.ts'
import * as contract from './member-contract.ts'
import { makeCardLink } from './member-link.ts'
import { ownParty } from './member-rules.ts'
import { changeCardSettings, endCardAccess, readCardSettings } from './member-session.ts'

/** The card of a member, and how staff hand it over. Signing in sets a cookie, so the outer door answers for that. */
export const memberRoutes: readonly Route[] = [
  route(contract.readCard, (house, { caller }) => readCard(house, ownParty(caller))),
  route(contract.makeCardLink, (house, { params, caller }) =>
    makeCardLink(house, { partyId: params.partyId, by: caller }),
  ),
  route(contract.makeCardCode, (house, { params }) => makeCardCode(house, params.partyId)),
  route(contract.readCardAccess, (house, { params }) => readCardAccess(house, params.partyId)),
  route(contract.endCardAccess, async (house, { params }) => {
    await endCardAccess(house, params.partyId)
    return undefined
  }),
  route(contract.readCardSettings, house => readCardSettings(house)),
  route(contract.changeCardSettings, (house, { body }) => changeCardSettings(house, body)),
]
