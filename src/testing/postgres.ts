import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Connection, startEmbedded } from '#kernel/database/embedded/index.ts'

/** Where the processes of one test run find their server; set by the global set-up, inherited by every worker. */
const serverVariable = 'GUANXI_TEST_SERVER'
const templateVariable = 'GUANXI_TEST_TEMPLATE'

export interface TestServer {
  /** Reaches the server's maintenance database with the right to create others. */
  readonly connection: Connection
  stop(): Promise<void>
}

export interface TestDatabase {
  readonly connection: Connection
  drop(): Promise<void>
}

/**
 * The PostgreSQL of a test run: the one `GUANXI_TEST_DATABASE_URL` names, else an embedded one in a temporary folder
 * that ends with this process. The embedded one does not wait for the disk, so a test of durability must start its own.
 */
export async function testServer(): Promise<TestServer> {
  const url = process.env.GUANXI_TEST_DATABASE_URL
  if (url) return { connection: connectionFrom(url), async stop() {} }

  const dataFolder = mkdtempSync(join(tmpdir(), 'guanxi-test-'))
  chmodSync(dataFolder, 0o711)
  const server = await startEmbedded({
    dataFolder,
    throwaway: true,
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      shared_buffers: '256MB',
      max_connections: '200',
      autovacuum_naptime: '5min',
      checkpoint_timeout: '1h',
    },
  })
  return {
    connection: server.connection,
    async stop() {
      await server.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Makes this server the one of the run, for this process and those it forks. */
export function shareTestServer(connection: Connection): void {
  process.env[serverVariable] = JSON.stringify(connection)
}

/** Makes this database the one that `createTestDatabase` copies unless told otherwise. */
export function shareTemplate(template: TestDatabase): void {
  process.env[templateVariable] = template.connection.database
}

/**
 * A fresh database of its own for one test file (or one test): a copy of the run's template, which holds the schema.
 * `template: 'template0'` gives an empty one.
 */
export async function createTestDatabase(options: { readonly template?: string } = {}): Promise<TestDatabase> {
  const server = sharedConnection()
  const template = options.template ?? process.env[templateVariable] ?? 'template0'
  const database = `guanxi_test_${process.pid}_${randomBytes(5).toString('hex')}`
  // Copying files waits for a checkpoint: nothing where nobody waits for the disk, much on a server that does.
  const strategy = process.env.GUANXI_TEST_DATABASE_URL ? 'wal_log' : 'file_copy'
  const [name, source] = [pg.escapeIdentifier(database), pg.escapeIdentifier(template)]
  const encoding = template === 'template0' ? "ENCODING 'UTF8'" : ''
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${source} ${encoding} STRATEGY ${strategy}`)
  return {
    connection: { ...server, database },
    drop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

function sharedConnection(): Connection {
  const found = process.env[serverVariable]
  if (!found) throw new Error('No test server: run this through vitest, whose global set-up starts one.')
  return JSON.parse(found) as Connection
}

async function administer(server: Connection, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client(server)
    try {
      await client.connect()
      await client.query(statement)
      return
    } catch (error) {
      // 55006: somebody (autovacuum, a test that is just closing) is still connected to the template.
      if (attempt === 20 || (error as { code?: string }).code !== '55006') throw error
      await pause(100)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

function connectionFrom(url: string): Connection {
  const { host, port, user, database, password } = new pg.Client(url)
  return { host, port, user: user ?? '', database: database ?? 'postgres', ...(password && { password }) }
}
