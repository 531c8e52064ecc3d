import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allRooms, openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let owner: { cookie: string }
let path: string
let secret: string

const body = readFileSync(new URL('../kernel/receivers/samples/woocommerce.order-updated.json', import.meta.url))

beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms, start: '2026-03-20T09:00:00Z' })
  owner = await server.owner()
  const made = await server.ask({
    method: 'POST',
    url: '/api/receivers',
    headers: owner,
    payload: { system: 'woocommerce', name: 'Web shop' },
  })
  expect(made.statusCode).toBe(201)
  ;({ secret } = made.json())
  ;({ path } = made.json().receiver)
})
afterAll(() => server.close())

function send(payload: Buffer, with_: string, url = path, type = 'application/json') {
  const headers = {
    'content-type': type,
    'x-wc-webhook-topic': 'order.updated',
    'x-wc-webhook-delivery-id': randomUUID(),
    'x-wc-webhook-signature': createHmac('sha256', with_).update(payload).digest('base64'),
  }
  return server.ask({ method: 'POST', url, headers, payload })
}

test('the bytes as they came are what is checked, whatever they are called', async () => {
  expect((await send(body, secret)).json()).toEqual({ received: true, outcome: 'taken' })
  expect((await send(Buffer.from(`${body} `), secret, path, 'nonsense')).json()).toMatchObject({ outcome: 'duplicate' })
})

test('no signature, a wrong one, and an address that is none', async () => {
  expect((await send(body, 'guessed')).json()).toMatchObject({ status: 401, code: 'receivers:refusal.signature' })
  expect((await server.ask({ method: 'POST', url: path, payload: body })).statusCode).toBe(401)
  for (const url of [`/in/${randomUUID()}`, '/in/x', `/in/${'0'.repeat(150)}`]) {
    expect((await send(body, secret, url)).statusCode).toBe(404)
  }
  expect((await send(Buffer.alloc(3_000_000, ' '), secret)).statusCode).toBe(413)
})

test('paused, it asks to be tried again; no answer but the first holds the secret', async () => {
  const { items } = (await server.ask({ url: '/api/receivers', headers: owner })).json()
  expect(items).toMatchObject([{ name: 'Web shop', counts: { taken: 1, refused: 2 } }])
  expect(JSON.stringify(items)).not.toContain(secret)
  const change = { method: 'PATCH', url: `/api/receivers/${items[0].receiverId}`, headers: owner } as const
  await server.ask({ ...change, payload: { isPaused: true } })
  expect((await send(body, secret)).statusCode).toBe(503)
  await server.ask({ ...change, payload: { isPaused: false } })
  expect((await send(body, secret)).statusCode).toBe(200)
  const key = await server.key('events.write', 'events.read')
  expect((await server.ask({ url: '/api/receivers', headers: key })).statusCode).toBe(403)
})
