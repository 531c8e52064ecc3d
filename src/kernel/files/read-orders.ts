import { refuse } from '#kernel/refusal.ts'
import type { Encoding, ImportColumn, ImportMapping, ImportOptions, Question, Target } from './contract.ts'
import { dateShapeOf } from './dates.ts'
import { guessMapping, openQuestions, optionsFrom, type Sample } from './mapping.ts'
import { blanks } from './records.ts'
import { type CheckedRow, rowRule } from './rows.ts'
import { type FileNature, natureOf } from './source.ts'
import { type Opening, openTable, type Reading, rowsOf, shapeOf } from './table.ts'

/** What a person says about a file of orders; what is left open is found in the file, or asked. */
export interface OrderFileChoices {
  /** A column by its name, or by its place from 1. */
  readonly columns?: Readonly<Partial<Record<Target, string>>>
  readonly encoding?: Encoding
  /** A blank stands for any run of blanks. */
  readonly delimiter?: string
  readonly header?: boolean
  readonly dateOrder?: 'ymd' | 'dmy' | 'mdy'
  readonly twoDigitYearsFrom?: number
  readonly decimalMark?: '.' | ','
  readonly currency?: string
  readonly zone?: string
}

/** A file of orders that has been looked into, with what each column means. */
export interface OrderFile {
  readonly path: string
  readonly columns: readonly ImportColumn[]
  readonly mapping: ImportMapping
  readonly reading: Reading
  /** What only a person can say. Empty: the file can be read. */
  readonly questions: readonly Question[]
  /** False where no column says what was paid: then every line is a purchase of nothing known. */
  readonly isPriced: boolean
  /** True where lines have unit prices: then a price of nothing is a sample, not an order. */
  readonly isByLine: boolean
  /** Null where neither a person nor the file says it. */
  readonly currency: string | null
}

/** ISO 4217's word for "no currency"; it has two digits behind the point where they are asked for. */
const noCurrency = 'XXX'

/**
 * Looks into a file of orders without a database. Unlike an import it also takes files without a header, with blanks
 * between the columns, and without amounts, because a purchase day is already something to learn from.
 */
export async function openOrders(path: string, choices: OrderFileChoices = {}): Promise<OrderFile> {
  const nature = await natureOf(path)
  const { opening, header } = await opened(path, nature, choices)
  const columns = meaningOf(opening.sample, choices, header)
  const found = optionsFrom(columns, opening.sample)
  const has = (target: Target) => columns.some(column => column.target === target)
  const currency = choices.currency ?? usualValue(columns, opening.sample, 'currency')
  const options: ImportOptions = {
    ...found,
    encoding: opening.encoding,
    delimiter: opening.delimiter,
    dateOrder: choices.dateOrder ?? found.dateOrder,
    twoDigitYearsFrom: choices.twoDigitYearsFrom ?? null,
    decimalMark: choices.decimalMark ?? found.decimalMark,
    currency: currency ?? noCurrency,
    zone: choices.zone ?? 'UTC',
    sourceLabel: 'file',
  }
  const mapping = {
    kind: 'orders' as const,
    columns: columns.map(({ column, target }) => ({ column, target })),
    options,
  }
  return {
    path,
    columns,
    mapping,
    reading: {
      nature,
      encoding: opening.encoding ?? 'utf-8',
      delimiter: opening.delimiter,
      header,
      shape: shapeOf(columns),
    },
    questions: openQuestions({ ...mapping, columns }, opening.sample).filter(question => question !== 'amount'),
    isPriced: has('amount') || has('unitPrice'),
    isByLine: has('unitPrice') && !has('amount'),
    currency,
  }
}

/** Reads the rows of an opened file; `onRead` hears how many bytes of it have been read. */
export async function* readOrders(
  file: OrderFile,
  now: Date,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<readonly CheckedRow[]> {
  const rule = rowRule(
    file.mapping,
    file.columns.map(column => column.name),
    now,
  )
  for await (const piece of rowsOf(file.path, file.reading, onRead)) {
    const checked: CheckedRow[] = []
    for (const [index, cells] of piece.records.entries()) {
      if (cells.length > 0) checked.push(rule(cells, piece.row + index))
    }
    yield checked
  }
}

/** With blanks between the columns where nothing else parts them, and without a header where the first row is values. */
async function opened(
  path: string,
  nature: FileNature,
  choices: OrderFileChoices,
): Promise<{ opening: Opening; header: boolean }> {
  const { encoding, delimiter } = choices
  const chosen = { ...(encoding && { encoding }), ...(delimiter && { delimiter }) }
  const look = async (header: boolean): Promise<{ opening: Opening; header: boolean }> => {
    const opening = await openTable(path, nature, { ...chosen, header })
    if (opening.sample.headers.length > 1 || delimiter || nature.format !== 'csv') return { opening, header }
    const parted = await openTable(path, nature, { ...chosen, delimiter: blanks, header })
    return { opening: parted.sample.headers.length > 1 ? parted : opening, header }
  }
  if (choices.header !== undefined) return look(choices.header)
  try {
    return await look(true)
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code !== 'files:refusal.no-header' && code !== 'files:refusal.duplicate-header') throw error
    return look(false)
  }
}

/** What a person says goes before what the names say; in a file without names the dates are found by their look. */
function meaningOf(sample: Sample, choices: OrderFileChoices, header: boolean): ImportColumn[] {
  const said = new Map<number, Target>()
  for (const [target, name] of Object.entries(choices.columns ?? {}) as [Target, string][]) {
    said.set(placeOf(name, sample), target)
  }
  const chosen = new Set(said.values())
  const gone = new Set<Target>(chosen)
  if (chosen.has('amount')) gone.add('unitPrice')
  else if (chosen.has('unitPrice')) gone.add('amount')
  const columns = guessMapping(sample).columns.map((column): ImportColumn => {
    const target = said.get(column.column)
    if (target) return { ...column, target, confidence: 'chosen' }
    return column.target && gone.has(column.target) ? { ...column, target: null, confidence: 'none' } : column
  })
  if (header || columns.some(({ target }) => target === 'occurredAt')) return columns
  const dates = columns.filter(
    ({ column, target }) => target === null && dateShapeOf(sample.rows.map(row => row[column] ?? '')).share > 0.9,
  )
  return columns.map(column =>
    dates.length === 1 && column === dates[0] ? { ...column, target: 'occurredAt', confidence: 'likely' } : column,
  )
}

function placeOf(name: string, { headers }: Sample): number {
  const lower = name.trim().toLowerCase()
  const exact = headers.findIndex(header => header.toLowerCase() === lower)
  if (exact >= 0) return exact
  const place = Number(name)
  if (Number.isInteger(place) && place >= 1 && place <= headers.length) return place - 1
  throw refuse('invalid', 'files:refusal.unknown-column', { columns: [name] })
}

function usualValue(columns: readonly ImportColumn[], sample: Sample, target: Target): string | null {
  const place = columns.find(column => column.target === target)?.column
  if (place === undefined) return null
  const counts = Map.groupBy(sample.rows, row => row[place]?.trim().toUpperCase() ?? '')
  const [usual] = [...counts].sort(([, left], [, right]) => right.length - left.length)
  return usual && /^[A-Z]{3}$/.test(usual[0]) ? usual[0] : null
}
