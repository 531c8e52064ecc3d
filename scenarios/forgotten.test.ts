import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, makeCardLink } from '#kernel/access/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import { declareAsset, verifyLedger } from '#kernel/ledger/index.ts'
import { personOf } from '#kernel/parties/index.ts'
import { allRooms, openTestServer, type TestServer } from '../src/http/testing/open-server.ts'

/*
 * A customer lives in every room of the house for a while: a till, a shop, a file, colleagues who write things down. Then she asks
 * to be forgotten. Twenty strings that stand nowhere else are looked for in every table of the database, in every file that we
 * wrote, in every line that was logged and in every answer to somebody else: before, never in logs; afterwards, nowhere.
 */

const canaries = {
  name: 'Zaphira Quillfeather',
  preferredName: 'Zaphykins',
  email: 'zaphira.quill@canary-mail.example',
  phone: '+8613799887766',
  card: '6200998877665544',
  customerId: 'CANARYCUST7781',
  wechat: 'oCanaryUnionId9981',
  city: 'Canaryville-upon-Tyne',
  familyName: 'Canaryborn-Quillfeather',
  property: 'canary-favourite-oolong-note',
  review: 'canary review: the lid of my pot broke',
  problem: 'canary-basket-remark-lost',
  taskNote: 'canary task note: her father is ill',
  contactNote: 'canary contact note: prefers mornings',
  reason: 'canary reason: sorry for the broken pot',
  place: 'canary kiosk behind the station',
  household: 'House of canary Quillfeather',
  fileName: 'Zaphirata Quillfeathering',
  fileMail: 'canary-file-mail@canary-file.example',
  rejected: 'canary-no-amount-at-all',
} as const

const found = Object.values(canaries)

let server: TestServer
let owner: { cookie: string }
let partyId: string
let requestId: string
const answersToOthers: string[] = []

async function ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, payload?: object, headers: object = owner) {
  const response = await server.ask({ method, url, headers: { ...headers }, ...(payload && { payload }) })
  return { status: response.statusCode, body: response.body ? response.json() : undefined }
}

async function done(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, payload?: object, headers: object = owner) {
  const { status, body } = await ask(method, url, payload, headers)
  expect({ url, status, body: status < 400 ? '' : body }).toMatchObject({ url, status: expect.toSatisfy(s => s < 300) })
  return body
}

async function upload(url: string, name: string, text: string) {
  const form = new FormData()
  form.append('file', new File([text], name))
  const request = new Request('http://x', { method: 'POST', body: form })
  const response = await server.ask({
    method: 'POST',
    url,
    headers: { ...owner, 'content-type': request.headers.get('content-type')! },
    payload: Buffer.from(await request.arrayBuffer()),
  })
  expect(response.statusCode).toBeLessThan(300)
  return response.json()
}

