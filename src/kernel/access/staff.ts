import type { Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import type { Language } from '../locale/languages.ts'
import { requireMerchant } from '../merchants/index.ts'
import { refuse } from '../refusal.ts'
import type { OneTimeLink, Staff } from './contract.ts'
import type { Role } from './permissions.ts'
import { leavesNoOwner } from './rules.ts'
import { deleteSessionsOf, rotateSessionsOf } from './session-store.ts'
import { refuseTakenEmail } from './sign-in.ts'
import { issueSignInLink } from './sign-in-link.ts'
import * as store from './store.ts'

/** A new colleague, and the link that lets them in for the first time. */
export async function inviteStaff(
  house: House,
  person: {
    readonly name: string
    readonly role: Role
    readonly email?: string | undefined
    readonly language?: Language | undefined
    readonly merchantId?: string | undefined
  },
): Promise<{ staff: Staff; link: OneTimeLink }> {
  const staff: store.StaffRow = {
    id: house.newId(),
    name: person.name,
    email: person.email ?? null,
    role: person.role,
    language: person.language ?? null,
    passwordHash: null,
    merchantId: person.merchantId ?? null,
    hasSecondStep: false,
    createdAt: house.clock.now(),
    lastSeenAt: null,
    removedAt: null,
  }
  await house.database.transaction(async transaction => {
    await store.lockStaff(transaction)
    await requireFittingMerchant(transaction, staff)
    await refuseTakenEmail(transaction, staff)
    await store.insertStaff(transaction, staff)
    await house.live.announce(transaction, ['settings'])
  })
  return { staff: store.staffShown(staff), link: await issueSignInLink(house, { staffId: staff.id }) }
}

/**
 * Changes a colleague. Removing one ends their sessions and links at once; another role holds from their next request,
 * since permissions are read with every one.
 */
export async function changeStaff(
  house: House,
  staffId: string,
  change: {
    readonly name?: string | undefined
    readonly email?: string | null | undefined
    readonly role?: Role | undefined
    readonly merchantId?: string | null | undefined
    readonly active?: boolean | undefined
  },
): Promise<Staff> {
  return house.database.transaction(async transaction => {
    await store.lockStaff(transaction)
    const owners = await store.activeOwners(transaction)
    const before = await store.staffById(transaction, staffId)
    if (!before) throw refuse('not-found', 'access:refusal.staff-unknown')
    const active = change.active ?? before.removedAt === null
    const staff: store.StaffRow = {
      ...before,
      name: change.name ?? before.name,
      email: change.email === undefined ? before.email : change.email,
      role: change.role ?? before.role,
      merchantId: merchantAfter(before, change),
      removedAt: active ? null : (before.removedAt ?? house.clock.now()),
    }
    if (leavesNoOwner(owners, { staffId, role: staff.role, active })) {
      throw refuse('conflict', 'access:refusal.last-owner')
    }
    if (active) await requireFittingMerchant(transaction, staff)
    await refuseTakenEmail(transaction, staff)
    await store.updateStaff(transaction, staff)
    if (staff.role !== before.role || staff.merchantId !== before.merchantId)
      await rotateSessionsOf(transaction, staffId)
    if (!active) {
      await deleteSessionsOf(transaction, staffId)
      await transaction.query('delete from access.sign_in_link where staff_id = $1', [staffId])
    }
    await house.live.announce(transaction, ['settings'])
    return store.staffShown(staff)
  })
}

/** Who leaves the role leaves the merchant with it. */
function merchantAfter(
  before: store.StaffRow,
  change: { role?: Role | undefined; merchantId?: string | null | undefined },
) {
  if (change.merchantId !== undefined) return change.merchantId
  return change.role === undefined || change.role === before.role ? before.merchantId : null
}

/** Merchant staff have a merchant, and nobody else has: a role that sees everything must not look bound to one. */
async function requireFittingMerchant(transaction: Transaction, { role, merchantId }: store.StaffRow): Promise<void> {
  if ((role === 'merchant-staff') !== (merchantId !== null)) {
    throw refuse('invalid', 'access:refusal.merchant-of-role', {}, [
      { path: 'merchantId', code: 'access:refusal.merchant-of-role' },
    ])
  }
  if (merchantId !== null) await requireMerchant(transaction, merchantId)
}
