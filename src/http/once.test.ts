import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let owner: { cookie: string }

beforeAll(async () => {
  server = await openTestServer()
  owner = await server.owner()
  await server.house.database.query('create sequence tea_sale')
})
afterAll(() => server.close())

function sell(key: string | undefined, grams = 50, headers: object = owner) {
  const named = key === undefined ? {} : { 'idempotency-key': key }
  return server.ask({ method: 'POST', url: '/api/tea-sale', headers: { ...headers, ...named }, payload: { grams } })
}

test('the same request under the same name is done once, and answered the same', async () => {
  const first = await sell('a')
  const again = await sell('a')
  expect(first.statusCode).toBe(201)
  expect(first.headers['idempotency-replayed']).toBeUndefined()
  expect(again.statusCode).toBe(201)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.body).toBe(first.body)
})

test('without a name every request is its own', async () => {
  const first = await sell(undefined)
  expect((await sell(undefined)).body).not.toBe(first.body)
})

test('another request under a used name is refused, and changes nothing', async () => {
  const first = await sell('b', 50)
  const other = await sell('b', 60)
  expect(other.json()).toMatchObject({ status: 409, code: 'replies:refusal.key-used' })
  expect((await sell('b', 50)).body).toBe(first.body)
})

test('a refusal is not kept: the reason may be gone next time', async () => {
  expect((await sell('c', 501)).statusCode).toBe(409)
  const later = await sell('c', 500)
  expect(later.statusCode).toBe(201)
})

test('two callers may use the same name', async () => {
  const till = await server.key('customers.write')
  const mine = await sell('d')
  const theirs = await sell('d', 50, till)
  expect(theirs.statusCode).toBe(201)
  expect(theirs.body).not.toBe(mine.body)
})

test('fifty at once: one is done, the others get its answer or are told to come back', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, () => sell('e')))
  const done = all.filter(each => each.statusCode === 201)
  expect(new Set(done.map(each => each.body)).size).toBe(1)
  expect(done.filter(each => each.headers['idempotency-replayed'] === undefined)).toHaveLength(1)
  for (const each of all) {
    if (each.statusCode === 201) continue
    expect(each.json()).toMatchObject({ status: 409, code: 'replies:refusal.in-flight' })
    expect(each.headers['retry-after']).toBe('1')
  }
})

test('what was begun by a process that died is taken over after a minute', async () => {
  const first = await sell('f')
  await server.house.database.query(`update replies.reply set status = null, body = null where key = 'f'`)
  expect((await sell('f')).json()).toMatchObject({ code: 'replies:refusal.in-flight' })
  server.house.clock.set(new Date(server.house.clock.now().getTime() + 61_000))
  const taken = await sell('f')
  expect(taken.statusCode).toBe(201)
  expect(taken.body).not.toBe(first.body)
})

test('answers are kept for thirty days', async () => {
  const first = await sell('g')
  server.house.clock.advanceDays(29)
  await server.house.perform('replies.forget')
  const [kept] = await server.house.database.query<{ body: string }>(`select body from replies.reply where key = 'g'`)
  expect(kept!.body).toBe(first.body)
  server.house.clock.advanceDays(2)
  await server.house.perform('replies.forget')
  expect(await server.house.database.query(`select 1 from replies.reply where key = 'g'`)).toEqual([])
})
