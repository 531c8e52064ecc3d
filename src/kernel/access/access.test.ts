import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import {
  changeMe,
  changeStaff,
  createKey,
  followSignInLink,
  inviteStaff,
  issueSignInLink,
  rememberingKeys,
  revokeKey,
  signIn,
  signOut,
  whoHolds,
  whoseKey,
} from './index.ts'
import { hashPassword, passwordMatches } from './password.ts'

let house: TestHouse
const start = '2026-03-01T09:00:00Z'

beforeAll(async () => {
  house = await openTestHouse({ start })
})
afterAll(() => house.close())
beforeEach(async () => {
  house.clock.set(start)
  await house.database.query('truncate access.staff, access.session, access.sign_in_link, access.api_key cascade')
})

const follow = (token: string) => followSignInLink(house, token, { language: 'en' })
const later = (milliseconds: number) => house.clock.set(new Date(house.clock.now().getTime() + milliseconds))
const code = (code: string) => expect.objectContaining({ code: `access:refusal.${code}` })
const minute = 60_000

async function firstOwner() {
  return follow((await issueSignInLink(house, { firstOwner: true })).token)
}

describe('one-time links', () => {
  test('the first one makes the owner, whose name is asked later', async () => {
    const owner = await firstOwner()
    expect(owner.staff).toMatchObject({ role: 'owner', name: '', language: 'en', email: null })
    expect((await whoHolds(house, owner.token))?.caller.id).toBe(owner.staff.id)
  })

  test('a link is used once', async () => {
    const { token } = await issueSignInLink(house, { firstOwner: true })
    await follow(token)
    await expect(follow(token)).rejects.toEqual(code('link-used'))
  })

  test('two who follow the same link at the same moment: one gets in', async () => {
    const { token } = await issueSignInLink(house, { firstOwner: true })
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => follow(token)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await house.database.query('select 1 from access.staff')).toHaveLength(1)
  })

  test('once there is an owner, the link for whoever stands at the machine signs that owner in, for 15 minutes', async () => {
    const owner = await firstOwner()
    const link = await issueSignInLink(house, { firstOwner: true })
    expect(new Date(link.expiresAt).getTime() - house.clock.now().getTime()).toBe(15 * minute)
    expect((await follow(link.token)).staff.id).toBe(owner.staff.id)
  })

  test('a link ends in time', async () => {
    await firstOwner()
    const { token } = await issueSignInLink(house, { firstOwner: true })
    later(15 * minute)
    await expect(follow(token)).rejects.toEqual(code('link-expired'))
  })

  test('a newer link ends the older, and made-up ones open nothing', async () => {
    const older = await issueSignInLink(house, { firstOwner: true })
    await issueSignInLink(house, { firstOwner: true })
    await expect(follow(older.token)).rejects.toEqual(code('link-unknown'))
    await expect(follow('made up')).rejects.toEqual(code('link-unknown'))
  })

  test('a removed colleague’s link opens nothing', async () => {
    await firstOwner()
    const { staff, link } = await inviteStaff(house, { name: 'Bo', role: 'viewer' })
    await changeStaff(house, staff.id, { active: false })
    await expect(follow(link.token)).rejects.toEqual(code('link-unknown'))
    await expect(issueSignInLink(house, { staffId: staff.id })).rejects.toEqual(code('staff-unknown'))
  })
})

