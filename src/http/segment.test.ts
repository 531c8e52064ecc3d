import { randomUUID } from 'node:crypto'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await openTestServer()
  key = (await server.key('events.write')).authorization.replace('Bearer ', '')
})
afterAll(() => server.close())

const basic = () => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` })

async function send(url: string, payload: string | Buffer | object, headers: Record<string, string> = basic()) {
  const response = await server.ask({ method: 'POST', url, headers, payload })
  expect(response.json()).toEqual({ success: true })
}

const eventsOf = (value: string) =>
  server.house.database.query<{ kind: string; payload: Record<string, unknown>; properties: unknown }>(
    `select e.kind, e.payload, p.properties from events.event e
     left join events.property p on p.party_id = e.party_id and p.event_id = e.event_id
     where e.party_id in (select party_id from parties.identifier where value = $1) order by e.occurred_at, e.event_id`,
    [value],
  )
const holderOf = async (value: string) => {
  const rows = await server.house.database.query<{ party_id: string }>(
    'select distinct party_id from parties.identifier where value = $1',
    [value],
  )
  return rows.map(row => row.party_id)
}

test.each([
  ['identify', 'i', { traits: { name: 'Li Na' } }, []],
  ['track', 't', { event: 'Tea Tasted', properties: { leaf: 'Oolong' } }, ['client.tracked']],
  ['page', 'p', { name: 'Home', properties: { url: 'https://tea.example/?mail=a@b.cn' } }, ['client.viewed']],
  ['screen', 's', { name: 'Cart' }, ['client.viewed']],
  ['group', 'g', { groupId: 'tea-house', traits: { name: 'Tea House Ltd' } }, ['client.joined']],
  ['alias', 'a', { previousId: randomUUID() }, []],
])('%s comes by its full name and by the letter %s', async (type, letter, message, kinds) => {
  for (const url of [`/v1/${type}`, `/v1/${letter}`]) {
    const userId = randomUUID()
    await send(url, {
      ...message,
      userId,
      messageId: randomUUID(),
      ...(type === 'alias' && { previousId: randomUUID() }),
    })
    expect(await holderOf(userId)).toHaveLength(1)
    expect((await eventsOf(userId)).map(event => event.kind)).toEqual(kinds)
  }
})

test('a page view keeps its name in the log and its address where it can be erased', async () => {
  await send('/v1/page', { userId: 'viewer', name: 'Home', properties: { url: 'https://tea.example/?mail=a@b.cn' } })
  expect(await eventsOf('viewer')).toEqual([
    {
      kind: 'client.viewed',
      payload: { what: 'page', name: 'Home' },
      properties: { url: 'https://tea.example/?mail=a@b.cn' },
    },
  ])
})

test('what a browser did before somebody signed in becomes theirs', async () => {
  await send('/v1/t', { anonymousId: 'browser-1', event: 'Product Viewed', properties: { sku: 'LJ' } })
  await send('/v1/i', { anonymousId: 'browser-1', userId: 'member-1', traits: { name: '王晓洁' } })
  await send('/v1/t', { userId: 'member-1', event: 'Product Added', properties: { sku: 'LJ' } })
  expect(await holderOf('browser-1')).toEqual(await holderOf('member-1'))
  expect((await eventsOf('member-1')).map(({ payload }) => payload)).toEqual([
    { name: 'Product Viewed', sku: 'LJ' },
    { name: 'Product Added', sku: 'LJ' },
  ])
})

test('alias gives somebody a second name; where both are known already, people are asked and nothing moves', async () => {
  await send('/v1/alias', { userId: 'new-name', previousId: 'old-name' })
  await send('/v1/t', { anonymousId: 'old-name', event: 'Tea Tasted' })
  expect(await holderOf('old-name')).toEqual(await holderOf('new-name'))

  await send('/v1/identify', { userId: 'one', traits: { name: 'One' } })
  await send('/v1/identify', { userId: 'two', traits: { name: 'Two' } })
  for (let again = 0; again < 2; again++)
    await send('/v1/alias', { userId: 'one', previousId: 'two', messageId: randomUUID() })
  const [one] = await holderOf('one')
  const [two] = await holderOf('two')
  expect(one).not.toBe(two)
  const rows = await server.house.database.query<{ details: object }>(
    `select details from events.problem where code = 'events:problem.two-profiles'`,
  )
  expect(rows).toEqual([{ details: { one, other: two } }])
})

test('a group is an organisation, joined once however often it is said', async () => {
  for (let visit = 0; visit < 3; visit++) {
    await send('/v1/group', { userId: 'clerk', groupId: 'acme', traits: { name: 'Acme' }, messageId: randomUUID() })
  }
  const [organisation] = await server.house.database.query<{ party_id: string; kind: string; name: string }>(
    `select p.party_id, p.kind, p.name from parties.party p join parties.identifier i on i.party_id = p.party_id
     where i.value = 'group:acme'`,
  )
  expect(organisation).toMatchObject({ kind: 'organisation', name: 'Acme' })
  expect((await eventsOf('clerk')).map(({ payload }) => payload)).toEqual([{ organisationId: organisation!.party_id }])
})

test('what the batch says once holds for each of its messages, and the key may stand in a message', async () => {
  const batch = [
    { type: 'track', event: 'Tea Tasted', context: { app: 'till' }, writeKey: key },
    { type: 'track', event: 'Tea Bought', userId: 'contextual-2' },
  ]
  await send('/v1/batch', { batch, context: { traits: { email: 'in-context@example.com' } } }, {})
  const [first] = await holderOf('in-context@example.com')
  expect(await holderOf('contextual-2')).not.toHaveLength(0)
  expect(first).toBeDefined()
  const kept = await server.house.database.query(`select 1 from events.problem where event like '%' || $1 || '%'`, [
    key,
  ])
  expect(kept).toEqual([])
})

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['br', (text: string) => Buffer.from(text)],
  ['identity', (text: string) => gzipSync(text)],
])('a body may be packed: %s', async (encoding, pack) => {
  const userId = randomUUID()
  const body = JSON.stringify({ batch: [{ type: 'track', event: 'Tea Tasted', userId }] })
  // As RudderStack's library for Node sends: packed, called a form, JSON inside, the key only in the header.
  const headers = { ...basic(), 'content-encoding': encoding, 'content-type': 'application/x-www-form-urlencoded' }
  await send('/v1/batch', pack(body), headers)
  expect(await eventsOf(userId)).toHaveLength(1)
})

test('a web page may ask for its settings and send whatever headers its library adds, with a key of its own', async () => {
  const pageKey = await server.browserKey()
  const origin = { origin: 'https://shop.example' }
  const settings = await server.ask({
    url: `/v1/projects/${pageKey}/settings`,
    headers: { ...origin, host: 'crm.example' },
  })
  expect(settings.json().integrations['Segment.io']).toMatchObject({ apiKey: pageKey, apiHost: 'crm.example/v1' })
  expect(settings.headers['access-control-allow-origin']).toBe('*')
  expect((await server.ask({ url: '/v1/projects/nobody/settings' })).statusCode).toBe(401)
  const asked = { ...origin, 'access-control-request-headers': 'authorization, x-retry-count' }
  const preflight = await server.ask({ method: 'OPTIONS', url: '/v1/t', headers: asked })
  expect(preflight.headers['access-control-allow-headers']).toBe('authorization, x-retry-count')

  const secret = await server.key('events.write')
  const message = { userId: 'x', event: 'Tea Tasted' }
  const refused = await server.ask({
    method: 'POST',
    url: '/v1/t',
    headers: { ...secret, ...origin },
    payload: message,
  })
  expect(refused.json()).toMatchObject({ status: 403, code: 'http:refusal.key-in-page' })
  expect((await server.ask({ method: 'POST', url: '/v1/t', headers: secret, payload: message })).statusCode).toBe(200)
})
