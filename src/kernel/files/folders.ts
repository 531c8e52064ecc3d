import { mkdir } from 'node:fs/promises'
import { addDays, localDay, localInstant } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { FolderSettings, FolderTiming, WatchedFolder } from './contract.ts'
import { folderInside, importRoots } from './folder-path.ts'
import { readMapping } from './saved-mappings.ts'

const filesShown = 20

export interface FolderRow {
  readonly folder_id: string
  readonly path: string
  readonly pattern: string
  readonly mapping_id: string
  readonly mapping_name: string
  readonly timing: FolderTiming
  readonly is_on: boolean
  readonly failure: WatchedFolder['failure']
  readonly looked_at: Date | null
  readonly next_at: Date | null
}

const selected = 'select f.*, m.name as mapping_name from files.folder f join files.saved_mapping m using (mapping_id)'

export async function listFolders(house: House) {
  const rows = await house.database.query<FolderRow>(`${selected} order by f.path, f.pattern`)
  const items = await Promise.all(rows.map(row => shown(house.database, row)))
  const [failed] = await house.database.query<{ failed: number }>(
    `select count(*) as failed from files.folder_file where state = 'failed' and at > $1`,
    [new Date(house.clock.now().getTime() - 7 * 86_400_000)],
  )
  return { items, roots: importRoots(house), failed: failed!.failed }
}

async function shown(queryable: Queryable, row: FolderRow): Promise<WatchedFolder> {
  const files = await queryable.query<Omit<WatchedFolder['files'][number], 'at'> & { at: Date }>(
    `select name, state, at, import_id as "importId", failure from files.folder_file
     where folder_id = $1 order by at desc, name limit ${filesShown}`,
    [row.folder_id],
  )
  return {
    folderId: row.folder_id,
    path: row.path,
    pattern: row.pattern,
    mappingId: row.mapping_id,
    mappingName: row.mapping_name,
    timing: row.timing,
    isOn: row.is_on,
    failure: row.failure,
    lookedAt: row.looked_at?.toISOString() ?? null,
    nextAt: row.is_on ? (row.next_at?.toISOString() ?? null) : null,
    files: files.map(file => ({ ...file, at: file.at.toISOString() })),
  }
}

export async function folderRow(queryable: Queryable, folderId: string): Promise<FolderRow> {
  const [row] = await queryable.query<FolderRow>(`${selected} where f.folder_id = $1`, [folderId])
  if (!row) throw refuse('not-found', 'files:refusal.unknown-folder')
  return row
}

export async function addFolder(house: House, settings: FolderSettings): Promise<WatchedFolder> {
  return writeFolder(house, house.newId(), settings)
}

export async function changeFolder(house: House, folderId: string, settings: FolderSettings): Promise<WatchedFolder> {
  await folderRow(house.database, folderId)
  return writeFolder(house, folderId, settings)
}

async function writeFolder(house: House, folderId: string, settings: FolderSettings): Promise<WatchedFolder> {
  await readMapping(house.database, settings.mappingId)
  const roots = importRoots(house)
  await mkdir(roots[0]!, { recursive: true, mode: 0o700 })
  const path = await folderInside(settings.path, roots)
  const { zone } = await house.settings.business()
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    await transaction.query(
      `insert into files.folder (folder_id, path, pattern, mapping_id, timing, is_on, next_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (folder_id) do update set path = excluded.path, pattern = excluded.pattern,
         mapping_id = excluded.mapping_id, timing = excluded.timing, is_on = excluded.is_on, next_at = excluded.next_at,
         failure = null`,
      [
        folderId,
        path,
        settings.pattern,
        settings.mappingId,
        JSON.stringify(settings.timing),
        settings.isOn,
        nextLookAt(settings.timing, now, zone),
        now,
      ],
    )
    await house.live.announce(transaction, ['imports'])
    return shown(transaction, await folderRow(transaction, folderId))
  })
}

export async function removeFolder(house: House, folderId: string): Promise<void> {
  await house.database.transaction(async transaction => {
    await folderRow(transaction, folderId)
    await transaction.query('delete from files.folder where folder_id = $1', [folderId])
    await house.live.announce(transaction, ['imports'])
  })
}

/** Makes a folder due at once; the look itself is the same job that the calendar asks for. */
export async function lookNow(house: House, folderId: string): Promise<void> {
  await house.database.transaction(async transaction => {
    await folderRow(transaction, folderId)
    await transaction.query('update files.folder set next_at = $2 where folder_id = $1', [folderId, house.clock.now()])
    await house.jobs.enqueue(transaction, 'files.watch', {}, { key: 'now' })
  })
}

/**
 * When a folder is looked into next.
 *
 * Example: daily at 06:30 in Shanghai, asked at 23:00 UTC, is 22:30 UTC of the next day.
 */
export function nextLookAt(timing: FolderTiming, now: Date, zone: string): Date {
  if ('everyMinutes' in timing) return new Date(now.getTime() + timing.everyMinutes * 60_000)
  const [hours, minutes] = timing.dailyAt.split(':').map(Number) as [number, number]
  const seconds = hours * 3600 + minutes * 60
  const today = localDay(now, zone)
  const at = localInstant(today, seconds, zone)
  return at > now ? at : localInstant(addDays(today, 1), seconds, zone)
}
