import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { allRooms, openTestServer, type TestServer } from '#http/testing/open-server.ts'
import { createKey, type Permission, permissions } from '#kernel/access/index.ts'
import { tools } from './tools.ts'

let server: TestServer
let url: string
let wang: string
const open: Client[] = []

beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms, tools, start: '2026-03-01T09:00:00Z' })
  url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const cookie = await server.owner()
  const made = await server.ask({
    method: 'POST',
    url: '/api/parties',
    headers: cookie,
    payload: { name: '王晓洁', identifiers: [{ kind: 'phone', value: '13800005521' }], birthday: '1984-03-08' },
  })
  wang = made.json<{ partyId: string }>().partyId
  const { house } = server
  const bought = [0, 21, 43, 64, 85, 106].map(day => new Date(Date.UTC(2025, 8, 1 + day, 4)))
  await house.events.ensureMonths(bought)
  await house.database.transaction(transaction =>
    house.events.record(
      transaction,
      { sourceId: house.newId(), kind: 'key' },
      bought.map(occurredAt => ({
        kind: 'purchase.recorded',
        partyId: wang,
        occurredAt,
        payload: { amountMinor: 26_800, currency: 'CNY', lines: [{ sku: 'LJ', quantity: 1000, amountMinor: 26_800 }] },
      })),
    ),
  )
})

afterAll(async () => {
  for (const client of open) await client.close()
  await server?.close()
})

async function keyWith(may: readonly Permission[], merchantId: string | null = null): Promise<string> {
  const { secret } = await createKey(server.house, { name: 'assistant', permissions: may, merchantId, createdBy: null })
  return secret
}

async function connect(key: string, language = 'en'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' })
  const requestInit = { headers: { authorization: `Bearer ${key}`, 'accept-language': language } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }))
  open.push(client)
  return client
}

interface Answer {
  readonly isError?: boolean
  readonly content: readonly { readonly text: string }[]
  // biome-ignore lint/suspicious/noExplicitAny: each tool answers something else
  readonly structuredContent?: Record<string, any>
}

const use = async (client: Client, name: string, given: Record<string, unknown> = {}) =>
  (await client.callTool({ name, arguments: given })) as unknown as Answer

