import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { type Archive, oneAtATime } from './archive.ts'
import { encrypt } from './encryption.ts'
import type { Part } from './manifest.ts'

const compress = promisify(gzip)
/** The quickest level: a backup is made while the shop works, and its size matters less than its minutes. */
const level = 1

/** A backup: one tar file with each table in gzipped parts, which any `tar` and `gunzip` can open, encrypted or not. */
export async function openArchiveFile(to: string, passphrase?: string): Promise<Archive> {
  const unfinished = `${to}.unfinished`
  const disk = await open(unfinished, 'w', 0o600)
  const tar = pack()
  const inTurn = oneAtATime()
  const parts = new Map<string, Part[]>()
  const whole = withSum(tar as unknown as AsyncIterable<Buffer>)
  const written = (async () => {
    for await (const chunk of passphrase === undefined ? whole : encrypt(passphrase, whole)) await writeAll(disk, chunk)
  })()
  let failure: Error | undefined
  written.catch((error: Error) => {
    failure = error
    tar.destroy(error)
  })

  async function entry(path: string, sizeBytes: number, chunks: Iterable<Buffer> | AsyncIterable<Buffer>) {
    if (failure) throw failure
    const sink = tar.entry({ name: path, size: sizeBytes, mode: 0o600, mtime: new Date(0) })
    const closed = once(sink, 'close')
    closed.catch(() => {})
    for await (const chunk of chunks) {
      if (failure) throw failure
      if (chunk.length > 0 && !sink.write(chunk)) await Promise.race([once(sink, 'drain'), closed, written])
    }
    sink.end(null)
    await Promise.race([closed, written])
    if (failure) throw failure
  }

  return {
    unfinished,
    document: (path, content) => {
      const bytes = Buffer.from(content)
      return inTurn(() => entry(path, bytes.length, [bytes]))
    },
    async rows({ name }, lines, count) {
      const bytes = await compress(lines, { level })
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const mine = parts.get(name) ?? []
      parts.set(name, mine)
      const path = `tables/${name}/${String(mine.length + 1).padStart(6, '0')}.tsv.gz`
      mine.push({ path, rows: count, bytes: bytes.length, sha256 })
      await inTurn(() => entry(path, bytes.length, [bytes]))
    },
    async file(path, sizeBytes, chunks) {
      const sum = createHash('sha256')
      await inTurn(() => entry(path, sizeBytes, watched(chunks, sum)))
      return { path, bytes: sizeBytes, sha256: sum.digest('hex') }
    },
    partsOf: table => parts.get(table) ?? [],
    async finish() {
      tar.finalize()
      await written
      await disk.sync()
      await disk.close()
    },
    async publish() {
      await rename(unfinished, to)
      await syncFolder(dirname(to))
    },
    async abandon() {
      tar.destroy(new Error('given up'))
      await written.catch(() => {})
      await disk.close().catch(() => {})
      await rm(unfinished, { force: true })
    },
  }
}

/** Ends a stream with the SHA-256 of all of it, in hexadecimal: behind the end of a tar, where no reader of tars looks. */
async function* withSum(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  yield* watched(chunks, sum)
  yield Buffer.from(sum.digest('hex'))
}

async function writeAll(disk: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await disk.write(bytes, at)).bytesWritten
}

export async function* watched(chunks: AsyncIterable<Buffer>, sum: ReturnType<typeof createHash>) {
  for await (const chunk of chunks) {
    sum.update(chunk)
    yield chunk
  }
}

/** A new name is on the disk only when its folder is; where folders cannot be synced (Windows) the system sees to it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}
