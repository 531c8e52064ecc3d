import type { Role } from './permissions.ts'

export interface RoleRules {
  readonly roleClaim: string
  readonly rolesByClaim: Readonly<Record<string, Role>>
  readonly roleForNew: Role | null
}

/**
 * The role that a provider's claims give somebody for whom nobody made an account: by the first value of the claim that means
 * something here, else the role for new colleagues, else none. Owners and staff of one merchant are made by people, not by claims.
 *
 * Example: `groups: ['all', 'reception']` with `reception` meaning front desk -> 'front-desk'.
 */
export function roleOf({ roleClaim, rolesByClaim, roleForNew }: RoleRules, claims: object): Role | null {
  const told = roleClaim ? (claims as Record<string, unknown>)[roleClaim] : undefined
  const values = (Array.isArray(told) ? told : [told]).filter(value => typeof value === 'string')
  const named = values.filter(value => Object.hasOwn(rolesByClaim, value)).map(value => rolesByClaim[value]!)
  return named.find(role => role !== 'owner' && role !== 'merchant-staff') ?? roleForNew
}
