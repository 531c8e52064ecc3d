import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import { type Identifier, identifierKey, type Region, regionKnownTo } from '../parties/index.ts'
import { refuse } from '../refusal.ts'
import { askedForCode, codeExpires, codeFrom, codeTries, digitsOf } from './member-rules.ts'
import { type OpenedCard, openCard, readCardSettings } from './member-session.ts'
import * as store from './member-store.ts'

const hour = 3_600_000

/** What somebody may have meant, the likeliest first. Example: `138 0000 5521` is a phone, else a card or customer number. */
export function meantBy(typed: string, region: Region): { readonly kind: Identifier['kind']; readonly key: string }[] {
  const kinds: Identifier['kind'][] = typed.includes('@') ? ['email'] : ['phone', 'card', 'customer_id']
  return kinds
    .map(kind => ({ kind, key: identifierKey({ kind, value: typed }, region) }))
    .filter(({ key }) => key.length >= 3)
}

interface Subject {
  readonly subject: Buffer
  readonly partyId: string | null
}

const digest = (...parts: readonly (string | Buffer)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const subjectOf = (partyId: string) => digest('party ', partyId)

/** Whom a code is for. Who is not known gets a row of their own too, so that asking for them is no different. */
async function meant(house: House, transaction: Transaction, typed: string): Promise<Subject> {
  const wanted = meantBy(typed, await regionKnownTo(house, transaction))
  const partyId = (await store.partyWith(transaction, wanted)) ?? null
  return { subject: partyId ? subjectOf(partyId) : digest('nobody ', wanted[0]?.key ?? ''), partyId }
}

/**
 * A customer asks for a code. Nothing is answered, whether or not we know them: the code waits in the outbox, where staff
 * read it out, until something that sends messages takes it from there.
 */
export async function askForCardCode(house: House, typed: string): Promise<void> {
  await house.database.transaction(async transaction => {
    const now = house.clock.now()
    await store.forgetOldCodes(transaction, now, new Date(now.getTime() - hour))
    await codeFor(house, transaction, { ...(await meant(house, transaction, typed)), isAsked: true })
    await house.live.announce(transaction, ['customers'])
  })
}

/** A code for staff to read out; one that still works is shown again. */
export async function makeCardCode(house: House, given: string): Promise<{ code: string; expiresAt: string }> {
  return house.database.transaction(async transaction => {
    const partyId = await store.knownParty(transaction, given)
    if (!partyId) throw refuse('not-found', 'parties:refusal.unknown')
    await codeFor(house, transaction, { subject: subjectOf(partyId), partyId, isAsked: false })
    await house.live.announce(transaction, ['customers'])
    const waiting = await store.waitingCodeOf(transaction, partyId, house.clock.now())
    return { code: waiting!.code, expiresAt: waiting!.expiresAt.toISOString() }
  })
}

async function codeFor(
  house: House,
  transaction: Transaction,
  { subject, partyId, isAsked }: Subject & { isAsked: boolean },
): Promise<void> {
  const now = house.clock.now()
  const before = await store.lockCode(transaction, { subject, partyId, at: now })
  const asked = askedForCode(before, now)
  // The limit is for those who ask from outside; staff stand before the customer. A code that was sent already is gone
  // from the outbox, so that for them it is made anew.
  const isThere = partyId !== null && (await store.waitingCodeOf(transaction, partyId, now)) !== undefined
  if (isAsked ? typeof asked === 'string' : asked === 'keep' && isThere) return
  const code = codeFrom(randomBytes(4))
  const expiresAt = codeExpires(now)
  const isNewHour = now.getTime() - before.hourBeganAt.getTime() >= hour
  await store.writeCode(transaction, {
    subject,
    codeHash: digest(subject, code),
    state: {
      expiresAt,
      triesLeft: codeTries,
      hourBeganAt: isNewHour ? now : before.hourBeganAt,
      madeThisHour: typeof asked === 'object' ? asked.madeThisHour : before.madeThisHour,
    },
  })
  await store.putOut(transaction, { subject, partyId, code, at: now, expiresAt })
}

/** Opens the card with a code. One refusal for every reason; each attempt takes a try, right or wrong. */
export async function signInWithCardCode(
  house: House,
  given: { readonly identifier: string; readonly code: string },
): Promise<OpenedCard> {
  const { sessionDays } = await readCardSettings(house)
  // The try must count, so the transaction ends well also where the answer is no.
  const opened = await house.database.transaction(async transaction => {
    const { subject } = await meant(house, transaction, given.identifier)
    const row = await store.takeTry(transaction, subject, house.clock.now())
    const isRight = timingSafeEqual(digest(subject, digitsOf(given.code)), row ? row.codeHash : digest('nothing'))
    if (!row?.partyId || !isRight) return undefined
    await store.endCode(transaction, subject)
    await house.live.announce(transaction, ['customers'])
    return openCard(house, transaction, { partyId: row.partyId, begunBy: 'code', sessionDays })
  })
  if (!opened) throw refuse('unauthenticated', 'access:refusal.card-code-wrong')
  return opened
}
