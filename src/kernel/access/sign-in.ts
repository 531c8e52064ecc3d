import { askedTogether, type Queryable, type Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import type { Language } from '../locale/languages.ts'
import type { Caller } from '../operation.ts'
import { refuse } from '../refusal.ts'
import { hashPassword, passwordMatches } from './password.ts'
import { weaknessOf } from './password-rules.ts'
import { formerLife, judgeToken, permissionsOf, seenEvery, sessionLives } from './rules.ts'
import { requireSecondStep } from './second-step.ts'
import { hashOf, newSecret } from './secret.ts'
import { type AccessSettings, accessSettings } from './security-contract.ts'
import * as sessions from './session-store.ts'
import * as store from './store.ts'

export const settingsName = 'access'

export interface SignedIn {
  readonly caller: Caller & { readonly kind: 'staff' }
  readonly staff: store.StaffRow
  readonly begunBy: sessions.BegunBy
  readonly sessionId: string
  /** `missing`: the role asks for a second step, and until there is one nothing else is permitted. */
  readonly secondStep: 'off' | 'on' | 'missing'
  /** Set where the browser must keep a new token from now on. */
  readonly newToken?: string
}

/** A fresh session; the cookie carries the token, the database its hash. */
export interface NewSession extends SignedIn {
  readonly token: string
}

export interface Beginning {
  /** The session that the browser had: signing in always begins a new one (session fixation). */
  readonly replacing?: string | undefined
  /** What the browser calls itself. */
  readonly device?: string | undefined
}

/**
 * E-mail and password, and the second step of who has one. One refusal for every reason, and the same time for each, so that
 * nobody learns who works here; only who knows the password learns that a code is needed.
 */
export async function signIn(
  house: House,
  given: Beginning & { readonly email: string; readonly password: string; readonly code?: string | undefined },
): Promise<NewSession> {
  const staff = await store.staffByEmail(house.database, given.email.trim().toLowerCase())
  if (!(await passwordMatches(given.password, staff?.passwordHash ?? null)) || !staff) {
    throw refuse('unauthenticated', 'access:refusal.wrong-sign-in')
  }
  return house.database.transaction(async transaction => {
    await requireSecondStep(house, transaction, staff, given.code)
    return beginSession(house, transaction, { staff, begunBy: 'password', ...given })
  })
}

export async function beginSession(
  house: House,
  transaction: Transaction,
  { staff, begunBy, replacing, device }: Beginning & { staff: store.StaffRow; begunBy: sessions.BegunBy },
): Promise<NewSession> {
  const now = house.clock.now()
  const settings = await readAccessSettings(house, transaction)
  if (replacing) await sessions.deleteSession(transaction, hashOf(replacing))
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds)
  await sessions.deleteSessionsBefore(
    transaction,
    before(settings.idleHours * 3_600_000),
    before(settings.lifeDays * 86_400_000),
  )
  const token = newSecret()
  const sessionId = house.newId()
  const session = { sessionId, tokenHash: hashOf(token), staffId: staff.id, begunBy, device: device ?? null, at: now }
  await sessions.insertSession(transaction, session)
  await sessions.touchSession(transaction, sessionId, staff.id, now)
  return { token, ...signedIn(staff, { begunBy, sessionId }, settings) }
}

function signedIn(
  staff: store.StaffRow,
  session: { readonly begunBy: sessions.BegunBy; readonly sessionId: string },
  { secondStepFor }: AccessSettings,
): SignedIn {
  const isMissing = secondStepFor.includes(staff.role) && !staff.hasSecondStep
  const secondStep = staff.hasSecondStep ? 'on' : isMissing ? 'missing' : 'off'
  const permissions = isMissing ? new Set<never>() : permissionsOf(staff.role, staff.merchantId)
  const { id, name, merchantId } = staff
  const { begunBy, sessionId } = session
  return { caller: { kind: 'staff', id, name, merchantId, permissions }, staff, begunBy, sessionId, secondStep }
}

export function readAccessSettings(house: House, queryable?: Queryable): Promise<AccessSettings> {
  return house.settings.read(settingsName, accessSettings, queryable)
}

const asking = new WeakMap<House, (token: string) => ReturnType<typeof sessions.sessionByHash>>()

function sessionNow(house: House) {
  const ask =
    asking.get(house) ?? askedTogether((token: string) => sessions.sessionByHash(house.database, hashOf(token)))
  asking.set(house, ask)
  return ask
}

