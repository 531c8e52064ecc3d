import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { allowSecond } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { Refusal, refuse } from '#kernel/refusal.ts'
import { performCheck } from './check.ts'
import { fits, folderInside, importRoots } from './folder-path.ts'
import { type FolderRow, nextLookAt } from './folders.ts'
import { askFor, createImport } from './imports.ts'
import { type ImportProgress, importProgress } from './progress.ts'
import { errorFile } from './rejected.ts'
import { performRun } from './run.ts'
import { applyMapping } from './saved-mappings.ts'
import { importRow } from './store.ts'

const watchLock = 727_261
const filesAtOnce = 100

interface FileRow {
  readonly file_id: string
  readonly name: string
  readonly bytes: number
  readonly modified_at: Date
  readonly state: 'waiting' | 'running'
  readonly import_id: string | null
}

/** Looks into every folder that is due. One process at a time; who comes second leaves it to the first. */
export async function watchFolders(
  house: House,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ files: number }> {
  return house.database.transaction(async holding => {
    const [lock] = await holding.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [watchLock])
    if (!lock!.mine) return { files: 0 }
    return allowSecond('only one process holds it, and nobody waits for it', () => lookIntoAll(house, signal))
  })
}

async function lookIntoAll(house: House, signal: AbortSignal): Promise<{ files: number }> {
  const due = await house.database.query<FolderRow>(
    'select * from files.folder where is_on and next_at <= $1 order by next_at',
    [house.clock.now()],
  )
  let files = 0
  for (const folder of due) {
    signal.throwIfAborted()
    files += await lookInto(house, folder, signal)
  }
  return { files }
}

async function lookInto(house: House, folder: FolderRow, signal: AbortSignal): Promise<number> {
  const { zone } = await house.settings.business()
  let taken = 0
  let failure: { code: string; details: object } | null = null
  let isWaiting = false
  try {
    const path = await folderInside(folder.path, importRoots(house))
    await assertAsideInside(path)
    const settled = await settledFiles(house, folder, path)
    isWaiting = settled.isWaiting
    for (const file of settled.files) {
      signal.throwIfAborted()
      await takeFile(house, folder, path, file, signal)
      taken++
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    failure = { code: error.code, details: error.details }
  }
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    // A file that may still be growing is looked at again with the next minute, whatever the folder's own timing.
    const next = isWaiting ? now : nextLookAt(folder.timing, now, zone)
    await transaction.query('update files.folder set looked_at = $2, next_at = $3, failure = $4 where folder_id = $1', [
      folder.folder_id,
      now,
      next,
      failure && JSON.stringify(failure),
    ])
    await house.live.announce(transaction, ['imports'])
  })
  return taken
}

/** Files that fit, are files and no links, and have not changed since the look before. */
async function settledFiles(
  house: House,
  folder: FolderRow,
  path: string,
): Promise<{ files: FileRow[]; isWaiting: boolean }> {
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries
    .filter(entry => entry.isFile() && !entry.name.startsWith('.') && fits(entry.name, folder.pattern))
    .map(entry => entry.name)
    .sort()
    .slice(0, filesAtOnce)
  const open = await house.database.query<FileRow>(
    `select file_id, name, bytes, modified_at, state, import_id from files.folder_file
     where folder_id = $1 and state in ('waiting', 'running')`,
    [folder.folder_id],
  )
  const byName = new Map(open.map(row => [row.name, row]))
  const files: FileRow[] = []
  let isWaiting = false
  for (const name of names) {
    const { size, mtime } = await lstat(join(path, name))
    const row = byName.get(name)
    if (row && (row.state === 'running' || (row.bytes === size && row.modified_at.getTime() === mtime.getTime()))) {
      files.push(row)
      continue
    }
    isWaiting = true
    await house.database.query(
      `insert into files.folder_file (file_id, folder_id, name, bytes, modified_at, state, at)
       values ($1, $2, $3, $4, $5, 'waiting', $6)
       on conflict (folder_id, name) where state in ('waiting', 'running')
       do update set bytes = excluded.bytes, modified_at = excluded.modified_at, at = excluded.at`,
      [house.newId(), folder.folder_id, name, size, mtime, house.clock.now()],
    )
  }
  // Whoever took a file away again before it was imported takes its waiting with it.
  const gone = open.filter(row => row.state === 'waiting' && !names.includes(row.name)).map(row => row.file_id)
  await house.database.query('delete from files.folder_file where file_id = any($1)', [gone])
  return { files, isWaiting }
}

