import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publish, usualRules } from '#financial/points/index.ts'
import { createKey, issueSignInLink } from '#kernel/access/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { type Connection, createDatabase, openDatabase, withDatabase } from '#kernel/database/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { forgetAgain, readForgotten } from '#kernel/privacy/index.ts'
import { leftOut, makeBackup, makeExport, noteRestore, readState, restoreInto } from '#kernel/recovery/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { migrationSources } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { openTestHouse, openTestHouseOn, type TestHouse } from '#testing/house.ts'
import { createTestDatabase, type TestDatabase } from '#testing/postgres.ts'

/*
 * A small shop is copied while its till goes on, and comes up again elsewhere: the same rows, the same points owed, nobody
 * signed in, the work that waited waiting again. Damaged copies change nothing.
 */

const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' as const }
const sources = migrationSources(rooms)
const release = { version: '0.0.0-test', sources: () => sources, passphrase: () => undefined }
/** What breaks a careless format: tab, backslash, line feed, the end mark of COPY, quotes, a character beyond the plane. */
const awkward = 'a\tb\\c\nd\r\n\\.\n"e",\'f\' \\N 王晓洁 𠮷'

let house: TestHouse
let folder: string
let path: string
let stateHash: string
const databases: TestDatabase[] = []
const acknowledged: string[] = []

async function buy(order: number): Promise<void> {
  const id = `order-${order}`
  const message = {
    type: 'track',
    userId: `QH-${order % 40}`,
    messageId: id,
    event: 'Order Completed',
    properties: {
      order_id: id,
      total: 20 + (order % 7),
      products: [{ product_id: 'tea', name: awkward, quantity: 1 }],
    },
    timestamp: new Date(house.clock.now().getTime() - order * 3_600_000).toISOString(),
  }
  const { accepted } = await ingest(house, source, [message])
  if (accepted === 1) acknowledged.push(id)
}

async function emptyDatabase(): Promise<Connection> {
  const database = await createTestDatabase({ template: 'template0' })
  databases.push(database)
  return database.connection
}

async function restoreTo(connection: Connection, from: string, rest: { passphrase?: string; replace?: boolean } = {}) {
  const database = openDatabase(connection, { connections: 4 })
  try {
    const into = {
      database,
      sources,
      clock: house.clock,
      folder: join(folder, 'restored'),
      replace: rest.replace ?? false,
    }
    return await restoreInto(into, { path: from, passphrase: rest.passphrase })
  } finally {
    await database.close()
  }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  )

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guanxi-recovery-'))
  house = await openTestHouse({ start: '2026-03-01T09:00:00Z' })
  await publish(house, { rules: usualRules('CNY', 2), startsOn: '2025-01-01', by: 'staff:lin' })
  const traits = { name: awkward, email: 'wang@example.com', birthday: '1990-05-20' }
  await ingest(house, source, [{ type: 'identify', userId: 'QH-1', messageId: 'who', traits }])
  for (let order = 0; order < 120; order++) await buy(order)
  await ingest(house, source, [
    {
      type: 'track',
      userId: 'QH-3',
      messageId: 'back',
      event: 'Order Refunded',
      properties: { order_id: 'order-3', total: 5 },
      timestamp: house.clock.now().toISOString(),
    },
    { type: 'track', userId: 'QH-3', messageId: 'broken', event: 'Order Completed', timestamp: 'yesterday' },
  ])
  await createKey(house, { name: 'till', permissions: ['events.write'], createdBy: null })
  await issueSignInLink(house, { firstOwner: true })
  await mkdir(join(house.folder, 'files'), { recursive: true })
  await writeFile(join(house.folder, 'files', 'orders.csv'), 'order,customer\n1,anna\n')

  // The till goes on while the copy is taken: what was confirmed before it began must be in it, all of it or not at all.
  let next = 120
  let isOver = false
  const till = (async () => {
    while (!isOver) await buy(next++)
  })()
  const before = [...acknowledged]
  const { row, made } = await makeBackup(house, release, { madeBy: 'staff', drill: false })
  isOver = true
  await till
  acknowledged.splice(0, acknowledged.length, ...before)
  path = join(row.folder, row.name)
  stateHash = made.manifest.stateHash
})

