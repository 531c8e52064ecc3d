import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse } from '#testing/house.ts'
import { createTestDatabase, type TestDatabase } from '#testing/postgres.ts'
import { allowSecond, type Database, openDatabase, Unprepared } from './index.ts'

const connections = 3
let place: TestDatabase
let database: Database
let unwatched: Database

beforeAll(async () => {
  place = await createTestDatabase({ template: 'template0' })
  database = openDatabase(place.connection, { connections, refusesNesting: true })
  unwatched = openDatabase(place.connection, { connections })
})

afterAll(async () => {
  await Promise.all([database.close(), unwatched.close()])
  await place.drop()
})

const one = (queryable: Pick<Database, 'query'>) => queryable.query<{ one: number }>('select 1 as one')
const nested = /^inside a transaction another connection is asked for: .*nesting\.test\.ts/

describe('a pool in tests', () => {
  test('refuses a statement beside the transaction that asks for it, and names the place', async () => {
    await expect(database.transaction(async () => await one(database))).rejects.toThrow(nested)
  })

  test('refuses a transaction inside a transaction', async () => {
    await expect(database.transaction(() => database.transaction(one))).rejects.toThrow(nested)
  })

  test('sees it behind other calls, beside others, and in a transaction of another pool', async () => {
    const deep = async () => {
      await pause(1)
      return await Promise.all([1, 2].map(() => one(database)))
    }
    await expect(database.transaction(deep)).rejects.toThrow(nested)
    await expect(database.transaction(() => unwatched.transaction(deep))).rejects.toThrow(nested)
  })

  test('lets everything else be: one after the other, side by side, another pool, what outlives a transaction', async () => {
    let later: Promise<unknown> | undefined
    await database.transaction(async transaction => {
      await one(transaction)
      await one(unwatched)
      later = pause(50).then(() => one(database))
    })
    await Promise.all([later, one(database), database.transaction(one), database.transaction(one)])
  })

  test('lets those be who say why', async () => {
    const asked = database.transaction(() => allowSecond('there is one of its kind', () => one(database)))
    await expect(asked).resolves.toEqual([{ one: 1 }])
  })

  test('is that of every house which tests open', async () => {
    const house = await openTestHouse()
    const asked = house.database.transaction(() => house.settings.business())
    await expect(asked).rejects.toThrow(/^inside a transaction another connection is asked for: .*settings\.ts/)
    await house.close()
  })

  test('is not full because of who waits inside: one transaction more than connections, and all end', async () => {
    const asked = Array.from({ length: 4 * connections + 1 }, () =>
      database.transaction(async transaction => {
        await transaction.query('select pg_sleep(0.01)')
        return await one(transaction)
      }),
    )
    await expect(Promise.all(asked)).resolves.toHaveLength(4 * connections + 1)
  })
})

test('without the guard as many as there are connections wait for each other, which is why it is there', async () => {
  const impatient = openDatabase({ ...place.connection, connectionTimeoutMillis: 300 }, { connections })
  const allHold = Promise.withResolvers<void>()
  let holding = 0
  const asked = Array.from({ length: connections }, () =>
    impatient.transaction(async () => {
      if (++holding === connections) allHold.resolve()
      await allHold.promise
      return await one(impatient)
    }),
  )
  const ended = await Promise.allSettled(asked)
  expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: connections }, () => 'rejected'))
  await impatient.close()
})

test('what only another transaction can make is made between two runs, even where the pool is full', async () => {
  const asked = Array.from({ length: 2 * connections }, (_, number) =>
    database.transaction(async transaction => {
      const name = `made_${number}`
      const [found] = await transaction.query<{ found: boolean }>('select to_regclass($1) is not null as found', [name])
      if (!found!.found)
        throw new Unprepared(() => database.query(`create table ${name} (id int)`).then(() => undefined))
      return await transaction.query(`select * from ${name}`)
    }),
  )
  await expect(Promise.all(asked)).resolves.toHaveLength(2 * connections)
})
