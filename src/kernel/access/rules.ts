import type { Caller } from '../operation.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { merchantPermissions, type Needed, type Permission, permissionsOfRole, type Role } from './permissions.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The longest that a session may be set to live: the cookie waits so long, the session may end sooner. */
export const sessionLife = 30 * day

/** A token is changed every day; the one before it is good until the new one has been used, and a minute more. */
export const tokenLife = day
export const formerLife = minute

/** How often "last seen" is written: often enough to read, seldom enough to cost nothing. */
export const seenEvery = minute

export interface SessionTimes {
  readonly beganAt: Date
  readonly seenAt: Date
}

/** How long a session may be silent, and how long it may last (ASVS 5.0, 7.3). */
export interface SessionLimits {
  readonly idleHours: number
  readonly lifeDays: number
}

/**
 * Whether a session still opens the door.
 *
 * Example: with twelve hours of silence allowed, begun on Monday at nine, last seen at noon: at midnight it is over.
 */
export function sessionLives(
  { beganAt, seenAt }: SessionTimes,
  { idleHours, lifeDays }: SessionLimits,
  now: Date,
): boolean {
  return now.getTime() - seenAt.getTime() < idleHours * hour && now.getTime() - beganAt.getTime() < lifeDays * day
}

export interface TokenTimes {
  readonly rotatedAt: Date
  /** Until when the token before this one is good; null while the new one has not been used. */
  readonly formerUntil: Date | null
}

/**
 * What becomes of a request that shows a token of a session: it counts, it counts and gets a new token, or it counts no more.
 * The answer that carried a new token may be lost, so the former one stays good until the new one was seen; requests that were
 * under way at that moment have a minute.
 *
 * Example: the current token, a day old -> 'renew'. The former one, two minutes after the new one was first used -> 'refuse'.
 */
export function judgeToken(
  shown: 'current' | 'former',
  { rotatedAt, formerUntil }: TokenTimes,
  now: Date,
): 'accept' | 'renew' | 'refuse' {
  const age = now.getTime() - rotatedAt.getTime()
  if (shown === 'current') return age >= tokenLife ? 'renew' : 'accept'
  if (formerUntil !== null) return now <= formerUntil ? 'accept' : 'refuse'
  return age >= formerLife ? 'renew' : 'accept'
}

/**
 * How long a one-time link can be followed. A link for somebody who can already enter is as good as their password, so
 * it is short; an invitation is handed over by other ways and waits for its reader; the first owner's link waits for
 * the person who is just installing.
 */
export function linkLife(forWhom: 'first-owner' | 'invited' | 'known'): number {
  switch (forWhom) {
    case 'first-owner':
      return day
    case 'invited':
      return 3 * day
    case 'known':
      return 15 * minute
  }
}

export interface OwnerState {
  readonly staffId: string
  readonly role: Role
  readonly active: boolean
}

/**
 * Whether a change would leave nobody who can hand out access.
 *
 * Example: the only owner who makes herself a manager: true. With a second owner: false.
 */
export function leavesNoOwner(activeOwners: readonly string[], after: OwnerState): boolean {
  const remains = after.role === 'owner' && after.active
  return !remains && activeOwners.length === 1 && activeOwners[0] === after.staffId
}

/** Nobody hands out more than they hold. Answers what goes beyond it. */
export function beyondOwn(asked: readonly Permission[], own: ReadonlySet<Permission>): Permission[] {
  return asked.filter(permission => !own.has(permission))
}

/**
 * Why this caller may not do what needs this permission; undefined when they may. `public` needs nobody, `signed-in`
 * anybody we know.
 */
export function whyNotPermitted(caller: Caller, needed: Needed): Refusal | undefined {
  if (needed === 'public') return undefined
  if (needed === 'member') {
    return caller.kind === 'member' ? undefined : refuse('unauthenticated', 'access:refusal.card-first')
  }
  if (caller.kind === 'member') return refuse('forbidden', 'access:refusal.not-allowed')
  if (caller.kind === 'nobody') return refuse('unauthenticated', 'access:refusal.sign-in-first')
  // Whoever reads the page has this key: it opens the door for events (`http/ingest.ts`) and no other.
  if (caller.kind === 'key' && caller.keyKind === 'browser')
    return refuse('forbidden', 'access:refusal.key-not-allowed')
  if (needed === 'signed-in' || caller.permissions.has(needed)) return undefined
  return refuse('forbidden', caller.kind === 'key' ? 'access:refusal.key-not-allowed' : 'access:refusal.not-allowed')
}

/** The merchant for which a caller acts; null for those who act for the whole business. */
export function boundTo(caller: Caller): string | null {
  return caller.kind === 'staff' || caller.kind === 'key' ? (caller.merchantId ?? null) : null
}

/**
 * For whom a caller acts in a request: the merchant they name, or the one they are bound to. Another merchant does not exist
 * for who is bound to one.
 *
 * Example: a key of `tea-house` that names nobody -> 'tea-house'; one that names `cake-shop` -> refused, 404.
 */
export function actingFor(caller: Caller, named: string | undefined): string | null {
  const bound = boundTo(caller)
  if (bound !== null && named !== undefined && named !== bound) {
    throw refuse('not-found', 'merchants:refusal.unknown', { merchant: named })
  }
  return bound ?? named ?? null
}

/** What a role shows and allows; for one merchant never more than anybody may who acts for one. */
export function grantedTo(held: readonly Permission[], merchantId: string | null): ReadonlySet<Permission> {
  return new Set(merchantId === null ? held : held.filter(permission => merchantPermissions.includes(permission)))
}

export const permissionsOf = (role: Role, merchantId: string | null) =>
  grantedTo(permissionsOfRole[role], role === 'merchant-staff' ? (merchantId ?? '') : merchantId)
