import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { type Connection, type Embedded, startEmbedded } from './index.ts'
import { isAlive, readPostmaster } from './postmaster.ts'

const asRoot = process.getuid?.() === 0
const onLinux = process.platform === 'linux'
if (!asRoot) console.log('skipped, not root: lending the server an account')
if (!onLinux) console.log('skipped, not Linux: tests that kill processes')
const nobody = { uid: 65534, gid: 65534 }
const folders: string[] = []

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-embedded-'))
  chmodSync(folder, 0o711)
  folders.push(folder)
  return join(folder, 'data')
}

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    const left = readPostmaster(join(folder, 'data', 'postgres'))
    if (left && isAlive(left.pid)) await kill(left.pid, 'SIGINT')
    if (left?.socketFolder) rmSync(left.socketFolder, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
})

async function ask<R extends object>(connection: Connection | string, statement: string): Promise<R[]> {
  const client = new pg.Client(connection as pg.ClientConfig)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<R & pg.QueryResultRow>(statement)).rows
  } finally {
    await client.end()
  }
}

async function kill(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal)
  while (isAlive(pid)) await pause(5)
}

/** Every process whose parent, or itself, is the server. */
function processesOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(each => {
      try {
        const parent = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]
        return each === pid || Number(parent) === pid
      } catch {
        return false
      }
    })
}

const writerScript = fileURLToPath(new URL('../../../testing/acknowledged-writer.ts', import.meta.url))

async function startWriter(dataFolder: string, mode = 'write', account = {}) {
  const sideFile = join(dataFolder, '..', 'confirmed')
  const child = spawn(process.execPath, ['--conditions=source', writerScript, dataFolder, sideFile, mode], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...account,
  })
  let complaint = ''
  child.stderr.on('data', piece => {
    complaint += piece
  })
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit')
      .then(() => pause(50))
      .then(() => Promise.reject(new Error(complaint))),
  ])
  const confirmed = () => readFileSync(sideFile, 'utf8').split('\n').filter(Boolean).map(Number)
  return {
    pid: child.pid!,
    adopted: (JSON.parse(line) as { adopted: boolean }).adopted,
    confirmed,
    ended: once(child, 'exit'),
    async hasConfirmed(count: number) {
      while (!existsSync(sideFile) || confirmed().length < count) await pause(10)
    },
  }
}

async function expectNothingLost(server: Embedded, confirmed: number[]): Promise<void> {
  const rows = await ask<{ id: string }>(server.connection, 'SELECT id FROM heard')
  const kept = new Set(rows.map(({ id }) => Number(id)))
  expect(confirmed.length).toBeGreaterThan(50)
  expect(confirmed.filter(id => !kept.has(id))).toEqual([])
  // At most the one row that was under way may be there without our having heard of it.
  expect(kept.size - confirmed.length).toBeLessThanOrEqual(1)
}

