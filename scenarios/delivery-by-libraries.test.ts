import { createReadStream, existsSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import { connect, createServer, type Server as LineServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Analytics } from '@segment/analytics-node'
import { chromium } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { publish, usualRules } from '#financial/points/index.ts'
import { systemClock } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { openTestServer, type TestServer } from '../src/http/testing/open-server.ts'

/*
 * What a bad line does to a shop: answers that get lost after the server has committed, connections that break before it heard, messages
 * that overtake each other. Libraries of Segment and the wire form of RudderStack's send the same story over such a line; what is
 * known in the end, and every point, must be as if each message had come once, in order.
 */

const start = systemClock.now()
const ago = (minutes: number) => new Date(start.getTime() - minutes * 60_000)

interface Message {
  readonly type: 'identify' | 'track'
  readonly userId: string
  readonly event?: string
  readonly timestamp: Date
  readonly traits?: Record<string, unknown>
  readonly properties?: Record<string, unknown>
  readonly messageId: string
}

/** Three customers: orders, one put right, refunds, one order cancelled. */
const story: readonly Message[] = ['Lin', 'Wang', 'Byron'].flatMap((name, index) => {
  const userId = `C-${index}`
  const order = (number: number) => `${userId}-${number}`
  const track = (minutes: number, event: string, properties: Record<string, unknown>): Message => ({
    type: 'track',
    userId,
    event,
    timestamp: ago(minutes),
    properties,
    messageId: `${userId} ${minutes}`,
  })
  return [
    { type: 'identify', userId, timestamp: ago(100), traits: { name }, messageId: `${userId} 100` },
    track(90, 'Product Viewed', { sku: 'LJ-200' }),
    track(80, 'Order Completed', {
      order_id: order(1),
      total: 268,
      currency: 'CNY',
      products: [{ sku: 'LJ', price: 268 }],
    }),
    track(70, 'Order Updated', {
      order_id: order(1),
      total: 300,
      currency: 'CNY',
      products: [{ sku: 'LJ', price: 300 }],
    }),
    track(60, 'Order Refunded', { order_id: order(1), total: 50, currency: 'CNY', refund_id: `${order(1)}-r` }),
    track(50, 'Order Completed', { order_id: order(2), total: 99.5, currency: 'CNY' }),
    track(40, 'Order Cancelled', { order_id: order(2) }),
    track(30, 'Order Completed', { order_id: order(3), total: 1000, currency: 'CNY' }),
  ]
})

const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

async function openShop(): Promise<{ server: TestServer; port: number; key: string; pageKey: string }> {
  const server = await openTestServer({ start: start.toISOString() })
  closing.push(() => server.close())
  await publish(server.house, {
    rules: usualRules('CNY', 2),
    startsOn: ago(3 * 24 * 60)
      .toISOString()
      .slice(0, 10),
    by: 'test',
  })
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.app.server.address() as { port: number }
  const key = (await server.key('events.write')).authorization.replace('Bearer ', '')
  return { server, port, key, pageKey: await server.browserKey() }
}

/**
 * A line to the server that breaks: some connections before anything is passed on, some when the answer is on its way back, that is
 * after the commit; the rest are held up for unequal times.
 */
async function badLine(
  to: number,
  breaks: number,
): Promise<{ port: number; broken: () => { early: number; late: number } }> {
  const broken = { early: 0, late: 0 }
  let connections = 0
  const line: LineServer = createServer(client => {
    const number = connections++
    const isPreflight = (bytes: Buffer) =>
      bytes.toString('latin1', 0, 7) === 'OPTIONS' || bytes.toString('latin1', 0, 3) === 'GET'
    const upstream = connect(to, '127.0.0.1')
    let asks = false
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.end())
    client.on('data', bytes => {
      if (isPreflight(bytes)) asks = false
      else if (bytes.toString('latin1', 0, 4) === 'POST') asks = true
      if (asks && number % 3 === 0 && broken.early < breaks) {
        broken.early++
        client.destroy()
        return
      }
      setTimeout(() => upstream.write(bytes), asks ? (number * 37) % 90 : 0)
    })
    upstream.on('data', bytes => {
      if (asks && broken.late < breaks && number % 3 !== 0) {
        broken.late++
        client.destroy()
        return
      }
      client.write(bytes)
    })
  })
  await new Promise<void>(done => line.listen(0, '127.0.0.1', done))
  closing.push(async () => line.close())
  return { port: (line.address() as { port: number }).port, broken: () => broken }
}

