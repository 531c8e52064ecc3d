import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { refuse } from '#kernel/refusal.ts'
import type { Encoding, FileFormat } from './contract.ts'

const chunkBytes = 256 * 1024

/** What the first bytes say a file is. */
export interface FileNature {
  readonly format: FileFormat
  readonly gzip: boolean
}

export async function natureOf(path: string): Promise<FileNature> {
  const head = await firstBytes(path)
  if (head.length === 0) throw refuse('invalid', 'files:refusal.empty-file')
  if (head[0] === 0x1f && head[1] === 0x8b) {
    for await (const chunk of unpacked(path)) {
      if (isZip(chunk) || isParquet(chunk)) throw refuse('invalid', 'files:refusal.unknown-format')
      return { format: textFormatOf(chunk), gzip: true }
    }
    throw refuse('invalid', 'files:refusal.empty-file')
  }
  if (isZip(head)) return { format: 'xlsx', gzip: false }
  if (isParquet(head)) return { format: 'parquet', gzip: false }
  // The old binary Excel format, PDF and pictures would otherwise be read as text in a strange encoding.
  if (
    head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])) ||
    head.subarray(0, 4).toString('latin1') === '%PDF'
  ) {
    throw refuse('invalid', 'files:refusal.unknown-format')
  }
  return { format: textFormatOf(head), gzip: false }
}

/** No header begins with a brace; a whole list in brackets would have to be held in memory at once. */
function textFormatOf(head: Buffer): 'csv' | 'jsonl' {
  const text = head
    .subarray(markOf(head)?.bytes ?? 0, 64)
    .toString('latin1')
    .trimStart()
  if (/^\[\s*\{/.test(text) || text === '[') throw refuse('invalid', 'files:refusal.json-array')
  return text.startsWith('{') ? 'jsonl' : 'csv'
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isZip(bytes: Buffer): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04
}

function isParquet(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).toString('latin1') === 'PAR1'
}

/** The file's bytes, unpacked if need be. `onRead` hears how many bytes of the file itself have been read so far. */
export async function* bytesOf(
  path: string,
  nature: FileNature,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes })
  let read = 0
  file.on('data', chunk => {
    read += chunk.length
    onRead(read)
  })
  if (!nature.gzip) {
    yield* file as AsyncIterable<Buffer>
    return
  }
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  file.on('error', error => gunzip.destroy(error))
  file.pipe(gunzip)
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_')) {
      throw refuse('invalid', 'files:refusal.broken-gzip', { bytes: read })
    }
    throw error
  } finally {
    file.destroy()
    gunzip.destroy()
  }
}

function unpacked(path: string): AsyncGenerator<Buffer> {
  return bytesOf(path, { format: 'csv', gzip: true })
}

/** The encoding that a byte order mark announces, with the length of the mark. */
export function markOf(head: Buffer): { encoding: Encoding; bytes: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bytes: 2 }
  return undefined
}
