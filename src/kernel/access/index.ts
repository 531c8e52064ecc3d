export { type Asking, answerAs, requirePermitted, shownTo } from './answer.ts'
export { createKey, type KeyCaller, rememberingKeys, revokeKey, whoseKey } from './api-key.ts'
export { cardSecret, cardToken, readCardToken } from './card-token.ts'
export { type OneTimeLink, type Session, signInPath } from './contract.ts'
export { maySee } from './hide.ts'
export { isKnownDevice, knownDeviceLife, rememberDevice, staffOfDevice } from './known-device.ts'
export { askForCardCode, signInWithCardCode } from './member-code.ts'
export { followCardLink, makeCardLink } from './member-link.ts'
export { cardSessionLife, codeMinutes, ownParty, worldOfToken } from './member-rules.ts'
export { closeCard, type OpenedCard, whoseCard } from './member-session.ts'
export { wholeHouseOnly, whyNotAtMerchant } from './merchant-slots.ts'
export {
  merchantPermissions,
  type Permission,
  permissions,
  permissionsOfRole,
  type Role,
  roles,
} from './permissions.ts'
export { beginProviderSignIn, finishProviderSignIn } from './provider.ts'
export { actingFor, boundTo, sessionLife, whyNotPermitted } from './rules.ts'
export { beginSecondStep, confirmSecondStep, endSecondStep } from './second-step.ts'
export { endDevice, endOtherDevices, listDevices } from './security.ts'
export {
  changeMe,
  type NewSession,
  readAccessSettings,
  requirePassword,
  type SignedIn,
  signIn,
  signOut,
  whoHolds,
} from './sign-in.ts'
export { followSignInLink, issueSignInLink } from './sign-in-link.ts'
export { changeStaff, inviteStaff } from './staff.ts'
