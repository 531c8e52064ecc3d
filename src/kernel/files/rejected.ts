import { stat } from 'node:fs/promises'
import type { House } from '#kernel/house.ts'
import { type Language, loadWords, type Translator, translatorFor } from '#kernel/locale/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { ImportSummary, ImportTotals, RejectedRow } from './contract.ts'
import { limits } from './limits.ts'
import { listProblems, problemKey } from './problems.ts'
import { identifierText } from './rows.ts'
import { reasonColumnOf, rowColumn } from './same-columns.ts'
import { fileOf, type ImportRow, importRow, moveImport, summaryOf } from './store.ts'
import { type Reading, rowsOf, shapeOf } from './table.ts'

const rowsAtOnce = 500

/** Rows as a person corrected them; they stand in place of the file's. */
export async function mendedRows(house: House, importId: string): Promise<Map<number, readonly string[]>> {
  const rows = await house.database.query<{ row: number; cells: string[] }>(
    'select row, cells from files.mended_row where import_id = $1',
    [importId],
  )
  return new Map(rows.map(({ row, cells }) => [row, cells]))
}

/** The file as it was read when it was checked, with every cell and with what was mended. */
async function* wholeRows(house: House, row: ImportRow): AsyncGenerator<{ row: number; cells: readonly string[] }> {
  const mended = await mendedRows(house, row.import_id)
  const reading: Reading = {
    nature: { format: row.format, gzip: row.gzip },
    encoding: row.options.encoding ?? 'utf-8',
    delimiter: row.options.delimiter,
    shape: { ...shapeOf(row.columns, 'all') },
  }
  for await (const piece of rowsOf(fileOf(house, row.import_id), reading)) {
    for (const [index, found] of piece.records.entries()) {
      const number = piece.row + index
      const cells = mended.get(number) ?? found
      if (cells.length > 0 || piece.broken?.has(index)) yield { row: number, cells }
    }
  }
}

/** Keeps the rejected rows whole, so that they can be mended: the file is read again as far as the last of them. */
export async function keepRejectedCells(house: House, row: ImportRow): Promise<void> {
  const rejected = await house.database.query<{ row: number }>(
    'select row from files.rejected_row where import_id = $1 and row > 0 and cells is null',
    [row.import_id],
  )
  if (rejected.length === 0) return
  const wanted = new Set(rejected.map(({ row: number }) => number))
  let waiting: { row: number; cells: readonly string[] }[] = []
  const write = async () => {
    await house.database.query(
      `update files.rejected_row r set cells = t.cells from jsonb_to_recordset($2::jsonb) as t (row integer, cells jsonb)
       where r.import_id = $1 and r.row = t.row`,
      [row.import_id, JSON.stringify(waiting)],
    )
    waiting = []
  }
  for await (const found of wholeRows(house, row)) {
    if (!wanted.delete(found.row)) continue
    const cells = row.columns.map(({ column }) => (found.cells[column] ?? '').toWellFormed())
    const surplus = found.cells.slice(row.columns.length)
    const length = [...cells, ...surplus].reduce((sum, cell) => sum + cell.length, 0)
    if (length <= limits.mendableCharacters) waiting.push({ row: found.row, cells: [...cells, ...surplus] })
    if (waiting.length >= rowsAtOnce) await write()
    if (wanted.size === 0) break
  }
  if (waiting.length > 0) await write()
}

/** Rejected rows with their cells, in the order of the file. */
export async function listRejected(
  house: House,
  importId: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ items: RejectedRow[]; total: number; next: string | null }> {
  const { items, stored, next } = await listProblems(house, importId, page)
  const rows = await house.database.query<{ row: number; cells: string[] | null }>(
    'select row, cells from files.rejected_row where import_id = $1 and row = any($2)',
    [importId, items.map(({ row }) => row)],
  )
  const cells = new Map(rows.map(entry => [entry.row, entry.cells]))
  return { items: items.map(item => ({ ...item, cells: cells.get(item.row) ?? null })), total: stored, next }
}

/**
 * Takes corrected rows in place of the file's and runs the import again: what is in already is known by its key and left
 * alone, an order that was taken without one of its lines is corrected, and undo still takes everything back.
 */
