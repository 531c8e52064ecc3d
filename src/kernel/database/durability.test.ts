import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../testing/postgres.ts'
import type { Queryable } from './database.ts'
import { checkDurability, findingsOf, refuseUnlessDurable, type ServerFacts } from './durability.ts'
import { type Connection, startEmbedded } from './embedded/index.ts'
import english from './words.en.json' with { type: 'json' }
import chinese from './words.zh.json' with { type: 'json' }

const sound: ServerFacts = {
  versionNumber: 180004,
  version: '18.4',
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  replica: false,
  readOnly: 'off',
  encoding: 'UTF8',
  characterType: 'C.UTF-8',
  trigrams: 3,
  timezone: 'UTC',
}

describe('a server', () => {
  test.each<[string, Partial<ServerFacts>, string[]]>([
    ['sound in all', {}, []],
    ['of the oldest version we know', { versionNumber: 150000 }, []],
    ['one step older', { versionNumber: 149999, version: '14.21' }, ['refuse version-too-old 14.21']],
    ['that skips the disk', { fsync: 'off' }, ['refuse fsync-off off']],
    ['that confirms too early', { synchronousCommit: 'off' }, ['refuse synchronous-commit-off off']],
    ['that waits for its own disk only', { synchronousCommit: 'local' }, []],
    ['that waits for its replicas', { synchronousCommit: 'remote_apply' }, []],
    ['that only follows', { replica: true, readOnly: 'on' }, ['refuse replica in recovery']],
    ['that takes no writes', { readOnly: 'on' }, ['refuse read-only on']],
    ['in Latin letters', { encoding: 'LATIN1' }, ['refuse encoding LATIN1']],
    ['without full pages', { fullPageWrites: 'off' }, ['warn full-page-writes-off off']],
    ['with C letters', { characterType: 'C', trigrams: undefined }, ['warn character-type C']],
    ['whose trigrams are empty', { characterType: 'de_DE', trigrams: 0 }, ['warn character-type de_DE']],
    ['with C letters but working trigrams', { characterType: 'C' }, []],
    ['in Shanghai', { timezone: 'Asia/Shanghai' }, ['warn timezone Asia/Shanghai']],
    ['in Etc/UTC', { timezone: 'Etc/UTC' }, []],
    ['bad and worse', { timezone: 'PRC', fsync: 'off' }, ['refuse fsync-off off', 'warn timezone PRC']],
  ])('%s', (_title, facts, expected) => {
    const findings = findingsOf({ ...sound, ...facts })
    expect(findings.map(({ severity, code, found }) => `${severity} ${code} ${found}`)).toEqual(expected)
  })
})

const clients: pg.Client[] = []
const drops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const client of clients) await client.end()
  for (const drop of drops) await drop()
})

async function open(connection: Connection): Promise<Queryable> {
  const client = new pg.Client({ ...connection, options: '-c timezone=UTC' })
  await client.connect()
  clients.push(client)
  return {
    async query<R extends object>(sql: string, parameters: readonly unknown[] = []) {
      return (await client.query(sql, [...parameters])).rows as R[]
    },
  }
}

/** A database with settings of its own, since the test server itself may be less careful than a real one. */
async function databaseWith(...wishes: string[]): Promise<Connection> {
  const { connection, drop } = await createTestDatabase({ template: 'template0' })
  drops.push(drop)
  const database = await open(connection)
  for (const wish of wishes) await database.query(`ALTER DATABASE ${connection.database} SET ${wish}`)
  return connection
}

const codes = async (connection: Connection) => (await checkDurability(await open(connection))).map(({ code }) => code)

describe('asked in earnest', () => {
  test('the embedded server keeps what it confirms; without fsync it is refused, unless told otherwise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guanxi-durability-'))
    chmodSync(folder, 0o711)
    const careful = await startEmbedded({ dataFolder: folder })
    const client = new pg.Client(careful.connection)
    await client.connect()
    const database = { query: async (sql: string) => (await client.query(sql)).rows }
    expect(await checkDurability(database as Queryable)).toEqual([])
    await client.query('CREATE EXTENSION pg_trgm')
    expect(await refuseUnlessDurable(database as Queryable)).toEqual([])
    await client.end()
    await careful.stop()

    const careless = await startEmbedded({ dataFolder: folder, settings: { fsync: 'off' } })
    const other = new pg.Client(careless.connection)
    await other.connect()
    const unsafe = { query: async (sql: string) => (await other.query(sql)).rows } as Queryable
    await expect(refuseUnlessDurable(unsafe)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'database:refusal.fsync-off',
      details: { found: 'off' },
      issues: [{ code: 'database:refusal.fsync-off' }],
    })
    const warnings: unknown[] = []
    const log = { info() {}, error() {}, warn: (fields: unknown) => warnings.push(fields) }
    await refuseUnlessDurable(unsafe, { allowUnsafeDatabase: true, log })
    expect(warnings).toEqual([{ code: 'fsync-off', found: 'off' }])
    await other.end()
    await careless.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a database that confirms early or takes no writes says so', async () => {
    expect(await codes(await databaseWith('synchronous_commit = off'))).toContain('synchronous-commit-off')
    expect(await codes(await databaseWith('synchronous_commit = on'))).not.toContain('synchronous-commit-off')
    expect(await codes(await databaseWith('default_transaction_read_only = on'))).toContain('read-only')
  })

  test('trigrams of Chinese names are asked for where the extension is there', async () => {
    const connection = await databaseWith()
    const plain = { ...connection, database: `${connection.database}_c` }
    const database = await open(connection)
    await database.query(
      `CREATE DATABASE ${plain.database} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'`,
    )
    drops.unshift(async () => {
      const again = new pg.Client({ ...connection, database: 'postgres' })
      await again.connect()
      await again.query(`DROP DATABASE ${plain.database}`)
      await again.end()
    })
    expect(await codes(plain)).toContain('character-type')
    await (await open(plain)).query('CREATE EXTENSION pg_trgm')
    expect(await codes(plain)).toContain('character-type')
  })
})

test('every finding has its sentence in both languages, with the same blanks', () => {
  const all: Partial<ServerFacts> = { fsync: 'off', fullPageWrites: 'off', synchronousCommit: 'off', readOnly: 'on' }
  const findings = [
    ...findingsOf({ ...sound, ...all, versionNumber: 1, encoding: 'x', trigrams: 0, timezone: 'x' }),
    ...findingsOf({ ...sound, replica: true }),
  ]
  expect(findings).toHaveLength(9)
  for (const { remedy } of findings) {
    const [section, name] = remedy.replace('database:', '').split('.') as ['refusal', 'replica']
    expect(english[section][name]).toContain('{{found}}')
  }
  const blanks = (words: object) =>
    Object.entries(words).map(([name, sentence]) => [
      name,
      [...String(sentence).matchAll(/{{\w+}}/g)].map(String).sort(),
    ])
  expect(blanks(chinese.refusal)).toEqual(blanks(english.refusal))
  expect(blanks(chinese.warning)).toEqual(blanks(english.warning))
})
