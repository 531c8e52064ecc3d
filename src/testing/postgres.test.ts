import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './postgres.ts'

const open: TestDatabase[] = []
async function fresh(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  open.push(database)
  return database
}
afterAll(() => Promise.all(open.map(database => database.drop())))

async function ask(database: TestDatabase, statement: string): Promise<unknown[]> {
  const client = new pg.Client(database.connection)
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

describe('a test database', () => {
  test('is empty of what another test wrote', async () => {
    const [one, two] = await Promise.all([fresh(), fresh()])
    await ask(one, 'CREATE TABLE only_here (id int)')
    await expect(ask(two, 'SELECT * FROM only_here')).rejects.toThrow('does not exist')
  })

  test('can be copied from another test database', async () => {
    const template = await fresh()
    await ask(template, 'CREATE TABLE planted AS SELECT 7 AS seeds')
    const copies = await Promise.all(
      [1, 2, 3].map(() => createTestDatabase({ template: template.connection.database })),
    )
    open.push(...copies)
    for (const copy of copies) expect(await ask(copy, 'SELECT seeds FROM planted')).toEqual([{ seeds: 7 }])
  })

  test('is gone after drop, even with a session open on it', async () => {
    const database = await fresh()
    const session = new pg.Client(database.connection)
    session.on('error', () => {})
    await session.connect()
    await database.drop()
    await expect(ask(database, 'SELECT 1')).rejects.toThrow('does not exist')
  })

  test('speaks UTF-8', async () => {
    const database = await fresh()
    expect(await ask(database, "SELECT length('关系营销') AS characters")).toEqual([{ characters: 4 }])
  })
})
