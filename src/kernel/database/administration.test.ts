import pg from 'pg'
import { expect, test } from 'vitest'
import { databaseOf, withDatabase } from './administration.ts'

test.each([
  ['postgresql://u@/db?host=/run/postgresql', 'db', '/run/postgresql'],
  ['postgresql:///db?host=/run/postgresql', 'db', '/run/postgresql'],
  ['postgresql://u:p%2F%3F@%2Frun%2Fpostgresql/db', 'db', '/run/postgresql'],
  ['postgres://u:p@db.example:6432/d%20b?sslmode=disable', 'd b', 'db.example'],
  ['postgresql://u@/?host=/run/postgresql', 'postgres', '/run/postgresql'],
  ['postgresql://u@db.example?sslmode=disable', 'postgres', 'db.example'],
])('the database of %s is known, and another one of the same server is reached', (connectionString, name, host) => {
  expect(databaseOf({ connectionString })).toBe(name)
  const other = withDatabase({ connectionString }, 'guanxi demo')
  expect(databaseOf(other)).toBe('guanxi demo')
  const [before, after] = [new pg.Client({ connectionString }), new pg.Client(other)]
  expect([after.host, after.database]).toEqual([host, 'guanxi demo'])
  expect([after.user, after.port, after.password]).toEqual([before.user, before.port, before.password])
})
