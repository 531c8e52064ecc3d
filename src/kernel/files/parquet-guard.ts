import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type ColumnMetaData, type Compressors, type DataReader, type RowGroup, snappyUncompress } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { refuse } from '#kernel/refusal.ts'
import { limits } from './limits.ts'

/**
 * What a Parquet file says about its own sizes may be a lie, and a page of a few bytes can claim to hold gigabytes. So every
 * page's header is read before anything is unpacked: only what fits the bounds and agrees with the directory goes on.
 */
export function assertGroupSound(
  group: RowGroup,
  chunks: readonly { readonly column: ColumnMetaData; readonly bytes: ArrayBuffer; readonly isFlat: boolean }[],
): void {
  const rows = Number(group.num_rows)
  let unpacked = 0
  let values = 0
  for (const { column, bytes, isFlat } of chunks) {
    const found = pagesOf(bytes)
    unpacked += found.unpacked
    values += found.values
    if (unpacked > limits.parquetGroupBytes || values > limits.parquetGroupValues) throw tooLarge()
    if (isFlat && found.values !== rows) throw brokenParquet()
    if (found.values !== Number(column.num_values)) throw brokenParquet()
  }
}

function pagesOf(bytes: ArrayBuffer): { unpacked: number; values: number } {
  const reader: DataReader = { view: new DataView(bytes), offset: 0 }
  let unpacked = 0
  let values = 0
  while (reader.offset < bytes.byteLength - 1) {
    const header = parquetHeader(reader)
    const { uncompressed_page_size: size, compressed_page_size: packed } = header
    const count = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0
    const words = header.dictionary_page_header?.num_values ?? 0
    const levels = header.data_page_header_v2
    if (![size, packed, count, words].every(number => Number.isInteger(number) && number >= 0)) throw brokenParquet()
    if (levels && (levels.num_nulls > count || levels.num_nulls < 0)) throw brokenParquet()
    if (reader.offset + packed > bytes.byteLength) throw brokenParquet()
    if (size > limits.parquetPageBytes || count > limits.parquetPageValues) throw tooLarge()
    // Each word of a dictionary takes at least a bit of its page.
    if (words > size * 8) throw brokenParquet()
    unpacked += size
    values += count
    reader.offset += packed
  }
  return { unpacked, values }
}

export const brokenParquet = () => refuse('invalid', 'files:refusal.broken-parquet')

function tooLarge() {
  return refuse('too-large', 'files:refusal.parquet-too-large', { megabytes: limits.parquetGroupBytes / 1024 ** 2 })
}

const bounded =
  (unpack: (packed: Uint8Array, length: number) => Uint8Array) => (packed: Uint8Array, length: number) => {
    if (length > limits.parquetPageBytes) throw tooLarge()
    return unpack(packed, length)
  }

/** Node's own libraries, never beyond the length that the page announces. */
export const compressors: Compressors = {
  SNAPPY: bounded((packed, length) => {
    const page = new Uint8Array(length)
    snappyUncompress(packed, page)
    return page
  }),
  GZIP: bounded((packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(length, 1) })),
  BROTLI: bounded((packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(length, 1) })),
  ZSTD: bounded((packed, length) => zstdDecompressSync(packed, { maxOutputLength: Math.max(length, 1) })),
}
