import type { Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import type { Language } from '../locale/languages.ts'
import type { Caller } from '../operation.ts'
import { refuse } from '../refusal.ts'
import { hashPassword, passwordMatches } from './password.ts'
import { permissionsOfRole } from './permissions.ts'
import { seenEvery, sessionIdle, sessionLife, sessionLives } from './rules.ts'
import { hashOf, newSecret } from './secret.ts'
import * as store from './store.ts'

export interface SignedIn {
  readonly caller: Caller & { readonly kind: 'staff' }
  readonly staff: store.StaffRow
  readonly begunBy: 'link' | 'password'
}

/** A fresh session; the cookie carries the token, the database its hash. */
export interface NewSession extends SignedIn {
  readonly token: string
}

/**
 * E-mail and password. One refusal for every reason, and the same time for each, so that nobody learns who works here.
 * `replacing` is the session that the browser had: signing in always begins a new one (session fixation).
 */
export async function signIn(
  house: House,
  given: { readonly email: string; readonly password: string; readonly replacing?: string | undefined },
): Promise<NewSession> {
  const staff = await store.staffByEmail(house.database, given.email.trim().toLowerCase())
  if (!(await passwordMatches(given.password, staff?.passwordHash ?? null)) || !staff) {
    throw refuse('unauthenticated', 'access:refusal.wrong-sign-in')
  }
  return house.database.transaction(transaction =>
    beginSession(house, transaction, { staff, begunBy: 'password', replacing: given.replacing }),
  )
}

export async function beginSession(
  house: House,
  transaction: Transaction,
  {
    staff,
    begunBy,
    replacing,
  }: { staff: store.StaffRow; begunBy: 'link' | 'password'; replacing?: string | undefined },
): Promise<NewSession> {
  const now = house.clock.now()
  if (replacing) await store.deleteSession(transaction, hashOf(replacing))
  await store.deleteSessionsBefore(
    transaction,
    new Date(now.getTime() - sessionIdle),
    new Date(now.getTime() - sessionLife),
  )
  const token = newSecret()
  const tokenHash = hashOf(token)
  await store.insertSession(transaction, { tokenHash, staffId: staff.id, begunBy, at: now })
  await store.touchSession(transaction, tokenHash, staff.id, now)
  return { token, ...signedIn(staff, begunBy) }
}

function signedIn(staff: store.StaffRow, begunBy: 'link' | 'password'): SignedIn {
  const permissions = new Set(permissionsOfRole[staff.role])
  return { caller: { kind: 'staff', id: staff.id, name: staff.name, permissions }, staff, begunBy }
}

/** Who holds this session's token now; undefined when it is over, or the person was removed. */
export async function whoHolds(house: House, token: string): Promise<SignedIn | undefined> {
  const tokenHash = hashOf(token)
  const session = await store.sessionByHash(house.database, tokenHash)
  const now = house.clock.now()
  if (!session || !sessionLives(session, now)) return undefined
  if (now.getTime() - session.seenAt.getTime() >= seenEvery) {
    await store.touchSession(house.database, tokenHash, session.staff.id, now)
  }
  return signedIn(session.staff, session.begunBy)
}

export async function signOut(house: House, token: string): Promise<void> {
  await store.deleteSession(house.database, hashOf(token))
}

export interface ChangeOfMe {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly language?: Language | undefined
  readonly password?: string | undefined
  readonly currentPassword?: string | undefined
}

/**
 * Somebody changes what is theirs. A new password ends every session of theirs and begins a new one here, so that
 * whoever had got in before is out. Answers the new session only then.
 */
export async function changeMe(house: House, me: SignedIn, change: ChangeOfMe): Promise<SignedIn | NewSession> {
  // What lets somebody in may only be changed by who knows the password, or has just followed a link.
  const sensitive = change.password !== undefined || (change.email !== undefined && change.email !== me.staff.email)
  if (sensitive && me.begunBy === 'password') {
    if (!(await passwordMatches(change.currentPassword ?? '', me.staff.passwordHash))) {
      throw refuse('invalid', 'access:refusal.wrong-password', {}, [
        { path: 'currentPassword', code: 'access:refusal.wrong-password' },
      ])
    }
  }
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password)
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
    if (passwordHash === undefined) return signedIn(staff, me.begunBy)
    await store.deleteSessionsOf(transaction, staff.id)
    return beginSession(house, transaction, { staff, begunBy: 'password' })
  })
}

export async function refuseTakenEmail(transaction: Transaction, staff: store.StaffRow): Promise<void> {
  if (staff.email === null || staff.removedAt !== null) return
  const holder = await store.staffByEmail(transaction, staff.email)
  if (holder && holder.id !== staff.id) {
    throw refuse('conflict', 'access:refusal.email-taken', {}, [{ path: 'email', code: 'access:refusal.email-taken' }])
  }
}
