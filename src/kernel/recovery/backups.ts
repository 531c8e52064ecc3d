import { access, constants, mkdir, rm, stat } from 'node:fs/promises'
import path, { dirname, join, type PlatformPath } from 'node:path'
import { localDay, localInstant } from '#kernel/clock/index.ts'
import type { MigrationSource } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Progress } from '#kernel/jobs/index.ts'
import { Refusal, refuse } from '#kernel/refusal.ts'
import { type Backup, type BackupSchedule, backupSchedule } from './contract.ts'
import { drill, freeBytes, type Made, makeBackupFile } from './make.ts'
import { alarmOf, keptOf } from './retention.ts'
import { type BackupRow, databaseBytes, forgetBackups, houseBeganAt, noteBackup, readBackups } from './store.ts'

/** What the composition gives: this release, its tables, and the passphrase the server was started with. */
export interface Release {
  readonly version: string
  readonly sources: () => readonly MigrationSource[]
  readonly passphrase: () => string | undefined
}

export const readSchedule = (house: House): Promise<BackupSchedule> => house.settings.read('recovery', backupSchedule)

export const folderOf = (house: House, schedule: BackupSchedule): string =>
  schedule.folder || join(house.folder, 'backups')

/** Where this business's backups go. */
export const backupFolder = async (house: House): Promise<string> => folderOf(house, await readSchedule(house))

/** `guanxi-20260301T030000Z.tar`; names sort as the moments do. */
export function nameAt(instant: Date, isEncrypted: boolean): string {
  const stamp = instant.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  return `guanxi-${stamp}.tar${isEncrypted ? '.sealed' : ''}`
}

/** Makes a backup, notes how it went, and lets those go that retention no longer keeps. */
export async function makeBackup(
  house: House,
  release: Release,
  wanted: {
    readonly madeBy: Backup['madeBy']
    readonly drill: boolean
    readonly to?: string | undefined
    readonly passphrase?: string | undefined
  },
  progress?: Pick<Progress, 'report'>,
): Promise<{ readonly row: BackupRow; readonly made: Made }> {
  const schedule = await readSchedule(house)
  const folder = wanted.to === undefined ? folderOf(house, schedule) : join(wanted.to, '..')
  const passphrase = wanted.passphrase ?? release.passphrase()
  const madeAt = house.clock.now()
  const name = wanted.to?.slice(folder.length).replace(/^[\\/]/, '') ?? nameAt(madeAt, passphrase !== undefined)
  const began = house.clock.elapsed()
  const row = {
    backupId: house.newId(),
    folder,
    name,
    madeBy: wanted.madeBy,
    madeAt,
    isEncrypted: passphrase !== undefined,
  }
  const note = async (rest: Omit<BackupRow, keyof typeof row>) => {
    await house.database.transaction(async transaction => {
      await noteBackup(transaction, { ...row, ...rest })
      await house.live.announce(transaction, ['backups'])
    })
    return { ...row, ...rest }
  }
  try {
    // A schedule that was made on another system may name a folder that is none here.
    if (wanted.to === undefined) await refuseUnlessWritable(folder)
    else await makeFolder(folder)
    await refuseWithoutSpace(house, folder)
    const file = join(folder, name)
    const made = await makeBackupFile(
      {
        connection: house.database.connection,
        folder: house.folder,
        product: release.version,
        clock: house.clock,
        passphrase,
        ...(progress && { tell: (done, total) => progress.report({ done, total, unit: 'rows' }) }),
      },
      file,
    )
    const verifiedAt = house.clock.now()
    let drilledAt: Date | null = null
    if (wanted.drill) {
      const where = { connection: house.database.connection, sources: release.sources(), clock: house.clock }
      const { isSameState, ledgerFaults } = await drill({ path: file, passphrase }, where)
      if (isSameState === false || ledgerFaults.length > 0) {
        throw refuse('conflict', 'recovery:refusal.drill-failed', { claims: ledgerFaults })
      }
      drilledAt = house.clock.now()
    }
    const noted = await note({
      tookMs: Math.round(house.clock.elapsed() - began),
      verifiedAt,
      drilledAt,
      sizeBytes: made.sizeBytes,
      tables: made.manifest.tables.length,
      rows: made.manifest.rows,
      stateHash: made.manifest.stateHash,
      failure: null,
    })
    await letGo(house, schedule)
    return { row: noted, made }
  } catch (error) {
    await note({
      tookMs: Math.round(house.clock.elapsed() - began),
      verifiedAt: null,
      drilledAt: null,
      sizeBytes: 0,
      tables: 0,
      rows: 0,
      stateHash: null,
      failure: failureOf(error),
    })
    throw error
  }
}

/** Why it failed, as a sentence without gaps: it is read later, on a list. */
export function failureOf(error: unknown): string {
  const name = error instanceof Refusal ? error.code.replace('recovery:refusal.', '') : ''
  const told = ['disk-full', 'no-space', 'drill-failed', 'folder-closed', 'folder-not-absolute']
  return `recovery:failure.${told.includes(name) ? name : 'unexpected'}`
}

/** A disk that runs full stops the database too, so a backup leaves room: as much as the last one took and a quarter more. */
async function refuseWithoutSpace(house: House, folder: string): Promise<void> {
  const [last] = (await readBackups(house.database)).filter(({ verifiedAt }) => verifiedAt !== null)
  const needed = last ? last.sizeBytes * 1.25 : (await databaseBytes(house.database)) / 4
  const free = await freeBytes(folder)
  if (free !== null && free < needed + 64 * 2 ** 20) {
    const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20)
    throw refuse('unavailable', 'recovery:refusal.no-space', {
      needed: mebibytes(needed),
      free: mebibytes(free),
      folder,
    })
  }
}