describe('sessions', () => {
  test('end after 12 hours of silence, and go on while they are used', async () => {
    const { token } = await firstOwner()
    for (let hours = 0; hours < 48; hours += 8) {
      later(8 * 60 * minute)
      expect(await whoHolds(house, token)).toBeDefined()
    }
    later(12 * 60 * minute)
    expect(await whoHolds(house, token)).toBeUndefined()
  })

  test('end after 30 days however much they are used', async () => {
    const { token } = await firstOwner()
    for (let half = 0; half < 60; half++) {
      later(11.9 * 60 * minute)
      await whoHolds(house, token)
    }
    expect(await whoHolds(house, token)).toBeDefined()
    later(11.9 * 60 * minute)
    expect(await whoHolds(house, token)).toBeUndefined()
  })

  test('signing in begins a new one and ends the one the browser had', async () => {
    const before = await firstOwner()
    const { token } = await issueSignInLink(house, { firstOwner: true })
    const after = await followSignInLink(house, token, { language: 'en', replacing: before.token })
    expect(await whoHolds(house, before.token)).toBeUndefined()
    expect(await whoHolds(house, after.token)).toBeDefined()
  })

  test('signing out ends it', async () => {
    const { token } = await firstOwner()
    await signOut(house, token)
    expect(await whoHolds(house, token)).toBeUndefined()
  })

  test('a new role holds at once, removal ends everything at once', async () => {
    await firstOwner()
    const { staff, link } = await inviteStaff(house, { name: 'Bo', role: 'marketer' })
    const { token } = await follow(link.token)
    await changeStaff(house, staff.id, { role: 'front-desk' })
    expect((await whoHolds(house, token))?.caller.permissions.has('money.read')).toBe(false)
    await changeStaff(house, staff.id, { active: false })
    expect(await whoHolds(house, token)).toBeUndefined()
    await changeStaff(house, staff.id, { active: true })
    expect(await whoHolds(house, token)).toBeUndefined()
  })
})

describe('passwords', () => {
  async function ownerWithPassword() {
    const owner = await firstOwner()
    const me = (await whoHolds(house, owner.token))!
    return changeMe(house, me, { name: '王明', email: 'wang@example.com', password: 'eight cups of tea' })
  }

  test('let in with the address in any case, and only with the right one', async () => {
    await ownerWithPassword()
    expect((await signIn(house, { email: ' Wang@Example.com', password: 'eight cups of tea' })).staff.name).toBe('王明')
    for (const wrong of [
      { email: 'wang@example.com', password: 'eight cups of te' },
      { email: 'wang@example.com', password: '' },
      { email: 'nobody@example.com', password: 'eight cups of tea' },
    ]) {
      await expect(signIn(house, wrong)).rejects.toEqual(code('wrong-sign-in'))
    }
  })

  test('who has none cannot sign in with an empty one', async () => {
    await firstOwner()
    await inviteStaff(house, { name: 'Bo', role: 'viewer', email: 'bo@example.com' })
    await expect(signIn(house, { email: 'bo@example.com', password: '' })).rejects.toEqual(code('wrong-sign-in'))
  })

  test('a new one ends every other session', async () => {
    const owner = await ownerWithPassword()
    const elsewhere = await signIn(house, { email: 'wang@example.com', password: 'eight cups of tea' })
    const me = (await whoHolds(house, (owner as { token: string }).token))!
    const changed = await changeMe(house, me, { password: 'nine cups of tea', currentPassword: 'eight cups of tea' })
    expect(await whoHolds(house, elsewhere.token)).toBeUndefined()
    expect(await whoHolds(house, (changed as { token: string }).token)).toBeDefined()
  })

  test('a session begun with a password needs it again to change what lets people in', async () => {
    await ownerWithPassword()
    const { token } = await signIn(house, { email: 'wang@example.com', password: 'eight cups of tea' })
    const me = (await whoHolds(house, token))!
    await expect(changeMe(house, me, { password: 'nine cups of tea' })).rejects.toEqual(code('wrong-password'))
    await expect(changeMe(house, me, { email: 'other@example.com' })).rejects.toEqual(code('wrong-password'))
    expect(await changeMe(house, me, { name: 'Wang Ming' })).toMatchObject({ staff: { name: 'Wang Ming' } })
  })

  test('are kept salted, and the same letters typed in two ways are the same password', async () => {
    const [one, other] = await Promise.all([hashPassword('caf\u00e9 au lait'), hashPassword('caf\u00e9 au lait')])
    expect(one).not.toBe(other)
    expect(await passwordMatches('cafe\u0301 au lait', one)).toBe(true)
    expect(await passwordMatches('anything', null)).toBe(false)
  })

  test('more guesses at once than can be hashed are turned away, and the rest are answered', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, async () => passwordMatches('x', null)))
    const refused = outcomes.filter(outcome => outcome.status === 'rejected')
    expect(refused.length).toBe(60 - 42)
    expect(refused[0]).toMatchObject({ reason: { kind: 'too-many' } })
  })
})