export async function mendImport(
  house: House,
  importId: string,
  rows: readonly { readonly row: number; readonly cells: readonly string[] }[],
  by: 'job' | 'caller' = 'job',
): Promise<ImportSummary> {
  const row = await importRow(house.database, importId)
  const isKept = await stat(fileOf(house, importId)).then(
    () => true,
    () => false,
  )
  if (!isKept) throw refuse('not-found', 'files:refusal.file-gone')
  if (row.state !== 'done' && row.state !== 'checked') throw refuse('conflict', 'files:refusal.not-mendable')
  const rejected = await house.database.query<{ row: number }>(
    'select row from files.rejected_row where import_id = $1 and row = any($2)',
    [importId, rows.map(entry => entry.row)],
  )
  const known = new Set(rejected.map(entry => entry.row))
  for (const entry of rows) {
    if (!known.has(entry.row)) throw refuse('invalid', 'files:refusal.not-rejected', { row: entry.row })
  }
  return house.database.transaction(async transaction => {
    await transaction.query(
      `insert into files.mended_row (import_id, row, cells)
       select $1, row, cells from jsonb_to_recordset($2::jsonb) as t (row integer, cells jsonb)
       on conflict (import_id, row) do update set cells = excluded.cells`,
      [importId, JSON.stringify(rows.map(entry => ({ row: entry.row, cells: entry.cells.map(cleaned) })))],
    )
    // Before its first run a mended file is only checked again.
    const isDone = row.state === 'done'
    const moved = await moveImport(transaction, house, importId, {
      from: [row.state],
      to: isDone ? 'running' : 'checking',
      refusal: 'files:refusal.not-mendable',
      set: {
        taken_customers: '',
        taken_orders: 0,
        ...(isDone && { ended_at: null, mended_totals: JSON.stringify(row.totals) }),
      },
    })
    if (by === 'job') {
      await house.jobs.enqueue(transaction, isDone ? 'files.run' : 'files.check', { importId }, { key: importId })
    }
    return summaryOf(moved)
  })
}

const cleaned = (cell: string) => cell.replaceAll('\0', '').toWellFormed()

/**
 * What an import brought in all, after rows of it were mended: the second reading finds everything of the first run known.
 *
 * Example: 98 new orders, then 2 mended ones: 100 new, not 2 new and 98 unchanged.
 */
export function totalsAfterMend(before: ImportTotals, fresh: ImportTotals): ImportTotals {
  return {
    ...fresh,
    newOrders: before.newOrders + fresh.newOrders,
    changedOrders: before.changedOrders + fresh.changedOrders,
    unchangedOrders: before.unchangedOrders,
    newRefunds: before.newRefunds + fresh.newRefunds,
    changedRefunds: before.changedRefunds + fresh.changedRefunds,
    unchangedRefunds: before.unchangedRefunds,
    newCustomers: before.newCustomers + fresh.newCustomers,
    knownCustomers: before.knownCustomers,
    ...(before.profiles && { profiles: before.profiles }),
  }
}

/**
 * The rejected rows as a file that can be corrected and imported again: the columns as they are, then row and reason. The
 * other rows of the same orders stand beside them, since an order is imported whole or it would lose them.
 */
export async function errorFile(house: House, importId: string, language: Language): Promise<AsyncIterable<string>> {
  const row = await importRow(house.database, importId)
  const rejected = await house.database.query<{ row: number; code: string; details: object; cells: string[] | null }>(
    'select row, code, details, cells from files.rejected_row where import_id = $1 and row > 0 order by row',
    [importId],
  )
  if (rejected.length === 0) throw refuse('not-found', 'files:refusal.nothing-rejected')
  return errorLines(house, row, rejected, language)
}

async function* errorLines(
  house: House,
  row: ImportRow,
  rejected: readonly { row: number; code: string; details: object; cells: string[] | null }[],
  language: Language,
): AsyncGenerator<string> {
  const say = sentences()
  const reasons = new Map(rejected.map(problem => [problem.row, say(problem, language)]))
  const refColumn = row.columns.find(({ target }) => target === 'orderRef')?.column
  const refOf = (cells: readonly string[]) =>
    refColumn === undefined ? '' : identifierText((cells[refColumn] ?? '').trim())
  const refs = new Set(rejected.map(({ cells }) => (cells ? refOf(cells) : '')).filter(ref => ref !== ''))
  const width = row.columns.length
  const line = (cells: readonly string[], number: number, reason: string) => {
    const own = Array.from({ length: width }, (_, column) => cells[column] ?? '')
    return `${[...own, String(number), reason].map(csvCell).join(',')}\r\n`
  }
  yield `\uFEFF${[...row.columns.map(({ name }) => name), rowColumn, reasonColumnOf(row.number)].map(csvCell).join(',')}\r\n`
  const isKept = await stat(fileOf(house, row.import_id)).then(
    () => true,
    () => false,
  )
  if (!isKept) {
    for (const { row: number, cells } of rejected) if (cells) yield line(cells, number, reasons.get(number)!)
    return
  }
  const last = rejected.at(-1)!.row
  for await (const { row: number, cells } of wholeRows(house, row)) {
    const reason = reasons.get(number)
    if (reason === undefined && !refs.has(refOf(cells))) {
      if (number > last && refs.size === 0) return
      continue
    }
    yield line(cells, number, reason ?? '')
  }
}

/** What a spreadsheet would take for a formula is kept from being one; numbers, also negative ones, are left alone. */
export function csvCell(text: string): string {
  const isFormula = /^[=@\t\r]|^[+-](?![\d\s.,()-]*$)/.test(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(safe) || isFormula ? `"${safe.replaceAll('"', '""')}"` : safe
}

let translator: Translator | undefined

function sentences() {
  translator ??= translatorFor(loadWords([new URL('./', import.meta.url)]))
  const words = translator
  return ({ code, details }: { code: string; details: object }, language: Language): string => {
    const { target, ...rest } = details as Record<string, string | number>
    const named = target === undefined ? {} : { target: words.t(language, `files:target.${target}`) }
    return words.t(language, problemKey(code), { ...rest, ...named })
  }
}
