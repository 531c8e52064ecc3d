import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { UploadedFile } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { inspect } from './input.ts'

/** The first file of a multipart form, unread, and the fields that were sent before it. */
export async function uploadIn(
  request: FastifyRequest,
): Promise<{ file: UploadedFile; fields: Record<string, unknown> }> {
  const part = request.isMultipart() ? await firstFile(request) : undefined
  if (!part) throw refuse('invalid', 'http:refusal.no-file')
  const fields: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(part.fields)) {
    if (field && !Array.isArray(field) && field.type === 'field') fields[name] = field.value
  }
  const stream = Readable.from(wholeOrError(part.file), { objectMode: false })
  // Whoever reads it hears of the error; when nobody does any more, it must not end the process.
  stream.on('error', () => {})
  inspect(part.filename, 'file')
  return { file: { name: part.filename, stream }, fields }
}

/** A form without its boundary or its end is the sender's mistake, which the parser reports as a plain error. */
async function firstFile(request: FastifyRequest): ReturnType<FastifyRequest['file']> {
  try {
    return await request.file()
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== undefined) throw error
    throw refuse('invalid', 'http:refusal.upload-broken')
  }
}

/**
 * The parser ends a file that is over the limit as if it were complete, and reports a broken line in its own words. Half
 * a file of orders taken for a whole one would be wrong totals, so both become an error that the reader cannot miss.
 */
async function* wholeOrError(file: Readable & { readonly truncated: boolean }): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file) yield chunk as Buffer
  } catch {
    throw refuse('invalid', 'http:refusal.upload-broken')
  }
  if (file.truncated) throw refuse('too-large', 'http:refusal.body-too-large')
}
