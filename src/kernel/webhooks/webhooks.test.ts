import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { systemClock } from '#kernel/clock/index.ts'
import type { EventSource } from '#kernel/events/index.ts'
import { ask } from '#testing/ask.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Attempt, Delivery, Endpoint } from './contract.ts'
import { deliverDue, noteAttempt, sendOnce } from './courier.ts'
import { forgetWishes } from './outbox.ts'
import { isNews, isWanted, nextAttemptAt, restAfter, waits } from './rules.ts'
import { claim } from './store.ts'

interface Received {
  readonly id: string
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

let house: TestHouse
let receiver: Server
let url: string
let received: Received[]
/** How the receiver answers now; undefined says nothing at all. */
let answer: (message: Received) => { status: number; headers?: Record<string, string>; body?: string } | undefined

beforeAll(async () => {
  house = await openTestHouse()
  receiver = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += String(chunk)
    })
    request.on('end', () => {
      const message = { id: String(request.headers['webhook-id']), body, headers: request.headers }
      received.push(message)
      const said = answer(message)
      if (said) response.writeHead(said.status, said.headers).end(said.body)
    })
  })
  await new Promise<void>(done => receiver.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`
})

beforeEach(async () => {
  // The receivers' library goes by the machine's clock.
  house.clock.set(new Date(Math.floor(systemClock.now().getTime() / 1000) * 1000))
  await house.database.query('delete from webhooks.endpoint')
  await house.database.query('delete from events.event')
  forgetWishes(house)
  received = []
  answer = () => ({ status: 204 })
  await ask(house, 'changeWebhookSettings', { body: { allowPrivate: true } })
})

afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await house.close()
})

const create = (kinds: readonly string[] = ['purchase.recorded']) =>
  ask<{ endpoint: Endpoint; secret: string }>(house, 'createWebhook', { body: { url, kinds } })

const till: EventSource = { sourceId: '01900000-0000-7000-8000-0000000000bb', kind: 'key' }

/** A purchase that happened so many days ago. */
async function buy(source: EventSource = till, daysAgo = 0): Promise<string> {
  const occurredAt = new Date(house.clock.now().getTime() - daysAgo * 86_400_000)
  await house.events.ensureMonths([occurredAt])
  const { recorded } = await house.database.transaction(transaction =>
    house.events.record(transaction, source, [
      {
        kind: 'purchase.recorded',
        partyId: house.newId(),
        occurredAt,
        payload: { amountMinor: 26_800, currency: 'CNY', lines: [] },
      },
    ]),
  )
  return recorded[0]!.eventId
}

const later = (milliseconds: number) => house.clock.set(new Date(house.clock.now().getTime() + milliseconds))
const deliveries = async ({ endpointId }: Endpoint) =>
  (await ask<{ items: Delivery[] }>(house, 'listDeliveries', { params: { endpointId } })).items
const endpointNow = async () => (await ask<{ items: Endpoint[] }>(house, 'listWebhooks')).items[0]!

/** Lets the clock run to whatever is due next, so often, or until nothing waits. */
async function carry(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await deliverDue(house, { timeout: 200 })
    const [next] = await house.database.query<{ at: Date | null }>(
      `select min(greatest(next_at, rests_until)) as at from webhooks.delivery join webhooks.endpoint using (endpoint_id)
       where webhooks.delivery.state = 'waiting'`,
    )
    if (!next?.at) return
    if (next.at > house.clock.now()) house.clock.set(next.at)
  }
}

describe('the rules', () => {
  test.each([
    ['purchase.recorded', ['purchase.recorded'], true],
    ['purchase.recorded', ['refund.recorded'], false],
    ['points.earned', ['points.*'], true],
    ['pointsless.said', ['points.*'], false],
    ['points', ['points.*'], false],
    ['anything.else', ['*'], true],
    ['anything.else', [], false],
  ])('%s is wanted by %j: %s', (kind, patterns, wanted) => {
    expect(isWanted(kind, patterns)).toBe(wanted)
  })

  test.each([
    ['key', 0, true],
    ['key', 7, true],
    ['key', 7.01, false],
    ['system', 1, true],
    ['import', 0, false],
  ])('what comes by %s, %d days old, is news: %s', (kind, days, news) => {
    const receivedAt = new Date('2026-03-01T09:00:00Z')
    expect(isNews({ receivedAt, occurredAt: new Date(receivedAt.getTime() - days * 86_400_000) }, { kind })).toBe(news)
  })

  it('ten attempts take a little over three days, each up to a tenth later than planned', () => {
    const now = new Date('2026-03-01T12:00:00Z')
    expect(waits).toHaveLength(10)
    expect(waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000).toBeCloseTo(75.6, 1)
    for (const [tries, wait] of waits.entries()) {
      const late = nextAttemptAt(tries, now, 'message')!.getTime() - now.getTime()
      expect(late).toBeGreaterThanOrEqual(wait)
      expect(late).toBeLessThanOrEqual(wait * 1.1)
    }
    expect(nextAttemptAt(10, now, 'message')).toBeUndefined()
    expect(nextAttemptAt(5, now, 'one')).not.toEqual(nextAttemptAt(5, now, 'two'))
  })

  test.each([
    [1, 0],
    [2, 0],
    [3, 5000],
    [5, 20_000],
    [100, 300_000],
  ])('after %d failures in a row an endpoint rests %d ms', (failures, rest) => {
    expect(restAfter(failures)).toBe(rest)
  })
})

describe('an event that somebody wants', () => {
  it('arrives with a signature that the receivers’ library verifies, under the id of the event', async () => {
    const { secret } = await create()
    const eventId = await buy()
    expect(await deliverDue(house)).toBe(1)
    expect(received).toHaveLength(1)
    const [message] = received
    const told = new Webhook(secret).verify(message!.body, message!.headers as Record<string, string>)
    expect(told).toMatchObject({
      type: 'purchase.recorded',
      timestamp: house.clock.now().toISOString(),
      data: { eventId, payload: { amountMinor: 26_800, currency: 'CNY' } },
    })
    expect(message!.id).toBe(eventId)
    expect(() => new Webhook(secret).verify(`${message!.body} `, message!.headers as Record<string, string>)).toThrow()
    expect(await deliverDue(house)).toBe(0)
    expect(await endpointNow()).toMatchObject({ waiting: 0, failed: 0, lastDeliveredAt: expect.any(String) })
  })

  it('is in the outbox if and only if it was recorded', async () => {
    const { endpoint } = await create()
    await house.database
      .transaction(async transaction => {
        await house.events.record(transaction, till, [
          { kind: 'purchase.recorded', partyId: house.newId(), occurredAt: house.clock.now(), payload: { lines: [] } },
        ])
        throw new Error('the cause failed')
      })
      .catch(() => {})
    expect(await deliveries(endpoint)).toEqual([])
  })

  it('is not sent when it came by an import, nor when it is old, nor to who asked for other kinds', async () => {
    const { endpoint } = await create()
    await ask(house, 'createWebhook', { body: { url, kinds: ['refund.recorded', 'client.*'] } })
    await buy({ sourceId: house.newId(), kind: 'import' })
    await buy(till, 8)
    expect(await deliveries(endpoint)).toEqual([])
    await buy()
    expect(await deliveries(endpoint)).toHaveLength(1)
    expect(await deliverDue(house)).toBe(1)
  })

  it('what follows from it is sent too, and what follows from an import is not', async () => {
    const { endpoint } = await create(['*'])
    await buy({ sourceId: house.newId(), kind: 'import' })
    expect(await deliveries(endpoint)).toEqual([])
    await buy()
    expect((await deliveries(endpoint)).map(each => each.kind)).toContain('purchase.recorded')
  })

  it('without an endpoint costs one look in five seconds', async () => {
    let looks = 0
    const query = house.database.query
    Object.assign(house.database, {
      query: (sql: string, values: unknown[]) => {
        if (sql.includes('webhooks.')) looks += 1
        return query(sql, values)
      },
    })
    for (let times = 0; times < 20; times++) await buy()
    expect(looks).toBeLessThanOrEqual(1)
    later(6000)
    await buy()
    expect(looks).toBeLessThanOrEqual(2)
    Object.assign(house.database, { query })
  })
})

describe('what does not arrive', () => {
  test.each([
    [{ status: 500, body: 'no' }, 'answered', 500],
    [{ status: 404 }, 'answered', 404],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'redirected', 302],
    [{ status: 429, headers: { 'retry-after': '600' } }, 'answered', 429],
    [undefined, 'timed-out', null],
  ])('answered by %j is tried again: %s', async (said, fault, status) => {
    const { endpoint } = await create()
    answer = () => said
    const eventId = await buy()
    await deliverDue(house, { timeout: 200 })
    const [first] = await deliveries(endpoint)
    expect(first).toMatchObject({ state: 'waiting', fault, status, attempts: 1 })
    answer = () => ({ status: 200, body: 'x'.repeat(5000) })
    expect(await deliverDue(house)).toBe(0)
    later(said?.status === 429 ? 600_000 : 6000)
    expect(await deliverDue(house)).toBe(1)
    expect(received.map(({ id }) => id)).toEqual([eventId, eventId])
    const [one, two] = received.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(two! - one!).toBeGreaterThanOrEqual(6)
    const detail = await ask<{ items: Attempt[] }>(house, 'readDelivery', {
      params: { endpointId: endpoint.endpointId, messageId: eventId },
    })
    expect(detail.items).toMatchObject([
      { attempt: 2, status: 200, fault: null },
      { attempt: 1, status, fault },
    ])
    expect(detail.items[0]!.answer).toHaveLength(1024)
  })

  it('410 ends the endpoint at once', async () => {
    const { endpoint } = await create()
    answer = () => ({ status: 410 })
    await buy()
    await deliverDue(house)
    expect(await endpointNow()).toMatchObject({ state: 'disabled', reason: 'gone', failed: 1 })
    await buy()
    expect(await deliveries(endpoint)).toHaveLength(1)
    await ask(house, 'changeWebhook', { params: { endpointId: endpoint.endpointId }, body: { state: 'active' } })
    expect(await endpointNow()).toMatchObject({ state: 'active', reason: null, failingSince: null })
  })

  it('ten attempts over three days, then the endpoint is paused, and a replay brings everything', async () => {
    const { endpoint } = await create()
    const { endpointId } = endpoint
    answer = () => ({ status: 503 })
    const from = house.clock.now()
    const first = await buy()
    await carry(10)
    expect(received).toHaveLength(10)
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set([first]))
    const hours = (house.clock.now().getTime() - from.getTime()) / 3_600_000
    expect(hours).toBeGreaterThan(75)
    expect(hours).toBeLessThan(84)
    expect(await endpointNow()).toMatchObject({ state: 'paused', reason: 'unreachable', failed: 1 })
    const missed = await buy()
    expect(await deliveries(endpoint)).toHaveLength(1)
    await expect(
      ask(house, 'retryDelivery', { params: { endpointId, messageId: first }, body: {} }),
    ).rejects.toMatchObject({ code: 'webhooks:refusal.stopped' })
    answer = () => ({ status: 200 })
    received.length = 0
    later(1000)
    await ask(house, 'changeWebhook', { params: { endpointId }, body: { state: 'active' } })
    const range = { from: from.toISOString(), to: house.clock.now().toISOString() }
    const count = (body: object) => ask<{ events: number }>(house, 'replayDeliveries', { params: { endpointId }, body })
    expect(await count({ ...range, countOnly: true })).toEqual({ events: 2 })
    expect(received).toEqual([])
    expect(await count(range)).toEqual({ events: 2 })
    await carry(3)
    expect(received.map(({ id }) => id).sort()).toEqual([first, missed].sort())
    await expect(count({ from: range.to, to: range.from })).rejects.toMatchObject({ code: 'webhooks:refusal.range' })
  })

  it('an outage of 24 hours loses nothing, and costs few attempts however much waits', async () => {
    await create()
    answer = () => ({ status: 502 })
    const sent: string[] = []
    const end = house.clock.now().getTime() + 24 * 3_600_000
    while (house.clock.now().getTime() < end) {
      sent.push(await buy(), await buy(), await buy())
      await deliverDue(house)
      later(60 * 60_000)
    }
    const attempts = received.length
    expect(attempts).toBeLessThan(sent.length * 10)
    answer = () => ({ status: 200 })
    received.length = 0
    await carry(200)
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set(sent))
    expect(received).toHaveLength(sent.length)
    expect(await endpointNow()).toMatchObject({ state: 'active', waiting: 0, failed: 0, failingSince: null })
  })

  it('a worker that dies between sending and noting it is followed by another under the same id, and not believed later', async () => {
    const { endpoint, secret } = await create()
    const { endpointId } = endpoint
    const eventId = await buy()
    const [held] = await claim(house.database, endpointId, house.clock.now(), 8)
    expect(held).toMatchObject({ messageId: eventId, attempt: 1 })
    const dying = await sendOnce(house, { ...held!, url, secrets: [secret] }, { rule: { allowPrivate: true } })
    expect(received).toHaveLength(1)
    later(29_000)
    expect(await deliverDue(house)).toBe(0)
    later(1000)
    expect(await deliverDue(house)).toBe(1)
    expect(received.map(({ id }) => id)).toEqual([eventId, eventId])
    const after = [{ state: 'delivered', attempts: 2, status: 204 }]
    expect(await deliveries(endpoint)).toMatchObject(after)
    const failing = { ...dying, outcome: { ...dying.outcome, status: 500, fault: 'answered' as const } }
    await noteAttempt(house, { endpointId, ...held! }, failing)
    expect(await deliveries(endpoint)).toMatchObject(after)
    expect(await endpointNow()).toMatchObject({ failingSince: null })
  })

  it('a process that is killed while the receiver reads is followed by another: nothing lost, every id the same', async () => {
    await create()
    const sent = [await buy(), await buy(), await buy()]
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        fileURLToPath(new URL('./carry.testing.ts', import.meta.url)),
        JSON.stringify(house.connection),
        house.folder,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    const gone = once(child, 'exit')
    // Killed once the receiver has read everything, before it says so.
    answer = () => {
      if (received.length === sent.length) child.kill('SIGKILL')
      return undefined
    }
    await gone
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set(sent))
    expect(await endpointNow()).toMatchObject({ waiting: 3, lastDeliveredAt: null })
    answer = () => ({ status: 200 })
    received.length = 0
    house.clock.set(new Date(systemClock.now().getTime() + 31_000))
    expect(await deliverDue(house)).toBe(3)
    expect(received.map(({ id }) => id).sort()).toEqual(sent.sort())
    expect(await endpointNow()).toMatchObject({ waiting: 0, failed: 0 })
  })

  it('two workers at once send every message once', async () => {
    await create()
    const sent: string[] = []
    for (let times = 0; times < 40; times++) sent.push(await buy())
    await Promise.all([deliverDue(house), deliverDue(house), deliverDue(house)])
    expect(received.map(({ id }) => id).sort()).toEqual(sent.sort())
  })
})

describe('secrets', () => {
  it('change over with several signatures, the newest first, until the old one ends', async () => {
    const { endpoint, secret: old } = await create()
    const { endpointId } = endpoint
    later(1000)
    const { secret: fresh, endpoint: after } = await ask<{ endpoint: Endpoint; secret: string }>(
      house,
      'rotateWebhookSecret',
      { params: { endpointId }, body: { overlapHours: 1 } },
    )
    expect(after.secrets).toHaveLength(2)
    const verified = (secret: string) => {
      const { body, headers } = received.at(-1)!
      try {
        return Boolean(new Webhook(secret).verify(body, headers as Record<string, string>))
      } catch {
        return false
      }
    }
    await buy()
    await deliverDue(house)
    const signatures = String(received[0]!.headers['webhook-signature']).split(' ')
    expect(signatures).toHaveLength(2)
    const at = new Date(Number(received[0]!.headers['webhook-timestamp']) * 1000)
    expect(signatures[0]).toBe(new Webhook(fresh).sign(received[0]!.id, at, received[0]!.body))
    expect([verified(old), verified(fresh)]).toEqual([true, true])
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    expect(verified(other)).toBe(false)
    later(3_600_001)
    await buy()
    await deliverDue(house)
    expect(String(received[1]!.headers['webhook-signature']).split(' ')).toHaveLength(1)
    expect((await endpointNow()).secrets).toHaveLength(1)
  })
})

describe('a person at the page', () => {
  it('sends a test, sees what was answered, and no test is tried again', async () => {
    const { endpoint } = await create()
    const params = { endpointId: endpoint.endpointId }
    const good = await ask<{ delivery: Delivery; attempt: Attempt }>(house, 'testWebhook', { params })
    expect(good).toMatchObject({ delivery: { kind: 'webhook.test', state: 'delivered' }, attempt: { status: 204 } })
    answer = () => ({ status: 500, body: 'we are closed' })
    const bad = await ask<{ delivery: Delivery; attempt: Attempt }>(house, 'testWebhook', { params })
    expect(bad).toMatchObject({ delivery: { state: 'failed' }, attempt: { status: 500, answer: 'we are closed' } })
    later(86_400_000)
    expect(await deliverDue(house)).toBe(0)
  })

  it('retries one message at once, from the beginning of the schedule', async () => {
    const { endpoint } = await create()
    answer = () => ({ status: 500 })
    const messageId = await buy()
    await carry(4)
    answer = () => ({ status: 200 })
    await ask(house, 'retryDelivery', { params: { endpointId: endpoint.endpointId, messageId }, body: {} })
    expect(await deliverDue(house)).toBe(1)
    expect(await deliveries(endpoint)).toMatchObject([{ state: 'delivered' }])
  })

  it('a paused endpoint is told nothing, and what waited goes out when it is resumed', async () => {
    const { endpoint } = await create()
    const params = { endpointId: endpoint.endpointId }
    await buy()
    await ask(house, 'changeWebhook', { params, body: { state: 'paused' } })
    expect(await deliverDue(house)).toBe(0)
    await buy()
    expect(await deliveries(endpoint)).toHaveLength(1)
    await ask(house, 'changeWebhook', { params, body: { state: 'active' } })
    expect(await deliverDue(house)).toBe(1)
  })

  test.each([
    ['http://example.com/', 'webhooks:refusal.address-scheme'],
    ['https://127.0.0.1/', 'webhooks:refusal.address-address'],
    ['https://a:b@example.com/', 'webhooks:refusal.address-credentials'],
    ['https://example.com:22/', 'webhooks:refusal.address-port'],
    ['nonsense', 'webhooks:refusal.url'],
  ])('is told why %s is not taken', async (wrong, code) => {
    await ask(house, 'changeWebhookSettings', { body: { allowPrivate: false } })
    const wish = ask(house, 'createWebhook', { body: { url: wrong, kinds: ['*'] } })
    await expect(wish).rejects.toMatchObject({ code })
  })

  it('is told when nothing is called that; a key of one merchant may not look', async () => {
    await expect(create(['purchase.recorded', 'purchse.*'])).rejects.toMatchObject({
      code: 'webhooks:refusal.kind',
      details: { kind: 'purchse.*' },
    })
    const caller = {
      kind: 'key',
      id: house.newId(),
      name: 'till',
      merchantId: 'tea-house',
      permissions: new Set(['webhooks.manage'] as const),
    } as const
    await expect(ask(house, 'listWebhooks', { caller })).rejects.toMatchObject({ kind: 'forbidden' })
  })
})

it('an endpoint whose network is no longer allowed is not called', async () => {
  const { endpoint } = await create()
  await ask(house, 'changeWebhookSettings', { body: { allowPrivate: false } })
  await buy()
  await deliverDue(house)
  expect(received).toEqual([])
  expect(await deliveries(endpoint)).toMatchObject([{ state: 'waiting', fault: 'forbidden-address' }])
})

it('who was erased is not spoken of any more, and what is done is forgotten after a month', async () => {
  const { endpoint } = await create()
  await buy()
  await buy()
  await deliverDue(house)
  const [{ partyId }] = (await deliveries(endpoint)) as [Delivery]
  const room = house.rooms.find(({ name }) => name === 'kernel/webhooks')!
  await house.database.transaction(transaction => room.forget!(house, transaction, partyId!))
  expect(await deliveries(endpoint)).toHaveLength(1)
  house.clock.advanceDays(31)
  expect(await house.perform('webhooks.forget')).toEqual({ forgotten: 1 })
})

it('the courier carries an event out within moments of its recording', async () => {
  await create()
  await house.work()
  await pause(300)
  const eventId = await buy()
  for (let tries = 0; tries < 100 && received.length === 0; tries++) await pause(50)
  expect(received.map(({ id }) => id)).toEqual([eventId])
})

test('an endpoint that is removed while its receiver is asked is said to be unknown', async () => {
  const { endpoint: tested } = await create()
  const slow = createServer((_, response) => {
    house.database
      .query('delete from webhooks.endpoint where endpoint_id = $1', [tested.endpointId])
      .finally(() => response.writeHead(204).end())
  })
  await new Promise<void>(done => slow.listen(0, '127.0.0.1', done))
  try {
    const { port } = slow.address() as AddressInfo
    await ask(house, 'changeWebhook', {
      params: { endpointId: tested.endpointId },
      body: { url: `http://127.0.0.1:${port}/hooks` },
    })
    const sent = ask(house, 'testWebhook', { params: { endpointId: tested.endpointId }, body: {} })
    await expect(sent).rejects.toMatchObject({ code: 'webhooks:refusal.unknown' })
  } finally {
    slow.closeAllConnections()
    slow.close()
  }
})
