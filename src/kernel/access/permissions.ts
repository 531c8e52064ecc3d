/**
 * What may be done, in one place. An operation names one permission; a role or an API key holds a set of them.
 */
export const permissions = [
  'customers.read',
  'customers.write',
  'contact.read',
  'personal.read',
  'money.read',
  'events.write',
  'events.read',
  'imports.run',
  'warnings.act',
  'warnings.manage',
  'tasks.act',
  'points.read',
  'points.adjust',
  'points.manage',
  'rewards.read',
  'rewards.manage',
  'draws.read',
  'draws.manage',
  'coalition.read',
  'coalition.manage',
  'promises.read',
  'promises.act',
  'promises.manage',
  'promises.pay',
  'till.use',
  'credit.read',
  'credit.manage',
  'liability.read',
  'effect.read',
  'ledger.read',
  'ledger.adjust',
  'ledger.approve',
  'jobs.read',
  'customers.merge',
  'privacy.manage',
  'webhooks.manage',
  'audit.read',
  'backups.manage',
  'settings.manage',
  'staff.manage',
  'keys.manage',
  'demo.manage',
] as const

export type Permission = (typeof permissions)[number]

/** What an operation asks for: a permission, or only that we know who asks, or that it is a member on their own card. */
export type Needed = Permission | 'public' | 'signed-in' | 'member'

export const roles = [
  'owner',
  'manager',
  'marketer',
  'front-desk',
  'service',
  'finance',
  'viewer',
  'merchant-staff',
] as const

export type Role = (typeof roles)[number]

const everyone: readonly Permission[] = [
  'customers.read',
  'points.read',
  'rewards.read',
  'draws.read',
  'promises.read',
  'promises.act',
  'tasks.act',
]

/** Who deals with customers in person or writes to them: how they are reached, and what one should know of them. */
const people: readonly Permission[] = ['contact.read', 'personal.read', 'customers.write']

/**
 * All that anybody may hold who acts for one merchant, staff or key: another merchant's customers and figures stay theirs. What
 * is granted beyond it counts for nothing.
 */
export const merchantPermissions: readonly Permission[] = ['events.write', 'rewards.read', 'till.use', 'coalition.read']

/** Who may enter, and copies of everything: the owner's alone. */
const ownersOnly: readonly Permission[] = ['staff.manage', 'keys.manage', 'backups.manage']

/** Front desk and service see people, not money; only owners hand out access. */
export const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  manager: permissions.filter(permission => !ownersOnly.includes(permission)),
  marketer: [
    ...everyone,
    ...people,
    'customers.merge',
    'money.read',
    'events.read',
    'imports.run',
    'warnings.act',
    'warnings.manage',
    'points.manage',
    'rewards.manage',
    'draws.manage',
    'coalition.read',
    'promises.manage',
    'effect.read',
    'jobs.read',
  ],
  'front-desk': [...everyone, ...people, 'warnings.act', 'till.use'],
  service: [...everyone, ...people, 'customers.merge', 'warnings.act', 'points.adjust', 'events.read', 'till.use'],
  finance: [
    ...everyone,
    'money.read',
    'points.adjust',
    'coalition.read',
    'coalition.manage',
    'promises.pay',
    'credit.read',
    'credit.manage',
    'liability.read',
    'effect.read',
    'ledger.read',
    'ledger.adjust',
    'ledger.approve',
    'jobs.read',
  ],
  viewer: ['customers.read', 'points.read', 'rewards.read', 'draws.read', 'promises.read', 'money.read'],
  'merchant-staff': merchantPermissions.filter(permission => permission !== 'events.write'),
}
