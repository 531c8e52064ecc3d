import type { House } from '../house.ts'
import type { Caller } from '../operation.ts'
import { refuse } from '../refusal.ts'
import { cardPath } from './member-contract.ts'
import { linkEnds, tokenIn, whyLinkRefused } from './member-rules.ts'
import { type OpenedCard, openCard, readCardSettings } from './member-session.ts'
import * as store from './member-store.ts'
import { hashOf, newSecret } from './secret.ts'

/** A link that opens a customer's card once; an earlier one that nobody followed ends. */
export async function makeCardLink(house: House, wanted: { readonly partyId: string; readonly by: Caller }) {
  const token = tokenIn(house.name, newSecret())
  const { linkDays } = await readCardSettings(house)
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    const partyId = await store.knownParty(transaction, wanted.partyId)
    if (!partyId) throw refuse('not-found', 'parties:refusal.unknown')
    const createdBy = wanted.by.kind === 'nobody' ? 'nobody' : `${wanted.by.kind}:${wanted.by.id}`
    await store.replaceLink(transaction, { tokenHash: hashOf(token), partyId, createdBy, at: now })
    await house.live.announce(transaction, ['customers'])
  })
  return { token, path: cardPath(token), expiresAt: linkEnds(now, linkDays).toISOString() }
}

/** Follows a link: once, and in time. */
export async function followCardLink(house: House, token: string): Promise<OpenedCard> {
  const { linkDays, sessionDays } = await readCardSettings(house)
  return house.database.transaction(async transaction => {
    const now = house.clock.now()
    const tokenHash = hashOf(token)
    const link = await store.lockLink(transaction, tokenHash)
    const why = whyLinkRefused(link, { now, linkDays })
    if (why) throw refuse(why === 'card-link-used' ? 'conflict' : 'unauthenticated', `access:refusal.${why}`)
    await store.useLink(transaction, tokenHash, now)
    const partyId = await store.knownParty(transaction, link!.partyId)
    if (!partyId) throw refuse('unauthenticated', 'access:refusal.card-link-unknown')
    await house.live.announce(transaction, ['customers'])
    return openCard(house, transaction, { partyId, begunBy: 'link', sessionDays })
  })
}