/**
 * Who holds this session's token now; undefined when it is over, or the person was removed. Where the answer can carry a cookie
 * (`mayRenew`) a token that is a day old is changed for a new one.
 */
export async function whoHolds(
  house: House,
  token: string,
  { mayRenew = false }: { readonly mayRenew?: boolean } = {},
): Promise<SignedIn | undefined> {
  const [session, settings] = await Promise.all([sessionNow(house)(token), readAccessSettings(house)])
  if (!session) return undefined
  const now = house.clock.now()
  const judgement = judgeToken(session.isFormer ? 'former' : 'current', session, now)
  if (!sessionLives(session, settings, now) || judgement === 'refuse') return undefined
  const { sessionId, staff } = session
  if (now.getTime() - session.seenAt.getTime() >= seenEvery) {
    await sessions.touchSession(house.database, sessionId, staff.id, now)
    if (!session.isFormer) {
      await sessions.endFormerToken(house.database, sessionId, new Date(now.getTime() + formerLife))
    }
  }
  const held = signedIn(staff, session, settings)
  if (judgement !== 'renew' || !mayRenew) return held
  const newToken = newSecret()
  const change = { sessionId, rotatedAt: session.rotatedAt, tokenHash: hashOf(newToken), at: now }
  return (await sessions.rotateToken(house.database, change)) ? { ...held, newToken } : held
}

export async function signOut(house: House, token: string): Promise<void> {
  await sessions.deleteSession(house.database, hashOf(token))
}

export interface ChangeOfMe {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly language?: Language | undefined
  readonly password?: string | undefined
  readonly currentPassword?: string | undefined
}

/** What lets somebody in may only be changed by who knows the password, has none, or has just followed a link. */
export async function requirePassword(me: SignedIn, currentPassword: string | undefined): Promise<void> {
  if (me.begunBy === 'link' || me.staff.passwordHash === null) return
  if (await passwordMatches(currentPassword ?? '', me.staff.passwordHash)) return
  throw refuse('invalid', 'access:refusal.wrong-password', {}, [
    { path: 'currentPassword', code: 'access:refusal.wrong-password' },
  ])
}

/**
 * Somebody changes what is theirs. A new password ends every session of theirs and begins a new one here, so that
 * whoever had got in before is out. Answers the new session only then.
 */
export async function changeMe(house: House, me: SignedIn, change: ChangeOfMe): Promise<SignedIn | NewSession> {
  const sensitive = change.password !== undefined || (change.email !== undefined && change.email !== me.staff.email)
  if (sensitive) await requirePassword(me, change.currentPassword)
  if (change.password !== undefined) {
    const business = await house.settings.business()
    requireStrong(change.password, [me.staff.name, me.staff.email, change.email ?? null, business.name])
  }
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password)
  const settings = await readAccessSettings(house)
  return house.database.transaction(async transaction => {
    await store.lockStaff(transaction)
    const before = await store.staffById(transaction, me.staff.id)
    if (!before) throw refuse('not-found', 'access:refusal.staff-unknown')
    const staff: store.StaffRow = {
      ...before,
      name: change.name ?? before.name,
      email: change.email ?? before.email,
      language: change.language ?? before.language,
      passwordHash: passwordHash ?? before.passwordHash,
    }
    await refuseTakenEmail(transaction, staff)
    await store.updateStaff(transaction, staff)
    await house.live.announce(transaction, ['settings'])
    if (passwordHash === undefined) return signedIn(staff, me, settings)
    const device = (await sessions.sessionsOf(transaction, staff.id)).find(each => each.deviceId === me.sessionId)
    await sessions.deleteSessionsOf(transaction, staff.id)
    return beginSession(house, transaction, { staff, begunBy: 'password', device: device?.name ?? undefined })
  })
}

function requireStrong(password: string, own: readonly (string | null)[]): void {
  const weakness = weaknessOf(password, own)
  if (!weakness) return
  const code = `access:refusal.password-${weakness}`
  throw refuse('invalid', code, {}, [{ path: 'password', code }])
}

export async function refuseTakenEmail(transaction: Transaction, staff: store.StaffRow): Promise<void> {
  if (staff.email === null || staff.removedAt !== null) return
  const holder = await store.staffByEmail(transaction, staff.email)
  if (holder && holder.id !== staff.id) {
    throw refuse('conflict', 'access:refusal.email-taken', {}, [{ path: 'email', code: 'access:refusal.email-taken' }])
  }
}
