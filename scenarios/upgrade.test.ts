import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from '#kernel/clock/index.ts'
import { type Connection, migrate, openDatabase } from '#kernel/database/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { type RestoreReport, restoreInto } from '#kernel/recovery/index.ts'
import { migrationSources } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { openTestHouseOn } from '#testing/house.ts'
import { createTestDatabase, type TestDatabase } from '#testing/postgres.ts'

/*
 * A shop that an earlier release wrote comes up on this one: what was owed is owed, what was understood is understood alike when it
 * is derived anew, and the shop goes on. And where a migration fails, nothing of it stays.
 */

const sources = migrationSources(rooms)
const clock = movableClock('2026-06-04T01:00:00Z')
let folder: string
let database: TestDatabase
let report: RestoreReport
const databases: TestDatabase[] = []

async function emptyDatabase(): Promise<Connection> {
  const made = await createTestDatabase({ template: 'template0' })
  databases.push(made)
  return made.connection
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guanxi-upgrade-'))
  const packed = await readFile(join(import.meta.dirname, 'upgrade/shop-at-a5a1bad.tar.gz'))
  const path = join(folder, 'shop.tar')
  await writeFile(path, gunzipSync(packed))
  database = await createTestDatabase({ template: 'template0' })
  databases.push(database)
  const to = openDatabase(database.connection, { connections: 4 })
  report = await restoreInto({ database: to, sources, clock }, { path })
  await to.close()
})

afterAll(async () => {
  for (const each of databases) await each.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('a shop of an earlier release', () => {
  it('is brought up to date with every row, and every claim of the ledger holds', () => {
    expect(report).toMatchObject({ product: '0.1.0 at a5a1bad', rows: 2394, ledgerFaults: [], isSameState: null })
  })

  it('owes what it owed, understands alike what it derives anew, and goes on', async () => {
    const house = await openTestHouseOn(database.connection, { clock })
    try {
      const owed = () =>
        house.database.query(
          `select sum(available) as available, sum(pending) as pending, sum(debt) as debt, count(*) as count from ledger.holding`,
        )
      const understood = () =>
        house.database.query(
          `select party_id, purchases, first_on, last_on, spend_minor from rhythm.state order by party_id`,
        )
      const [before, known] = [await owed(), await understood()]
      const definitions = rooms.flatMap(room => room.jobs ?? [])
      await performNow(house, definitions, 'rhythm.rebuild')
      expect(await understood()).toEqual(known)
      expect(await owed()).toEqual(before)
      const track = (messageId: string, event: string, properties: object) => ({
        type: 'track',
        userId: 'QH-0',
        messageId,
        event,
        properties,
        timestamp: clock.now().toISOString(),
      })
      const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' as const }
      const told = await ingest(house, source, [
        track('new', 'Order Completed', { order_id: 'new', total: 88 }),
        track('back', 'Order Refunded', { order_id: 'o-144-0', total: 12 }),
        track('o-0-0', 'Order Completed', { order_id: 'o-0-0', total: 30 }),
      ])
      expect(told).toMatchObject({ accepted: 2, duplicates: 1, problems: 0 })
      expect((await verifyLedger(house.database)).filter(({ faults }) => faults > 0)).toEqual([])
    } finally {
      await house.close()
    }
  })
})

describe('a migration that fails', () => {
  it('leaves nothing behind, not even the files before it, and the release before runs on', async () => {
    const connection = await emptyDatabase()
    const to = openDatabase(connection)
    const room = join(folder, 'shelf/')
    await mkdir(room)
    await writeFile(
      join(room, '0001-shelf.sql'),
      'create schema shelf;\ncreate table shelf.book (book_id uuid primary key);\n',
    )
    const shelf = { room: 'kernel/shelf', folder: pathToFileURL(room) }
    expect(await migrate(to, [shelf])).toBe(1)
    await writeFile(join(room, '0002-loans.sql'), 'create table shelf.loan (loan_id uuid primary key);\n')
    await writeFile(
      join(room, '0003-broken.sql'),
      'alter table shelf.book add column title text;\nalter table shelf.missing add column x text;\n',
    )
    await expect(migrate(to, [shelf])).rejects.toThrow(/missing/)
    const [left] = await to.query(
      `select (select count(*) from kernel.migration) as files, to_regclass('shelf.loan')::text as loan,
         (select count(*) from information_schema.columns where table_schema = 'shelf' and table_name = 'book') as columns`,
    )
    expect(left).toEqual({ files: 1, loan: null, columns: 1 })
    await rm(join(room, '0002-loans.sql'))
    await rm(join(room, '0003-broken.sql'))
    expect(await migrate(to, [shelf])).toBe(0)
    await to.close()
  })

  it('is no danger to a release that is newer or older: one that does not know the tables refuses with the files', async () => {
    const connection = await emptyDatabase()
    const to = openDatabase(connection)
    await migrate(to, sources)
    await to.query(`insert into kernel.migration (room, file) values ('kernel/parties', '9999-tomorrow.sql')`)
    await to.close()
    await expect(openTestHouseOn(connection)).rejects.toMatchObject({
      code: 'database:refusal.newer-schema',
      details: { files: ['kernel/parties/9999-tomorrow.sql'] },
    })
  })
})
