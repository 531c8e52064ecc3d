import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import {
  type ImportColumn,
  type ImportDetail,
  type ImportMapping,
  type ImportState,
  type ImportSummary,
  ruledTargets,
  type Target,
} from './contract.ts'
import { limits } from './limits.ts'
import { guessMapping, openQuestions, optionsFrom, type Sample } from './mapping.ts'
import { fingerprintOf, rejectedOf, taken } from './same-columns.ts'
import { natureOf } from './source.ts'
import { dropStaged } from './staged.ts'
import { detailOf, fileOf, type ImportRow, importRow, moveImport, removeFile, summaryOf } from './store.ts'
import { openTable } from './table.ts'

const previewRows = 20
const keptDays = 90
const numberLock = 727_260

export interface NewImport {
  readonly name: string
  readonly callerId?: string | undefined
  /** A file on this machine, or bytes on their way. */
  readonly path?: string | undefined
  readonly stream?: AsyncIterable<Uint8Array> | undefined
  readonly folderId?: string | undefined
}

/** Keeps a copy of the file, looks at its beginning and guesses what it holds. A file that is refused leaves nothing. */
export async function createImport(house: House, given: NewImport): Promise<ImportDetail> {
  const importId = house.newId()
  const path = fileOf(house, importId)
  try {
    await keepFile(path, given.stream ?? createReadStream(given.path!))
    const { size } = await stat(path)
    const nature = await natureOf(path)
    const opening = await openTable(path, nature)
    const guess = guessMapping(opening.sample)
    const { currency, zone } = await house.settings.business()
    const options: ImportMapping['options'] = {
      ...guess.options,
      encoding: opening.encoding,
      delimiter: opening.delimiter,
      currency,
      zone,
      sourceLabel: 'import',
    }
    const questions = openQuestions({ kind: guess.kind, columns: guess.columns, options }, opening.sample)
    const detail = await house.database.transaction(async transaction => {
      await transaction.query('select pg_advisory_xact_lock($1)', [numberLock])
      const [row] = await transaction.query<ImportRow>(
        `insert into files.import (import_id, number, name, bytes, format, gzip, state, kind, columns, options, questions,
           preview, caller_id, created_at, folder_id, fingerprint)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, 'mapping', $6, $7, $8, $9, $10, $11, $12, $13, $14
         from files.import
         returning *`,
        [
          importId,
          shortName(given.name),
          size,
          nature.format,
          nature.gzip,
          guess.kind,
          JSON.stringify(guess.columns),
          JSON.stringify(options),
          JSON.stringify(questions),
          JSON.stringify(previewOf(opening.sample)),
          given.callerId ?? null,
          house.clock.now(),
          given.folderId ?? null,
          fingerprintOf(opening.sample.headers),
        ],
      )
      await house.live.announce(transaction, ['imports'])
      return detailOf(transaction, row!)
    })
    return await asItsImport(house, detail)
  } catch (error) {
    await removeFile(house, importId)
    throw error
  }
}

/** Rejected rows that come back mean what they meant in their import: the same columns, the same shop, the same currency. */
async function asItsImport(house: House, detail: ImportDetail): Promise<ImportDetail> {
  const number = rejectedOf(detail.columns.map(({ name }) => name))
  if (number === undefined) return detail
  const [first] = await house.database.query<ImportRow>('select * from files.import where number = $1', [number])
  if (!first) return detail
  const said = taken({ columns: first.columns, options: first.options }, detail.columns, detail.options)
  return mapImport(house, detail.importId, { kind: first.kind, ...said })
}

/** Copies under a temporary name first, so that a file under its own name is a whole one. */
export async function keepFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  let length = 0
  await pipeline(
    bytes,
    async function* bounded(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        length += chunk.length
        if (length > limits.uploadBytes) {
          throw refuse('too-large', 'files:refusal.file-too-large', { gigabytes: limits.uploadBytes / 1024 ** 3 })
        }
        yield chunk
      }
    },
    createWriteStream(`${path}.part`, { mode: 0o600 }),
  )
  await rename(`${path}.part`, path)
}

