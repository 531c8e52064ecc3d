import type { Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import type { Caller } from '../operation.ts'
import { type CardSettings, cardSettings } from './member-contract.ts'
import { cardSeenEvery, cardSessionLife, cardSessionLives, tokenIn } from './member-rules.ts'
import * as store from './member-store.ts'
import { hashOf, newSecret } from './secret.ts'

const settingsName = 'access.member-card'
const day = 86_400_000

export function readCardSettings(house: House): Promise<CardSettings> {
  return house.settings.read(settingsName, cardSettings)
}

export async function changeCardSettings(house: House, settings: CardSettings): Promise<CardSettings> {
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, settingsName, settings)
    await house.live.announce(transaction, ['settings'])
  })
  return settings
}

/** A device that has just opened a card: the cookie carries the token, the database its hash. */
export interface OpenedCard {
  readonly token: string
  readonly partyId: string
}

/** Always a new session: whatever the browser held before opens nothing more (session fixation). */
export async function openCard(
  house: House,
  transaction: Transaction,
  whose: { readonly partyId: string; readonly begunBy: 'link' | 'code'; readonly sessionDays: number },
): Promise<OpenedCard> {
  const now = house.clock.now()
  await store.deleteDevicesBefore(
    transaction,
    new Date(now.getTime() - whose.sessionDays * day),
    new Date(now.getTime() - cardSessionLife),
  )
  const token = tokenIn(house.name, newSecret())
  await store.insertDevice(transaction, {
    tokenHash: hashOf(token),
    partyId: whose.partyId,
    begunBy: whose.begunBy,
    at: now,
  })
  return { token, partyId: whose.partyId }
}

/** Whose card this device has open; undefined when it is over, was signed out, or nobody of that name is on file. */
export async function whoseCard(house: House, token: string): Promise<(Caller & { kind: 'member' }) | undefined> {
  const tokenHash = hashOf(token)
  const device = await store.deviceByHash(house.database, tokenHash)
  if (!device) return undefined
  const now = house.clock.now()
  const { sessionDays } = await readCardSettings(house)
  if (!cardSessionLives(device, { now, sessionDays })) return undefined
  if (now.getTime() - device.seenAt.getTime() >= cardSeenEvery) await store.touchDevice(house.database, tokenHash, now)
  return { kind: 'member', id: device.partyId, name: '', permissions: new Set() }
}

export async function closeCard(house: House, token: string): Promise<void> {
  await store.deleteDevice(house.database, hashOf(token))
}

/** Signs a customer out everywhere: sessions, links and codes. */
export async function endCardAccess(house: House, partyId: string): Promise<void> {
  await house.database.transaction(async transaction => {
    await store.deleteAccessOf(transaction, partyId)
    await house.live.announce(transaction, ['customers'])
  })
}
