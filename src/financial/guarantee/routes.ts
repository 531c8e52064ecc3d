import type { House } from '#kernel/house.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { readAfterwards } from './afterwards.ts'
import { type Asked, claim, decide } from './claims.ts'
import * as contract from './contract.ts'
import { readEvidence } from './evidence.ts'
import { readOne, readPromises, shownEdition } from './figures.ts'
import { memberCaseOf, readCase, readCustomer, readList, readMember, readToday } from './lists.ts'
import { pay } from './pay.ts'
import { changeCalendars, publish } from './publish.ts'
import { readyPromises } from './ready.ts'
import { whatIf } from './replay.ts'
import { guaranteeSettings, settingsName } from './terms.ts'

export const guaranteeRoutes: NonNullable<Room['routes']> = [
  route(contract.listPromises, async house => {
    const { currency } = await house.settings.business()
    const { calendars } = await house.settings.read(settingsName, guaranteeSettings)
    const waiting = await readList(house, 'claims', { limit: 1 })
    return {
      ...(await readPromises(house)),
      claimsWaiting: waiting.total,
      ready: readyPromises(currency, 10 ** minorDigits(currency)),
      calendars,
    }
  }),
  route(contract.publishPromise, async (house, { body, caller }) =>
    shownEdition(await publish(house, { ...body, by: actorOf(caller) })),
  ),
  route(contract.whatIfPromise, (house, { body: { terms, ...span } }) => whatIf(house, terms, span)),
  // Before the path with an id: `cases`, `today`, `evidence` are no promises.
  route(contract.listCases, (house, { query: { view, ...filter } }) => readList(house, view, filter)),
  route(contract.promisesToday, house => readToday(house)),
  route(contract.listEvidence, house => readEvidence(house)),
  route(contract.readPromise, async (house, { params }) => ({
    ...(await readOne(house, params.promiseId)),
    afterwards: await readAfterwards(house, params.promiseId),
  })),
  route(contract.payCompensation, async (house, { params, body, caller }) => {
    const { caseId } = params
    await pay(house, caller, { ...body, caseId })
    return readCase(house, body.partyId, caseId)
  }),
  route(contract.decideClaim, async (house, { params, body, caller }) => {
    const { caseId } = params
    await decide(house, caller, { ...body, caseId })
    return readCase(house, body.partyId, caseId)
  }),
  route(contract.reportBroken, (house, { params, body, caller }) =>
    claimed(house, caller, { ...params, reference: body.reference }),
  ),
  route(contract.customerPromises, (house, { params }) => readCustomer(house, params.partyId)),
  route(contract.memberPromises, (house, { caller }) => readMember(house, memberOf(caller))),
  route(contract.claimPromise, async (house, { params, body, caller }) => {
    const asked = { partyId: memberOf(caller), promiseId: params.promiseId, reference: body.reference }
    const { outcome, case: theirs } = await claimed(house, caller, asked)
    return { outcome, case: memberCaseOf(theirs) }
  }),
  route(contract.changeCalendars, async (house, { body }) => {
    await changeCalendars(house, body.calendars)
    return body
  }),
]

async function claimed(house: House, caller: Caller, asked: Asked) {
  const { outcome, caseId } = await claim(house, caller, asked)
  return { outcome, case: await readCase(house, asked.partyId, caseId) }
}

/** A member speaks for nobody else. */
function memberOf(caller: Caller): string {
  if (caller.kind !== 'member') throw refuse('forbidden', 'guarantee:refusal.no-such-party')
  return caller.id
}
