import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { cookieOf, openTestServer, type TestServer } from './testing/open-server.ts'

const provider = new OAuth2Server()
let server: TestServer
let owner: { cookie: string }
let claims: Record<string, unknown>

const settings = {
  isOn: true,
  clientId: 'guanxi',
  clientSecret: 'canary of the client',
  name: 'Tea Works',
  domains: ['tea.example'],
  roleClaim: 'groups',
  rolesByClaim: { reception: 'front-desk', board: 'owner' },
  roleForNew: null as string | null,
}

const put = (change: object = {}) =>
  server.ask({
    method: 'PUT',
    url: '/api/settings/sign-in-provider',
    headers: owner,
    payload: { ...settings, issuer: provider.issuer.url, ...change },
  })

beforeAll(async () => {
  await provider.issuer.keys.generate('RS256')
  await provider.start(0, '127.0.0.1')
  provider.service.on('beforeTokenSigning', token => Object.assign(token.payload, claims))
  server = await openTestServer()
  owner = await server.owner()
})
afterAll(async () => {
  await server?.close()
  await provider.stop()
})
beforeEach(async () => {
  claims = { sub: 'lin', email: 'lin@tea.example', email_verified: true, name: '林小雨', groups: ['reception'] }
  expect((await put()).statusCode).toBe(200)
})

/** Goes where the server sends the browser, and answers with what the provider sends back and the browser's cookie. */
async function atProvider() {
  const begun = await server.ask({ method: 'POST', url: '/api/session/provider', payload: {} })
  expect(begun.statusCode, begun.body).toBe(200)
  const address = new URL(begun.json().address)
  const answer = await fetch(address, { redirect: 'manual' })
  const { search } = new URL(answer.headers.get('location')!)
  return { address, search, cookie: cookieOf(begun) }
}

const comeBack = (search: string, cookie = '') =>
  server.ask({ method: 'POST', url: '/api/session/provider/return', headers: { cookie }, payload: { search } })

async function signIn() {
  const { search, cookie } = await atProvider()
  return comeBack(search, cookie)
}

it('brings in a stranger with the role that their group has here, and finds them again', async () => {
  const { address, search, cookie } = await atProvider()
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'openid email profile',
    redirect_uri: 'http://localhost:80/sign-in',
  })
  const first = await comeBack(search, cookie)
  expect(first.statusCode, first.body).toBe(200)
  expect(first.json().staff).toMatchObject({ name: '林小雨', role: 'front-desk', email: 'lin@tea.example' })
  const again = await signIn()
  expect(again.json().staff.id).toBe(first.json().staff.id)
  // Known by who they are there, also under another address.
  claims = { ...claims, email: 'lin.xiaoyu@tea.example' }
  expect((await signIn()).json().staff.id).toBe(first.json().staff.id)
})

it('an answer is good once, in the browser in which it began, within ten minutes', async () => {
  const { search, cookie } = await atProvider()
  expect((await comeBack(search)).json().code).toBe('access:refusal.provider-refused')
  expect((await comeBack(search, 'guanxi_provider=made-up')).statusCode).toBe(401)
  expect((await comeBack(search, cookie)).statusCode).toBe(200)
  expect((await comeBack(search, cookie)).statusCode).toBe(401)
  const late = await atProvider()
  server.house.clock.advanceDays(11 / 1440)
  expect((await comeBack(late.search, late.cookie)).statusCode).toBe(401)
})

it.each([
  ['an address that was not verified', { email_verified: false }],
  ['an address of another house', { email: 'lin@evil.example' }],
  ['a domain that only looks like ours', { email: 'lin@tea.example.evil.example' }],
  ['no address', { email: undefined }],
  ['a token for another sign-in', { nonce: 'made up' }],
  ['a token for another client', { aud: 'somebody-else' }],
  ['a token of another issuer', { iss: 'http://127.0.0.1:1' }],
  ['a stranger with no group', { sub: 'mo', email: 'mo@tea.example', groups: [] }],
  ['a stranger whom the provider calls an owner', { sub: 'mo', email: 'mo@tea.example', groups: ['board'] }],
])('does not let in %s', async (_what, change) => {
  claims = { ...claims, ...change }
  const answer = await signIn()
  expect(answer.statusCode, answer.body).toBe(401)
  expect(answer.headers['set-cookie'] ?? '').not.toMatch(/guanxi_session/)
})

it('a colleague who was removed stays out', async () => {
  claims = { ...claims, sub: 'bo', email: 'bo@tea.example' }
  const { id } = (await signIn()).json().staff
  await server.ask({ method: 'PATCH', url: `/api/staff/${id}`, headers: owner, payload: { active: false } })
  expect((await signIn()).json().code).toBe('access:refusal.provider-stranger')
})

it('a colleague who was invited with their address comes in as what they are', async () => {
  const payload = { name: '阿宝', role: 'finance', email: 'bao@tea.example' }
  await server.ask({ method: 'POST', url: '/api/staff', headers: owner, payload })
  claims = { ...claims, sub: 'bao', email: 'Bao@tea.example', groups: ['reception'] }
  expect((await signIn()).json().staff).toMatchObject({ name: '阿宝', role: 'finance' })
})

it('is turned on only where the provider answers, and never tells its secret', async () => {
  expect((await put({ issuer: 'http://127.0.0.1:9' })).json().code).toBe('access:refusal.provider-unreachable')
  expect((await put({ issuer: 'http://tea.example' })).json().code).toBe('access:refusal.provider-unreachable')
  expect((await put({ domains: [] })).json().code).toBe('access:refusal.provider-incomplete')
  const { clientSecret: _, ...without } = settings
  const kept = await server.ask({
    method: 'PUT',
    url: '/api/settings/sign-in-provider',
    headers: owner,
    payload: { ...without, issuer: provider.issuer.url },
  })
  expect(kept.json().hasSecret).toBe(true)
  const read = await server.ask({ url: '/api/settings/sign-in-provider', headers: owner })
  expect(read.body).not.toContain('canary')
  const log = await server.house.database.query('select * from audit_log.content')
  expect(JSON.stringify(log)).not.toContain('canary')
  expect((await server.ask({ url: '/api/session/provider' })).json()).toEqual({ name: 'Tea Works' })
  await put({ isOn: false })
  expect((await server.ask({ url: '/api/session/provider' })).json()).toEqual({ name: null })
  const begun = await server.ask({ method: 'POST', url: '/api/session/provider', payload: {} })
  expect(begun.statusCode).toBe(404)
})