/** Imports one file from where a look before may have stopped, and puts it into `done` or `failed`. */
async function takeFile(
  house: House,
  folder: FolderRow,
  path: string,
  file: FileRow,
  signal: AbortSignal,
): Promise<void> {
  const source = join(path, file.name)
  let importId = file.import_id
  try {
    if (importId === null) {
      const { hash, isKnown } = await contentOf(house, source)
      if (isKnown) {
        await moveTo(path, file.name, 'done')
        await close(house, file, { state: 'known', hash })
        return
      }
      await set(house, file, { state: 'running', content_hash: hash })
      importId = (await fromFolder(house, folder, source, file.name)).importId
      await set(house, file, { import_id: importId })
    }
    await goOn(house, folder, importId, importProgress(house, importId, {}), signal)
    const name = await moveTo(path, file.name, 'done')
    await writeErrors(house, importId, join(path, 'done', name))
    await close(house, file, { state: 'done' })
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === 'unavailable' || error.code === 'files:refusal.taken-over') {
      throw error
    }
    const name = await moveTo(path, file.name, 'failed')
    const said = { code: error.code, details: error.details }
    await writeFile(join(path, 'failed', `${name}.error.txt`), `${JSON.stringify(said, null, 2)}\n`, { flag: 'w' })
    if (importId !== null) await writeErrors(house, importId, join(path, 'failed', name))
    await close(house, file, { state: 'failed', failure: said })
    house.log.warn({ folder: folder.path, code: error.code }, 'a file of a watched folder could not be imported')
  }
}

async function fromFolder(house: House, folder: FolderRow, source: string, name: string) {
  const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW)
  return createImport(house, { name, stream: handle.createReadStream(), folderId: folder.folder_id })
}

/** Does what is still to be done of mapping, check and run; a finished import is left as it is. */
async function goOn(
  house: House,
  folder: FolderRow,
  importId: string,
  progress: ImportProgress,
  signal: AbortSignal,
): Promise<void> {
  const stoppable = { report: progress.report, signal }
  if ((await importRow(house.database, importId)).state === 'mapping') {
    const { questions } = await applyMapping(house, importId, folder.mapping_id)
    if (questions.length > 0) throw refuse('invalid', 'files:refusal.open-questions', { questions })
    await askFor(house, importId, 'check', 'caller')
  }
  if ((await importRow(house.database, importId)).state === 'checking') await performCheck(house, importId, stoppable)
  if ((await importRow(house.database, importId)).state === 'checked') await askFor(house, importId, 'run', 'caller')
  if ((await importRow(house.database, importId)).state === 'running') await performRun(house, importId, stoppable)
  const { state, failure } = await importRow(house.database, importId)
  if (state === 'failed') throw refuse('invalid', failure?.code ?? 'files:refusal.not-run', failure?.details as never)
}

async function contentOf(house: House, source: string): Promise<{ hash: string; isKnown: boolean }> {
  const digest = createHash('sha256')
  const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW)
  for await (const chunk of handle.createReadStream()) digest.update(chunk as Buffer)
  const hash = digest.digest('hex')
  const [known] = await house.database.query(
    `select 1 from files.folder_file f join files.import i using (import_id)
     where f.content_hash = $1 and f.state = 'done' and i.state = 'done' limit 1`,
    [hash],
  )
  return { hash, isKnown: known !== undefined }
}

/** Rejected rows stand beside the file, to be corrected and put into the folder again. */
async function writeErrors(house: House, importId: string, path: string): Promise<void> {
  const { totals } = await importRow(house.database, importId)
  if (!totals || totals.rejectedRows === 0) return
  const { language } = await house.settings.business()
  let text = ''
  try {
    for await (const line of await errorFile(house, importId, language)) text += line
  } catch (error) {
    if (error instanceof Refusal && error.code === 'files:refusal.nothing-rejected') return
    throw error
  }
  await writeFile(`${path}.rejected.csv`, text, { mode: 0o600 })
}

/** Looked at before a file is taken: where `done` is a link, files would leave the folder through it. */
async function assertAsideInside(path: string): Promise<void> {
  for (const aside of ['done', 'failed']) {
    const found = await lstat(join(path, aside)).catch(() => undefined)
    if (found && !found.isDirectory()) throw refuse('invalid', 'files:refusal.folder-outside', { path: aside })
  }
}

/** Moves a file aside without ever taking the place of another; answers the name that it got. */
async function moveTo(path: string, name: string, to: 'done' | 'failed'): Promise<string> {
  const target = join(path, to)
  await mkdir(target, { mode: 0o700 }).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
  const ending = extname(name)
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name.slice(0, name.length - ending.length)}-${number}${ending}`
    const isFree = await lstat(join(target, candidate)).then(
      () => false,
      () => true,
    )
    if (!isFree) continue
    // A file that a look before has moved already is not there any more.
    await rename(join(path, name), join(target, candidate)).catch(error => {
      if (error.code !== 'ENOENT') throw error
    })
    return candidate
  }
}

async function set(
  house: House,
  file: FileRow,
  values: { readonly state?: string; readonly content_hash?: string; readonly import_id?: string },
): Promise<void> {
  const entries = Object.entries(values)
  await house.database.query(
    `update files.folder_file set ${entries.map(([name], index) => `${name} = $${index + 2}`).join(', ')} where file_id = $1`,
    [file.file_id, ...entries.map(([, value]) => value)],
  )
}

async function close(
  house: House,
  file: FileRow,
  end: { readonly state: 'done' | 'failed' | 'known'; readonly hash?: string; readonly failure?: object },
): Promise<void> {
  await house.database.transaction(async transaction => {
    await transaction.query(
      `update files.folder_file set state = $2, failure = $3, content_hash = coalesce($4, content_hash), at = $5
       where file_id = $1`,
      [file.file_id, end.state, end.failure ? JSON.stringify(end.failure) : null, end.hash ?? null, house.clock.now()],
    )
    await house.live.announce(transaction, ['imports'])
  })
}
