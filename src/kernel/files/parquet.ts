import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet'
import { getTreePath, isFlatColumn, isListLike, isMapLike } from 'hyparquet/src/schema.js'
import { Refusal, refuse } from '#kernel/refusal.ts'
import type { Nested } from './flatten.ts'
import { limits } from './limits.ts'
import { assertGroupSound, brokenParquet, compressors } from './parquet-guard.ts'
import { type ExactKind, exactKindOf, exactText, plainText, textParsers } from './parquet-values.ts'

const cellsAtOnce = 500_000

export interface ParquetColumn {
  readonly name: string
  /** The list of entries in which it stands. */
  readonly list: string | null
}

export interface ParquetFile {
  readonly columns: readonly ParquetColumn[]
  /** Names of the outermost fields. */
  readonly tops: readonly string[]
  /** Records in pieces, row group by row group; `only` names the outermost columns that are needed. */
  records(choice: {
    readonly only?: ReadonlySet<string>
    readonly limit?: number
    readonly onRead?: (bytes: number) => void
  }): AsyncGenerator<{ readonly [name: string]: Nested }[]>
  close(): Promise<void>
}

/**
 * Opens a Parquet file: its directory is held against the file before a row is read. Amounts, dates and instants are taken as
 * they are stored and written as exact text, so that nothing passes through binary fractions.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const source: AsyncBuffer = {
      byteLength: size,
      async slice(start, end = size) {
        const length = end - start
        if (!(start >= 0 && length >= 0 && end <= size) || length > limits.parquetGroupBytes) throw brokenParquet()
        const bytes = new Uint8Array(length)
        const { bytesRead } = await file.read(bytes, 0, length, start)
        if (bytesRead !== length) throw brokenParquet()
        return bytes.buffer
      },
    }
    const { metadata, kinds } = await asBroken(() => directoryOf(source))
    const tree = parquetSchema(metadata)
    const columns = columnsOf(tree)
    if (columns.length > limits.columns) {
      throw refuse('invalid', 'files:refusal.too-many-columns', { columns: columns.length, limit: limits.columns })
    }
    return {
      columns,
      tops: tree.children.map(child => child.element.name),
      records: choice => recordsOf({ source, metadata, kinds, tree }, choice),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

interface Directory {
  readonly source: AsyncBuffer
  readonly metadata: FileMetaData
  readonly kinds: ReadonlyMap<SchemaElement, ExactKind>
  readonly tree: SchemaTree
}

async function directoryOf(source: AsyncBuffer): Promise<Pick<Directory, 'metadata' | 'kinds'>> {
  if (source.byteLength < 12) throw brokenParquet()
  const tail = new DataView(await source.slice(source.byteLength - 8, source.byteLength))
  const length = tail.getUint32(0, true)
  if (length > limits.parquetFooterBytes || length > source.byteLength - 12) throw brokenParquet()
  const metadata = await parquetMetadataAsync(source, { geoparquet: false })
  const rows = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n)
  if (rows !== metadata.num_rows || metadata.row_groups.some(group => group.num_rows < 0n)) throw brokenParquet()
  if (rows > BigInt(limits.parquetRows)) {
    throw refuse('too-large', 'files:refusal.parquet-too-large', { megabytes: limits.parquetGroupBytes / 1024 ** 2 })
  }
  const kinds = new Map<SchemaElement, ExactKind>()
  for (const element of metadata.schema) {
    // Texts, lists and maps are named in the older or the newer way; we read the older.
    const newer = element.logical_type?.type
    if (newer === 'LIST' || newer === 'MAP') element.converted_type = newer
    const kind = exactKindOf(element)
    if (kind === undefined) continue
    kinds.set(element, kind)
    delete element.converted_type
    delete element.logical_type
    if (kind.kind === 'text') element.converted_type = 'UTF8'
  }
  for (const group of metadata.row_groups) {
    for (const column of group.columns) {
      // Without its index of pages a column is read from its own bytes, which are the ones that were looked through.
      delete column.offset_index_offset
      delete column.column_index_offset
      if (!column.meta_data) throw brokenParquet()
    }
  }
  return { metadata, kinds }
}

function columnsOf(tree: SchemaTree): ParquetColumn[] {
  const found: ParquetColumn[] = []
  const walk = (node: SchemaTree, name: string, list: string | null): void => {
    if (isMapLike(node)) return
    const entry = entryOf(node)
    if (entry) {
      // A list inside a list has no place in a table.
      if (entry.children.length === 0) found.push({ name, list })
      else if (list === null) for (const child of entry.children) walk(child, `${name}.${child.element.name}`, name)
      return
    }
    if (node.children.length === 0) found.push({ name, list })
    for (const child of node.children) walk(child, `${name}.${child.element.name}`, list)
  }
  for (const child of tree.children) walk(child, child.element.name, null)
  return found
}

/** What stands in a list; nothing where the field is no list. */
function entryOf(node: SchemaTree): SchemaTree | undefined {
  if (isListLike(node)) {
    const repeated = node.children[0]!
    return repeated.children.length === 1 ? repeated.children[0]! : repeated
  }
  return node.element.repetition_type === 'REPEATED' ? node : undefined
}