describe('staff', () => {
  test('the last owner can be neither removed nor made something else', async () => {
    const { staff } = await firstOwner()
    await expect(changeStaff(house, staff.id, { active: false })).rejects.toEqual(code('last-owner'))
    await expect(changeStaff(house, staff.id, { role: 'manager' })).rejects.toEqual(code('last-owner'))
  })

  test('two owners who remove each other at the same moment: one stays', async () => {
    const ann = (await firstOwner()).staff.id
    const bo = (await inviteStaff(house, { name: 'Bo', role: 'owner' })).staff.id
    const outcomes = await Promise.allSettled([ann, bo].map(id => changeStaff(house, id, { active: false })))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('an address belongs to one, also when two ask for it at the same moment', async () => {
    await firstOwner()
    const invite = () => inviteStaff(house, { name: 'Bo', role: 'viewer', email: 'bo@example.com' })
    const outcomes = await Promise.allSettled([invite(), invite(), invite()])
    const refused = outcomes.filter(outcome => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => reason.code)).toEqual(Array(2).fill('access:refusal.email-taken'))
  })

  test('the address of somebody who left can be given away, and then they cannot come back with it', async () => {
    await firstOwner()
    const bo = await inviteStaff(house, { name: 'Bo', role: 'viewer', email: 'desk@example.com' })
    await changeStaff(house, bo.staff.id, { active: false })
    await inviteStaff(house, { name: 'Cy', role: 'viewer', email: 'desk@example.com' })
    await expect(changeStaff(house, bo.staff.id, { active: true })).rejects.toEqual(code('email-taken'))
  })
})

describe('API keys', () => {
  test('open until they are revoked, with what they were given', async () => {
    const { key, secret } = await createKey(house, { name: 'till', permissions: ['events.write'], createdBy: null })
    expect(secret.startsWith(`${key.prefix}_`)).toBe(true)
    const caller = await whoseKey(house, secret)
    expect(caller).toMatchObject({ kind: 'key', id: key.keyId, name: 'till' })
    expect([...caller!.permissions]).toEqual(['events.write'])
    await revokeKey(house, key.keyId)
    expect(await whoseKey(house, secret)).toBeUndefined()
    expect(await whoseKey(house, `${secret.slice(0, -1)}A`)).toBeUndefined()
  })

  test('when it was last used is known', async () => {
    const { secret } = await createKey(house, { name: 'till', permissions: ['events.write'], createdBy: null })
    later(5 * minute)
    await whoseKey(house, secret)
    const [row] = await house.database.query<{ at: Date }>('select last_used_at as at from access.api_key')
    expect(row?.at).toEqual(house.clock.now())
  })

  test('the busy door remembers a key for five seconds, no longer', async () => {
    const whose = rememberingKeys(house)
    const { key, secret } = await createKey(house, { name: 'till', permissions: ['events.write'], createdBy: null })
    expect(await whose(secret)).toBeDefined()
    await revokeKey(house, key.keyId)
    expect(await whose(secret)).toBeDefined()
    later(5000)
    expect(await whose(secret)).toBeUndefined()
  })
})

test('a copy of the database opens nothing: no secret that was handed out stands in it', async () => {
  const owner = await firstOwner()
  const { link } = await inviteStaff(house, { name: 'Bo', role: 'viewer' })
  const { secret } = await createKey(house, { name: 'till', permissions: ['events.write'], createdBy: null })
  const me = (await whoHolds(house, owner.token))!
  const changed = (await changeMe(house, me, { password: 'eight cups of tea' })) as { token: string }
  const tables = ['staff', 'session', 'sign_in_link', 'api_key']
  const rows = await Promise.all(tables.map(table => house.database.query(`select t::text from access.${table} t`)))
  const dump = JSON.stringify(rows)
  for (const canary of [owner.token, link.token, secret, changed.token, 'eight cups of tea']) {
    expect(dump).not.toContain(canary)
    expect(dump).not.toContain(Buffer.from(canary).toString('hex'))
    expect(dump).not.toContain(Buffer.from(canary, 'base64url').toString('hex'))
  }
})