describe('an assistant with every right', () => {
  let all: Client
  beforeAll(async () => {
    all = await connect(await keyWith(permissions))
  })

  it('sees every tool, each with a schema it can read and whether it changes anything', async () => {
    const { tools: listed } = await all.listTools()
    expect(listed.map(({ name }) => name)).toEqual(tools.map(({ name }) => name))
    for (const tool of listed) {
      expect(tool.inputSchema.type).toBe('object')
      expect(tool.description!.length).toBeGreaterThan(30)
      expect(tool.annotations?.readOnlyHint).toBe(!/^(close|postpone|reopen|note)_/.test(tool.name))
    }
    const close = listed.find(({ name }) => name === 'close_task')!
    expect(Object.keys(close.inputSchema.properties!)).toEqual(['taskId', 'partyId', 'outcome', 'note'])
    expect(close.inputSchema.required).toEqual(['taskId', 'partyId', 'outcome'])
    expect(all.getInstructions()).toContain('held out')
  })

  it('finds somebody by pinyin and shows all that is known', async () => {
    const found = await use(all, 'find_customer', { find: 'wang xiaojie' })
    expect(found.structuredContent!.items).toMatchObject([{ partyId: wang, name: '王晓洁' }])
    const shown = await use(all, 'show_customer', { partyId: wang })
    expect(shown.isError).toBeFalsy()
    expect(shown.structuredContent).toMatchObject({
      profile: { name: '王晓洁', birthday: '1984-03-08' },
      rhythm: { purchases: 6, spend: { totalMinor: 6 * 26_800 } },
    })
    expect(Object.keys(shown.structuredContent!)).toEqual(Object.keys(tools[1]!.parts))
    expect(JSON.parse(shown.content[0]!.text.split('\n').at(-1)!)).toEqual(shown.structuredContent)
  })

  test.each([
    ['explain_late', () => ({ partyId: wang })],
    ['list_late_customers', () => ({ view: 'week' })],
    ['list_customers', () => ({ late: 'yes', sort: 'late', limit: 5 })],
    ['customer_history', () => ({ partyId: wang, limit: 2 })],
    ['business_today', () => ({})],
    ['list_rewards', () => ({})],
    ['list_tasks', () => ({})],
  ])('%s answers', async (name, given) => {
    const answer = await use(all, name, given())
    expect(answer.isError, answer.content[0]!.text).toBeFalsy()
    expect(answer.structuredContent).toBeTruthy()
  })

  it('says why somebody is late in the house’s own words, in the reader’s language', async () => {
    const task = await openTask()
    const english = await use(all, 'list_tasks')
    expect(english.content[0]!.text).toMatch(/^王晓洁: .*21.*\n\{/)
    const chinese = await use(await connect(await keyWith(['tasks.act']), 'zh-CN'), 'list_tasks')
    expect(chinese.content[0]!.text).toMatch(/^王晓洁: .*[一-鿿].*\n/)
    const put = { taskId: task, partyId: wang }
    expect(await use(all, 'postpone_task', { ...put, until: '2026-02-01' })).toMatchObject({
      isError: true,
      content: [{ text: 'Choose a day after today.' }],
    })
    expect((await use(all, 'postpone_task', { ...put, until: '2026-03-05' })).structuredContent).toMatchObject({
      state: 'postponed',
    })
    expect((await use(all, 'reopen_task', put)).structuredContent).toMatchObject({ state: 'open' })
    expect(
      (await use(all, 'close_task', { ...put, outcome: 'reached', note: 'likes tea' })).structuredContent,
    ).toMatchObject({ state: 'done', outcome: 'reached' })
    const again = await use(all, 'close_task', { ...put, outcome: 'reached' })
    expect(again).toMatchObject({ isError: true })
    expect(again.content[0]!.text).toMatch(/dealt with/)
  })

  it('notes a contact, which is then part of what is known', async () => {
    const noted = await use(all, 'note_contact', { partyId: wang, way: 'call', note: 'Asked about spring tea.' })
    expect(noted.structuredContent).toMatchObject({ contactId: expect.any(String) })
    const shown = await use(all, 'show_customer', { partyId: wang })
    expect(shown.structuredContent!.contacts.items).toMatchObject([{ way: 'call', note: 'Asked about spring tea.' }])
    const unknown = await use(all, 'note_contact', { partyId: server.house.newId(), way: 'call', note: 'Who?' })
    expect(unknown).toMatchObject({ isError: true, content: [{ text: 'There is no such customer here.' }] })
  })
})

describe('an assistant with fewer rights', () => {
  it('sees fewer tools, and cannot call the others by name', async () => {
    const client = await connect(await keyWith(['customers.read']))
    const names = (await client.listTools()).tools.map(({ name }) => name)
    expect(names).toContain('find_customer')
    expect(names).not.toContain('list_tasks')
    expect(names).not.toContain('note_contact')
    await expect(use(client, 'list_tasks')).rejects.toThrow(/no such tool/)
  })

  it('is told nothing of money, contacts or birthdays where its key may not see them', async () => {
    const client = await connect(await keyWith(['customers.read']))
    const shown = await use(client, 'show_customer', { partyId: wang })
    const parts = Object.keys(shown.structuredContent!)
    expect(parts).not.toContain('value')
    expect(parts).not.toContain('points')
    const text = JSON.stringify(shown)
    expect(text).toContain('王晓洁')
    expect(text).not.toMatch(/26800|160800|13800005521|1984-03-08/)
  })

  it('with a key of no rights sees no tools; of one merchant, only what concerns nobody else', async () => {
    const none = await connect(await keyWith(['events.write']))
    expect((await none.listTools()).tools).toEqual([])
    const bound = await connect(await keyWith(permissions, 'tea-house'))
    expect((await bound.listTools()).tools.map(({ name }) => name)).toEqual(['list_rewards'])
    expect((await use(bound, 'list_rewards')).isError).toBeFalsy()
    await expect(use(bound, 'find_customer', { find: '王' })).rejects.toThrow(/no such tool/)
  })

  it('comes in by a key and by nothing else', async () => {
    const ask = (headers: Record<string, string>, method: 'POST' | 'GET' | 'DELETE' = 'POST') =>
      server.ask({
        method,
        url: '/mcp',
        headers: { accept: 'application/json, text/event-stream', ...headers },
        ...(method === 'POST' && { payload: { jsonrpc: '2.0', id: 1, method: 'tools/list' } }),
      })
    expect((await ask({})).statusCode).toBe(401)
    expect((await ask({ ...(await server.owner()) })).statusCode).toBe(401)
    expect((await ask({ authorization: 'Bearer gx_wrong' })).statusCode).toBe(401)
    const key = await server.key('customers.read')
    expect((await ask(key)).statusCode).toBe(200)
    expect((await ask(key, 'GET')).statusCode).toBe(405)
    expect((await ask(key, 'DELETE')).statusCode).toBe(405)
  })
})

describe('hostile input', () => {
  let client: Client
  beforeAll(async () => {
    client = await connect(await keyWith(permissions))
  })

  test.each([
    ['find_customer', { find: `' or 1=1; drop table parties.party; --` }, false],
    ['find_customer', { find: 'x'.repeat(201) }, true],
    ['find_customer', { find: 'x', limit: 1e9 }, true],
    ['find_customer', { find: 'x', world: 'demo' }, true],
    ['show_customer', { partyId: '../../etc/passwd' }, true],
    ['show_customer', { partyId: ['a', 'b'] }, true],
    ['show_customer', {}, true],
    ['list_customers', { after: '{"$gt":""}' }, true],
    ['customer_history', { partyId: '00000000-0000-7000-8000-000000000000', before: `x'_y` }, true],
    ['list_late_customers', { view: '__proto__' }, true],
    ['explain_late', { partyId: '00000000-0000-7000-8000-000000000000', view: 'closed' }, true],
  ])('%s with %j is answered, not obeyed', async (name, given, isError) => {
    const answer = await use(client, name, given)
    expect(Boolean(answer.isError), answer.content[0]!.text).toBe(isError)
    expect(answer.content[0]!.text).not.toMatch(/select|syntax|pg_|node_modules/)
  })

  it('a body that is no request is refused, and the house stands', async () => {
    const key = await server.key('customers.read')
    const headers = { ...key, accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
    for (const payload of [
      '{',
      '[]',
      '"x"',
      '{"jsonrpc":"2.0"}',
      `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '{"__proto__":{}}',
    ]) {
      const { statusCode } = await server.ask({ method: 'POST', url: '/mcp', headers, payload })
      expect(statusCode, payload.slice(0, 40)).toBeGreaterThanOrEqual(400)
      expect(statusCode, payload.slice(0, 40)).toBeLessThan(500)
    }
    expect((await use(client, 'find_customer', { find: '王' })).isError).toBeFalsy()
  })
})

/** A task as the late-customers programme makes it. */
async function openTask(): Promise<string> {
  const { house } = server
  const taskId = house.newId()
  await house.database.query(
    `insert into tasks.task (party_id, task_id, programme, words_key, words, suggestion_key, due_on, state, created_at)
     values ($1, $2, 'warnings', 'warnings:why.rhythm', $3, 'warnings:suggest.call', '2026-03-01', 'open', $4)`,
    [wang, taskId, JSON.stringify({ count: 21, silentDays: 76 }), house.clock.now()],
  )
  return taskId
}
