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

it('compares the part of a page that an address names: when backups are taken, and what a till may do', async () => {
  const { schedule } = (await asOwner('GET', '/api/backups')).json()
  expect((await asOwner('PUT', '/api/backups/schedule', { ...schedule, hour: 5, keepDaily: 14 })).statusCode).toBe(200)
  expect((await acts())[0]).toMatchObject({
    operation: 'changeBackupSchedule',
    room: 'backups',
    changes: [
      { path: 'hour', before: 3, after: 5 },
      { path: 'keepDaily', before: 7, after: 14 },
    ],
  })
  const { rules } = (await asOwner('GET', '/api/till')).json()
  expect((await asOwner('PUT', '/api/till/rules', { ...rules, holdMinutes: 25 })).statusCode).toBe(200)
  expect((await acts())[0]!.changes).toEqual([{ path: 'holdMinutes', before: rules.holdMinutes, after: 25 }])
})

it('keeps that a file was taken away, and no act for a page that was looked at', async () => {
  const before = (await acts()).length
  await asOwner('GET', '/api/acts/acts.csv')
  await asOwner('GET', '/api/ledger/journal.csv')
  const after = await acts()
  expect(after.slice(0, after.length - before).map(act => act.operation)).toEqual(['exportJournal', 'exportActs'])
})

it('names both profiles of a merge and of its undo, each leading to the one that stands', async () => {
  const make = async (name: string) => (await asOwner('POST', '/api/parties', { kind: 'person', name })).json().partyId
  const [keptId, otherId] = [await make('王小姐'), await make('王晓洁')]
  const merged = await asOwner('POST', '/api/merges', { keptId, otherId })
  expect(merged.statusCode, merged.body).toBe(201)
  const [act] = await acts()
  expect(act).toMatchObject({
    operation: 'mergeProfiles',
    party: { partyId: keptId, name: '王小姐' },
    others: [{ partyId: keptId, name: '王晓洁' }],
  })
  // Names stand with the customers alone, so that forgetting one leaves none behind.
  const [kept] = await server.house.database.query(
    'select asked::text as asked, changes::text as changes from audit_log.content where act_id = $1',
    [act!.actId],
  )
  expect(JSON.stringify(kept)).not.toContain('王')
  await asOwner('POST', `/api/merges/${merged.json().mergeId}/undo`)
  expect((await acts(`?partyId=${otherId}`))[0]).toMatchObject({
    operation: 'undoMerge',
    party: { partyId: keptId, name: '王小姐' },
    others: [{ partyId: otherId, name: '王晓洁' }],
  })
})

it('calls a file that was read in by its name', async () => {
  const uploaded = await server.ask({
    method: 'POST',
    url: '/api/imports',
    headers: { ...owner, 'content-type': 'multipart/form-data; boundary=tea' },
    payload: [
      '--tea',
      'content-disposition: form-data; name="file"; filename="orders-2026.csv"',
      'content-type: text/csv',
      '',
      'order,customer,date,amount\n1,A1,2026-01-05,30\n',
      '--tea--',
      '',
    ].join('\r\n'),
  })
  expect(uploaded.statusCode, uploaded.body).toBe(201)
  await asOwner('DELETE', `/api/imports/${uploaded.json().importId}`)
  const [removed, sent] = await acts('?room=imports')
  expect(removed).toMatchObject({ operation: 'removeImport', asked: { named: 'orders-2026.csv' } })
  expect(sent).toMatchObject({ operation: 'uploadImport', asked: { named: 'orders-2026.csv' } })
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
