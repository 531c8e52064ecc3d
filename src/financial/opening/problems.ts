import type { Queryable } from '#kernel/database/index.ts'
import type { StoredImport } from './store.ts'

const atOnce = 5000

/** A cell that a spreadsheet would read as a formula gets an apostrophe. */
function cell(value: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The rows that could not be taken, as they stood in the file, with the number that a spreadsheet shows and the reason. */
export async function* problemsFile(queryable: Queryable, known: StoredImport): AsyncGenerator<string> {
  yield `\uFEFF${['row', 'problem', ...known.columns.map(({ name }) => cell(name))].join(',')}\r\n`
  for (let last = -1; ; ) {
    const rows = await queryable.query<{ row: number; code: string; cells: readonly string[] }>(
      'select row, code, cells from opening.problem where import_id = $1 and row > $2 order by row limit $3',
      [known.importId, last, atOnce],
    )
    if (rows.length > 0) {
      yield `${rows.map(each => [String(each.row), each.code, ...each.cells.map(cell)].join(',')).join('\r\n')}\r\n`
    }
    if (rows.length < atOnce) return
    last = rows.at(-1)!.row
  }
}
