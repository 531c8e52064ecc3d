import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Refusal, refuse } from '#kernel/refusal.ts'
import type {
  FileFormat,
  FileKind,
  ImportColumn,
  ImportDetail,
  ImportMapping,
  ImportOptions,
  ImportState,
  ImportSummary,
  ImportTotals,
  Question,
} from './contract.ts'

/** An import as the database keeps it. */
export interface ImportRow {
  readonly import_id: string
  readonly number: number
  readonly name: string
  readonly bytes: number
  readonly format: FileFormat
  readonly gzip: boolean
  readonly state: ImportState
  readonly kind: FileKind
  readonly columns: ImportColumn[]
  readonly options: ImportOptions
  readonly questions: Question[]
  readonly preview: string[][]
  readonly failure: ImportSummary['failure']
  readonly progress: ImportSummary['progress']
  readonly totals: ImportTotals | null
  readonly taken_customers: string
  readonly taken_orders: number
  readonly caller_id: string | null
  readonly created_at: Date
  readonly checked_at: Date | null
  readonly started_at: Date | null
  readonly ended_at: Date | null
  readonly undone_at: Date | null
  readonly fingerprint: string | null
  readonly folder_id: string | null
  readonly mended_totals: ImportTotals | null
}

export async function importRow(queryable: Queryable, importId: string): Promise<ImportRow> {
  const [row] = await queryable.query<ImportRow>('select * from files.import where import_id = $1', [importId])
  if (!row) throw refuse('not-found', 'files:refusal.unknown-import')
  return row
}

export async function listImports(house: House): Promise<ImportSummary[]> {
  const rows = await house.database.query<ImportRow>('select * from files.import order by number desc limit 200')
  return rows.map(summaryOf)
}

export async function readImport(house: House, importId: string): Promise<ImportDetail> {
  return detailOf(house.database, await importRow(house.database, importId))
}

export function summaryOf(row: ImportRow): ImportSummary {
  return {
    importId: row.import_id,
    number: row.number,
    name: row.name,
    bytes: row.bytes,
    state: row.state,
    kind: row.kind,
    failure: row.failure,
    progress: row.progress,
    totals: row.totals,
    callerId: row.caller_id,
    folderId: row.folder_id,
    createdAt: row.created_at.toISOString(),
    checkedAt: row.checked_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    undoneAt: row.undone_at?.toISOString() ?? null,
  }
}

export async function detailOf(queryable: Queryable, row: ImportRow): Promise<ImportDetail> {
  const { format, gzip, columns, options, questions, preview } = row
  const [saved] = await queryable.query<{ mappingId: string; name: string }>(
    `select mapping_id as "mappingId", name from files.saved_mapping where fingerprint = $1 order by changed_at desc limit 1`,
    [row.fingerprint],
  )
  return { ...summaryOf(row), format, gzip, columns, options, questions, preview, savedMapping: saved ?? null }
}

export function mappingOf(row: ImportRow): ImportMapping {
  return { kind: row.kind, columns: row.columns, options: row.options }
}

/** Where the uploaded file of an import lies until the import is removed. */
export function fileOf(house: House, importId: string): string {
  return join(house.folder, 'files', importId)
}

/**
 * Moves an import from one state to the next; refuses when it is not in a state from which that can be, which also
 * decides between two who ask at once.
 */
export async function moveImport(
  transaction: Transaction,
  house: House,
  importId: string,
  move: {
    readonly from: readonly ImportState[]
    readonly to: ImportState
    readonly refusal: string
    readonly set?: Readonly<Record<string, unknown>>
  },
): Promise<ImportRow> {
  const { state } = await importRow(transaction, importId)
  const set = Object.entries({ state: move.to, failure: null, progress: null, ...move.set })
  const [row] = await transaction.query<ImportRow>(
    `update files.import set ${set.map(([name], index) => `${name} = $${index + 3}`).join(', ')}
     where import_id = $1 and state = any($2) returning *`,
    [importId, move.from, ...set.map(([, value]) => value)],
  )
  if (!row) throw refuse('conflict', move.refusal, { state })
  await house.live.announce(transaction, ['imports'])
  return row
}

/** Remembers why an import stopped; what it had taken in so far stays, and can be gone on with or undone. */
export async function failImport(house: House, importId: string, refusal: Refusal): Promise<void> {
  await house.database.transaction(async transaction => {
    await transaction.query(
      `update files.import set state = 'failed', failure = $2, progress = null where import_id = $1`,
      [importId, JSON.stringify({ code: refusal.code, details: refusal.details })],
    )
    await house.live.announce(transaction, ['imports'])
  })
}

export async function removeFile(house: House, importId: string): Promise<void> {
  await rm(fileOf(house, importId), { force: true })
  await rm(`${fileOf(house, importId)}.part`, { force: true })
}
