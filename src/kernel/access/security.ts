import type { House } from '../house.ts'
import { refuse } from '../refusal.ts'
import { deleteSecondStep } from './second-step.ts'
import type { AccessSettings, Device } from './security-contract.ts'
import { deleteOwnSession, deleteSessionsOf, sessionsOf } from './session-store.ts'
import { type SignedIn, settingsName } from './sign-in.ts'
import { lockStaff, staffById } from './store.ts'

export async function listDevices(house: House, me: SignedIn): Promise<{ items: Device[] }> {
  const rows = await sessionsOf(house.database, me.staff.id)
  const items = rows.map(row => ({
    ...row,
    beganAt: row.beganAt.toISOString(),
    seenAt: row.seenAt.toISOString(),
    isThisOne: row.deviceId === me.sessionId,
  }))
  return { items }
}

/** Only ever one's own: the device of somebody else does not exist. */
export async function endDevice(house: House, me: SignedIn, deviceId: string): Promise<void> {
  if (!(await deleteOwnSession(house.database, me.staff.id, deviceId))) {
    throw refuse('not-found', 'access:refusal.device-unknown')
  }
}

export async function endOtherDevices(house: House, me: SignedIn): Promise<{ ended: number }> {
  return { ended: await deleteSessionsOf(house.database, me.staff.id, me.sessionId) }
}

/** An owner takes the second step from a colleague whose phone is gone; whoever was in is out. */
export async function resetSecondStep(house: House, staffId: string): Promise<void> {
  await house.database.transaction(async transaction => {
    await lockStaff(transaction)
    if (!(await staffById(transaction, staffId))) throw refuse('not-found', 'access:refusal.staff-unknown')
    await deleteSecondStep(transaction, staffId)
    await deleteSessionsOf(transaction, staffId)
    await house.live.announce(transaction, ['settings'])
  })
}

/** Who asks a role of theirs for a second step must have one, or would stand before a closed door. */
export async function changeAccessSettings(
  house: House,
  caller: { readonly kind: string; readonly id?: string },
  settings: AccessSettings,
): Promise<AccessSettings> {
  const me = caller.kind === 'staff' ? await staffById(house.database, caller.id!) : undefined
  if (me && settings.secondStepFor.includes(me.role) && !me.hasSecondStep) {
    throw refuse('conflict', 'access:refusal.second-step-own-first')
  }
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, settingsName, settings)
    await house.live.announce(transaction, ['settings'])
  })
  return settings
}
