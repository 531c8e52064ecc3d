import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Act } from '#kernel/audit-log/contract.ts'
import { auditLogRoom } from '#kernel/audit-log/room.ts'
import { allRooms, openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let owner: { cookie: string }

beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms })
  owner = await server.owner()
})
afterAll(() => server?.close())

const asOwner = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  server.ask({ method, url, headers: owner, ...(payload && { payload }) })

async function acts(query = ''): Promise<Act[]> {
  const answer = await asOwner('GET', `/api/acts${query}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().items
}

const content = () => server.house.database.query('select * from audit_log.content')

it('keeps who changed what, from which value to which', async () => {
  const { json } = await asOwner('GET', '/api/settings/business')
  const business = json.call(await asOwner('GET', '/api/settings/business')) as Record<string, unknown>
  const answer = await asOwner('PUT', '/api/settings/business', { ...business, name: '清心茶舍' })
  expect(answer.statusCode, answer.body).toBe(200)
  const [act] = await acts()
  expect(act).toMatchObject({
    operation: 'changeBusiness',
    room: 'settings',
    outcome: 'done',
    actor: { kind: 'staff' },
    changes: [{ path: 'name', before: '', after: '清心茶舍' }],
  })
})

it('compares a line of a list where the thing has no address of its own', async () => {
  const made = await asOwner('POST', '/api/staff', { name: '小陈', role: 'viewer' })
  const staffId = made.json().staff.id
  await asOwner('PATCH', `/api/staff/${staffId}`, { role: 'service' })
  const [changed, invited] = await acts()
  expect(changed).toMatchObject({
    operation: 'changeStaff',
    subject: { staffId },
    changes: [{ path: 'role', before: 'viewer', after: 'service' }],
  })
  expect(invited).toMatchObject({ operation: 'inviteStaff', asked: { name: '小陈', role: 'viewer' } })
})

it('keeps a refused attempt with its reason, and no line for what was only looked at or typed wrong', async () => {
  const key = await server.key('customers.read')
  const before = (await acts()).length
  await server.ask({ method: 'GET', url: '/api/keys', headers: key })
  await server.ask({ method: 'POST', url: '/api/points/quote', headers: owner, payload: {} })
  await asOwner('POST', '/api/staff', { name: '' })
  await server.ask({
    method: 'POST',
    url: '/api/keys',
    headers: key,
    payload: { name: 'mine', permissions: ['till.use'] },
  })
  const after = await acts()
  expect(after.length).toBe(before + 1)
  expect(after[0]).toMatchObject({
    operation: 'createKey',
    outcome: 'refused',
    code: 'access:refusal.key-not-allowed',
    actor: { kind: 'key', name: 'test' },
  })
})

it('writes no password, no secret and no token down', async () => {
  await asOwner('PATCH', '/api/session/me', { password: 'canary tea of the mountain' })
  owner = await server.owner()
  const made = await asOwner('POST', '/api/keys', { name: 'till', permissions: ['events.write'] })
  const text = JSON.stringify([await content(), await acts()])
  expect(text).not.toContain('canary tea')
  expect(text).not.toContain(made.json().secret)
  expect(text).not.toContain('gx_')
})

it('writes the record in the same transaction as the act: where the record fails, nothing was done', async () => {
  const { database } = server.house
  await database.query(
    'alter table audit_log.act add constraint broken check (operation <> $$saveMerchant$$) not valid',
  )
  const answer = await asOwner('PUT', '/api/merchants/tea-house', { name: 'Tea house', isActive: true })
  expect(answer.statusCode).toBe(500)
  expect((await asOwner('GET', '/api/merchants')).json().items).toEqual([])
  await database.query('alter table audit_log.act drop constraint broken')
  expect((await asOwner('PUT', '/api/merchants/tea-house', { name: 'Tea house', isActive: true })).statusCode).toBe(200)
})

it('forgets what was said of a customer, and keeps that something was done', async () => {
  const made = await asOwner('POST', '/api/parties', { kind: 'person', name: '王芳canary' })
  expect(made.statusCode, made.body).toBeLessThan(300)
  const { partyId } = made.json()
  await asOwner('PATCH', `/api/parties/${partyId}`, { name: '王芬canary' })
  expect(JSON.stringify(await content())).toContain('canary')
  await server.house.database.transaction(transaction => auditLogRoom.forget!(server.house, transaction, partyId))
  expect(JSON.stringify(await content())).not.toContain('canary')
  const [act] = await acts(`?partyId=${partyId}`)
  expect(act).toMatchObject({ operation: 'changeParty', asked: null, changes: null, party: { partyId } })
})

it('is narrowed by who, by part of the house, by customer and by day, page by page', async () => {
  const all = await acts()
  const first = (await asOwner('GET', '/api/acts?limit=2')).json()
  const second = (await asOwner('GET', `/api/acts?limit=200&before=${encodeURIComponent(first.next)}`)).json()
  expect([...first.items, ...second.items]).toEqual(all)
  expect(new Set((await acts('?room=staff')).map(act => act.operation))).toEqual(
    new Set(['inviteStaff', 'changeStaff']),
  )
  expect(await acts('?fromOn=2026-03-02')).toEqual([])
  expect((await acts('?toOn=2026-03-01')).length).toBe(all.length)
  const { actors, rooms } = (await asOwner('GET', '/api/acts/actors')).json()
  expect(actors.map((actor: { kind: string }) => actor.kind).sort()).toEqual(['key', 'staff'])
  expect(rooms).toContain('staff')
  const key = actors.find((actor: { kind: string }) => actor.kind === 'key')
  expect((await acts(`?actorId=${key.id}`)).length).toBe(1)
})

it('is handed over as a file in which no cell is a formula', async () => {
  await asOwner('PUT', '/api/merchants/tea-house', { name: '=HYPERLINK("x")', isActive: true })
  const { body, headers } = await asOwner('GET', '/api/acts/acts.csv')
  expect(headers['content-type']).toContain('text/csv')
  expect(body.split('\r\n').length).toBeGreaterThan(5)
  expect(body).not.toMatch(/(^|,)"?=/m)
})