function shortName(name: string): string {
  const bare = basename(name.replaceAll('\\', '/')).replaceAll('\0', '').toWellFormed().trim()
  return bare.slice(0, 200) || 'file'
}

function previewOf(sample: Sample): string[][] {
  return sample.rows.slice(0, previewRows).map(row => row.slice(0, 200).map(cell => cell.slice(0, 100)))
}

/**
 * Takes over what a person says about columns and options. Whatever they leave open is found in the values again, since
 * another date column may be written in another order.
 */
export async function mapImport(house: House, importId: string, mapping: ImportMapping): Promise<ImportDetail> {
  const row = await importRow(house.database, importId)
  assertMappable(row)
  const path = await keptFile(house, importId)
  const { encoding, delimiter } = mapping.options
  const opening = await openTable(path, { format: row.format, gzip: row.gzip }, { encoding, delimiter })
  const columns = columnsOf(row, mapping, opening.sample)
  const found = optionsFrom(columns, opening.sample)
  const options = {
    ...mapping.options,
    encoding: encoding ?? opening.encoding,
    dateOrder: mapping.options.dateOrder ?? found.dateOrder,
    decimalMark: mapping.options.decimalMark ?? found.decimalMark,
  }
  const questions = openQuestions({ kind: mapping.kind, columns, options }, opening.sample)
  return house.database.transaction(async transaction => {
    const moved = await moveImport(transaction, house, importId, {
      from: ['mapping', 'checked', 'failed', 'undone'],
      to: 'mapping',
      refusal: 'files:refusal.already-run',
      set: {
        kind: mapping.kind,
        columns: JSON.stringify(columns),
        options: JSON.stringify(options),
        questions: JSON.stringify(questions),
        preview: JSON.stringify(previewOf(opening.sample)),
        totals: null,
      },
    })
    await dropStaged(transaction, row.number)
    return detailOf(transaction, moved)
  })
}

/** The file of an import, unless its time is over. */
export async function keptFile(house: House, importId: string): Promise<string> {
  const path = fileOf(house, importId)
  const isKept = await stat(path).then(
    () => true,
    () => false,
  )
  if (!isKept) throw refuse('not-found', 'files:refusal.file-gone')
  return path
}

/**
 * Deletes the files of imports that ended long ago: they hold names and phone numbers, and undo does not need them.
 * Returns how many.
 */
export async function expireFiles(house: House): Promise<number> {
  const before = new Date(house.clock.now().getTime() - keptDays * 86_400_000)
  const ended = await house.database.query<{ import_id: string }>(
    `select import_id from files.import where state in ('done', 'undone') and coalesce(undone_at, ended_at) < $1`,
    [before],
  )
  const kept = new Set(await readdir(dirname(fileOf(house, 'any'))).catch(() => []))
  const expired = ended.filter(row => kept.has(row.import_id))
  for (const row of expired) await removeFile(house, row.import_id)
  return expired.length
}

function assertMappable(row: ImportRow): void {
  if (row.state === 'failed' && row.started_at !== null) {
    throw refuse('conflict', 'files:refusal.already-run', { state: row.state })
  }
}

/** Another delimiter or encoding makes other columns: then they are guessed anew, else the choice holds. */
function columnsOf(row: ImportRow, mapping: ImportMapping, sample: Sample): ImportColumn[] {
  const guessed = guessMapping(sample).columns
  const sameHeaders =
    guessed.length === row.columns.length && guessed.every((column, at) => column.name === row.columns[at]!.name)
  if (!sameHeaders) return [...guessed]
  const chosen = new Map(mapping.columns.map(({ column, target }) => [column, target]))
  const rules = new Map(mapping.columns.map(({ column, rule }) => [column, rule]))
  const taken = new Set<Target>()
  const mapped = guessed.map((column): ImportColumn => {
    const target = chosen.has(column.column) ? chosen.get(column.column)! : row.columns[column.column]!.target
    if (target !== null && taken.has(target)) throw refuse('invalid', 'files:refusal.target-twice', { target })
    if (target !== null) taken.add(target)
    const before = row.columns[column.column]!
    const rule = rules.has(column.column) ? rules.get(column.column) : before.rule
    const isRuled = (ruledTargets as readonly (Target | null)[]).includes(target)
    return {
      ...column,
      target,
      confidence: target === before.target ? before.confidence : 'chosen',
      ...(isRuled && rule && { rule }),
    }
  })
  assertOneSide(mapped)
  return mapped
}

