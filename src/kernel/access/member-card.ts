import type { House } from '../house.ts'
import { languages } from '../locale/languages.ts'
import { readParty } from '../parties/index.ts'
import { cardSecret, cardToken } from './card-token.ts'
import type { Card, CardAccess } from './member-contract.ts'
import { cardSessionLives, linkEnds } from './member-rules.ts'
import { readCardSettings } from './member-session.ts'
import * as store from './member-store.ts'

const minute = 60_000
/** Shown for a minute, good for three: a photograph of it is soon worth nothing. */
const goodFor = 3 * minute

/** What a member sees of themselves, and the text that the till scans. */
export async function readCard(house: House, partyId: string): Promise<Card> {
  const party = await readParty(house.database, partyId)
  const now = house.clock.now()
  const shownFrom = Math.floor(now.getTime() / minute) * minute
  const validUntil = new Date(shownFrom + goodFor)
  // Capitals make the QR code smaller; the till reads either.
  const token = cardToken(await cardSecret(house), { partyId, expiresAt: validUntil }).toUpperCase()
  const chosen = party.details.language
  return {
    name: party.name,
    number: party.identifiers.find(({ kind }) => kind === 'card')?.value ?? null,
    token,
    renewsAt: new Date(shownFrom + minute).toISOString(),
    validUntil: validUntil.toISOString(),
    language: languages.find(language => language === chosen) ?? null,
    business: await house.settings.business(),
    world: house.name,
    now: now.toISOString(),
  }
}

/** For staff: where a card is open, and what waits. */
export async function readCardAccess(house: House, partyId: string): Promise<CardAccess> {
  const now = house.clock.now()
  const { linkDays, sessionDays } = await readCardSettings(house)
  const devices = await store.devicesOf(house.database, partyId)
  const link = await store.openLinkOf(house.database, partyId)
  const code = await store.waitingCodeOf(house.database, partyId, now)
  const linkExpiresAt = link && linkEnds(link.createdAt, linkDays)
  return {
    devices: devices
      .filter(device => cardSessionLives(device, { now, sessionDays }))
      .map(({ begunBy, beganAt, seenAt }) => ({
        begunBy,
        beganAt: beganAt.toISOString(),
        seenAt: seenAt.toISOString(),
      })),
    link:
      linkExpiresAt && linkExpiresAt > now
        ? { createdAt: link.createdAt.toISOString(), expiresAt: linkExpiresAt.toISOString() }
        : null,
    code: code ? { code: code.code, expiresAt: code.expiresAt.toISOString() } : null,
  }
}
