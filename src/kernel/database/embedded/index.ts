import { accessSync, chownSync, constants, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, systemClock } from '../../clock/index.ts'
import { type Log, silentLog } from '../../log.ts'
import { refuse } from '../../refusal.ts'
import { type Account, firstClosedFolder, serverAccount } from './account.ts'
import { packageFolder, prepareBinaries } from './binaries.ts'
import { ensureCluster, ensurePassword, writeSettings } from './cluster.ts'
import {
  launch,
  type Postmaster,
  readPostmaster,
  removeStalePidFile,
  servesCluster,
  stopPostmaster,
} from './postmaster.ts'
import { type Connection, type Seat, takeSeat } from './seat.ts'
import { type Settings, settingsFor, thisMachine } from './settings.ts'

export type { Connection } from './seat.ts'
export type { Settings } from './settings.ts'

export interface EmbeddedOptions {
  /** Guanxi's data folder; the server keeps its files in `postgres` below it. Made if missing. */
  readonly dataFolder: string
  readonly log?: Log
  readonly clock?: Clock
  /** Settings beyond those sized from the machine. */
  readonly settings?: Settings
  /** For tests: the server stops with this process even when it is killed, and its files are not worth an fsync. */
  readonly throwaway?: boolean
  /** Loopback TCP with a password instead of a Unix socket; Windows has no choice. */
  readonly overTcp?: boolean
}

export interface Embedded {
  readonly connection: Connection
  /** The same as text, for other programs on this machine. Holds the password where there is one: never log it. */
  readonly url: string
  /** Whether the server was found running: another Guanxi process started it, or one that was killed. */
  readonly adopted: boolean
  readonly settings: Settings
  /** Gives the server up, and stops it if no other process uses it. Close your own connections first. */
  stop(): Promise<void>
  /** Resolves when the server is gone: `expected` by our own `stop`, otherwise something ended it from outside. */
  readonly exited: Promise<{ readonly expected: boolean }>
}

/** After a crash the old server's children hold its shared memory for a moment; this long we keep trying. */
const patienceMs = 8_000

/** Complaints of a start that may succeed a moment later: the killed server's children, or another process's start. */
const passing = /shared memory|lock file|in use/i

/** What the server complained of last, without its time stamps. */
function complaintOf(log: string): string {
  const complaints = log.split('\n').flatMap(line => /(?:LOG|ERROR|FATAL|PANIC|HINT): {2}(.*)/.exec(line)?.[1] ?? [])
  return complaints.slice(-3).join('; ') || log
}

