import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { Refusal, refuse } from '#kernel/refusal.ts'
import { digest, stateHashOf } from './digest.ts'
import { decrypt, isEncrypted } from './encryption.ts'
import { wholeLines } from './lines.ts'
import { headingName, type Manifest, manifestName, readManifest } from './manifest.ts'
import { notCounted } from './tables.ts'

const decompress = promisify(gunzip)
/** A SHA-256 in hexadecimal. */
const sumLength = 64
const pieceBytes = 4 * 1024 * 1024

/** What is done with a copy while it is read; reading it to look whether it is whole does nothing. */
export interface Taker {
  rows?(table: string, lines: Buffer, count: number): Promise<void>
  file?(path: string, chunks: AsyncIterable<Buffer>): Promise<void>
}

interface Entry {
  readonly path: string
  readonly chunks: AsyncIterable<Buffer>
}

interface Seen {
  readonly bytes: number
  readonly sha256: string
  readonly rows: number
}

/**
 * Reads a copy from its beginning to its end, in memory that does not grow with it, and holds every byte, row and digest
 * against the manifest. What differs is a refusal that names the place.
 */
export async function readCopy(path: string, passphrase?: string, taker: Taker = {}): Promise<Manifest> {
  const name = basename(path)
  const damaged = (place: string) => refuse('invalid', 'recovery:refusal.damaged', { name, place })
  const seen = new Map<string, Seen>()
  const digests = new Map<string, ReturnType<typeof digest>>()
  let found: Manifest | undefined
  let place = headingName
  try {
    for await (const { path: entry, chunks } of await entriesOf(path, passphrase)) {
      place = entry
      const sum = createHash('sha256')
      let bytes = 0
      const counted = (async function* () {
        for await (const chunk of chunks) {
          sum.update(chunk)
          bytes += chunk.length
          yield chunk
        }
      })()
      let rows = 0
      if (entry === manifestName || entry === headingName) {
        const text = (await gathered(counted)).toString('utf8')
        if (entry === manifestName) found = readManifest(text, name)
      } else if (entry.startsWith('tables/')) {
        const table = entry.split('/')[1]!.replace(/\.tsv$/, '')
        const mine = digests.get(table) ?? digest()
        digests.set(table, mine)
        for await (const lines of linesOf(entry, counted)) {
          const taken = mine.take(lines)
          rows += taken
          await taker.rows?.(table, lines, taken)
        }
      } else if (entry.startsWith('files/')) {
        if (taker.file) await taker.file(entry.slice('files/'.length), counted)
        for await (const _ of counted);
      } else {
        for await (const _ of counted);
        continue
      }
      seen.set(entry, { bytes, rows, sha256: sum.digest('hex') })
    }
  } catch (error) {
    if (error instanceof Refusal || isOfTheDatabase(error)) throw error
    throw Object.assign(damaged(place), { cause: error })
  }
  if (!found) throw seen.size === 0 ? refuse('invalid', 'recovery:refusal.not-a-copy', { name }) : damaged(manifestName)
  compare(found, seen, digests, damaged)
  return found
}

/** Errors of PostgreSQL carry a severity; they are no fault of the file. */
const isOfTheDatabase = (error: unknown) => error instanceof Error && ('severity' in error || 'syscall' in error)

function compare(
  found: Manifest,
  seen: ReadonlyMap<string, Seen>,
  digests: ReadonlyMap<string, ReturnType<typeof digest>>,
  damaged: (place: string) => Refusal,
): void {
  for (const table of found.tables) {
    for (const part of table.parts) {
      const is = seen.get(part.path)
      if (!is || is.sha256 !== part.sha256 || is.bytes !== part.bytes || is.rows !== part.rows) throw damaged(part.path)
    }
    const sum = digests.get(table.name) ?? digest()
    if (sum.rows !== table.rows || sum.hex() !== table.digest) throw damaged(table.name)
  }
  for (const file of found.files) if (seen.get(file.path)?.sha256 !== file.sha256) throw damaged(file.path)
  const columns = new Map(found.shapes.map(shape => [shape.name, shape.columns]))
  const counted = found.tables
    .filter(({ name }) => !notCounted.has(name))
    .map(table => ({ ...table, columns: columns.get(table.name) ?? [] }))
  if (stateHashOf(counted) !== found.stateHash) throw damaged(manifestName)
}

async function* linesOf(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (path.endsWith('.gz')) {
    yield await decompress(await gathered(chunks))
    return
  }
  let isFirst = true
  for await (const lines of wholeLines(chunks, pieceBytes)) {
    // An export begins each table with the names of its columns.
    yield isFirst ? lines.subarray(lines.indexOf(10) + 1) : lines
    isFirst = false
  }
}

async function gathered(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function entriesOf(path: string, passphrase: string | undefined): Promise<AsyncIterable<Entry>> {
  const about = await stat(path).catch(() => undefined)
  if (!about) throw refuse('not-found', 'recovery:refusal.no-file', { path })
  return about.isDirectory() ? entriesOfFolder(path) : entriesOfFile(path, passphrase)
}

async function* entriesOfFile(path: string, passphrase: string | undefined): AsyncGenerator<Entry> {
  const name = basename(path)
  const disk = createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
  const sealed = await hasSeal(path)
  if (sealed && passphrase === undefined) throw refuse('invalid', 'recovery:refusal.needs-passphrase', { name })
  const tar = extract()
  const plain = sealed ? decrypt(passphrase!, disk, name) : disk
  const fed = pipeline(Readable.from(withoutSum(plain), { objectMode: false }), tar)
  fed.catch(() => {})
  for await (const entry of tar) yield { path: entry.header.name, chunks: entry as AsyncIterable<Buffer> }
  await fed
}

/** Takes the sum off the end of a stream and holds the rest against it, so that not even a byte of padding can differ. */
async function* withoutSum(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  let kept: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const all = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk
    const whole = all.subarray(0, Math.max(all.length - sumLength, 0))
    kept = all.subarray(whole.length)
    sum.update(whole)
    if (whole.length > 0) yield whole
  }
  if (kept.toString('latin1') !== sum.digest('hex')) throw new Error('the file is not as it was written')
}

/** Whether a copy is encrypted, by how it begins. */
export async function hasSeal(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return isEncrypted(buffer)
  } finally {
    await file.close()
  }
}

async function* entriesOfFolder(path: string): AsyncGenerator<Entry> {
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  const paths = found
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(join(path, '/').length).replaceAll('\\', '/'))
    .sort()
  for (const each of paths) {
    yield {
      path: each,
      chunks: createReadStream(join(path, each), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>,
    }
  }
}
