import type { Caller } from '../operation.ts'
import { refuse } from '../refusal.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Browsers keep no cookie longer, so no session of a member lasts longer either. */
export const cardSessionLife = 400 * day
/** How often "last seen" is written for a member's device. */
export const cardSeenEvery = hour

/**
 * Whether a member's device is still signed in: not silent for longer than the setting says, not older than 400 days.
 *
 * Example: begun on 1 March, last seen on 1 June, 180 days allowed: lives on 27 November, is over on 28 November.
 */
export function cardSessionLives(
  { beganAt, seenAt }: { readonly beganAt: Date; readonly seenAt: Date },
  { now, sessionDays }: { readonly now: Date; readonly sessionDays: number },
): boolean {
  return now.getTime() - seenAt.getTime() < sessionDays * day && now.getTime() - beganAt.getTime() < cardSessionLife
}

/** When a link that nobody followed ends. Example: made on 1 March with 30 days: 31 March, the same time of day. */
export function linkEnds(createdAt: Date, linkDays: number): Date {
  return new Date(createdAt.getTime() + linkDays * day)
}

/** Why a link does not open the card; undefined where it does. A used one is told apart: its owner should know. */
export function whyLinkRefused(
  link: { readonly createdAt: Date; readonly usedAt: Date | null } | undefined,
  { now, linkDays }: { readonly now: Date; readonly linkDays: number },
): 'card-link-unknown' | 'card-link-used' | 'card-link-expired' | undefined {
  if (!link) return 'card-link-unknown'
  if (link.usedAt) return 'card-link-used'
  return now < linkEnds(link.createdAt, linkDays) ? undefined : 'card-link-expired'
}

export const codeMinutes = 10
export const codeTries = 5
/** Five codes of five tries are 25 guesses in a million an hour. */
export const codesAnHour = 5

export interface CodeState {
  readonly expiresAt: Date
  readonly triesLeft: number
  readonly hourBeganAt: Date
  readonly madeThisHour: number
}

/**
 * What asking for a code leads to: a code that still works is kept, so that a stranger who asks again cannot spoil the one
 * that a customer was just told; otherwise a new one, five in an hour at most, then silence.
 *
 * Example: no tries left and two made this hour: a new one, the third. Five made: none.
 */
export function askedForCode(state: CodeState, now: Date): 'keep' | 'silence' | { readonly madeThisHour: number } {
  if (codeWorks(state, now)) return 'keep'
  const isNewHour = now.getTime() - state.hourBeganAt.getTime() >= hour
  const made = isNewHour ? 0 : state.madeThisHour
  return made >= codesAnHour ? 'silence' : { madeThisHour: made + 1 }
}

/** Whether a code can still open anything. Example: expired at this very moment: no. */
export function codeWorks({ expiresAt, triesLeft }: Pick<CodeState, 'expiresAt' | 'triesLeft'>, now: Date): boolean {
  return triesLeft > 0 && now < expiresAt
}

export function codeExpires(now: Date): Date {
  return new Date(now.getTime() + codeMinutes * minute)
}

/** The digits of what was typed, whatever stands between them. Example: `'482 913'` and `'４８２９１３'` are `482913`. */
export function digitsOf(typed: string): string {
  return typed.normalize('NFKC').replace(/\D/g, '')
}

/** Six digits from four random bytes; the remainder favours none by more than one in four thousand. */
export function codeFrom(bytes: Uint8Array): string {
  const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  return String(number % 1_000_000).padStart(6, '0')
}

/** Whose card this is: an operation for members takes it from here, never from what was sent. */
export function ownParty(caller: Caller): string {
  if (caller.kind !== 'member') throw refuse('unauthenticated', 'access:refusal.card-first')
  return caller.id
}

const worlds = ['business', 'demo'] as const
type World = (typeof worlds)[number]

/** A token says in which world it was made, since each world has its own sessions. Example: `demo.Ab3…`. */
export function tokenIn(world: World, secret: string): string {
  return world === 'business' ? secret : `${world}.${secret}`
}

/** The world that a token was made in. Example: `demo.Ab3…` is of the demo, `Ab3…` of the business. */
export function worldOfToken(token: string): World {
  return token.startsWith('demo.') ? 'demo' : 'business'
}
