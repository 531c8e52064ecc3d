import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { issueSignInLink } from '#kernel/access/index.ts'
import { cookieOf, openTestServer, type TestServer } from './testing/open-server.ts'

const password = 'eight cups of tea'
let server: TestServer
let cookie: string
let secret: string
let recoveryCodes: string[]

const ask = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  headers: object = { cookie },
) => server.ask({ method, url, headers: headers as Record<string, string>, ...(payload && { payload }) })

const codeNow = () =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.house.clock.now().getTime() })

const signIn = (code?: string) =>
  ask('POST', '/api/session', { email: 'wang@example.com', password, ...(code && { code }) }, {})

beforeAll(async () => {
  server = await openTestServer()
  cookie = (await server.owner()).cookie
  cookie = cookieOf(await ask('PATCH', '/api/session/me', { name: '王明', email: 'wang@example.com', password }))
  const begun = (await ask('POST', '/api/session/second-step', { currentPassword: password })).json()
  secret = begun.secret
  expect(begun.address).toMatch(/^otpauth:\/\/totp\/.*secret=/)
  const confirmed = await ask('PUT', '/api/session/second-step', { code: codeNow() })
  recoveryCodes = confirmed.json().recoveryCodes
})
afterAll(() => server?.close())
beforeEach(() => server.house.clock.advanceDays(61 / 1440))

it('is asked for after the right password only, and a code is good once', async () => {
  const wrong = await ask('POST', '/api/session', { email: 'wang@example.com', password: 'nine cups of tea' }, {})
  expect(wrong.json().code).toBe('access:refusal.wrong-sign-in')
  expect((await signIn()).json()).toMatchObject({ status: 401, code: 'access:refusal.code-needed' })
  expect((await signIn('000000')).json()).toMatchObject({ status: 401, code: 'access:refusal.code-wrong' })
  const code = codeNow()
  const entered = await signIn(code)
  expect(entered.statusCode, entered.body).toBe(200)
  expect(entered.json().staff.secondStep).toBe('on')
  expect((await signIn(code)).json().code).toBe('access:refusal.code-wrong')
})

it('lets a recovery code in once, however it is written', async () => {
  const [first] = recoveryCodes as [string]
  expect(recoveryCodes).toHaveLength(10)
  expect((await signIn(first.toUpperCase().replaceAll('-', ' '))).statusCode).toBe(200)
  expect((await signIn(first)).statusCode).toBe(401)
})

it('keeps no recovery code in clear', async () => {
  const rows = await server.house.database.query(
    'select encode(unnest(recovery_hashes), $$escape$$) as h from access.second_step',
  )
  expect(rows.length).toBeGreaterThan(5)
  for (const code of recoveryCodes) expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''))
})

it('stands before a link of a colleague too, which stays whole until it was shown; not before the link of the machine', async () => {
  const [owner] = await server.house.database.query<{ id: string }>('select staff_id as id from access.staff')
  const staffId = owner!.id
  const { token } = await issueSignInLink(server.house, { staffId })
  const follow = (code?: string) => ask('POST', '/api/session/link', { token, ...(code && { code }) }, {})
  expect((await follow()).json().code).toBe('access:refusal.code-needed')
  expect((await follow(codeNow())).statusCode).toBe(200)
  const machine = await issueSignInLink(server.house, { firstOwner: true })
  expect((await ask('POST', '/api/session/link', { token: machine.token }, {})).statusCode).toBe(200)
})

it('once required of a role, opens nothing to who has none but the way to have one', async () => {
  const owner = await server.owner()
  const required = { idleHours: 12, lifeDays: 30, secondStepFor: ['owner', 'manager'] }
  expect((await ask('PUT', '/api/settings/access', required, owner)).statusCode).toBe(200)
  const invited = await ask('POST', '/api/staff', { name: '小李', role: 'manager' }, owner)
  const { link, staff } = invited.json()
  const manager = { cookie: cookieOf(await ask('POST', '/api/session/link', { token: link.token }, {})) }
  const session = (await ask('GET', '/api/session', undefined, manager)).json()
  expect(session).toMatchObject({ staff: { secondStep: 'missing' }, permissions: [] })
  expect((await ask('GET', '/api/keys', undefined, manager)).statusCode).toBe(403)
  const begun = (await ask('POST', '/api/session/second-step', {}, manager)).json()
  const code = new TOTP({ secret: Secret.fromBase32(begun.secret) }).generate({
    timestamp: server.house.clock.now().getTime(),
  })
  expect((await ask('PUT', '/api/session/second-step', { code }, manager)).statusCode).toBe(200)
  expect((await ask('GET', '/api/session', undefined, manager)).json().staff.secondStep).toBe('on')
  server.house.clock.advanceDays(1 / 1440)
  const off = await ask('DELETE', '/api/session/second-step', { code: '123456' }, manager)
  expect(off.json().code, off.body).toBe('access:refusal.second-step-required')
  // The phone is lost: an owner takes the step away, and whoever was in is out.
  expect((await ask('DELETE', `/api/staff/${staff.id}/second-step`, undefined, owner)).statusCode).toBe(204)
  expect((await ask('GET', '/api/session', undefined, manager)).statusCode).toBe(401)
})

it('is not asked of others by who has none', async () => {
  const fresh = await openTestServer()
  const owner = await fresh.owner()
  const payload = { secondStepFor: ['owner'] }
  const refused = await fresh.ask({ method: 'PUT', url: '/api/settings/access', headers: owner, payload })
  expect(refused.json().code, refused.body).toBe('access:refusal.second-step-own-first')
  await fresh.close()
})

it('counts its attempts: ten wrong codes an hour', async () => {
  const statuses: number[] = []
  const fresh = await openTestServer()
  const owner = await fresh.owner()
  await fresh.ask({ method: 'POST', url: '/api/session/second-step', headers: owner, payload: {} })
  for (let attempt = 0; attempt < 12; attempt++) {
    const put = { method: 'PUT', url: '/api/session/second-step', headers: owner, payload: { code: '000000' } } as const
    statuses.push((await fresh.ask(put)).statusCode)
  }
  expect(statuses.filter(status => status === 429).length).toBeGreaterThanOrEqual(2)
  await fresh.close()
})
