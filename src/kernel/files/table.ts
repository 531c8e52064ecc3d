import { refuse } from '#kernel/refusal.ts'
import type { Encoding, ImportColumn, ImportOptions } from './contract.ts'
import { readMoment } from './dates.ts'
import { readDecimal } from './decimals.ts'
import { couldBe, textOf, tooLong } from './decode.ts'
import { flatten, lineListOf, listsOf, type Nested, underHeaders } from './flatten.ts'
import { lineReader, readJsonLine } from './json-lines.ts'
import { limits } from './limits.ts'
import type { Sample } from './mapping.ts'
import { openParquet } from './parquet.ts'
import { guessDelimiter, lineEndOf, recordReader } from './records.ts'
import { bytesOf, type FileNature, markOf } from './source.ts'
import { spreadsheetRecords } from './spreadsheet.ts'

/** Longer than the longest record of Latin text, so that a quote that never closes is seen at once. */
const sampleBytes = 1.25 * limits.recordCharacters
const sampleRows = 1000

/** Rows in a piece of the file; `row` is the number that a spreadsheet shows beside the first of them. */
export interface TablePiece {
  readonly row: number
  readonly records: readonly (readonly string[])[]
  /** Rows that are no record at all, by their place in `records`, where they stand empty. */
  readonly broken?: ReadonlyMap<number, { readonly code: string; readonly value: string | null }>
}

export interface Reading {
  readonly nature: FileNature
  readonly encoding: Encoding
  readonly delimiter: string
  /** False where the first row is a row like the others. */
  readonly header?: boolean
  /** The columns of a file whose records are nested, and the list whose entries are rows. */
  readonly shape?: Shape
}

export interface Shape {
  readonly headers: readonly string[]
  readonly lines: string | null
  /** The columns that are needed, where not all are: others may be left empty. */
  readonly only?: readonly number[]
}

/** The shape that a mapping asks for: entries of a list become rows where one of their columns means something. */
export function shapeOf(
  columns: readonly Pick<ImportColumn, 'name' | 'target' | 'list'>[],
  needs: 'mapped' | 'all' = 'mapped',
): Shape {
  const headers = columns.map(column => column.name)
  const mapped = columns.flatMap((column, at) => (column.target === null ? [] : [at]))
  const lines = mapped.map(at => columns[at]!.list).find(list => list !== undefined) ?? null
  return { headers, lines, ...(needs === 'mapped' && { only: mapped }) }
}

/** What can be said about a file from its beginning. `encoding` is nothing when it is neither marked nor valid UTF-8. */
export interface Opening {
  readonly sample: Sample
  readonly encoding: Encoding | null
  readonly delimiter: string
}

/**
 * Reads the beginning of a file. Without a chosen encoding it is strict UTF-8 or the question is left open, and the
 * sample is shown as GB18030, which most files of Chinese tills are that are not UTF-8.
 */
export async function openTable(
  path: string,
  nature: FileNature,
  chosen: Partial<Pick<ImportOptions, 'encoding' | 'delimiter'>> & Pick<Reading, 'header'> = {},
): Promise<Opening> {
  const sampleOf = chosen.header === false ? sampleWithoutHeader : sampleUnderHeader
  if (nature.format === 'xlsx') {
    const records = await spreadsheetRecords(path)
    return { sample: sampleOf(records), encoding: 'utf-8', delimiter: ',' }
  }
  if (nature.format === 'parquet') return { sample: await parquetSample(path), encoding: 'utf-8', delimiter: ',' }
  const head = await beginning(path, nature)
  if (head.length === 0) throw refuse('invalid', 'files:refusal.empty-file')
  const found = markOf(head)?.encoding ?? (couldBe('utf-8', head) ? 'utf-8' : null)
  const encoding = chosen.encoding ?? found
  const text = await textOfSample(head, encoding ?? (couldBe('gb18030', head) ? 'gb18030' : 'utf-8'))
  if (nature.format === 'jsonl') {
    return { sample: jsonSample(text, head.length < sampleBytes), encoding, delimiter: ',' }
  }
  const delimiter = chosen.delimiter ?? guessDelimiter(text, lineEndOf(text))
  const reader = recordReader(delimiter, lineEndOf(text))
  const records = reader.push(text)
  if (head.length < sampleBytes) records.push(...reader.end())
  else if (records.length < 2) throw tooLong(records.length + 1)
  return { sample: sampleOf(records), encoding, delimiter }
}

