/**
 * What may be done, in one place. An operation names one permission; a role or an API key holds a set of them.
 */
export const permissions = [
  'customers.read',
  'customers.write',
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
  'ledger.read',
  'ledger.adjust',
  'ledger.approve',
  'jobs.read',
  'settings.manage',
  'staff.manage',
  'keys.manage',
  'demo.manage',
] as const

export type Permission = (typeof permissions)[number]

export const roles = ['owner', 'manager', 'marketer', 'front-desk', 'service', 'finance', 'viewer'] as const

export type Role = (typeof roles)[number]

const everyone: readonly Permission[] = ['customers.read', 'points.read', 'tasks.act']

/** Front desk and service see people, not money; only owners hand out access. */
export const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  manager: permissions.filter(permission => permission !== 'staff.manage' && permission !== 'keys.manage'),
  marketer: [
    ...everyone,
    'customers.write',
    'money.read',
    'events.read',
    'imports.run',
    'warnings.act',
    'warnings.manage',
    'points.manage',
    'jobs.read',
  ],
  'front-desk': [...everyone, 'customers.write', 'warnings.act'],
  service: [...everyone, 'customers.write', 'warnings.act', 'points.adjust', 'events.read'],
  finance: [...everyone, 'money.read', 'points.adjust', 'ledger.read', 'ledger.adjust', 'ledger.approve', 'jobs.read'],
  viewer: ['customers.read', 'points.read', 'money.read'],
}
