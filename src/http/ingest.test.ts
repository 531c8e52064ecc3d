import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { Analytics } from '@segment/analytics-node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await openTestServer()
  key = (await server.key('events.write')).authorization.replace('Bearer ', '')
})
afterAll(() => server.close())
beforeEach(() => server.house.database.query('truncate events.problem'))

const basic = () => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` })
const seen = (messageId: string = randomUUID()) => ({
  type: 'track',
  event: 'Tea Tasted',
  userId: 'c-1001',
  messageId,
  timestamp: '2026-02-28T08:00:00Z',
  properties: { leaf: 'Longjing' },
})

function send(url: string, payload: string | Buffer | object, headers: Record<string, string> = basic()) {
  return server.ask({ method: 'POST', url, headers, payload })
}

async function eventCount(): Promise<number> {
  const [row] = await server.house.database.query<{ count: number }>('select count(*)::int as count from events.event')
  return row!.count
}

describe('what Segment’s libraries send is taken in', () => {
  test('a batch answers success, and its events are there when it does', async () => {
    const before = await eventCount()
    const response = await send('/v1/batch', { batch: [seen(), seen()], sentAt: '2026-02-28T08:00:01Z' })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual({ success: true })
    expect(await eventCount()).toBe(before + 2)
  })

  test('Segment’s own library works by changing the host', async () => {
    await server.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.app.server.address() as { port: number }
    const analytics = new Analytics({ writeKey: key, host: `http://127.0.0.1:${port}`, flushAt: 5 })
    const failed: unknown[] = []
    analytics.on('error', error => failed.push(error))
    const before = await eventCount()
    analytics.identify({ userId: 'c-2002', traits: { name: '李雷', email: 'lilei@example.com' } })
    for (let cup = 0; cup < 12; cup++) analytics.track({ userId: 'c-2002', event: 'Tea Tasted', properties: { cup } })
    await analytics.closeAndFlush()
    expect(failed).toEqual([])
    expect(await eventCount()).toBe(before + 12)
    expect(await server.house.database.query('select 1 from events.problem')).toEqual([])
  })

  test('the same message twice is recorded once', async () => {
    const message = seen()
    await send('/v1/batch', { batch: [message] })
    const before = await eventCount()
    expect((await send('/v1/batch', { batch: [message] })).statusCode).toBe(200)
    expect(await eventCount()).toBe(before)
  })

  test.each(['/v1/track', '/v1/t', '/v1/identify', '/v1/i', '/v1/b'])('%s', async url => {
    const { type: _, ...message } = seen()
    const payload = url === '/v1/b' ? { batch: [seen()] } : { ...message, traits: { name: '王小姐' } }
    expect((await send(url, payload)).json()).toEqual({ success: true })
  })

  test('whatever the content type says', async () => {
    const payload = JSON.stringify({ batch: [seen()] })
    for (const type of [
      'text/plain',
      'application/json; charset=utf-8',
      'application/x-www-form-urlencoded',
      'nonsense',
    ]) {
      expect((await send('/v1/batch', payload, { ...basic(), 'content-type': type })).statusCode).toBe(200)
    }
    expect((await send('/v1/batch', Buffer.from(payload), basic())).statusCode).toBe(200)
  })

  test('gzip, with or without the header that says so; a BOM', async () => {
    const packed = gzipSync(JSON.stringify({ batch: [seen()] }))
    expect((await send('/v1/batch', packed, { ...basic(), 'content-encoding': 'gzip' })).statusCode).toBe(200)
    expect((await send('/v1/batch', packed)).statusCode).toBe(200)
    expect((await send('/v1/batch', `\ufeff${JSON.stringify({ batch: [] })}`)).statusCode).toBe(200)
  })

  test('the key as Basic name, as Bearer, or in the body', async () => {
    expect((await send('/v1/track', seen(), { authorization: `Bearer ${key}` })).statusCode).toBe(200)
    expect((await send('/v1/track', { ...seen(), writeKey: key }, {})).statusCode).toBe(200)
    expect((await send('/v1/batch', { batch: [seen()], writeKey: key }, {})).statusCode).toBe(200)
  })

  test('web pages of other sites may send with a key', async () => {
    const response = await send(
      '/v1/track',
      { ...seen(), writeKey: await server.browserKey() },
      { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' },
    )
    expect(response.statusCode).toBe(200)
    expect(response.headers['access-control-allow-origin']).toBe('*')
    expect((await server.ask({ method: 'OPTIONS', url: '/v1/batch' })).statusCode).toBe(204)
  })

  test('the key of a server does not work in a page, not even to ask for settings', async () => {
    const origin = 'https://shop.example'
    const answer = await send('/v1/track', { ...seen(), writeKey: key }, { origin })
    expect(answer.json()).toMatchObject({ status: 403, code: 'http:refusal.key-in-page' })
    const settings = (of: string) =>
      server.ask({ method: 'GET', url: `/v1/projects/${of}/settings`, headers: { origin } })
    expect((await settings(key)).statusCode).toBe(403)
    expect((await settings(await server.browserKey())).statusCode).toBe(200)
  })

  test('the key of a page opens no other door, and orders from it are not believed', async () => {
    const pageKey = await server.browserKey()
    const authorization = `Bearer ${pageKey}`
    for (const url of ['/api/session', '/api/colleagues', '/api/parties', '/api/events']) {
      expect((await server.ask({ method: 'GET', url, headers: { authorization } })).statusCode, url).not.toBe(200)
    }
    const order = { ...seen(), event: 'Order Completed', properties: { order_id: 'P-1', total: 1000 } }
    expect((await send('/v1/track', { ...order, writeKey: pageKey }, {})).json()).toEqual({ success: true })
    expect((await problems()).map(({ code }) => code)).toEqual(['events:problem.from-browser'])
    const made = await server.ask({
      method: 'POST',
      url: '/api/keys',
      headers: await server.owner(),
      payload: { name: 'page', kind: 'browser', permissions: ['points.change'] },
    })
    expect(made.json()).toMatchObject({ status: 400 })
  })

  test('one bad message is kept as a problem and does not cost the others', async () => {
    const before = await eventCount()
    const response = await send('/v1/batch', { batch: [seen(), 17, { type: 'track' }, seen()] })
    expect(response.json()).toEqual({ success: true })
    expect(await eventCount()).toBe(before + 2)
    expect(await server.house.database.query('select 1 from events.problem')).toHaveLength(2)
  })

  test('a NUL in a message costs only that message', async () => {
    const before = await eventCount()
    const bad = { ...seen(), properties: { leaf: 'Long\u0000jing' } }
    expect((await send('/v1/batch', { batch: [bad, seen()] })).statusCode).toBe(200)
    expect(await eventCount()).toBeGreaterThan(before)
  })
})

