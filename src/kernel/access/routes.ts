import { requireMerchant } from '../merchants/index.ts'
import { type Route, route } from '../operation.ts'
import { refuse } from '../refusal.ts'
import { createKey, replaceKey, revokeKey } from './api-key.ts'
import * as contract from './contract.ts'
import { changeProvider, providerName, readProvider } from './provider.ts'
import { beyondOwn } from './rules.ts'
import { changeAccessSettings, resetSecondStep } from './security.ts'
import { readAccessSettings } from './sign-in.ts'
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
    const isBrowser = body.kind === 'browser'
    if (isBrowser && body.permissions.length > 0) throw refuse('invalid', 'access:refusal.browser-key-may-more')
    if (!isBrowser && body.permissions.length === 0) throw refuse('invalid', 'access:refusal.key-may-nothing')
    const beyond = caller.kind === 'nobody' ? body.permissions : beyondOwn(body.permissions, caller.permissions)
    if (beyond.length > 0) throw refuse('forbidden', 'access:refusal.more-than-own', { permissions: beyond })
    if (body.merchantId !== null) await requireMerchant(house.database, body.merchantId)
    return createKey(house, { ...body, createdBy: caller.kind === 'staff' ? caller.id : null })
  }),
  route(contract.revokeKey, async (house, { params }) => {
    await revokeKey(house, params.keyId)
    return undefined
  }),
  route(contract.replaceKey, (house, { params, body, caller }) =>
    replaceKey(house, params.keyId, { ...body, createdBy: caller.kind === 'staff' ? caller.id : null }),
  ),
  route(contract.resetSecondStep, async (house, { params }) => {
    await resetSecondStep(house, params.staffId)
    return undefined
  }),
  route(contract.readAccessSettings, house => readAccessSettings(house)),
  route(contract.changeAccessSettings, (house, { body, caller }) => changeAccessSettings(house, caller, body)),
  route(contract.readProvider, house => readProvider(house)),
  route(contract.changeProvider, (house, { body }) => changeProvider(house, body)),
  route(contract.readProviderButton, async house => ({ name: await providerName(house) })),
]