/** All that is known of whoever has a number that begins so, and their points. */
async function known({ house }: TestServer, numbers = 'C-%') {
  const people = await house.database.query<{ party_id: string; value: string; name: string }>(
    `select i.party_id, i.value, p.name from parties.identifier i join parties.party p on p.party_id = i.party_id
     where i.kind = 'customer_id' and i.value like $1 order by i.value`,
    [numbers],
  )
  const kinds = ['purchase.recorded', 'refund.recorded', 'client.tracked', 'client.viewed']
  return Promise.all(
    people.map(async ({ party_id, value, name }) => {
      const events = await house.events.history(house.database, [party_id], kinds)
      const [earned] = await house.database.query<{ points: number }>(
        'select coalesce(sum(kept), 0)::int as points from points.line where party_id = $1',
        [party_id],
      )
      const told = events.map(({ kind, occurredAt, payload }) => {
        const { replaces: _, ...said } = payload as { replaces?: string }
        return { kind, occurredAt, said }
      })
      return { value, name, told, points: earned!.points }
    }),
  )
}

const plain = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const
const problemsOf = ({ house }: TestServer) =>
  house.database.query<{ code: string }>(`select code, event from events.problem where state = 'waiting'`)

let expected: Awaited<ReturnType<typeof known>>
async function asTold() {
  if (expected) return expected
  const { server } = await openShop()
  for (const message of story)
    await ingest(server.house, plain, [{ ...message, timestamp: message.timestamp.toISOString() }])
  expected = await known(server)
  expect(expected.map(({ points }) => points > 0)).toEqual([true, true, true])
  expect(expected[0]!.told).toHaveLength(6)
  return expected
}

test('Segment’s library for Node: every message once in effect, though answers are lost', {
  timeout: 60_000,
}, async () => {
  const { server, port, key } = await openShop()
  const line = await badLine(port, 3)
  const settings = {
    writeKey: key,
    host: `http://127.0.0.1:${line.port}`,
    flushAt: 2,
    maxRetries: 20,
    httpRequestTimeout: 4000,
  }
  const analytics = new Analytics(settings)
  const failed: unknown[] = []
  analytics.on('error', error => failed.push(error))
  for (const { type, event, ...message } of story) {
    if (type === 'track') analytics.track({ ...message, event: event! })
    else analytics.identify(message)
  }
  await analytics.closeAndFlush({ timeout: 40_000 })
  expect(failed).toEqual([])
  expect(line.broken()).toEqual({ early: 3, late: 3 })
  expect(await known(server)).toEqual(await asTold())
  expect(await problemsOf(server)).toEqual([])
})

test('RudderStack’s wire form: gzip called a form, backwards, each batch until it is answered', {
  timeout: 60_000,
}, async () => {
  const { server, port, key } = await openShop()
  const line = await badLine(port, 3)
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const headers = { authorization, 'content-encoding': 'gzip', 'content-type': 'application/x-www-form-urlencoded' }
  const batches: Message[][] = []
  for (let at = 0; at < story.length; at += 3) batches.push(story.slice(at, at + 3))
  const deliver = async (batch: readonly Message[]) => {
    const body = gzipSync(JSON.stringify({ batch, sentAt: systemClock.now().toISOString() }))
    for (let attempt = 0; attempt < 20; attempt++) {
      const response = await fetch(`http://127.0.0.1:${line.port}/v1/batch`, { method: 'POST', headers, body }).catch(
        () => undefined,
      )
      if (response?.ok) return
    }
    throw new Error('never answered')
  }
  // The last first, all at once, and everything twice.
  await Promise.all([...batches.toReversed(), ...batches].map(deliver))
  expect(line.broken()).toEqual({ early: 3, late: 3 })
  expect(await known(server)).toEqual(await asTold())
  expect(await problemsOf(server)).toEqual([])
})

const chrome = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  path => path && existsSync(path),
)
if (!chrome && !process.env.CI)
  console.log('The browser library was not tried: there is no Chromium here (apt install chromium).')