/** The total of an order beside each of its lines would count as often as there are lines. */
function assertOneSide(columns: readonly ImportColumn[]): void {
  const list = columns.find(column => column.target !== null && column.list !== undefined)?.list
  const outside = columns.find(
    column => column.list === undefined && ['amount', 'unitPrice', 'quantity'].includes(column.target ?? ''),
  )
  if (list !== undefined && outside) {
    throw refuse('invalid', 'files:refusal.amount-of-order', { name: outside.name, list })
  }
}

/** What a person asks for, the states in which they may, and the job that does it. */
const steps = {
  check: { from: ['mapping', 'checked', 'failed', 'undone'], to: 'checking', refusal: 'files:refusal.already-run' },
  run: { from: ['checked', 'failed'], to: 'running', refusal: 'files:refusal.not-checked' },
  undo: { from: ['done', 'failed'], to: 'undoing', refusal: 'files:refusal.not-run' },
} as const satisfies Record<string, { from: readonly ImportState[]; to: ImportState; refusal: string }>

export type ImportRequest = keyof typeof steps

/** Asks for a step; it is done by a job, unless the caller does it at once (`by: 'caller'`, for the command line). */
export async function askFor(
  house: House,
  importId: string,
  request: ImportRequest,
  by: 'job' | 'caller' = 'job',
): Promise<ImportSummary> {
  const row = await importRow(house.database, importId)
  const hasRun = row.started_at !== null && row.undone_at === null
  if (request === 'check') {
    assertMappable(row)
    await keptFile(house, importId)
    if (row.questions.length > 0) {
      throw refuse('conflict', 'files:refusal.open-questions', { questions: row.questions })
    }
  }
  // A failed check has nothing to run and nothing to take back.
  if (row.state === 'failed' && request !== 'check' && !hasRun) throw refuse('conflict', steps[request].refusal)
  return house.database.transaction(async transaction => {
    const now = house.clock.now()
    const set =
      request === 'run'
        ? { started_at: row.state === 'failed' ? row.started_at : now, ended_at: null, undone_at: null }
        : request === 'check'
          ? { taken_customers: '', taken_orders: 0, started_at: null, ended_at: null }
          : {}
    const moved = await moveImport(transaction, house, importId, { ...steps[request], set })
    if (by === 'job') await house.jobs.enqueue(transaction, `files.${request}`, { importId }, { key: importId })
    return summaryOf(moved)
  })
}

/** Forgets an import whose orders are not in use. */
export async function removeImport(house: House, importId: string): Promise<void> {
  const row = await importRow(house.database, importId)
  const idle = row.state === 'mapping' || row.state === 'checked' || row.state === 'undone'
  const failedCheck = row.state === 'failed' && row.started_at === null
  if (!idle && !failedCheck) throw refuse('conflict', 'files:refusal.in-use', { state: row.state })
  await house.database.transaction(async transaction => {
    await dropStaged(transaction, row.number)
    await transaction.query('delete from files.rejected_row where import_id = $1', [importId])
    await transaction.query('delete from files.set_aside_line where import_id = $1', [importId])
    await transaction.query('delete from files.mended_row where import_id = $1', [importId])
    await transaction.query('delete from files.import where import_id = $1', [importId])
    await house.live.announce(transaction, ['imports'])
  })
  await removeFile(house, importId)
}
