import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { refuse } from '../../refusal.ts'
import { type Account, giveTo } from './account.ts'
import { type Binaries, serverEnvironment } from './binaries.ts'
import { isAlive } from './postmaster.ts'
import { type Settings, settingsFile } from './settings.ts'

/** The major version whose files this release reads; a newer one needs an export and an import. */
export const majorVersion = '18'

const ourSettings = 'guanxi.conf'

/**
 * Creates the cluster if there is none. It is made beside its place and renamed into it, so that a kill in the middle
 * leaves nothing half-made; what a killed attempt left behind is swept up by the next.
 */
export async function ensureCluster(
  cluster: string,
  binaries: Binaries,
  options: { account: Account | undefined; passwordFile: string | undefined; sync: boolean },
): Promise<void> {
  const { account, passwordFile, sync } = options
  const parent = dirname(cluster)
  sweepHalfMade(parent)
  if (existsSync(cluster)) {
    const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (found !== majorVersion) {
      throw refuse('unavailable', 'database:refusal.other-major', { folder: cluster, found, needed: majorVersion })
    }
    if (account && statSync(cluster).uid !== account.uid) giveTo(account, cluster)
    return
  }

  const half = join(parent, `postgres.new-${process.pid}-${randomBytes(4).toString('hex')}`)
  inTheMaking.add(half)
  try {
    mkdirSync(half, { mode: 0o700 })
    if (account) chownSync(half, account.uid, account.gid)
    await initialise(half, binaries, { account, passwordFile, sync })
    appendFileSync(join(half, 'postgresql.conf'), `\ninclude_if_exists = '${ourSettings}'\n`)
    renameSync(half, cluster)
    if (sync && process.platform !== 'win32') syncFolder(parent)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    // Two processes may create the same cluster at once; the second finds it made and uses it.
    if (!existsSync(cluster)) throw error
  } finally {
    inTheMaking.delete(half)
  }
}

const inTheMaking = new Set<string>()

/** In a container every start may have the same process number, so our own number alone does not spare a folder. */
function sweepHalfMade(parent: string): void {
  for (const name of readdirSync(parent)) {
    const maker = Number(/^postgres\.new-(\d+)-/.exec(name)?.[1])
    const path = join(parent, name)
    const abandoned = maker === process.pid ? !inTheMaking.has(path) : !isAlive(maker)
    if (maker && abandoned) rmSync(path, { recursive: true, force: true })
  }
}

async function initialise(
  folder: string,
  binaries: Binaries,
  options: { account: Account | undefined; passwordFile: string | undefined; sync: boolean },
): Promise<void> {
  const { account, passwordFile, sync } = options
  const authentication = passwordFile
    ? ['--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    : // Only our own account can enter the socket's folder, and it could read the data files anyway.
      ['--auth-local=trust', '--auth-host=reject']
  let failure = ''
  for (const characters of characterTypes()) {
    try {
      await promisify(execFile)(
        binaries.initdb,
        [
          `--pgdata=${folder}`,
          '--username=guanxi',
          '--encoding=UTF8',
          '--locale=C',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          ...characters,
          '--data-checksums',
          '--no-instructions',
          ...(sync ? [] : ['--no-sync']),
          ...authentication,
        ],
        { env: serverEnvironment, windowsHide: true, ...(account && { uid: account.uid, gid: account.gid }) },
      )
      return
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string }
      failure = stderr?.trim() || message
      if (!/invalid locale|locale name|locale settings/i.test(failure)) break
    }
  }
  throw refuse('unavailable', 'database:refusal.not-created', { folder, found: lastLine(failure) })
}

/**
 * Trigrams of Chinese names need a character type that knows UTF-8; with plain `C` they are silently empty. Its name
 * differs between systems, so we try the known ones before giving up on it (the durability check then warns).
 */
function characterTypes(): string[][] {
  const names = process.platform === 'win32' ? [] : ['C.UTF-8', 'C.utf8', 'en_US.UTF-8']
  return [...names.map(name => [`--lc-ctype=${name}`]), []]
}

/** Writes our settings, which `postgresql.conf` includes as its last line. */
export function writeSettings(cluster: string, settings: Settings, account: Account | undefined): void {
  const path = join(cluster, ourSettings)
  const text = settingsFile(settings)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  const half = `${path}.new-${process.pid}`
  writeFileSync(half, text, { mode: 0o600 })
  if (account) chownSync(half, account.uid, account.gid)
  renameSync(half, path)
}

/** The password for loopback TCP, made once; readable by the server's account alone (initdb reads it as that account). */
export function ensurePassword(path: string, account: Account | undefined): string {
  if (!existsSync(path)) {
    const half = `${path}.new-${process.pid}`
    writeFileSync(half, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if (account) chownSync(half, account.uid, account.gid)
    renameSync(half, path)
  }
  chmodSync(path, 0o600)
  return readFileSync(path, 'utf8').trim()
}

function syncFolder(path: string): void {
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? text
}
