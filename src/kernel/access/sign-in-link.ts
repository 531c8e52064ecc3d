import type { Queryable, Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import type { Language } from '../locale/languages.ts'
import { refuse } from '../refusal.ts'
import { type OneTimeLink, signInPath } from './contract.ts'
import { linkLife } from './rules.ts'
import { requireSecondStep } from './second-step.ts'
import { hashOf, newSecret } from './secret.ts'
import { beginSession, type NewSession } from './sign-in.ts'
import * as store from './store.ts'

/**
 * A link that lets its holder in once. `{ firstOwner: true }` is for whoever stands at the machine: it makes the first
 * owner where there is none, and lets the eldest owner in where there is one. Earlier links for the same person end.
 */
export async function issueSignInLink(
  house: House,
  whom: { readonly staffId: string } | { readonly firstOwner: true },
): Promise<OneTimeLink> {
  return house.database.transaction(async transaction => {
    const staffId = 'staffId' in whom ? whom.staffId : ((await store.activeOwners(transaction))[0] ?? null)
    const staff = staffId === null ? undefined : await store.staffById(transaction, staffId)
    if (staffId !== null && (!staff || staff.removedAt)) throw refuse('not-found', 'access:refusal.staff-unknown')

    const now = house.clock.now()
    const expiresAt = new Date(
      now.getTime() + linkLife(!staff ? 'first-owner' : staff.lastSeenAt === null ? 'invited' : 'known'),
    )
    await endLinks(transaction, staffId)
    const token = newSecret()
    await transaction.query(
      `insert into access.sign_in_link (token_hash, staff_id, created_at, expires_at, is_from_machine)
       values ($1, $2, $3, $4, $5)`,
      [hashOf(token), staffId, now, expiresAt, 'firstOwner' in whom],
    )
    return { token, path: signInPath(token), expiresAt: expiresAt.toISOString() }
  })
}

/** Ends the links that nobody has followed; used ones stay, so that a second try can be told what happened. */
async function endLinks(on: Queryable, staffId: string | null): Promise<void> {
  await on.query('delete from access.sign_in_link where staff_id is not distinct from $1 and used_at is null', [
    staffId,
  ])
}

/**
 * Follows a link: once, in time, and for somebody who still works here. The first owner comes without a name; Settings
 * asks for it later.
 */
export async function followSignInLink(
  house: House,
  token: string,
  given: {
    readonly language: Language
    readonly replacing?: string | undefined
    readonly device?: string | undefined
    readonly code?: string | undefined
  },
): Promise<NewSession> {
  return house.database.transaction(async transaction => {
    const now = house.clock.now()
    const tokenHash = hashOf(token)
    const [link] = await transaction.query<{ staffId: string | null; isFromMachine: boolean }>(
      `update access.sign_in_link set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2
       returning staff_id as "staffId", is_from_machine as "isFromMachine"`,
      [tokenHash, now],
    )
    if (!link) throw await whyNot(transaction, tokenHash)

    const staff =
      link.staffId === null
        ? await firstOwner(house, transaction, given.language)
        : await store.staffById(transaction, link.staffId)
    if (!staff || staff.removedAt) throw refuse('unauthenticated', 'access:refusal.link-unknown')
    // Without a good code nothing has happened: the link is still whole. Who stands at the machine holds the database anyway,
    // and must be able to come in when their phone is lost.
    if (!link.isFromMachine) await requireSecondStep(house, transaction, staff, given.code)
    return beginSession(house, transaction, { staff, begunBy: 'link', ...given })
  })
}

async function whyNot(on: Queryable, tokenHash: Buffer) {
  const [link] = await on.query<{ usedAt: Date | null }>(
    'select used_at as "usedAt" from access.sign_in_link where token_hash = $1',
    [tokenHash],
  )
  if (!link) return refuse('unauthenticated', 'access:refusal.link-unknown')
  return link.usedAt
    ? refuse('conflict', 'access:refusal.link-used')
    : refuse('unauthenticated', 'access:refusal.link-expired')
}

async function firstOwner(house: House, on: Transaction, language: Language): Promise<store.StaffRow> {
  await store.lockStaff(on)
  // Somebody else came first: a link that makes owners must not outlive the need for one.
  if ((await store.activeOwners(on)).length > 0) throw refuse('conflict', 'access:refusal.link-used')
  const staff: store.StaffRow = {
    id: house.newId(),
    name: '',
    email: null,
    role: 'owner',
    language,
    passwordHash: null,
    merchantId: null,
    hasSecondStep: false,
    createdAt: house.clock.now(),
    lastSeenAt: null,
    removedAt: null,
  }
  await store.insertStaff(on, staff)
  await endLinks(on, null)
  return staff
}