/**
 * Starts PostgreSQL in the data folder, or joins the one that already runs there.
 *
 * Example: `const server = await startEmbedded({ dataFolder: '/var/lib/guanxi' })`, then `new pg.Pool(server.connection)`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log = silentLog, clock = systemClock, throwaway = false } = options
  const overTcp = options.overTcp ?? process.platform === 'win32'
  const dataFolder = openFolder(options.dataFolder)
  const cluster = join(dataFolder, 'postgres')
  const account = serverAccount(cluster)
  if (account) {
    const closed = firstClosedFolder(dataFolder, account)
    if (closed) throw refuse('unavailable', 'database:refusal.folder-closed', { folder: closed, account: account.name })
  }
  const passwordFile = join(dataFolder, 'postgres.password')
  const password = overTcp ? ensurePassword(passwordFile, account) : undefined
  const reach = (found: Postmaster): Connection => ({
    host: overTcp ? '127.0.0.1' : found.socketFolder,
    port: found.port,
    user: 'guanxi',
    database: 'guanxi',
    ...(password !== undefined && { password }),
  })

  const settings = { ...settingsFor(thisMachine()), ...options.settings }
  const binaries = prepareBinaries(packageFolder(), dataFolder, account)
  const logFile = join(dataFolder, 'postgres.log')
  let startedByUs = false
  let deadline = clock.elapsed() + patienceMs
  let failure = ''
  for (;;) {
    const found = readPostmaster(cluster)
    if (found && servesCluster(found, cluster)) {
      if (found.status === 'starting' || found.status === 'stopping') deadline = clock.elapsed() + patienceMs
      try {
        const connection = reach(found)
        const seat = await takeSeat(connection, cluster)
        if (!startedByUs) log.info({ pid: found.pid }, 'joined the database server that was already running')
        return life(seat, found, connection)
      } catch (error) {
        failure = (error as Error).message
      }
    } else if (clock.elapsed() < deadline) {
      removeStalePidFile(cluster)
      await ensureCluster(cluster, binaries, {
        account,
        passwordFile: overTcp ? passwordFile : undefined,
        sync: !throwaway,
      })
      writeSettings(cluster, settings, account)
      sweepSocketFolder(found)
      const listen = overTcp
        ? { socketFolder: '', port: await freePort(), address: '127.0.0.1' }
        : { socketFolder: makeSocketFolder(dataFolder, account), port: 5432, address: '' }
      const diesWithUs = throwaway && process.platform === 'linux' && existsSync('/usr/bin/setpriv')
      const outcome = await launch(cluster, { binaries, account, logFile, listen, diesWithUs }, clock)
      if (outcome === 'ready') {
        startedByUs = true
        continue
      }
      failure = complaintOf(outcome.failure)
      if (!passing.test(outcome.failure)) deadline = Number.NEGATIVE_INFINITY
      if (listen.socketFolder) rmSync(listen.socketFolder, { recursive: true, force: true })
    }
    if (clock.elapsed() > deadline) {
      throw refuse('unavailable', 'database:refusal.not-started', { folder: dataFolder, found: failure, log: logFile })
    }
    await pause(50)
  }

  function life(firstSeat: Seat, postmaster: Postmaster, connection: Connection): Embedded {
    let seat = firstSeat
    let leaving = false
    const { promise: exited, resolve: resolveExited } = Promise.withResolvers<{ expected: boolean }>()
    void watch()
    return { connection, url: urlOf(connection), adopted: !startedByUs, settings, exited, stop }

    async function stop(): Promise<void> {
      if (leaving) {
        await exited
        return
      }
      leaving = true
      // A seat that broke a moment ago says nothing; only a new one can tell whether others are still there.
      const last =
        (await seat.leave()) ??
        (await takeSeat(connection, cluster).then(
          again => again.leave(),
          () => false,
        ))
      if (last) {
        await stopPostmaster(cluster, postmaster, binaries, clock)
        sweepSocketFolder(postmaster)
      } else {
        log.info({ pid: postmaster.pid }, 'left the database server running: another process uses it')
      }
      resolveExited({ expected: true })
    }

    /** A broken session is not yet a dead server: when one backend crashes, PostgreSQL ends all sessions and goes on. */
    async function watch(): Promise<void> {
      for (;;) {
        await seat.lost
        const regained = await sitDownAgain()
        if (leaving) return
        if (!regained) break
      }
      leaving = true
      log.error({ pid: postmaster.pid }, 'the database server has ended')
      sweepSocketFolder(postmaster)
      resolveExited({ expected: false })
    }

    async function sitDownAgain(): Promise<boolean> {
      while (!leaving && servesCluster(postmaster, cluster)) {
        try {
          const again = await takeSeat(connection, cluster)
          if (leaving) await again.leave()
          else seat = again
          return true
        } catch {
          await pause(100)
        }
      }
      return false
    }
  }
}

function openFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true })
    accessSync(path, constants.W_OK)
    return realpathSync(path)
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code ?? ''
    throw refuse('unavailable', 'database:refusal.folder-not-writable', { folder: path, found })
  }
}

/** Longest path of a socket that every system accepts; macOS allows 104 bytes with the closing zero, Linux 108. */
const longestSocketPath = 103
const socketFolderPrefix = 'guanxi-pg-'

/**
 * A socket's path may be 103 bytes at most and data folders are often longer, so it lives in a short folder of its
 * own, closed to all but the server's account. Others find it through `postmaster.pid`.
 */
function makeSocketFolder(dataFolder: string, account: Account | undefined): string {
  for (const parent of [tmpdir(), '/tmp', '/run', '/var/tmp', dataFolder]) {
    const path = join(parent, `${socketFolderPrefix}XXXXXX`, '.s.PGSQL.5432')
    if (Buffer.byteLength(path) > longestSocketPath || !existsSync(parent)) continue
    if (account && firstClosedFolder(realpathSync(parent), account)) continue
    try {
      const folder = mkdtempSync(join(parent, socketFolderPrefix))
      if (account) chownSync(folder, account.uid, account.gid)
      return folder
    } catch {}
  }
  throw refuse('unavailable', 'database:refusal.no-socket-folder', { folder: tmpdir() })
}

/** Removes the socket folder of a server that is gone. */
function sweepSocketFolder(gone: Postmaster | undefined): void {
  if (gone && basename(gone.socketFolder).startsWith(socketFolderPrefix)) {
    rmSync(gone.socketFolder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise(resolve => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1')
  return address.port
}

function urlOf({ host, port, user, database, password }: Connection): string {
  const account = password === undefined ? user : `${user}:${encodeURIComponent(password)}`
  return host.startsWith('/')
    ? `postgresql://${account}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
    : `postgresql://${account}@${host}:${port}/${database}`
}