describe('a first start', () => {
  test('makes a cluster that keeps what it confirms, reads Chinese and is closed to others', async () => {
    const dataFolder = newFolder()
    const server = await startEmbedded({ dataFolder })
    const [row] = await ask(
      server.connection,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages,
              current_setting('synchronous_commit') AS commit, current_setting('data_checksums') AS checksums,
              current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone,
              current_setting('jit') AS jit, current_setting('listen_addresses') AS addresses,
              current_user AS user, current_database() AS database, datlocprovider AS provider, datctype AS ctype
         FROM pg_database WHERE datname = current_database()`,
    )
    expect(row).toEqual({
      fsync: 'on',
      pages: 'on',
      commit: 'on',
      checksums: 'on',
      encoding: 'UTF8',
      zone: 'UTC',
      jit: 'off',
      addresses: '',
      user: 'guanxi',
      database: 'guanxi',
      provider: 'b',
      ctype: 'C.UTF-8',
    })
    await ask(server.connection, 'CREATE EXTENSION pg_trgm')
    expect(await ask(server.connection, "SELECT similarity('王小姐', '王小姐') AS same")).toEqual([{ same: 1 }])
    expect(statSync(server.connection.host).mode & 0o777).toBe(0o700)
    expect(statSync(join(dataFolder, 'postgres')).mode & 0o777).toBe(0o700)
    expect(readdirSync(dataFolder).sort()).toEqual(['postgres', 'postgres.log'])
    expect(await ask(server.url, 'SELECT current_database() AS database')).toEqual([{ database: 'guanxi' }])
    await server.stop()
  })

  test('survives a kill in the middle of making the cluster', async () => {
    const dataFolder = newFolder()
    for (const half of ['postgres.new-999999999-ab', `postgres.new-${process.pid}-cd`]) {
      mkdirSync(join(dataFolder, half), { recursive: true })
      writeFileSync(join(dataFolder, half, 'PG_VERSION'), '18')
    }
    const server = await startEmbedded({ dataFolder })
    expect(readdirSync(dataFolder).sort()).toEqual(['postgres', 'postgres.log'])
    await server.stop()
  })

  test('may happen twice at the same moment: both get the one server', async () => {
    const dataFolder = newFolder()
    const [one, two] = await Promise.all([startEmbedded({ dataFolder }), startEmbedded({ dataFolder })])
    expect(one.connection).toEqual(two.connection)
    expect([one.adopted, two.adopted].filter(Boolean)).toHaveLength(1)
    await Promise.all([one.stop(), two.stop()])
    expect(readPostmaster(join(dataFolder, 'postgres'))).toBeUndefined()
  })

  test('works however long the path of the data folder is', async () => {
    const dataFolder = join(newFolder(), '客户关系'.repeat(8), 'x'.repeat(60))
    const server = await startEmbedded({ dataFolder })
    expect(Buffer.byteLength(dataFolder)).toBeGreaterThan(107)
    expect(Buffer.byteLength(server.connection.host)).toBeLessThan(60)
    await server.stop()
  })

  test.runIf(asRoot)('by root names the folder that is closed to the server’s account', async () => {
    const dataFolder = newFolder()
    mkdirSync(dataFolder, { mode: 0o700 })
    await expect(startEmbedded({ dataFolder: join(dataFolder, 'below') })).rejects.toMatchObject({
      code: 'database:refusal.folder-closed',
      details: { folder: dataFolder, account: 'nobody' },
    })
  })

  test.runIf(asRoot && onLinux)('works for an ordinary user', async () => {
    const dataFolder = newFolder()
    chmodSync(join(dataFolder, '..'), 0o777)
    const writer = await startWriter(dataFolder, 'leave', nobody)
    expect(await writer.ended).toEqual([0, null])
    expect(statSync(join(dataFolder, 'postgres')).uid).toBe(nobody.uid)
  })

  test.runIf(asRoot && onLinux)(
    'by a user who may not write there, or to whom the cluster does not belong, says so',
    async () => {
      const dataFolder = newFolder()
      await expect(startWriter(dataFolder, 'leave', nobody)).rejects.toThrow('database:refusal.folder-not-writable')
      const server = await startEmbedded({ dataFolder })
      await server.stop()
      chmodSync(dataFolder, 0o777)
      await expect(startWriter(dataFolder, 'leave', { uid: 1, gid: 1 })).rejects.toThrow('database:refusal.other-owner')
    },
  )

  test('over TCP asks for a password that only the owner can read', async () => {
    const dataFolder = newFolder()
    const server = await startEmbedded({ dataFolder, overTcp: true })
    expect(statSync(join(dataFolder, 'postgres.password')).mode & 0o777).toBe(0o600)
    expect(await ask(server.url, "SELECT current_setting('unix_socket_directories') AS sockets")).toEqual([
      { sockets: '' },
    ])
    const { password: _, ...withoutPassword } = server.connection
    await expect(ask({ ...withoutPassword, password: 'guess' }, 'SELECT 1')).rejects.toThrow('authentication failed')
    const again = await startEmbedded({ dataFolder, overTcp: true })
    expect(again.adopted).toBe(true)
    await again.stop()
    await server.stop()
  })
})

describe('a later start', () => {
  test('answers its first query within 300 ms, with everything still there', async () => {
    const dataFolder = newFolder()
    const first = await startEmbedded({ dataFolder })
    await ask(first.connection, 'CREATE TABLE kept AS SELECT 1 AS one')
    await first.stop()
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      const before = performance.now()
      const server = await startEmbedded({ dataFolder })
      expect(await ask(server.connection, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
      times.push(performance.now() - before)
      await server.stop()
    }
    expect(Math.min(...times)).toBeLessThan(300)
  })

  test.runIf(onLinux)('ignores a postmaster.pid that names a living stranger of the same account', async () => {
    const dataFolder = newFolder()
    const first = await startEmbedded({ dataFolder })
    const cluster = join(dataFolder, 'postgres')
    const { pid } = readPostmaster(cluster)!
    const text = readFileSync(join(cluster, 'postmaster.pid'), 'utf8')
    await kill(pid, 'SIGKILL')
    expect(await first.exited).toEqual({ expected: false })
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(asRoot && nobody) })
    writeFileSync(join(cluster, 'postmaster.pid'), text.replace(String(pid), String(stranger.pid)))
    const server = await startEmbedded({ dataFolder })
    expect(server.adopted).toBe(false)
    await server.stop()
    stranger.kill()
  })

  test('by another major version refuses and touches nothing', async () => {
    const dataFolder = newFolder()
    mkdirSync(join(dataFolder, 'postgres'), { recursive: true })
    writeFileSync(join(dataFolder, 'postgres', 'PG_VERSION'), '17\n')
    await expect(startEmbedded({ dataFolder })).rejects.toMatchObject({ code: 'database:refusal.other-major' })
    expect(readdirSync(join(dataFolder, 'postgres'))).toEqual(['PG_VERSION'])
  })

  test('that cannot succeed says what the server said', async () => {
    const dataFolder = newFolder()
    await expect(startEmbedded({ dataFolder, settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'database:refusal.not-started',
      details: { found: expect.stringContaining('invalid value for parameter "shared_buffers": "plenty"') },
    })
  })
})

describe('two users of one data folder', () => {
  test.runIf(onLinux)('a command joins the running server and leaves it running', async () => {
    const dataFolder = newFolder()
    const server = await startEmbedded({ dataFolder })
    const command = await startWriter(dataFolder, 'leave')
    expect(command.adopted).toBe(true)
    expect(await command.ended).toEqual([0, null])
    expect(await ask(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.stop()
  })

  test.runIf(onLinux)('the last to leave stops the server, whoever started it, and no process remains', async () => {
    const dataFolder = newFolder()
    const starter = await startEmbedded({ dataFolder })
    const joiner = await startEmbedded({ dataFolder })
    const pid = readPostmaster(join(dataFolder, 'postgres'))!.pid
    const processes = processesOf(pid)
    expect(processes.length).toBeGreaterThan(4)
    await starter.stop()
    expect(await ask(joiner.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await joiner.stop()
    expect(await joiner.exited).toEqual({ expected: true })
    expect(processes.filter(isAlive)).toEqual([])
    expect(existsSync(starter.connection.host)).toBe(false)
  })

  const seats = (connection: Connection) =>
    ask(connection, "SELECT pid FROM pg_stat_activity WHERE application_name = 'guanxi seat'").then(
      rows => rows.length,
      () => 0,
    )

  test('a crash of one session is not taken for the end of the server', async () => {
    const dataFolder = newFolder()
    const server = await startEmbedded({ dataFolder })
    const [row] = await ask<{ pid: number }>(
      server.connection,
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'guanxi seat'",
    )
    process.kill(row!.pid, 'SIGKILL')
    await pause(300)
    expect(await Promise.race([server.exited, pause(300, 'still running')])).toBe('still running')
    // On a busy machine it takes a while until the server is up again and its first user has taken the seat anew.
    await expect.poll(() => seats(server.connection), { timeout: 30_000 }).toBe(1)
    const joiner = await startEmbedded({ dataFolder })
    await joiner.stop()
    expect(await ask(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.stop()
    expect(readPostmaster(join(dataFolder, 'postgres'))).toBeUndefined()
  })
})

describe.runIf(onLinux)('every confirmed row is there after', () => {
  test('kill -9 of Guanxi: its server lives on and is joined', async () => {
    const dataFolder = newFolder()
    const writer = await startWriter(dataFolder)
    await writer.hasConfirmed(200)
    await kill(writer.pid, 'SIGKILL')
    const server = await startEmbedded({ dataFolder })
    expect(server.adopted).toBe(true)
    await expectNothingLost(server, writer.confirmed())
    await server.stop()
    expect(readPostmaster(join(dataFolder, 'postgres'))).toBeUndefined()
  })

  test('kill -9 of the server: the next start recovers', async () => {
    const dataFolder = newFolder()
    const writer = await startWriter(dataFolder)
    await writer.hasConfirmed(200)
    await kill(readPostmaster(join(dataFolder, 'postgres'))!.pid, 'SIGKILL')
    const server = await startEmbedded({ dataFolder })
    expect(server.adopted).toBe(false)
    await writer.ended
    await expectNothingLost(server, writer.confirmed())
    await server.stop()
  })

  test('kill -9 of both, three times over', async () => {
    const dataFolder = newFolder()
    for (let round = 1; round <= 3; round++) {
      const writer = await startWriter(dataFolder)
      await writer.hasConfirmed(round * 100)
      const { pid } = readPostmaster(join(dataFolder, 'postgres'))!
      process.kill(writer.pid, 'SIGKILL')
      process.kill(pid, 'SIGKILL')
      await writer.ended
      const server = await startEmbedded({ dataFolder })
      const confirmed = writer.confirmed()
      const kept = (await ask<{ id: string }>(server.connection, 'SELECT id FROM heard')).map(({ id }) => Number(id))
      expect(confirmed.filter(id => !kept.includes(id))).toEqual([])
      await server.stop()
    }
  })
})

test.runIf(onLinux && existsSync('/usr/bin/setpriv'))(
  'a throwaway server ends with its process, even by kill -9',
  async () => {
    const dataFolder = newFolder()
    const writer = await startWriter(dataFolder, 'throwaway')
    const { pid, socketFolder } = readPostmaster(join(dataFolder, 'postgres'))!
    folders.push(socketFolder)
    await kill(writer.pid, 'SIGKILL')
    for (let round = 0; isAlive(pid) && round < 500; round++) await pause(10)
    expect(isAlive(pid)).toBe(false)
  },
)
