import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { administer, createDatabase, dropDatabase, withDatabase } from '#kernel/database/index.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#testing/postgres.ts'
import { readConfiguration } from './configuration.ts'
import { rooms } from './rooms.ts'
import { openWorlds } from './worlds.ts'

test('a demo that cannot be opened keeps nobody from the business, and is opened once it can be', async () => {
  const { connection, drop } = await createTestDatabase()
  const { host, port, user, database, password } = connection
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-worlds-'))
  const demo = `${database}_demo`
  await createDatabase(connection, demo)
  const demoConnection = withDatabase(connection, demo)
  // As if a newer release had left it there.
  await administer(demoConnection, server => server.query('create schema settings'))
  const url = new URL(`postgres://${user}@localhost/${database}`)
  if (password) url.password = String(password)
  url.searchParams.set('host', String(host))
  url.searchParams.set('port', String(port))
  const configuration = readConfiguration({
    GUANXI_DATA: folder,
    DATABASE_URL: url.toString(),
    GUANXI_UNSAFE_DATABASE: 'yes',
  })
  const worlds = await openWorlds({ configuration, rooms, log: silentLog, works: false })
  try {
    expect(worlds.demo()).toBeUndefined()
    expect(await worlds.business.database.query('select 1 as one')).toEqual([{ one: 1 }])
    await administer(demoConnection, server => server.query('drop schema settings'))
    await worlds.openDemo(
      async () => {},
      bytes => bytes,
    )
    expect(worlds.demo()?.name).toBe('demo')
    await worlds.dropDemo()
    expect(worlds.demo()).toBeUndefined()
  } finally {
    await worlds.close()
    await dropDatabase(connection, demo)
    await drop()
    await rm(folder, { recursive: true, force: true })
  }
})