async function letGo(house: House, schedule: BackupSchedule): Promise<void> {
  const rows = await readBackups(house.database)
  const { zone } = await house.settings.business()
  const kept = keptOf(rows.map(keptFact), schedule, zone)
  const monthAgo = house.clock.now().getTime() - 30 * 24 * 3_600_000
  const gone = rows.filter(row =>
    row.verifiedAt === null ? row.madeAt.getTime() < monthAgo : !kept.has(row.backupId) && row.madeBy === 'schedule',
  )
  for (const { folder, name } of gone) await rm(join(folder, name), { force: true })
  if (gone.length === 0) return
  await house.database.transaction(async transaction => {
    await forgetBackups(
      transaction,
      gone.map(({ backupId }) => backupId),
    )
  })
}

const keptFact = ({ backupId, madeAt, madeBy, verifiedAt }: BackupRow) => ({
  backupId,
  madeAt,
  madeBy,
  isVerified: verifiedAt !== null,
})

const pauseMs = 3 * 3_600_000

/** Whether today's backup is due: its hour has come in the business's own day; one that failed is tried again after a pause. */
export async function isDue(house: House): Promise<boolean> {
  const schedule = await readSchedule(house)
  if (!schedule.isOn) return false
  const due = await dueAt(house, schedule, 0)
  const now = house.clock.now()
  if (now < due) return false
  const tries = (await readBackups(house.database)).filter(row => row.madeBy === 'schedule' && row.madeAt >= due)
  return !tries.some(row => row.verifiedAt !== null || now.getTime() - row.madeAt.getTime() < pauseMs)
}

/** The instant of today's backup, or of one so many days on. */
async function dueAt(house: House, { hour }: BackupSchedule, days: number): Promise<Date> {
  const { zone } = await house.settings.business()
  const day = localDay(new Date(house.clock.now().getTime() + days * 24 * 3_600_000), zone)
  return localInstant(day, hour * 3600, zone)
}

/** The page: every backup with what keeps it, what comes next, and what an owner must know. */
export async function readPage(house: House, release: Release) {
  const schedule = await readSchedule(house)
  const rows = await readBackups(house.database)
  const { zone } = await house.settings.business()
  const kept = keptOf(rows.map(keptFact), schedule, zone)
  const runs = await house.jobs.list(50)
  const run = runs.find(
    each => each.name === 'recovery.backup' && (each.state === 'running' || each.state === 'waiting'),
  )
  const items = await Promise.all(
    rows.map(async row => {
      const isThere = await stat(join(row.folder, row.name)).catch(() => undefined)
      return { ...row, state: stateOf(row, isThere !== undefined), keptAs: kept.get(row.backupId) ?? null }
    }),
  )
  const { alarm, newestAt } = await readAlarm(house)
  const due = schedule.isOn ? await nextAt(house, schedule) : null
  const folder = folderOf(house, schedule)
  return {
    items,
    schedule,
    folder,
    freeBytes: await freeBytes(folder).then(free => free ?? freeBytes(house.folder)),
    isEncrypting: release.passphrase() !== undefined,
    running: run ? { runId: run.runId, done: run.done, total: run.total } : null,
    nextAt: due,
    alarm,
    newestAt,
  }
}

function stateOf({ verifiedAt }: BackupRow, isThere: boolean): Backup['state'] {
  if (verifiedAt === null) return 'failed'
  return isThere ? 'verified' : 'missing'
}

async function nextAt(house: House, schedule: BackupSchedule): Promise<Date> {
  const today = await dueAt(house, schedule, 0)
  return house.clock.now() < today ? today : await dueAt(house, schedule, 1)
}

/** What an owner must know of the backups, and when the newest good one was made. Files that are gone are no backups. */
export async function readAlarm(house: House): Promise<{
  readonly alarm: 'failed' | 'late' | 'never' | null
  readonly newestAt: Date | null
}> {
  const rows = await readBackups(house.database)
  let newest: BackupRow | undefined
  for (const row of rows) {
    if (row.verifiedAt === null || !(await stat(join(row.folder, row.name)).catch(() => undefined))) continue
    newest = row
    break
  }
  const failed = rows.find(({ verifiedAt, madeBy }) => verifiedAt === null && madeBy !== 'command')
  const state = {
    newestGoodAt: newest?.madeAt,
    newestFailedAt: failed?.madeAt,
    houseBeganAt: await houseBeganAt(house.database),
  }
  return { alarm: alarmOf(state, house.clock.now()), newestAt: newest?.madeAt ?? null }
}

/**
 * Whether a path means one place on this system, from wherever the server was started.
 *
 * Example: `B:\\3` does on Windows; on Linux it would be a folder of that name beside the program. `\\3` does on neither.
 */
export function isWholePath(folder: string, { isAbsolute, parse, sep }: PlatformPath = path): boolean {
  return isAbsolute(folder) && (sep === '/' || parse(folder).root.length > 1)
}

/**
 * Makes a folder with those above it. Node's own `recursive` never ends where a folder stands but nothing can be made in it, as in
 * `/proc`, and takes a thread of the server with it.
 */
async function makeFolder(folder: string): Promise<void> {
  const make = () => mkdir(folder, { mode: 0o700 })
  try {
    await make()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT') throw error
    await makeFolder(dirname(folder))
    await make()
  }
}

/** A folder that cannot be written to is better refused today than at three in the night. */
export async function refuseUnlessWritable(folder: string): Promise<void> {
  if (!isWholePath(folder)) throw refuse('invalid', 'recovery:refusal.folder-not-absolute', { folder })
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
  } catch {
    throw refuse('invalid', 'recovery:refusal.folder-closed', { folder })
  }
}
