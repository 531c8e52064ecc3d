import { isUtf8 } from 'node:buffer'
import { refuse } from '#kernel/refusal.ts'
import type { Encoding } from './contract.ts'
import { limits } from './limits.ts'
import { markOf } from './source.ts'

const lineFeed = 0x0a

/**
 * Decodes strictly: a byte that does not belong to the encoding is refused with its line, since a wrong encoding makes
 * wrong names quietly. Pieces are cut at line ends, which no encoding of ours uses inside a character.
 */
export async function* textOf(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  let first = true
  const decode = encoding === 'utf-16le' ? wide() : strict(encoding)
  for await (let chunk of chunks) {
    if (first) {
      const mark = markOf(chunk)
      if (mark?.encoding === encoding) chunk = chunk.subarray(mark.bytes)
      first = false
    }
    if (encoding === 'utf-16le') {
      yield withoutNul(decode(chunk, line), line)
      continue
    }
    const end = chunk.lastIndexOf(lineFeed) + 1
    if (end === 0) {
      rest = Buffer.concat([rest, chunk])
      if (rest.length > 4 * limits.recordCharacters) throw tooLong(line)
      continue
    }
    const piece = rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([rest, chunk.subarray(0, end)])
    rest = Buffer.from(chunk.subarray(end))
    yield withoutNul(decode(piece, line), line)
    line += linesIn(piece)
  }
  if (rest.length > 0) yield withoutNul(decode(rest, line), line)
}

export function tooLong(row: number) {
  return refuse('invalid', 'files:refusal.line-too-long', { row, limit: limits.recordCharacters })
}

function strict(encoding: 'utf-8' | 'gb18030'): (piece: Buffer, line: number) => string {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  const fits = (piece: Buffer) => {
    if (encoding === 'utf-8') return isUtf8(piece)
    try {
      decoder.decode(piece)
      return true
    } catch {
      return false
    }
  }
  return (piece, line) => {
    if (fits(piece)) return encoding === 'utf-8' ? piece.toString('utf8') : decoder.decode(piece)
    let start = 0
    let row = line
    for (;;) {
      const end = piece.indexOf(lineFeed, start)
      const one = piece.subarray(start, end === -1 ? piece.length : end)
      if (end === -1 || !fits(one)) throw refuse('invalid', 'files:refusal.wrong-encoding', { row, encoding })
      start = end + 1
      row++
    }
  }
}

function wide(): (piece: Buffer, line: number) => string {
  const decoder = new TextDecoder('utf-16le', { fatal: true })
  return (piece, row) => {
    try {
      return decoder.decode(piece, { stream: true })
    } catch {
      throw refuse('invalid', 'files:refusal.wrong-encoding', { row, encoding: 'utf-16le' })
    }
  }
}

function withoutNul(text: string, line: number): string {
  const at = text.indexOf('\0')
  if (at === -1) return text
  const before = text.slice(0, at)
  const row = line + before.split('\n').length - 1
  throw refuse('invalid', 'files:refusal.nul-byte', { row, column: at - before.lastIndexOf('\n') })
}

function linesIn(piece: Buffer): number {
  let lines = 0
  for (let at = piece.indexOf(lineFeed); at !== -1; at = piece.indexOf(lineFeed, at + 1)) lines++
  return lines
}

/** Whether a sample, cut somewhere inside a character, could be this encoding. */
export function couldBe(encoding: Encoding, sample: Buffer): boolean {
  const whole = sample.subarray(0, sample.lastIndexOf(lineFeed) + 1)
  if (whole.length === 0) return sample.length > 0 && decodes(encoding, sample, true)
  return decodes(encoding, whole, false)
}

function decodes(encoding: Encoding, bytes: Buffer, cut: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut })
    return true
  } catch {
    return false
  }
}