async function* recordsOf(
  directory: Directory,
  { only, limit = Number.POSITIVE_INFINITY, onRead = () => {} }: Parameters<ParquetFile['records']>[0],
): AsyncGenerator<{ readonly [name: string]: Nested }[]> {
  const { source, metadata, tree } = directory
  const children = tree.children.filter(child => only?.has(child.element.name) ?? true)
  const names = children.map(child => child.element.name)
  const atOnce = Math.max(1000, Math.floor(cellsAtOnce / Math.max(names.length, 1)))
  let first = 0
  let bytesRead = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows)
    if (rows > 0) {
      bytesRead += await asBroken(() => lookThrough(directory, index, new Set(names)))
      for (let start = 0; start < rows && first + start < limit; start += atOnce) {
        const rowStart = first + start
        const rowEnd = Math.min(first + rows, rowStart + atOnce, limit)
        const read = await asBroken(() => readWindow(source, metadata, names, rowStart, rowEnd), rowStart)
        if (read.length !== rowEnd - rowStart) throw brokenParquet()
        yield read.map((cells, at) => {
          // A record without a prototype takes a column called `__proto__` like any other.
          const record: Record<string, Nested> = Object.create(null)
          for (const [place, child] of children.entries()) {
            record[child.element.name] = textOf(child, cells[place], directory.kinds, rowStart + at + 2)
          }
          return record
        })
      }
      onRead(bytesRead)
    }
    first += rows
    if (first >= limit) return
  }
}

/** Reads the headers of all pages that are needed of a group; answers how many bytes they take. */
async function lookThrough({ source, metadata, tree }: Directory, index: number, names: ReadonlySet<string>) {
  const group = metadata.row_groups[index]!
  const chunks = []
  let length = 0
  for (const { meta_data: column } of group.columns) {
    if (!column || !names.has(column.path_in_schema[0]!)) continue
    const start = Number(column.dictionary_page_offset || column.data_page_offset)
    const bytes = await source.slice(start, start + Number(column.total_compressed_size))
    const isFlat = isFlatColumn(getTreePath(tree, column.path_in_schema))
    assertGroupSound({ ...group, columns: [] }, [{ column, bytes, isFlat }])
    chunks.push({ column, bytes: new ArrayBuffer(0), isFlat })
    length += bytes.byteLength
  }
  if (chunks.length === 0) throw brokenParquet()
  return length
}

async function readWindow(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<unknown[][]> {
  let rows: unknown[][] = []
  await parquetRead({
    file,
    metadata,
    columns,
    rowStart,
    rowEnd,
    compressors,
    utf8: false,
    geoparquet: false,
    parsers: textParsers as never,
    onComplete: read => {
      rows = read as unknown[][]
    },
  })
  return rows
}

function textOf(node: SchemaTree, value: unknown, kinds: ReadonlyMap<SchemaElement, ExactKind>, row: number): Nested {
  if (value === null || value === undefined) return null
  const entry = entryOf(node)
  if (entry && (Array.isArray(value) || ArrayBuffer.isView(value))) {
    return Array.from(value as ArrayLike<unknown>, inner => fieldsOf(entry, inner, kinds, row))
  }
  return fieldsOf(node, value, kinds, row)
}

function fieldsOf(node: SchemaTree, value: unknown, kinds: ReadonlyMap<SchemaElement, ExactKind>, row: number): Nested {
  if (value === null || value === undefined) return null
  if (isMapLike(node)) {
    const inner = node.children[0]!.children[1]!
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, textOf(inner, entry, kinds, row)]))
  }
  if (node.children.length > 0) {
    const record: Record<string, Nested> = Object.create(null)
    for (const child of node.children) {
      record[child.element.name] = textOf(child, (value as Record<string, unknown>)[child.element.name], kinds, row)
    }
    return record
  }
  const kind = kinds.get(node.element)
  const text = kind ? exactText(value, kind) : plainText(value, node.element)
  if (text.includes('\0')) throw refuse('invalid', 'files:refusal.nul-byte', { row, column: 0 })
  return text
}

/** What the library stumbles over is a broken file; what we refuse ourselves keeps its reason. */
async function asBroken<Answer>(read: () => Promise<Answer>, rowStart = 0): Promise<Answer> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Refusal) throw error
    if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw refuse('invalid', 'files:refusal.wrong-encoding', { row: rowStart + 2, encoding: 'utf-8' })
    }
    throw Object.assign(brokenParquet(), { cause: error })
  }
}