afterAll(async () => {
  await house?.close()
  for (const database of databases) await database.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('a backup', () => {
  it('restores to the same state, with every event that was confirmed before it began', async () => {
    const connection = await emptyDatabase()
    const report = await restoreTo(connection, path)
    expect(report).toMatchObject({ isSameState: true, stateHash, ledgerFaults: [], files: 1 })
    expect(await readFile(join(folder, 'restored/files/orders.csv'), 'utf8')).toContain('anna')
    const restored = await openTestHouseOn(connection, { clock: house.clock })
    try {
      const rows = await restored.database.query<{ id: string }>(
        `select payload ->> 'orderRef' as id from events.event where kind = 'purchase.recorded'`,
      )
      const there = new Set(rows.map(({ id }) => id))
      expect(acknowledged.filter(id => !there.has(id))).toEqual([])
      const [name] = await restored.database.query<{ name: string }>('select name from catalogue.product')
      const [same] = await house.database.query<{ name: string }>('select name from catalogue.product')
      expect(name).toEqual(same)
      const [left] = await restored.database.query('select count(*) as count from access.session')
      expect(left).toEqual({ count: 0 })
      const [key] = await restored.database.query('select name from access.api_key')
      expect(key).toEqual({ name: 'till' })
    } finally {
      await restored.close()
    }
  })

  it('comes up as a house that works on: the work that waited waits, and what is owed is paid from where it stood', async () => {
    const connection = await emptyDatabase()
    const { waiting } = await restoreTo(connection, path)
    const restored = await openTestHouseOn(connection, { clock: house.clock })
    const restores = () =>
      restored.database.query(
        `select actor_kind, c.asked ->> 'named' as named from audit_log.act join audit_log.content c using (act_id)
         where operation = 'restore'`,
      )
    try {
      // The rows are those of the copy until the business works again; then its log says what happened to it, once.
      expect(await restores()).toEqual([])
      await noteRestore(restored)
      await noteRestore(restored)
      expect(await restores()).toEqual([{ actor_kind: 'machine', named: basename(path) }])
      const [queue] = await restored.database.query<{ count: number }>(
        'select count(*) as count from graphile_worker._private_jobs',
      )
      expect(queue!.count).toBe(waiting)
      expect(waiting).toBeGreaterThan(0)
      const message = {
        type: 'track',
        userId: 'QH-3',
        messageId: 'again',
        event: 'Order Refunded',
        properties: { order_id: 'order-43', total: 20 },
        timestamp: house.clock.now().toISOString(),
      }
      expect(await ingest(restored, source, [message])).toMatchObject({ accepted: 1 })
      // Told once more under its old name: a copy keeps what was heard, so nothing is counted twice.
      const told = {
        ...message,
        messageId: 'order-3',
        event: 'Order Completed',
        properties: { order_id: 'order-3', total: 23 },
      }
      expect(await ingest(restored, source, [told])).toMatchObject({ duplicates: 1 })
      expect((await verifyLedger(restored.database)).filter(({ faults }) => faults > 0)).toEqual([])
    } finally {
      await restored.close()
    }
  })

  it('is found wanting wherever one byte is another, and wherever it ends too early; nothing is touched', async () => {
    const whole = await readFile(path)
    const connection = await emptyDatabase()
    const found: string[] = []
    for (let place = 600; place < whole.length; place += Math.floor(whole.length / 25)) {
      const copy = join(folder, 'flipped.tar')
      const changed = Buffer.from(whole)
      changed[place] = changed[place]! ^ 0x20
      await writeFile(copy, changed)
      const code = await codeOf(restoreTo(connection, copy))
      if (code !== 'recovery:refusal.damaged' && code !== 'recovery:refusal.not-a-copy') found.push(`${place}: ${code}`)
      await truncate(copy, place)
      const cut = await codeOf(restoreTo(connection, copy))
      if (cut !== 'recovery:refusal.damaged' && cut !== 'recovery:refusal.not-a-copy')
        found.push(`cut ${place}: ${cut}`)
    }
    expect(found).toEqual([])
    const database = openDatabase(connection)
    const [kernel] = await database.query(`select to_regnamespace('kernel') as name`)
    await database.close()
    expect(kernel).toEqual({ name: null })
  })

  it('is not written over a business, unless that is said', async () => {
    const connection = await emptyDatabase()
    await restoreTo(connection, path)
    expect(await codeOf(restoreTo(connection, path))).toBe('recovery:refusal.not-empty')
    expect(await restoreTo(connection, path, { replace: true })).toMatchObject({ isSameState: true })
  })

  it('opens with its passphrase only, and is damaged by one byte and by a missing end', async () => {
    const passphrase = 'a horse, a staple, a battery'
    const to = join(folder, 'sealed.tar.sealed')
    await makeBackup(house, release, { madeBy: 'command', drill: false, to, passphrase })
    const sealed = await readFile(to)
    expect(sealed.includes('wang@example.com') || sealed.includes('guanxi.json')).toBe(false)
    const connection = await emptyDatabase()
    expect(await codeOf(restoreTo(connection, to))).toBe('recovery:refusal.needs-passphrase')
    expect(await codeOf(restoreTo(connection, to, { passphrase: 'not this one, no' }))).toBe(
      'recovery:refusal.wrong-passphrase',
    )
    const broken = join(folder, 'broken.tar.sealed')
    await writeFile(broken, sealed.subarray(0, sealed.length - 40))
    expect(await codeOf(restoreTo(connection, broken, { passphrase }))).toMatch(/damaged|wrong-passphrase/)
    expect(await restoreTo(connection, to, { passphrase })).toMatchObject({ isSameState: true })
  })

  it('can be shown to restore by restoring it beside', async () => {
    const { row } = await makeBackup(house, release, {
      madeBy: 'command',
      drill: true,
      to: join(folder, 'drilled.tar'),
    })
    expect(row.drilledAt).not.toBeNull()
    const [left] = await house.database.query(
      `select 1 from pg_database where datname = current_database() || '_drill'`,
    )
    expect(left).toBeUndefined()
  })
})

describe('a copy', () => {
  it('holds every table of every room, and leaves out only what it says', async () => {
    const to = join(folder, 'tables.tar')
    const { made } = await makeBackup(house, release, { madeBy: 'command', drill: false, to })
    const carried = made.manifest.tables.map(({ name }) => name)
    const known = rooms.flatMap(room => Object.keys(room.tables ?? {}))
    expect(known.filter(name => !carried.includes(name)).sort()).toEqual(Object.keys(leftOut).sort())
    expect(carried.filter(name => !known.includes(name))).toEqual(['jobs.queue'])
  })
})

describe('an export', () => {
  it('can be read by others, and comes back as the same state', async () => {
    const to = join(folder, 'export')
    const { connection: there } = house.database
    const { manifest } = await makeExport(
      { connection: there, folder: house.folder, product: '0.0.0-test', clock: house.clock },
      to,
    )
    expect(manifest.stateHash).toBe((await readState(there)).stateHash)
    expect((await readdir(to)).sort()).toEqual(['README.txt', 'files', 'guanxi.json', 'manifest.json', 'tables'])
    const [heading, first] = (await readFile(join(to, 'tables/parties.party.tsv'), 'utf8')).split('\n')
    expect(heading!.split('\t')).toContain('party_id')
    expect(first!.split('\t')).toHaveLength(heading!.split('\t').length)
    const report = await restoreTo(await emptyDatabase(), to)
    expect(report).toMatchObject({ isSameState: true, stateHash: manifest.stateHash })
    const file = join(to, 'tables/parties.identifier.tsv')
    await writeFile(file, (await readFile(file, 'utf8')).replace('wang@', 'zhao@'))
    expect(await codeOf(restoreTo(await emptyDatabase(), to))).toBe('recovery:refusal.damaged')
  })
})

describe('a restore that was killed', () => {
  it('says so, no house opens on what it left, and doing it again mends it', async () => {
    const connection = await emptyDatabase()
    const child = spawn(
      process.execPath,
      ['--conditions=source', join(import.meta.dirname, 'restore-to-be-killed.ts'), JSON.stringify(connection), path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await codeOf(openTestHouseOn(connection))).toBe('recovery:refusal.unfinished')
    expect(await codeOf(restoreTo(connection, path))).toBe('recovery:refusal.not-empty')
    expect(await restoreTo(connection, path, { replace: true })).toMatchObject({ isSameState: true })
  })
})

describe('whoever was forgotten after the backup was made', () => {
  it('is forgotten again after a restore, and where it is known already nothing is done', async () => {
    const [asked] = await house.database.query<{ partyId: string }>(
      `select party_id as "partyId" from parties.identifier where value = 'wang@example.com'`,
    )
    const { partyId } = asked!
    const requestId = house.newId()
    await house.database.query(
      `insert into privacy.request (party_id, request_id, kind, state, asked_by, asked_at, due_on, settlement)
       values ($1, $2, 'erasure', 'working', 'staff', $3::timestamptz, $3::date, 'forfeit')`,
      [partyId, requestId, house.clock.now()],
    )
    await house.perform('privacy.erase', { requestId })
    const connection = await emptyDatabase()
    await restoreTo(connection, path)
    const restored = await openTestHouseOn(connection, { clock: house.clock })
    try {
      const known = () => restored.database.query('select name from parties.party where party_id = $1', [partyId])
      expect(await known()).toEqual([{ name: expect.stringContaining('王晓洁') }])
      const list = await readForgotten([dirname(path)])
      expect(list).toEqual([{ requestId, profileIds: [partyId], settlement: 'forfeit' }])
      expect(await forgetAgain(restored, list)).toEqual({ forgotten: 1, left: 0 })
      expect(await known()).toEqual([{ name: '' }])
      expect((await verifyLedger(restored.database)).filter(({ faults }) => faults > 0)).toEqual([])
    } finally {
      await restored.close()
    }
    // Here the request itself is known, so there is nothing to do again.
    expect(await forgetAgain(house, await readForgotten([dirname(path)]))).toEqual({ forgotten: 0, left: 0 })
  })
})

describe('another server', () => {
  const isServerRun = process.env.GUANXI_TEST_DATABASE_URL !== undefined
  const isOtherHere = isServerRun || existsSync('/usr/lib/postgresql')
  if (!isOtherHere) console.log('No restore on a server PostgreSQL: none is installed here (apt install postgresql).')

  it.skipIf(!isOtherHere)('of another release of PostgreSQL holds the same state, there and back', async () => {
    const other = await otherServer()
    try {
      const database = openDatabase(other.connection, { connections: 4 })
      try {
        const [here] = await house.database.query<{ version: string }>(
          `select current_setting('server_version') as version`,
        )
        const [there] = await database.query<{ version: string }>(`select current_setting('server_version') as version`)
        expect(there!.version.split('.')[0]).not.toBe(here!.version.split('.')[0])
        const report = await restoreInto({ database, sources, clock: house.clock }, { path })
        expect(report).toMatchObject({ isSameState: true, stateHash, ledgerFaults: [] })
        const to = join(folder, 'from-there')
        const from = {
          connection: other.connection,
          folder: join(folder, 'nothing'),
          product: 'there',
          clock: house.clock,
        }
        expect((await makeExport(from, to)).manifest.stateHash).toBe(stateHash)
        expect(await restoreTo(await emptyDatabase(), to)).toMatchObject({ isSameState: true, stateHash })
      } finally {
        await database.close()
      }
    } finally {
      await other.stop()
    }
  })

  async function otherServer(): Promise<{ connection: Connection; stop(): Promise<void> }> {
    if (!isServerRun) {
      const { startServerPostgres } = await import('../scripts/server-postgres.ts')
      const server = await startServerPostgres()
      const host = decodeURIComponent(server.url.split('host=')[1]!)
      const connection = { host, port: 5432, user: 'guanxi', database: 'postgres' }
      await createDatabase(connection, 'guanxi')
      return { connection: withDatabase(connection, 'guanxi'), stop: server.stop }
    }
    const dataFolder = await mkdtemp(join(tmpdir(), 'guanxi-other-'))
    await chmod(dataFolder, 0o711)
    return await startEmbedded({ dataFolder, throwaway: true })
  }
})