async function beginning(path: string, nature: FileNature): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of bytesOf(path, nature)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= sampleBytes) break
  }
  return Buffer.concat(chunks).subarray(0, sampleBytes)
}

async function textOfSample(head: Buffer, encoding: Encoding): Promise<string> {
  // A full sample may be cut inside a character, so it ends with its last whole line.
  const cut = head.length < sampleBytes ? head.length : head.lastIndexOf(0x0a) + 1 || head.length
  let text = ''
  for await (const piece of textOf(one(head.subarray(0, cut)), encoding)) text += piece
  return text
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

async function parquetSample(path: string): Promise<Sample> {
  const file = await openParquet(path)
  try {
    const lines = lineListOf([...new Set(file.columns.flatMap(({ list }) => list ?? []))])
    const columns = file.columns.filter(({ list }) => list === null || list === lines)
    const records = []
    for await (const piece of file.records({ limit: sampleRows })) records.push(...piece)
    return nestedSample(
      columns.map(({ name }) => name),
      records,
      lines,
    )
  } finally {
    await file.close()
  }
}

/** The columns of JSON lines are the keys of its beginning, in the order in which they first appear. */
function jsonSample(text: string, isWhole: boolean): Sample {
  const reader = lineReader(limits.recordCharacters)
  const lines = reader.push(text)
  if (isWhole) lines.push(...reader.end())
  else if (lines.length === 0) throw tooLong(1)
  const records = lines
    .filter(line => line.trim() !== '')
    .map(readJsonLine)
    .filter(record => typeof record === 'object')
  if (records.length === 0) {
    if (lines.every(line => line.trim() === '')) throw refuse('invalid', 'files:refusal.empty-file')
    throw refuse('invalid', 'files:refusal.not-json-lines', { row: 1 })
  }
  const list = lineListOf([...new Set(records.flatMap(record => [...listsOf(record)]))])
  const names = new Set<string>()
  for (const record of records) {
    const flat = flatten(record, list)
    if ('code' in flat) continue
    for (const row of flat.rows) for (const name of row.keys()) names.add(name)
  }
  return nestedSample([...names], records, list)
}

function nestedSample(
  names: readonly string[],
  records: readonly { readonly [name: string]: Nested }[],
  list: string | null,
): Sample {
  if (names.length > limits.columns) {
    throw refuse('invalid', 'files:refusal.too-many-columns', { columns: names.length, limit: limits.columns })
  }
  const rows: string[][] = []
  for (const record of records) {
    const flat = flatten(record, list)
    if ('rows' in flat) rows.push(...underHeaders(flat.rows, names))
    if (rows.length >= sampleRows) break
  }
  if (rows.length === 0 || names.length === 0) throw refuse('invalid', 'files:refusal.empty-file')
  const lists = names.map(name => (list !== null && name.startsWith(`${list}.`) ? list : null))
  return { headers: names, rows: rows.slice(0, sampleRows), lists }
}

/** Columns without names are called by their place, from 1. */
function sampleWithoutHeader(records: readonly (readonly string[])[]): Sample {
  const filled = records.filter(row => row.length > 0).slice(0, sampleRows)
  if (filled.length === 0) throw refuse('invalid', 'files:refusal.empty-file')
  const width = Math.max(...filled.map(row => row.length))
  if (width > limits.columns) {
    throw refuse('invalid', 'files:refusal.too-many-columns', { columns: width, limit: limits.columns })
  }
  return { headers: Array.from({ length: width }, (_, column) => String(column + 1)), rows: filled }
}

function sampleUnderHeader(records: readonly (readonly string[])[]): Sample {
  const [header, ...rows] = records
  const headers = headersOf(header)
  const filled = rows.filter(row => row.length > 0).slice(0, sampleRows)
  if (filled.length === 0) throw refuse('invalid', 'files:refusal.empty-file')
  return { headers, rows: filled }
}

/** Checks the first row: the names of the columns, each once. */
function headersOf(record: readonly string[] | undefined): string[] {
  if (!record || record.every(cell => cell.trim() === ''))
    throw refuse('invalid', 'files:refusal.no-header', { row: 1 })
  if (record.length > limits.columns) {
    throw refuse('invalid', 'files:refusal.too-many-columns', { columns: record.length, limit: limits.columns })
  }
  const headers = record.map(cell => cell.trim().slice(0, limits.cellCharacters))
  const seen = new Map<string, number>()
  for (const [column, name] of headers.entries()) {
    if (name === '') continue
    const first = seen.get(name)
    if (first !== undefined) {
      throw refuse('invalid', 'files:refusal.duplicate-header', { row: 1, name, first: first + 1, second: column + 1 })
    }
    seen.set(name, column)
  }
  const values = headers.filter(
    name =>
      readDecimal(name, '.') !== undefined ||
      typeof readMoment(name, { order: 'dmy', twoDigitYearsFrom: 2000, serial: false }) === 'object',
  )
  if (values.length * 2 > headers.filter(name => name !== '').length) {
    throw refuse('invalid', 'files:refusal.no-header', { row: 1 })
  }
  return headers
}

/** Streams the rows after the header, if there is one. `onRead` hears how many bytes of the file have been read. */
export async function* rowsOf(
  path: string,
  reading: Reading,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<TablePiece> {
  const skipped = reading.header === false ? 0 : 1
  if (reading.nature.format === 'xlsx') {
    yield { row: 1 + skipped, records: (await spreadsheetRecords(path)).slice(skipped) }
    return
  }
  if (reading.nature.format === 'parquet') {
    yield* parquetRows(path, reading.shape!, onRead)
    return
  }
  if (reading.nature.format === 'jsonl') {
    yield* jsonRows(path, reading, onRead)
    return
  }
  let row = 1
  let reader: ReturnType<typeof recordReader> | undefined
  const piece = (records: string[][]): TablePiece => {
    const start = row
    row += records.length
    return start === 1 ? { row: 1 + skipped, records: records.slice(skipped) } : { row: start, records }
  }
  for await (const text of textOf(bytesOf(path, reading.nature, onRead), reading.encoding)) {
    reader ??= recordReader(reading.delimiter, lineEndOf(text))
    const records = reader.push(text)
    if (records.length > 0) yield piece(records)
  }
  const records = reader?.end() ?? []
  if (records.length > 0) yield piece(records)
}

/** Rows are numbered as they would stand under a header. */
async function* parquetRows(path: string, shape: Shape, onRead: (bytes: number) => void): AsyncGenerator<TablePiece> {
  const file = await openParquet(path)
  try {
    const needed = shape.only?.map(at => shape.headers[at]!)
    const outer = (name: string) => file.tops.find(top => name === top || name.startsWith(`${top}.`)) ?? name
    let row = 2
    for await (const records of file.records({ ...(needed && { only: new Set(needed.map(outer)) }), onRead })) {
      const piece = nestedPiece(
        row,
        records.map(record => ({ record })),
        shape,
      )
      row += piece.records.length
      yield piece
    }
  } finally {
    await file.close()
  }
}

async function* jsonRows(path: string, reading: Reading, onRead: (bytes: number) => void): AsyncGenerator<TablePiece> {
  const reader = lineReader(limits.recordCharacters)
  let row = 2
  const piece = (lines: readonly string[]) => {
    const read = nestedPiece(row, lines.filter(line => line.trim() !== '').map(readLine), reading.shape!)
    row += read.records.length
    return read
  }
  for await (const text of textOf(bytesOf(path, reading.nature, onRead), reading.encoding)) {
    const lines = reader.push(text)
    if (reader.isTooLong() || lines.some(line => line.length > limits.recordCharacters)) throw tooLong(row)
    if (lines.length > 0) yield piece(lines)
  }
  const last = reader.end()
  if (last.length > 0) yield piece(last)
}

/** A record, or why there is none and how it begins. */
interface Read {
  readonly record?: { readonly [name: string]: Nested }
  readonly code?: string
  readonly value?: string
}

function readLine(line: string): Read {
  const record = readJsonLine(line)
  return typeof record === 'string' ? { code: record, value: line.slice(0, 100) } : { record }
}

function nestedPiece(row: number, read: readonly Read[], shape: Shape): TablePiece {
  const records: string[][] = []
  const broken = new Map<number, { code: string; value: string | null }>()
  for (const { record, code, value } of read) {
    const flat = record ? flatten(record, shape.lines) : { code: code! }
    if ('rows' in flat) records.push(...underHeaders(flat.rows, shape.headers))
    else {
      broken.set(records.length, { code: flat.code, value: value ?? null })
      records.push([])
    }
  }
  return broken.size > 0 ? { row, records, broken } : { row, records }
}