test.skipIf(!chrome && !process.env.CI)(
  'Segment’s library for browsers: a visit becomes the customer’s, each thing once, over the same line; its orders are not believed',
  { timeout: 90_000 },
  async () => {
    const { server, port, pageKey } = await openShop()
    const line = await badLine(port, 2)
    const page = await openPage()
    const browser = await chromium.launch({
      ...(chrome && { executablePath: chrome }),
      args: ['--no-sandbox', '--disable-gpu'],
    })
    closing.push(() => browser.close())
    const tab = await (await browser.newContext()).newPage()
    const strangers: string[] = []
    tab.on('request', request => {
      if (!request.url().startsWith('http://127.0.0.1:')) strangers.push(request.url())
    })
    await tab.goto(page)
    // Once with its settings in the page, once asking the server for them, as the snippet does.
    await tab.evaluate(
      async ({ writeKey, host, at }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the library puts itself on the page
        const { AnalyticsBrowser } = (globalThis as any).AnalyticsNext
        const integrations = { 'Segment.io': { apiKey: writeKey, apiHost: `${host}/v1`, protocol: 'http' } }
        const inline = AnalyticsBrowser.load({ writeKey, cdnSettings: { integrations, metrics: { sampleRate: 0 } } })
        await inline.page('Home', { url: 'https://tea.example/' }, { timestamp: new Date(at[0]!) })
        await inline.track('Product Viewed', { sku: 'LJ-200' }, { timestamp: new Date(at[1]!) })
        await inline.identify('W-1', { name: 'Wei' }, { timestamp: new Date(at[2]!) })
        const order = { order_id: 'W-1-1', total: 268, currency: 'CNY' }
        await inline.track('Order Completed', order, { timestamp: new Date(at[3]!) })
        const asked = AnalyticsBrowser.load({ writeKey, cdnURL: `http://${host}` })
        await asked.track('Order Refunded', { ...order, total: 68, refund_id: 'r1' }, { timestamp: new Date(at[4]!) })
      },
      {
        writeKey: pageKey,
        host: `127.0.0.1:${line.port}`,
        at: [50, 40, 30, 20, 10].map(minutes => ago(minutes).toISOString()),
      },
    )
    await expect
      .poll(async () => (await known(server, 'W-%'))[0]?.told.map(({ kind }) => kind), {
        timeout: 60_000,
        interval: 300,
      })
      .toEqual(['client.viewed', 'client.tracked'])
    await expect.poll(async () => (await problemsOf(server)).length, { timeout: 60_000, interval: 300 }).toBe(2)
    // Whatever is still to be tried again is tried now; nothing may come of it.
    await tab.waitForTimeout(3000)
    const [wei] = await known(server, 'W-%')
    const { server: straight } = await openShop()
    const anonymousId = 'browser'
    const said = [
      { type: 'page', name: 'Home', anonymousId },
      { type: 'track', event: 'Product Viewed', anonymousId, properties: { sku: 'LJ-200' } },
      { type: 'identify', userId: 'W-1', anonymousId, traits: { name: 'Wei' } },
    ]
    for (const [index, message] of said.entries()) {
      await ingest(straight.house, plain, [{ ...message, timestamp: ago(50 - 10 * index).toISOString() }])
    }
    expect(wei).toEqual((await known(straight, 'W-%'))[0])
    expect(line.broken()).toEqual({ early: 2, late: 2 })
    expect(strangers).toEqual([])
    const kept = await problemsOf(server)
    expect(kept.map(({ code }) => code)).toEqual(Array(2).fill('events:problem.from-browser'))
  },
)

/** A page of some other site that loads the built library. */
async function openPage(): Promise<string> {
  const library = new URL('../node_modules/@segment/analytics-next/dist/umd/', import.meta.url)
  const site: Server = createHttpServer((request, response) => {
    const name = request.url!.split('/').at(-1)!
    if (name === '') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(
        '<!doctype html><title>Tea</title><link rel="icon" href="data:,"><script src="/library/index.js"></script>',
      )
    } else if (/^[\w.-]+\.js$/.test(name) && existsSync(new URL(name, library))) {
      response.writeHead(200, { 'content-type': 'text/javascript' })
      createReadStream(new URL(name, library)).pipe(response)
    } else response.writeHead(404).end()
  })
  await new Promise<void>(done => site.listen(0, '127.0.0.1', done))
  closing.push(async () => site.close())
  return `http://127.0.0.1:${(site.address() as { port: number }).port}/`
}
