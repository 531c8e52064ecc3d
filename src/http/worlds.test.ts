import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let demo: TestHouse
let loaded: TestHouse | undefined
let owner: { cookie: string }

beforeAll(async () => {
  demo = Object.assign(await openTestHouse({ business: { name: 'Demo shop' } }), { name: 'demo' as const })
  server = await openTestServer({ houses: { demo: () => loaded } })
  owner = await server.owner()
})
afterAll(async () => {
  await server.close()
  await demo.close()
})

const inDemo = { 'guanxi-world': 'demo' }

test('where the demo is loaded, what is asked of it is answered by it, and the session says so', async () => {
  loaded = demo
  const brewed = await server.ask({
    method: 'POST',
    url: '/api/tea/1',
    headers: { ...owner, ...inDemo },
    payload: { leaf: 'Longjing' },
  })
  expect(brewed.json().world).toBe('demo')
  const session = await server.ask({ url: '/api/session', headers: { ...owner, ...inDemo } })
  expect(session.json()).toMatchObject({
    worlds: { current: 'demo', demoLoaded: true },
    business: { name: 'Demo shop' },
  })
})

test('staff and keys are the business’s in either world', async () => {
  loaded = demo
  const there = await server.ask({ url: '/api/staff', headers: { ...owner, ...inDemo } })
  const here = await server.ask({ url: '/api/staff', headers: owner })
  expect(there.json()).toEqual(here.json())
  expect(here.json().items).toHaveLength(1)
})

test('events go to the business whatever world is named', async () => {
  loaded = demo
  const key = await server.key('events.write')
  const payload = { event: 'Tea Tasted', userId: 'c-1', messageId: 'm-1' }
  await server.ask({ method: 'POST', url: '/v1/track', headers: { ...key, ...inDemo }, payload })
  expect(await server.house.database.query('select 1 from events.event')).toHaveLength(1)
  expect(await demo.database.query('select 1 from events.event')).toHaveLength(0)
})

test('once the demo is removed, the session falls back to the business and the rest is not found', async () => {
  loaded = undefined
  const session = await server.ask({ url: '/api/session', headers: { ...owner, ...inDemo } })
  expect(session.json().worlds).toEqual({ current: 'business', demoLoaded: false })
  const brewed = await server.ask({
    method: 'POST',
    url: '/api/tea/1',
    headers: { ...owner, ...inDemo },
    payload: { leaf: 'Longjing' },
  })
  expect(brewed.json()).toMatchObject({ status: 404, code: 'http:refusal.no-demo' })
})
