import { afterEach, expect, it } from 'vitest'
import { cookieOf, openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
afterEach(() => server.close())

const session = (cookie: string) => server.ask({ url: '/api/session', headers: { cookie } })
const devices = async (cookie: string) =>
  (await server.ask({ url: '/api/session/devices', headers: { cookie } })).json().items as {
    deviceId: string
    isThisOne: boolean
    name: string | null
  }[]

it('a token is changed after a day; requests under way with the old one are answered, later ones are not', async () => {
  server = await openTestServer()
  const old = (await server.owner()).cookie
  for (let hours = 0; hours < 24; hours += 6) {
    server.house.clock.advanceDays((6 * 60) / 1440)
    await server.ask({ url: '/api/health', headers: { cookie: old } })
    if (hours < 18) expect((await session(old)).headers['set-cookie']).toBeUndefined()
  }
  const all = await Promise.all([session(old), session(old), session(old)])
  expect(all.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  const renewed = all.filter(({ headers }) => headers['set-cookie'] !== undefined)
  expect(renewed).toHaveLength(1)
  const fresh = cookieOf(renewed[0]!)
  expect(fresh).not.toBe(old)
  server.house.clock.advanceDays(2 / 1440)
  expect((await session(fresh)).statusCode).toBe(200)
  server.house.clock.advanceDays(2 / 1440)
  expect((await session(old)).statusCode).toBe(401)
  expect((await session(fresh)).statusCode).toBe(200)
})

it('an answer that was lost with its new token costs nobody their session', async () => {
  server = await openTestServer()
  const old = (await server.owner()).cookie
  for (let hours = 0; hours < 24; hours += 11) {
    server.house.clock.advanceDays((11 * 60) / 1440)
    await session(old)
  }
  server.house.clock.advanceDays(30 / 1440)
  const again = await session(old)
  expect(again.statusCode).toBe(200)
  expect((await session(cookieOf(again))).statusCode).toBe(200)
})

it('a new role brings a new token', async () => {
  server = await openTestServer()
  const owner = await server.owner()
  const invited = await server.ask({
    method: 'POST',
    url: '/api/staff',
    headers: owner,
    payload: { name: 'Bo', role: 'viewer' },
  })
  const { staff, link } = invited.json()
  const first = cookieOf(await server.ask({ method: 'POST', url: '/api/session/link', payload: { token: link.token } }))
  await server.ask({ method: 'PATCH', url: `/api/staff/${staff.id}`, headers: owner, payload: { role: 'finance' } })
  const next = await session(first)
  expect(next.json().staff.role).toBe('finance')
  expect(cookieOf(next)).not.toBe(first)
})

it('I see where I am signed in, and sign out elsewhere; of others I see nothing and end nothing', async () => {
  server = await openTestServer()
  const phone = await server.owner()
  const desk = await server.owner()
  const invited = await server.ask({
    method: 'POST',
    url: '/api/staff',
    headers: desk,
    payload: { name: 'Bo', role: 'viewer' },
  })
  const { link } = invited.json()
  const agent = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0' }
  const bo = cookieOf(
    await server.ask({ method: 'POST', url: '/api/session/link', headers: agent, payload: { token: link.token } }),
  )
  expect(await devices(bo)).toMatchObject([{ isThisOne: true, name: 'Firefox · Windows' }])
  const [mine] = await devices(bo)
  const theirs = { method: 'DELETE', url: `/api/session/devices/${mine!.deviceId}`, headers: desk } as const
  expect((await server.ask(theirs)).statusCode).toBe(404)
  expect(await devices(desk.cookie)).toHaveLength(2)
  const ended = await server.ask({ method: 'DELETE', url: '/api/session/devices', headers: desk })
  expect(ended.json()).toEqual({ ended: 1 })
  expect((await session(phone.cookie)).statusCode).toBe(401)
  expect((await session(desk.cookie)).statusCode).toBe(200)
  expect((await session(bo)).statusCode).toBe(200)
})

it('a shorter time of silence holds at once', async () => {
  server = await openTestServer()
  const { cookie } = await server.owner()
  const payload = { idleHours: 1, lifeDays: 7, secondStepFor: [] }
  await server.ask({ method: 'PUT', url: '/api/settings/access', headers: { cookie }, payload })
  server.house.clock.advanceDays(59 / 1440)
  expect((await session(cookie)).statusCode).toBe(200)
  server.house.clock.advanceDays(61 / 1440)
  expect((await session(cookie)).statusCode).toBe(401)
})

it('a key ends on its day, and its replacement takes over while both open for a while', async () => {
  server = await openTestServer()
  const headers = await server.owner()
  const payload = { name: 'till', permissions: ['keys.manage'], expiresInDays: 30 }
  const { key, secret } = (await server.ask({ method: 'POST', url: '/api/keys', headers, payload })).json()
  const opens = async (held: string) =>
    (await server.ask({ url: '/api/keys', headers: { authorization: `Bearer ${held}` } })).statusCode
  server.house.clock.advanceDays(60 / 1440)
  const replaced = await server.ask({
    method: 'POST',
    url: `/api/keys/${key.keyId}/replacement`,
    headers,
    payload: { overlapDays: 2 },
  })
  expect(replaced.statusCode, replaced.body).toBe(201)
  expect(replaced.json().key.permissions).toEqual(['keys.manage'])
  expect([await opens(secret), await opens(replaced.json().secret)]).toEqual([200, 200])
  server.house.clock.advanceDays(2)
  expect([await opens(secret), await opens(replaced.json().secret)]).toEqual([401, 200])
  server.house.clock.advanceDays(29)
  expect(await opens(replaced.json().secret)).toBe(401)
})
