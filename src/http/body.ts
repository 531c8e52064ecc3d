import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { refuse } from '#kernel/refusal.ts'

/** Segment's limit for a batch, packed and unpacked, so that its libraries cut their batches to fit. */
export const bodyLimit = 500 * 1024

const options = { maxOutputLength: bodyLimit }
const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)
const brotli = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)

/**
 * The bytes of a body as they were before packing. Gzip is told by its first two bytes, because the header that should say so is
 * often missing; deflate and Brotli only by the header, which is not believed of a body that is plainly JSON.
 */
export async function unpacked({ body, headers }: FastifyRequest): Promise<Buffer> {
  if (!Buffer.isBuffer(body)) throw refuse('invalid', 'http:refusal.bad-json')
  const encoding = String(headers['content-encoding'] ?? '').toLowerCase()
  try {
    if (body[0] === 0x1f && body[1] === 0x8b) return await gunzip(body, options)
    if (looksLikeJson(body)) return body
    if (encoding === 'br') return await brotli(body, options)
    // The two kinds of deflate: with a header of its own, as the standard has it, and without, as some libraries send it.
    if (encoding === 'deflate')
      return await ((body[0]! & 0x0f) === 8 ? inflate(body, options) : inflateRaw(body, options))
  } catch (error) {
    const isTooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge ? refuse('too-large', 'http:refusal.body-too-large') : refuse('invalid', 'http:refusal.bad-gzip')
  }
  return body
}

/** An object, after white space or a byte order mark. */
function looksLikeJson(body: Buffer): boolean {
  return /^\s*[{[]/.test(body.subarray(0, 64).toString('utf8'))
}

const decoder = new TextDecoder('utf-8', { fatal: true })

export function textOf(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw refuse('invalid', 'http:refusal.bad-text')
  }
}
