import { basename } from 'node:path'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { performCheck } from './check.ts'
import type {
  FileKind,
  ImportDetail,
  ImportMapping,
  ImportOptions,
  ImportSummary,
  OverwriteRule,
  RuledTarget,
  Target,
} from './contract.ts'
import { askFor, createImport, mapImport } from './imports.ts'
import { importProgress } from './progress.ts'
import { performRun } from './run.ts'
import { readImport } from './store.ts'
import { performUndo } from './undo.ts'

type OnProgress = (progress: NonNullable<ImportSummary['progress']>) => void

export interface ImportFileOptions {
  readonly kind?: FileKind | undefined
  /** What columns mean, by their header; others keep the guess. */
  readonly mapping?: Readonly<Record<string, Target | null>> | undefined
  readonly options?: Partial<ImportOptions> | undefined
  /** Who has the word about customers that are known; `fill` for columns that are not named. */
  readonly rules?: Readonly<Partial<Record<RuledTarget, OverwriteRule>>> | undefined
  /** Stops after the dry run. */
  readonly checkOnly?: boolean | undefined
  readonly callerId?: string | undefined
  readonly onProgress?: OnProgress | undefined
}

/**
 * Imports a file in this process, step by step as the screen does: for the command line, the demo world and tests.
 * Refuses with the open questions when something must be said first.
 */
export async function importFile(house: House, path: string, given: ImportFileOptions = {}): Promise<ImportDetail> {
  const created = await createImport(house, { path, name: basename(path), callerId: given.callerId })
  const { importId } = created
  const saidAnything = given.kind ?? given.mapping ?? given.options ?? given.rules
  const mapped = saidAnything === undefined ? created : await mapImport(house, importId, mappingFrom(created, given))
  if (mapped.questions.length > 0) {
    throw refuse('invalid', 'files:refusal.open-questions', { questions: mapped.questions, importId })
  }
  await checkNow(house, importId, given.onProgress)
  if (!given.checkOnly) await runNow(house, importId, given.onProgress)
  return readImport(house, importId)
}

function mappingFrom(created: ImportDetail, given: ImportFileOptions): ImportMapping {
  const unknown = Object.keys(given.mapping ?? {}).filter(name => !created.columns.some(column => column.name === name))
  if (unknown.length > 0) throw refuse('invalid', 'files:refusal.unknown-column', { columns: unknown })
  const said = new Map(Object.entries(given.mapping ?? {}))
  const targets = new Set(said.values())
  const columns = created.columns.map(({ column, name, target }) => {
    if (said.has(name)) return { column, target: said.get(name)! }
    // A target that was given to another column is not this one's any more.
    return { column, target: targets.has(target) ? null : target }
  })
  const has = new Set(columns.map(column => column.target))
  const ruled = columns.map(column => {
    const rule = given.rules?.[column.target as RuledTarget]
    return rule ? { ...column, rule } : column
  })
  const kind = has.has('occurredAt') && (has.has('amount') || has.has('unitPrice')) ? 'orders' : 'customers'
  return { kind: given.kind ?? kind, columns: ruled, options: { ...created.options, ...given.options } }
}

export async function checkNow(house: House, importId: string, onProgress?: OnProgress): Promise<ImportSummary> {
  await askFor(house, importId, 'check', 'caller')
  return performCheck(house, importId, importProgress(house, importId, { ...(onProgress && { onProgress }) }))
}

export async function runNow(house: House, importId: string, onProgress?: OnProgress): Promise<ImportSummary> {
  await askFor(house, importId, 'run', 'caller')
  return performRun(house, importId, importProgress(house, importId, { ...(onProgress && { onProgress }) }))
}

export async function undoNow(house: House, importId: string, onProgress?: OnProgress): Promise<ImportSummary> {
  await askFor(house, importId, 'undo', 'caller')
  return performUndo(house, importId, importProgress(house, importId, { ...(onProgress && { onProgress }) }))
}
