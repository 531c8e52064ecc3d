import { afterAll, beforeAll, expect, it } from 'vitest'
import { backup } from '#kernel/recovery/contract.ts'
import { allRooms, openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let owner: { cookie: string }

beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms })
  owner = await server.owner()
})
afterAll(() => server?.close())

const asOwner = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
  server.ask({ method, url, headers: owner, ...(payload && { payload }) })
const page = async () => (await asOwner('GET', '/api/backups')).json()

it('a backup that was asked for is made, listed as read back, downloaded whole, and not removed while it is the only one', async () => {
  expect(await page()).toMatchObject({ items: [], newestAt: null })
  expect((await asOwner('POST', '/api/backups', { drill: false })).statusCode).toBe(202)
  await server.house.performWaiting()
  const { items, alarm } = await page()
  expect(items).toHaveLength(1)
  const made = backup.parse(items[0])
  expect(made).toMatchObject({ state: 'verified', madeBy: 'staff', keptAs: 'by-hand' })
  expect(alarm).toBeNull()
  const file = await asOwner('GET', `/api/backups/${made.backupId}/file`)
  expect(file.statusCode).toBe(200)
  expect(file.rawPayload.length).toBe(made.sizeBytes)
  expect(file.headers['content-disposition']).toContain(made.name)
  const removed = await asOwner('DELETE', `/api/backups/${made.backupId}`)
  expect(removed.statusCode).toBe(409)
  expect(removed.json().code).toBe('recovery:refusal.last-backup')
})

it('settings are kept as they were sent, and a folder that cannot be written to is refused', async () => {
  const { schedule } = await page()
  const wish = { ...schedule, hour: 4, keepWeekly: 8 }
  expect((await asOwner('PUT', '/api/backups/schedule', wish)).json()).toEqual(wish)
  expect((await page()).schedule).toEqual(wish)
  for (const [folder, code] of [
    ['backups', 'recovery:refusal.folder-not-absolute'],
    ['/proc/nowhere', 'recovery:refusal.folder-closed'],
  ]) {
    const answer = await asOwner('PUT', '/api/backups/schedule', { ...wish, folder })
    expect(answer.json().code).toBe(code)
  }
  expect((await page()).schedule).toEqual(wish)
})

it('nobody but an owner sees, makes, changes, downloads or removes one, and each attempt is kept', async () => {
  const [made] = (await page()).items
  const key = await server.key('customers.read', 'settings.manage', 'audit.read')
  const asked = [
    ['GET', '/api/backups'],
    ['POST', '/api/backups'],
    ['PUT', '/api/backups/schedule'],
    ['GET', `/api/backups/${made.backupId}/file`],
    ['DELETE', `/api/backups/${made.backupId}`],
  ] as const
  for (const [method, url] of asked) {
    const { statusCode, rawPayload } = await server.ask({
      method,
      url,
      headers: key,
      ...(method !== 'GET' && { payload: {} }),
    })
    expect(statusCode, `${method} ${url}`).toBe(403)
    expect(rawPayload.length).toBeLessThan(1000)
    expect((await server.ask({ method, url, ...(method !== 'GET' && { payload: {} }) })).statusCode).toBe(401)
  }
  const { items } = (await asOwner('GET', '/api/acts?outcome=refused&room=backups')).json()
  const refused = items.filter((act: { actor: { kind: string } }) => act.actor.kind === 'key')
  expect(refused.map((act: { operation: string }) => act.operation).sort()).toEqual([
    'changeBackupSchedule',
    'downloadBackup',
    'makeBackup',
    'removeBackup',
  ])
})
