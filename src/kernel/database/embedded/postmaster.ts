import { execFile, execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Clock } from '../../clock/index.ts'
import type { Account } from './account.ts'
import { type Binaries, serverEnvironment } from './binaries.ts'
import type { Settings } from './settings.ts'

/** What a running server writes about itself into `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number
  readonly folder: string
  readonly port: number
  readonly socketFolder: string
  /** `starting` covers crash recovery, which may take minutes. */
  readonly status: 'starting' | 'ready' | 'stopping' | 'unknown'
}

export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(pidFile(cluster), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const [pid, folder, , port, socketFolder, , , status] = lines.map(line => line.trim())
  if (!pid || !Number.isInteger(Number(pid))) return undefined
  return {
    pid: Number(pid),
    folder: folder ?? '',
    port: Number(port ?? 0),
    socketFolder: socketFolder ?? '',
    status: status === 'starting' || status === 'ready' || status === 'stopping' ? status : 'unknown',
  }
}

const pidFile = (cluster: string) => join(cluster, 'postmaster.pid')

/** Whether a process is running; one that has ended and only waits to be reaped is not. */
export function isAlive(pid: number): boolean {
  if (!exists(pid)) return false
  if (process.platform !== 'linux') return true
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Whether the process named in `postmaster.pid` is the server of this cluster. After a reboot, and often in a
 * container, the number belongs to somebody else, and PostgreSQL would refuse to start because of it.
 */
export function servesCluster({ pid }: Postmaster, cluster: string): boolean {
  if (!isAlive(pid)) return false
  try {
    if (process.platform === 'win32') return true
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster)
    }
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.some(word => word === cluster || word.endsWith(`=${cluster}`))
  } catch {
    return false
  }
}

/** Removes a `postmaster.pid` that names a living stranger; one that names nobody PostgreSQL replaces by itself. */
export function removeStalePidFile(cluster: string): void {
  const found = readPostmaster(cluster)
  if (found && exists(found.pid) && !servesCluster(found, cluster)) rmSync(pidFile(cluster), { force: true })
}

export interface Launch {
  readonly binaries: Binaries
  readonly account: Account | undefined
  readonly logFile: string
  readonly listen: { readonly socketFolder: string; readonly port: number; readonly address: string }
  /** Stops the server when this process dies, however it dies (Linux). Only for servers that nobody else may adopt. */
  readonly diesWithUs: boolean
  /** Settings given on the command line, for a cluster without our settings file. */
  readonly settings?: Settings
}

/**
 * Starts the server and waits until it accepts connections, through crash recovery if need be. Where it
 * gave up, the failure is what it wrote to its log.
 */
export async function launch(cluster: string, how: Launch, clock: Clock): Promise<{ failure: string } | 'ready'> {
  rotate(how.logFile)
  const logStart = existsSync(how.logFile) ? statSync(how.logFile).size : 0
  const log = openSync(how.logFile, 'a', 0o600)
  const [program, ...words] = commandLine(cluster, how)
  // Detached: Ctrl-C in the terminal must reach Guanxi alone, which then stops the server after its own last commit.
  const child = spawn(program!, words, {
    cwd: dirname(cluster),
    detached: true,
    windowsHide: true,
    env: serverEnvironment,
    stdio: ['ignore', log, log],
    ...(how.account && !how.diesWithUs && { uid: how.account.uid, gid: how.account.gid }),
  })
  child.unref()
  closeSync(log)
  let ended = false
  let failure: string | undefined
  child.once('error', error => {
    failure = error.message
  })
  child.once('exit', () => {
    ended = true
  })
  let patience = clock.elapsed() + 20_000
  for (;;) {
    if (failure !== undefined) return { failure }
    if (ended) {
      const words = readFileSync(how.logFile).subarray(logStart).toString().trim()
      return { failure: words || 'the server ended without a word' }
    }
    const found = readPostmaster(cluster)
    if (found && found.pid === child.pid) {
      if (found.status === 'ready') return 'ready'
      patience = clock.elapsed() + 20_000
    }
    if (clock.elapsed() > patience) {
      child.kill('SIGINT')
      return { failure: 'the server did not answer for twenty seconds' }
    }
    await pause(4)
  }
}

function commandLine(cluster: string, { binaries, account, listen, diesWithUs, settings = {} }: Launch): string[] {
  const server = [
    binaries.postgres,
    ...['-D', cluster],
    ...['-c', `unix_socket_directories=${listen.socketFolder}`],
    ...['-c', `listen_addresses=${listen.address}`],
    ...['-c', `port=${listen.port}`],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  if (!diesWithUs) return server
  // The kernel forgets the death signal when the account changes, so one program must do both, in this order.
  const change = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  return ['setpriv', ...change, '--pdeathsig=INT', '--', ...server]
}

/** The log holds warnings only; two files of a few megabytes are the most it ever takes. */
function rotate(path: string): void {
  if (existsSync(path) && statSync(path).size > 4 * 1024 * 1024) renameSync(path, `${path}.1`)
}

/** Stops the server as `pg_ctl stop -m fast` would: open transactions roll back, everything committed is on disk. */
export async function stopPostmaster(cluster: string, { pid }: Postmaster, binaries: Binaries, clock: Clock) {
  if (process.platform === 'win32') {
    await promisify(execFile)(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w'], { windowsHide: true })
    return
  }
  const deadline = clock.elapsed() + 60_000
  signal(pid, 'SIGINT')
  while (isAlive(pid)) {
    // Beyond a minute the disk is stuck; the next start recovers from the log what this shutdown could not flush.
    if (clock.elapsed() > deadline) signal(pid, 'SIGQUIT')
    await pause(4)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
