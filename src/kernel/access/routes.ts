import { type Route, route } from '../operation.ts'
import { refuse } from '../refusal.ts'
import { createKey, revokeKey } from './api-key.ts'
import * as contract from './contract.ts'
import { beyondOwn } from './rules.ts'
import { issueSignInLink } from './sign-in-link.ts'
import { changeStaff, inviteStaff } from './staff.ts'
import { allKeys, allStaff, keyShown, staffShown } from './store.ts'

/** Staff and keys. Sessions have cookies, so the outer door answers for them. */
export const accessRoutes: readonly Route[] = [
  route(contract.listStaff, async house => ({ items: (await allStaff(house.database)).map(staffShown) })),
  route(contract.listColleagues, async house => ({
    items: (await allStaff(house.database))
      .filter(person => person.removedAt === null)
      .map(({ id, name, role }) => ({ id, name, role })),
  })),
  route(contract.inviteStaff, (house, { body }) => inviteStaff(house, body)),
  route(contract.changeStaff, (house, { params, body }) => changeStaff(house, params.staffId, body)),
  route(contract.linkStaff, (house, { params }) => issueSignInLink(house, { staffId: params.staffId })),
  route(contract.listKeys, async house => ({ items: (await allKeys(house.database)).map(keyShown) })),
  route(contract.createKey, async (house, { body, caller }) => {
    const beyond = caller.kind === 'nobody' ? body.permissions : beyondOwn(body.permissions, caller.permissions)
    if (beyond.length > 0) throw refuse('forbidden', 'access:refusal.more-than-own', { permissions: beyond })
    return createKey(house, { ...body, createdBy: caller.kind === 'staff' ? caller.id : null })
  }),
  route(contract.revokeKey, async (house, { params }) => {
    await revokeKey(house, params.keyId)
    return undefined
  }),
]