const fat = { ...seen(), properties: { leaf: 'x'.repeat(33_000) } }
const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [index, 1]))
const problems = () =>
  server.house.database.query<{ code: string; event: string; is_cut: boolean }>(
    'select code, event, is_cut from events.problem order by problem_id',
  )

describe('a message that cannot be used costs no other of its batch, and is kept with the reason', () => {
  test.each([
    ['over 32 KB', JSON.stringify(fat), 'too-large'],
    ['ten thousand keys', JSON.stringify(wide), 'too-large'],
    ['__proto__', '{"type": "track", "__proto__": {"x": 1}}', 'bad-key'],
    ['__proto__ far down', '{"properties": {"a": [{"__proto__": {"x": 1}}]}}', 'bad-key'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'too-deep'],
    ['half of a character', '{"userId": "\\ud83d"}', 'bad-text'],
  ])('%s', async (_name, bad, reason) => {
    const before = await eventCount()
    const response = await send('/v1/batch', `{"batch": [${bad}, ${JSON.stringify(seen())}]}`)
    expect(response.json()).toEqual({ success: true })
    expect(await eventCount()).toBe(before + 1)
    const [kept, ...others] = await problems()
    expect(others).toEqual([])
    expect(kept!.code).toBe(`events:problem.${reason}`)
    expect(kept!.event.length).toBeLessThanOrEqual(32 * 1024)
    expect(kept!.is_cut).toBe(bad.length > 32 * 1024)
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})

describe('a body that cannot be read is refused whole, nothing is recorded, and what can be read of it is kept', () => {
  test.each([
    ['not JSON', 'tea', 400, 'bad-json'],
    ['nothing', '', 400, 'bad-json'],
    ['a list', '[]', 400, 'not-a-message'],
    ['a batch that is no list', '{"batch": {}}', 400, 'not-a-message'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, 'bad-text'],
    ['broken gzip', gzipSync('{"batch": []}').subarray(0, 20), 400, 'bad-gzip'],
    ['a gzip bomb', gzipSync(Buffer.alloc(50_000_000, ' ')), 413, 'body-too-large'],
    ['a batch over 500 KB', JSON.stringify({ batch: [], padding: 'x'.repeat(513_000) }), 413, 'body-too-large'],
  ])('%s', async (name, payload, status, reason) => {
    const before = await eventCount()
    const response = await send('/v1/batch', payload as string)
    expect(response.json()).toMatchObject({ status, code: `http:refusal.${reason}` })
    expect(await eventCount()).toBe(before)
    // What is over the limit is not read at all; a sender without a key could fill the table.
    const isRead = name !== 'a batch over 500 KB' && payload !== ''
    expect(await problems()).toHaveLength(isRead ? 1 : 0)
    await send('/v1/batch', payload as string, {})
    expect(await problems()).toHaveLength(isRead ? 1 : 0)
  })

  test('wrong keys, no key, and keys that may not send', async () => {
    const reading = await server.key('customers.read')
    expect((await send('/v1/batch', { batch: [] }, {})).json()).toMatchObject({
      status: 401,
      code: 'access:refusal.key-wrong',
    })
    expect((await send('/v1/batch', { batch: [] }, { authorization: 'Basic ////' })).statusCode).toBe(401)
    expect((await send('/v1/batch', { batch: [], writeKey: { a: 1 } }, {})).statusCode).toBe(401)
    expect((await send('/v1/batch', { batch: [] }, reading)).json()).toMatchObject({
      status: 403,
      code: 'access:refusal.key-not-allowed',
    })
    const owner = await server.owner()
    expect((await send('/v1/batch', { batch: [] }, owner)).statusCode).toBe(401)
  })
})
