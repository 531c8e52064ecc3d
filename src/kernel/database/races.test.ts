import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#testing/postgres.ts'
import { type Database, isKeyTaken, openDatabase } from './index.ts'

let place: TestDatabase
let database: Database

beforeAll(async () => {
  place = await createTestDatabase({ template: 'template0' })
  database = openDatabase(place.connection, { connections: 8 })
  await database.query('create table seat (number integer primary key, guest integer not null)')
})

afterAll(async () => {
  await database.close()
  await place.drop()
})

describe('a key that somebody took a moment before', () => {
  test('is looked at again, so that the work refuses in its own words', async () => {
    let arrived = 0
    let open = () => {}
    const together = new Promise<void>(resolve => {
      open = resolve
    })
    const sit = (guest: number) =>
      database.transaction(async transaction => {
        const [taken] = await transaction.query('select guest from seat where number = 1')
        if (taken) throw new Error('the seat is taken')
        // Everybody has seen the seat free before anybody sits down.
        if (++arrived >= 8) open()
        await together
        await transaction.query('insert into seat values (1, $1)', [guest])
        return guest
      })
    const ends = await Promise.allSettled(Array.from({ length: 8 }, (_, guest) => sit(guest)))
    expect(ends.filter(each => each.status === 'fulfilled')).toHaveLength(1)
    for (const each of ends) {
      if (each.status === 'rejected') expect(each.reason.message).toBe('the seat is taken')
    }
  })

  test('is told as such where a second look does not help, and nothing of the work stays', async () => {
    let looks = 0
    const work = database.transaction(async transaction => {
      looks++
      await transaction.query('insert into seat values (2, 1)')
      await transaction.query('insert into seat values (2, 2)')
    })
    await expect(work).rejects.toSatisfy(isKeyTaken)
    expect(looks).toBe(2)
    expect(await database.query('select 1 from seat where number = 2')).toEqual([])
  })
})
