import { hash } from 'node:crypto'
import type { ImportColumn, ImportMapping, ImportOptions, SavedMapping } from './contract.ts'
import { bareName } from './headers.ts'

const reasonColumn = 'Reason 原因'
export const rowColumn = 'Row 行'

export const reasonColumnOf = (importNumber: number) => `${reasonColumn} #${importNumber}`

/** The import whose rejected rows a file holds, by the name of its column of reasons; nothing for any other file. */
export function rejectedOf(headers: readonly string[]): number | undefined {
  const found = headers.map(name => /^Reason 原因 #(\d{1,9})$/.exec(name)?.[1]).find(number => number !== undefined)
  return found === undefined ? undefined : Number(found)
}

export const isOurColumn = (name: string): boolean => name === rowColumn || name.startsWith(`${reasonColumn} #`)

/**
 * What files of the same kind have in common: the names of their columns, in whatever order and spelling.
 *
 * Example: `Order ID,Date` and `date,order_id` have the same fingerprint.
 */
export function fingerprintOf(headers: readonly string[]): string {
  const names = headers.filter(name => !isOurColumn(name)).map(bareName)
  return hash('sha256', names.sort().join('\n'))
}

/**
 * A mapping for these columns from one by name. How the file is written (its encoding, its delimiter) is its own; what its
 * contents mean is as before.
 */
export function taken(
  from: { readonly columns: SavedMapping['columns']; readonly options: ImportOptions },
  columns: readonly ImportColumn[],
  own: ImportOptions,
): Pick<ImportMapping, 'columns' | 'options'> {
  const byName = new Map(from.columns.map(column => [bareName(column.name), column]))
  return {
    columns: columns.map(({ column, name }) => {
      const said = byName.get(bareName(name))
      return { column, target: said?.target ?? null, ...(said?.rule && { rule: said.rule }) }
    }),
    options: { ...from.options, encoding: own.encoding ?? from.options.encoding, delimiter: own.delimiter },
  }
}
