import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Caller } from '../operation.ts'
import { permissions, permissionsOfRole, roles } from './permissions.ts'
import { beyondOwn, judgeToken, leavesNoOwner, linkLife, sessionLives, whyNotPermitted } from './rules.ts'
import { hashOf, looksLikeApiKey, newApiKey, newSecret } from './secret.ts'

describe('a session lives 12 hours of silence and 30 days at most', () => {
  test.each([
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z', '2026-03-01T20:59:59Z', true],
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z', '2026-03-01T21:00:00Z', false],
    ['2026-03-01T09:00:00Z', '2026-03-31T08:00:00Z', '2026-03-31T08:59:59Z', true],
    ['2026-03-01T09:00:00Z', '2026-03-31T08:00:00Z', '2026-03-31T09:00:00Z', false],
  ])('begun %s, seen %s, at %s: %s', (beganAt, seenAt, now, lives) => {
    const times = { beganAt: new Date(beganAt), seenAt: new Date(seenAt) }
    expect(sessionLives(times, { idleHours: 12, lifeDays: 30 }, new Date(now))).toBe(lives)
  })
})

describe('a token is changed after a day, and the one before it is good until the new one was used and a minute more', () => {
  const day = 24 * 3_600_000
  test.each([
    ['current', day - 1, undefined, 'accept'],
    ['current', day, undefined, 'renew'],
    ['current', 90 * day, -1, 'renew'],
    ['former', 1_000, undefined, 'accept'],
    // The answer with the new token was lost: another is made.
    ['former', 60_000, undefined, 'renew'],
    ['former', 60_000, 1, 'accept'],
    ['former', 60_000, -1, 'refuse'],
  ] as const)('%s, %i ms old, former ends in %s: %s', (shown, age, formerEndsIn, judgement) => {
    const now = new Date('2026-03-02T09:00:00Z')
    const rotatedAt = new Date(now.getTime() - age)
    const formerUntil = formerEndsIn === undefined ? null : new Date(now.getTime() + formerEndsIn)
    expect(judgeToken(shown, { rotatedAt, formerUntil }, now)).toBe(judgement)
  })
})

describe('a change may not leave the house without an owner', () => {
  test.each([
    [['ann'], { staffId: 'ann', role: 'manager', active: true }, true],
    [['ann'], { staffId: 'ann', role: 'owner', active: false }, true],
    [['ann'], { staffId: 'ann', role: 'owner', active: true }, false],
    [['ann', 'bo'], { staffId: 'ann', role: 'viewer', active: true }, false],
    [['ann'], { staffId: 'cy', role: 'viewer', active: false }, false],
  ] as const)('owners %j, after %j: %s', (owners, after, refused) => {
    expect(leavesNoOwner(owners, after)).toBe(refused)
  })
})

test('a link for somebody who can already enter is short', () => {
  expect((['known', 'first-owner', 'invited'] as const).map(kind => linkLife(kind) / 60_000)).toEqual([15, 1440, 4320])
})

describe('who may do what', () => {
  const staff = (role: (typeof roles)[number]): Caller => ({
    kind: 'staff',
    id: 'x',
    name: '',
    permissions: new Set(permissionsOfRole[role]),
  })

  test.each(roles.flatMap(role => permissions.map(permission => [role, permission] as const)))(
    '%s asks for %s: exactly what the table of roles says',
    (role, permission) => {
      const refusal = whyNotPermitted(staff(role), permission)
      expect(refusal?.code).toBe(
        permissionsOfRole[role].includes(permission) ? undefined : 'access:refusal.not-allowed',
      )
    },
  )

  test('front desk and service see no money; only owners hand out access', () => {
    const holders = (permission: (typeof permissions)[number]) =>
      roles.filter(role => permissionsOfRole[role].includes(permission))
    expect(holders('money.read')).not.toContain('front-desk')
    expect(holders('money.read')).not.toContain('service')
    expect(holders('staff.manage')).toEqual(['owner'])
    expect(holders('keys.manage')).toEqual(['owner'])
  })

  test('nobody may do what is public, and is asked to sign in for the rest', () => {
    expect(whyNotPermitted({ kind: 'nobody' }, 'public')).toBeUndefined()
    expect(whyNotPermitted({ kind: 'nobody' }, 'signed-in')?.kind).toBe('unauthenticated')
    expect(whyNotPermitted({ kind: 'nobody' }, 'customers.read')?.kind).toBe('unauthenticated')
  })

  test('a key is told that it is the key that lacks it', () => {
    const key: Caller = { kind: 'key', id: 'k', name: '', merchantId: null, permissions: new Set(['events.write']) }
    expect(whyNotPermitted(key, 'events.write')).toBeUndefined()
    expect(whyNotPermitted(key, 'signed-in')).toBeUndefined()
    expect(whyNotPermitted(key, 'customers.read')?.code).toBe('access:refusal.key-not-allowed')
  })

  test('nobody hands out more than they hold', () => {
    expect(beyondOwn(['customers.read', 'keys.manage'], new Set(['customers.read']))).toEqual(['keys.manage'])
  })
})

describe('secrets', () => {
  test('hold 256 bits, never repeat, and hash to 32 bytes', () => {
    const secrets = new Set(Array.from({ length: 200 }, newSecret))
    expect(secrets.size).toBe(200)
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(hashOf('x')).toHaveLength(32)
  })

  test('an API key looks like one, begins with its prefix, and other text does not', () => {
    const { key, prefix } = newApiKey()
    expect(looksLikeApiKey(key)).toBe(true)
    expect(key.startsWith(`${prefix}_`)).toBe(true)
    fc.assert(fc.property(fc.string(), text => !looksLikeApiKey(text)))
    expect(looksLikeApiKey(`${key}\n`)).toBe(false)
  })
})
