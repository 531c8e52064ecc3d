import { z } from 'zod'
import { refuse } from '#kernel/refusal.ts'

/** The format of copies, of one file or of a folder. A reader refuses a number above its own. */
export const formatVersion = 1

const column = z.object({ name: z.string(), type: z.string(), isNullable: z.boolean() })

const part = z.object({
  path: z.string(),
  rows: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().length(64),
})

export const shape = z.object({
  name: z.string().regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/),
  columns: z.array(column),
  primaryKey: z.array(z.string()),
  partitions: z.array(
    z.object({
      name: z.string().regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/),
      // It becomes part of a statement, so nothing but two instants can stand in it.
      bound: z.string().regex(/^FOR VALUES FROM \('[0-9:+ -]+'\) TO \('[0-9:+ -]+'\)$/),
    }),
  ),
})

/** What stands first in a copy: what it is of, and the tables to come. */
export const heading = z.object({
  format: z.literal('guanxi-copy'),
  formatVersion: z.number().int(),
  product: z.string(),
  madeAt: z.iso.datetime(),
  postgres: z.string(),
  business: z.string(),
  migrations: z.array(z.object({ room: z.string(), file: z.string() })),
  shapes: z.array(shape),
})

/** What stands last: every part with its checksum, every table with its rows and digest. */
export const manifest = heading.extend({
  tables: z.array(
    z.object({ name: z.string(), rows: z.number().int(), digest: z.string().length(64), parts: z.array(part) }),
  ),
  files: z.array(part.omit({ rows: true })),
  rows: z.number().int(),
  stateHash: z.string().length(64),
})

export type Heading = z.infer<typeof heading>
export type Manifest = z.infer<typeof manifest>
export type Part = z.infer<typeof part>

export const manifestName = 'manifest.json'
export const headingName = 'guanxi.json'

/** Reads a manifest; one of a later format, or none at all, is refused with its own sentence. */
export function readManifest(text: string, name: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('invalid', 'recovery:refusal.not-a-copy', { name })
  }
  const found = z.object({ format: z.literal('guanxi-copy'), formatVersion: z.number() }).safeParse(value)
  if (!found.success) throw refuse('invalid', 'recovery:refusal.not-a-copy', { name })
  if (found.data.formatVersion > formatVersion) {
    throw refuse('conflict', 'recovery:refusal.newer-format', { name, found: found.data.formatVersion })
  }
  const read = manifest.safeParse(value)
  if (!read.success) throw refuse('invalid', 'recovery:refusal.damaged', { name, place: manifestName })
  return read.data
}
