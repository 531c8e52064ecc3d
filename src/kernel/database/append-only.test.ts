import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareQueue } from '#kernel/jobs/index.ts'
import { migrationSources } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { openTestHouse, openTestHouseOn, type TestHouse } from '#testing/house.ts'
import { createTestDatabase, type TestDatabase } from '#testing/postgres.ts'
import { type Connection, changeableFacts, migrate, openDatabase, type Queryable, type TableMap } from './index.ts'
import { agrees } from './privileges.ts'

const tables: TableMap = Object.assign({}, ...rooms.map(room => room.tables))
const declared = Object.entries(tables).flatMap(([table, { appendOnly }]) =>
  appendOnly ? [{ table, ...appendOnly }] : [],
)
const denied = expect.objectContaining({ code: '42501' })

const firstColumn = async (database: Queryable, table: string, among: readonly string[] = []) => {
  const rows = await database.query<{ name: string }>(
    `select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0
       and not attisdropped and attgenerated = '' and attname::text <> all ($2) order by attnum limit 1`,
    [table, among],
  )
  return rows[0]!.name
}

/** Holds every declared table to its declaration, by statements that would touch no row. */
async function expectKept(database: Queryable) {
  expect(declared.length).toBeGreaterThan(15)
  for (const { table, update = [], delete: mayDelete } of declared) {
    const fact = await firstColumn(database, table, update)
    await expect(database.query(`update ${table} set ${fact} = ${fact} where false`), table).rejects.toEqual(denied)
    for (const column of update) await database.query(`update ${table} set ${column} = ${column} where false`)
    await expect(database.query(`truncate ${table}`), table).rejects.toEqual(denied)
    const gone = database.query(`delete from ${table} where false`)
    if (mayDelete) await gone
    else await expect(gone, table).rejects.toEqual(denied)
  }
  expect(await changeableFacts(database, tables)).toEqual([])
}

/** Something is written and a month's table made, by the role to which much is refused. */
async function expectAtWork(house: Pick<TestHouse, 'database' | 'events' | 'jobs' | 'newId'>) {
  await house.events.ensureMonths([new Date('2031-05-15T00:00:00Z')])
  await house.database.transaction(transaction => house.jobs.enqueue(transaction, 'ledger.due', {}, { key: 'x' }))
  await house.database.query(
    `insert into ledger.key (key, party_id, transaction_id, fingerprint) values ($1, $1, $1, $1)`,
    [house.newId()],
  )
}

describe('a house as it is opened, with a superuser who logs in', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())

  test('works as a role to which it is refused to change facts, and can do its work', async () => {
    await expectKept(house.database)
    await expectAtWork(house)
  })

  test('says so where somebody gave the rights back, and takes them again at the next start', async () => {
    await house.byHand.query('grant update (amount) on ledger.posting to guanxi_app')
    await house.byHand.query('grant delete on audit_log.act to guanxi_app')
    expect(await changeableFacts(house.database, tables)).toEqual(['audit_log.act', 'ledger.posting'])
    const again = await openTestHouseOn(house.connection)
    expect(await changeableFacts(again.database, tables)).toEqual([])
    await again.close()
  })

  test('by a superuser’s own connection, facts could be changed, and it says so', async () => {
    expect(await changeableFacts(house.byHand, tables)).toEqual(declared.map(({ table }) => table).sort())
  })
})

describe('a database of somebody who is no superuser and may make no roles', () => {
  let place: TestDatabase
  let connection: Connection
  const role = `guanxi_owner_${process.pid}`
  const asSuperuser = async (...statements: string[]) => {
    const database = openDatabase(place.connection, { connections: 1 })
    for (const statement of statements) await database.query(statement)
    await database.close()
  }

  beforeAll(async () => {
    place = await createTestDatabase({ template: 'template0' })
    await asSuperuser(
      `create role ${role} login password 'tea'`,
      `alter database ${place.connection.database} owner to ${role}`,
    )
    connection = { ...place.connection, user: role, password: 'tea' }
  })
  afterAll(async () => {
    await asSuperuser(
      `drop owned by ${role} cascade`,
      `alter database ${place.connection.database} owner to current_user`,
    )
    await asSuperuser(`drop role ${role}`)
    await place.drop()
  })

  test('keeps facts as well: the owner takes the rights from itself', async () => {
    const house = await openTestHouseOn(connection)
    expect(await house.database.query('select current_user as role')).toEqual([{ role }])
    await expectKept(house.database)
    await expectAtWork(house)
    await house.close()
  })

  test('a migration may change facts, and nobody can after it', async () => {
    const database = openDatabase(connection)
    const sources = migrationSources(rooms)
    const folder = await mkdtemp(join(tmpdir(), 'guanxi-migration-'))
    await writeFile(
      join(folder, '0001-planted.sql'),
      'update ledger.posting set amount = amount;\ndelete from ledger.key;\n',
    )
    expect(await migrate(database, [...sources, { room: 'kernel/planted', folder: pathToFileURL(`${folder}/`) }])).toBe(
      1,
    )
    await expectKept(database)
    await rm(folder, { recursive: true })
    await database.close()
  })
})

test('a database of an earlier release, made by a superuser, is handed over at the first start', async () => {
  const place = await createTestDatabase({ template: 'template0' })
  const earlier = openDatabase(place.connection, { connections: 3 })
  await migrate(earlier, migrationSources(rooms))
  await prepareQueue(earlier)
  await earlier.query(`insert into ledger.key (key, party_id, transaction_id, fingerprint)
    values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid())`)
  const house = await openTestHouseOn(place.connection)
  await expectKept(house.database)
  await expectAtWork(house)
  // The earlier release, should somebody go back to it, still can do what it did.
  await earlier.query('update ledger.key set party_id = party_id')
  await house.close()
  await earlier.close()
  await place.drop()
})

test.each([
  ['all rights are too many', true, true, [], undefined, false],
  ['all rights are right where nothing is declared', true, true, [], 'none', true],
  ['none are right', false, false, [], undefined, true],
  ['a column that is allowed is right', false, false, ['reason'], { update: ['reason'] }, true],
  ['another column is not', false, false, ['amount'], { update: ['reason'] }, false],
  ['nor is a column more', false, false, ['amount', 'reason'], { update: ['reason'] }, false],
  ['to delete is too much', false, true, [], undefined, false],
  ['unless it is allowed', false, true, [], { delete: true }, true],
] as const)('%s', (_, update, mayDelete, columns, exceptions, expected) => {
  const is = { table: 'x.y', update, delete: mayDelete, truncate: update, columns }
  expect(agrees(is, exceptions === 'none' ? undefined : (exceptions ?? {}))).toBe(expected)
})
