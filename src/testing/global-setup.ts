import { rm } from 'node:fs/promises'
import type { Connection } from '#kernel/database/embedded/index.ts'
import { openTestHouseOn } from './house.ts'
import { createTestDatabase, shareTemplate, shareTestServer, testServer } from './postgres.ts'

/** Fills the database that every test database is copied from. */
async function prepareTemplate(connection: Connection): Promise<void> {
  const house = await openTestHouseOn(connection)
  await house.close()
  await rm(house.folder, { recursive: true, force: true })
}

/** One server for the whole run, and one template with the schema, made before the first test and gone after the last. */
export default async function setUp(): Promise<() => Promise<void>> {
  const server = await testServer()
  shareTestServer(server.connection)
  const template = await createTestDatabase({ template: 'template0' })
  await prepareTemplate(template.connection)
  shareTemplate(template)
  return async () => {
    await template.drop()
    await server.stop()
  }
}
