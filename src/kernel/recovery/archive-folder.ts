import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { refuse } from '#kernel/refusal.ts'
import type { Archive } from './archive.ts'
import { syncFolder, watched } from './archive-file.ts'
import type { Part } from './manifest.ts'

/** An export: the same copy laid open, each table one text file that begins with the names of its columns. */
export async function openArchiveFolder(to: string): Promise<Archive> {
  const there = await readdir(to).catch(() => [])
  if (there.length > 0) throw refuse('conflict', 'recovery:refusal.folder-not-empty', { folder: to })
  const unfinished = `${to}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'tables'), { recursive: true, mode: 0o700 })
  const open_ = new Map<string, { file: FileHandle; sum: ReturnType<typeof createHash>; part: Part }>()

  async function fileOf(table: { readonly name: string; readonly columns: readonly { readonly name: string }[] }) {
    const known = open_.get(table.name)
    if (known) return known
    const path = `tables/${table.name}.tsv`
    const file = await open(join(unfinished, path), 'w', 0o600)
    const heading = Buffer.from(`${table.columns.map(({ name }) => name).join('\t')}\n`)
    await file.write(heading)
    const opened = {
      file,
      sum: createHash('sha256').update(heading),
      part: { path, rows: 0, bytes: heading.length, sha256: '' },
    }
    open_.set(table.name, opened)
    return opened
  }

  return {
    unfinished,
    document: (path, content) => writeFile(join(unfinished, path), content, { mode: 0o600, flush: true }),
    async rows(table, lines, count) {
      const { file, sum, part } = await fileOf(table)
      await file.write(lines)
      sum.update(lines)
      Object.assign(part, { rows: part.rows + count, bytes: part.bytes + lines.length })
    },
    async file(path, sizeBytes, chunks) {
      const target = join(unfinished, path)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      const sum = createHash('sha256')
      await pipeline(Readable.from(watched(chunks, sum)), createWriteStream(target, { mode: 0o600, flush: true }))
      return { path, bytes: sizeBytes, sha256: sum.digest('hex') }
    },
    partsOf(table) {
      const found = open_.get(table)
      return found ? [{ ...found.part, sha256: found.sum.copy().digest('hex') }] : []
    },
    async finish() {
      for (const { file } of open_.values()) {
        await file.sync()
        await file.close()
      }
      await syncFolder(unfinished)
    },
    async publish() {
      await rm(to, { recursive: true, force: true })
      await rename(unfinished, to)
      await syncFolder(dirname(to))
    },
    async abandon() {
      for (const { file } of open_.values()) await file.close().catch(() => {})
      await rm(unfinished, { recursive: true, force: true })
    },
  }
}