/** Every row of every table that the catalogue knows, the planner's samples among them, in which one of the texts stands. */
async function standsIn(queryable: Queryable, texts: readonly string[]): Promise<string[]> {
  const tables = await queryable.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('information_schema', 'pg_toast')
       and (n.nspname <> 'pg_catalog' or c.relname in ('pg_statistic', 'pg_description', 'pg_statistic_ext_data')) order by 1`,
  )
  const hex = texts.map(text => Buffer.from(text, 'utf8').toString('hex'))
  const hits: string[] = []
  for (const { name } of tables) {
    const rows = await queryable.query<{ text: string }>(
      `select distinct w.text from ${name} t join unnest($1::text[]) as w (text)
       on strpos(lower(t::text), lower(w.text)) > 0 or strpos(lower(row_to_json(t)::text), lower(w.text)) > 0`.replace(
        name.startsWith('pg_catalog.') ? ' or strpos(lower(row_to_json(t)::text), lower(w.text)) > 0' : '\0',
        '',
      ),
      [[...texts, ...hex]],
    )
    hits.push(...rows.map(({ text }) => `${name}: ${text}`))
  }
  return hits
}

async function standsInFiles(folder: string, texts: readonly string[]): Promise<string[]> {
  const hits: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = (await readFile(join(entry.parentPath, entry.name))).toString('utf8')
    hits.push(...texts.filter(each => text.includes(each)).map(each => `${entry.name}: ${each}`))
  }
  return hits
}

const inLogs = () => {
  const lines = server.lines.map(line => JSON.stringify(line)).join('\n')
  return found.filter(text => lines.includes(text))
}

/** What counts, and must not change when somebody is forgotten: every posting, every event, without who is named in them. */
async function totals() {
  const { database } = server.house
  const [postings] = await database.query(
    `select count(*) as postings, sum(amount)::int8 as amount, md5(string_agg(p::text, '|' order by transaction_id, position)) as sum
     from ledger.posting p`,
  )
  const [events] = await database.query(
    `select count(*) as events, md5(string_agg(e::text, '|' order by event_id)) as sum
     from events.event e where kind not in ('task.closed')`,
  )
  return { postings, events }
}

beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms, start: '2026-03-02T15:30:00Z' })
  owner = await server.owner()
  await server.house.database.transaction(transaction => declareAsset(server.house, transaction, 'points', 'points'))
  const { secret } = await createKey(server.house, { name: 'shop', permissions: ['events.write'], createdBy: null })
  const key = { authorization: `Bearer ${secret}` }
  const made = await done('POST', '/api/parties', {
    name: canaries.name,
    identifiers: [
      { kind: 'email', value: canaries.email },
      { kind: 'phone', value: canaries.phone },
    ],
    birthday: 'lunar:1990-04+-12',
    details: { city: canaries.city },
  })
  partyId = made.partyId
  await done('PATCH', `/api/parties/${partyId}`, {
    preferredName: canaries.preferredName,
    title: 'ms',
    familyName: canaries.familyName,
  })
  for (const [kind, value] of [
    ['card', canaries.card],
    ['customer_id', canaries.customerId],
    ['external:wechat', canaries.wechat],
  ]) {
    await done('POST', `/api/parties/${partyId}/identifiers`, { kind, value })
  }
  const other = await done('POST', '/api/parties', { name: 'Somebody Else' })
  const theirs = await ask('POST', `/api/parties/${other.partyId}/identifiers`, {
    kind: 'email',
    value: canaries.email,
  })
  expect(theirs).toMatchObject({
    status: 409,
    body: { code: 'parties:refusal.identifier-of-other', details: { partyId } },
  })
  answersToOthers.push(JSON.stringify(theirs.body))
  await done('POST', `/api/parties/${partyId}/relations`, { kind: 'household', otherPartyId: other.partyId })

  const send = (type: string, message: object) =>
    done('POST', `/v1/${type}`, { userId: canaries.customerId, timestamp: '2026-03-02T01:00:00Z', ...message }, key)
  await send('identify', { messageId: 'i1', traits: { email: canaries.email } })
  await send('track', { messageId: 't1', event: 'Tea Chosen', properties: { note: canaries.property } })
  await send('track', { messageId: 't2', event: 'Product Reviewed', properties: { review_body: canaries.review } })
  await send('track', {
    messageId: 't3',
    event: 'Order Completed',
    properties: { order_id: 'o1', total: 99, currency: 'CNY', products: [] },
  })
  await send('track', {
    messageId: 't4',
    event: 'Order Completed',
    properties: { order_id: '', total: 'not a number', remark: canaries.problem },
  })

  await done('PUT', `/api/parties/${partyId}/care`, { ownerId: null, everyDays: 1 })
  server.house.clock.set('2026-03-02T16:30:00Z')
  await server.house.perform('bonds.open-due-contacts')
  const tasks = await done('GET', `/api/tasks?state=open&partyId=${partyId}`)
  await done('POST', `/api/tasks/${tasks.items[0].taskId}/close`, {
    partyId,
    outcome: 'reached',
    note: canaries.taskNote,
  })
  await done('POST', `/api/parties/${partyId}/contacts`, { way: 'call', note: canaries.contactNote })
  await done('POST', `/api/parties/${partyId}/consents`, {
    channel: 'email',
    purpose: 'offers',
    isGiven: true,
    place: canaries.place,
  })
  await done(
    'POST',
    '/api/ledger/adjustments',
    { partyId, asset: 'points', amount: 40, reason: canaries.reason },
    {
      ...owner,
      'idempotency-key': 'adjust-1',
    },
  )
  await done('POST', `/api/parties/${partyId}/household`, { act: 'found', name: canaries.household })
  await done('POST', '/api/member/session/code', { identifier: canaries.phone }, {})
  const link = await makeCardLink(server.house, { partyId, by: { kind: 'nobody' } })
  expect(link).toBeDefined()

  const rows = [
    'customer,name,email,order,date,amount',
    `${canaries.customerId},${canaries.fileName},${canaries.fileMail},f1,2026-02-01,120.00`,
    `${canaries.customerId},${canaries.fileName},${canaries.fileMail},f2,2026-02-03,${canaries.rejected}`,
    ...Array.from(
      { length: 12 },
      (_, index) => `other${index},Other ${index},,g${index},2026-02-0${(index % 8) + 1},50.00`,
    ),
  ]
  const { importId } = await upload('/api/imports', 'orders.csv', `${rows.join('\n')}\n`)
  const read = await done('GET', `/api/imports/${importId}`)
  expect(read.questions).toEqual([])
  await done('POST', `/api/imports/${importId}/check`)
  await server.house.performWaiting()
  await done('POST', `/api/imports/${importId}/run`)
  await server.house.performWaiting()

  // Somebody looks for her, mistypes an address, and asks for what is not there.
  for (const url of [
    `/api/parties?find=${encodeURIComponent(canaries.name)}`,
    `/api/customers?find=${encodeURIComponent(canaries.email)}`,
    `/api/${encodeURIComponent(canaries.card)}`,
    `/api/parties/${encodeURIComponent(canaries.wechat)}`,
  ]) {
    await server.ask({ url, headers: { ...owner } })
  }
  const broken = await ask('POST', '/api/parties', {
    name: canaries.name,
    birthday: canaries.taskNote,
    roles: ['none'],
  })
  expect(broken.status).toBe(400)
  answersToOthers.push(JSON.stringify(broken.body))
}, 120_000)

afterAll(() => server?.close())

describe('while she is a customer', () => {
  test('each of the twenty stands somewhere, so that looking for them means something', async () => {
    const hits = await standsIn(server.house.byHand, found)
    const missing = found.filter(text => !hits.some(hit => hit.endsWith(text)))
    expect(missing).toEqual([])
    expect(found).toHaveLength(20)
  })

  test('no log line, no measure and no refusal says any of them', async () => {
    expect(inLogs()).toEqual([])
    const metrics = await server.ask({ url: '/metrics', headers: { ...owner } })
    expect(found.filter(text => metrics.body.includes(text))).toEqual([])
    expect(found.filter(text => answersToOthers.join('').includes(text))).toEqual([])
  })

  test('everything we hold is shown to her, room by room', async () => {
    const held = await done('GET', `/api/parties/${partyId}/everything-held`)
    const text = JSON.stringify(held)
    // What names her in the texts of others (rejected rows) is not filed under her.
    const filed = found.filter(
      each => each !== canaries.problem && each !== canaries.rejected && each !== canaries.fileName,
    )
    expect(filed.filter(each => !text.includes(each.replaceAll('"', '\\"')))).toEqual([])
    expect(held.items.map((each: { room: string }) => each.room)).toEqual(
      expect.arrayContaining(['parties', 'events', 'tasks', 'ledger', 'sharing', 'bonds', 'files']),
    )
  })
})

describe('when she asks to be forgotten', () => {
  let before: Awaited<ReturnType<typeof totals>>

  test('asking twice is one request, due in thirty days', async () => {
    const first = await done('POST', '/api/privacy-requests', { partyId, kind: 'erasure' })
    const second = await done('POST', '/api/privacy-requests', { partyId, kind: 'erasure' })
    expect(second.requestId).toBe(first.requestId)
    expect(first).toMatchObject({ state: 'open', dueOn: '2026-04-02', name: canaries.name })
    requestId = first.requestId
  })

  test('nothing is erased while she can still spend something, unless that is decided', async () => {
    const preview = await done('GET', `/api/privacy-requests/${requestId}/erasure`)
    expect(preview.owed).toEqual([{ asset: 'points', amount: expect.any(Number) }])
    expect(preview.settlements).toEqual(['forfeit'])
    expect(preview.goes.map((each: { table: string }) => each.table)).toEqual(
      expect.arrayContaining([
        'parties.party',
        'parties.identifier',
        'events.property',
        'tasks.note',
        'ledger.transaction',
      ]),
    )
    expect(preview.stays.map((each: { table: string }) => each.table)).toContain('ledger.posting')
    const refused = await ask('POST', `/api/privacy-requests/${requestId}/erase`, {})
    expect(refused).toMatchObject({ status: 409, body: { code: 'privacy:refusal.value-owed' } })
    // The preview took itself back.
    expect(await standsIn(server.house.byHand, [canaries.name])).not.toEqual([])
  })

  test.each(['kernel/parties', 'kernel/events', 'kernel/files', 'kernel/tasks', 'kernel/ledger', 'financial/sharing'])(
    'if %s forgot to forget, the search would say so',
    async name => {
      class TakenBack extends Error {}
      let hits: string[] = []
      await server.house.database
        .transaction(async transaction => {
          const { profileIds } = await personOf(transaction, partyId)
          for (const room of server.house.rooms.toReversed()) {
            if (room.name === name) continue
            for (const id of profileIds) await room.forget?.(server.house, transaction, id)
          }
          // The planner’s samples are open to nobody but who logs in.
          await transaction.query('set local role none')
          hits = (await standsIn(transaction, found)).filter(hit => !hit.startsWith('pg_catalog.'))
          throw new TakenBack()
        })
        .catch(error => {
          if (!(error instanceof TakenBack)) throw error
        })
      expect(hits).not.toEqual([])
    },
  )

  test('she is forgotten within a minute, and stands nowhere any more', async () => {
    before = await totals()
    await server.house.byHand.query('analyze')
    const asked = await done('POST', `/api/privacy-requests/${requestId}/erase`, { settlement: 'forfeit' })
    expect(asked.state).toBe('working')
    const began = performance.now()
    await server.house.performWaiting()
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(await standsIn(server.house.byHand, found)).toEqual([])
    expect(await standsInFiles(server.house.folder, found)).toEqual([])
    expect(inLogs()).toEqual([])
    const request = await done('GET', `/api/privacy-requests/${requestId}`)
    expect(request).toMatchObject({ state: 'done', name: null, partyId })
    expect(request.rowsForgotten).toBeGreaterThan(20)
    expect(request.secondsTaken).toBeGreaterThanOrEqual(0)
  }, 90_000)

  test('every posting and every event that counted before counts still, and the ledger verifies', async () => {
    const after = await totals()
    expect(after.events).toEqual(before.events)
    const { rows, forfeited } = await server.house.database
      .query<{ rows: number; forfeited: number }>(
        `select count(*) as rows, sum(p.amount)::int8 as forfeited from ledger.posting p
         join ledger.transaction t on t.transaction_id = p.transaction_id where t.key like 'privacy %'`,
      )
      .then(([sum]) => sum!)
    const [was, is] = [
      before.postings as { postings: number; amount: number },
      after.postings as typeof before.postings,
    ]
    expect(is).toMatchObject({ postings: was.postings + rows, amount: was.amount + forfeited })
    expect(rows).toBeGreaterThan(0)
    const findings = await verifyLedger(server.house.database, server.house.claims)
    expect(findings.filter(finding => finding.faults > 0)).toEqual([])
  })

  test('her number comes again and is somebody new; who she was is not woken', async () => {
    const made = await done('POST', '/api/parties', {
      name: 'Newly Come',
      identifiers: [{ kind: 'email', value: canaries.email }],
    })
    expect(made.partyId).not.toBe(partyId)
    expect(await done('GET', `/api/parties/${partyId}`)).toMatchObject({ name: '', identifiers: [], birthday: null })
  })
})
