import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { readSheet } from 'read-excel-file/node'
import { refuse } from '#kernel/refusal.ts'
import { limits } from './limits.ts'

/**
 * The first sheet of an XLSX file as text cells: numbers keep the digits of the file, dates become
 * `2026-11-21 09:30:00`. A sheet is held in memory, so the file is measured first.
 */
export async function spreadsheetRecords(path: string): Promise<string[][]> {
  const bytes = await readFile(path)
  if (bytes.length > limits.spreadsheetBytes) throw tooLarge()
  await measure(bytes)
  let rows: readonly (readonly unknown[])[]
  try {
    rows = await readSheet(bytes, { parseNumber: (text: string) => text, trim: false })
  } catch (error) {
    throw Object.assign(refuse('invalid', 'files:refusal.broken-spreadsheet'), { cause: error })
  }
  if (rows.length > limits.spreadsheetRows) throw tooLarge()
  return rows.map(row => row.map(textOfCell))
}

function textOfCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 19).replace('T', ' ')
  const text = String(value)
  if (text.includes('\0')) throw refuse('invalid', 'files:refusal.nul-byte', { row: 0, column: 0 })
  return text
}

function tooLarge() {
  return refuse('too-large', 'files:refusal.spreadsheet-too-large', {
    rows: limits.spreadsheetRows,
    megabytes: limits.spreadsheetUnpackedBytes / 1024 ** 2,
  })
}

/**
 * Unpacks every part once without keeping it: what a zip says about its own sizes may be a lie, and a few kilobytes can
 * unpack to gigabytes.
 */
async function measure(zip: Buffer): Promise<void> {
  let unpacked = 0
  for (const part of partsOf(zip)) {
    if (part.method === 0) {
      unpacked += part.bytes.length
    } else if (part.method === 8) {
      const inflate = createInflateRaw()
      try {
        for await (const chunk of Readable.from([part.bytes]).pipe(inflate) as AsyncIterable<Buffer>) {
          unpacked += chunk.length
          if (unpacked > limits.spreadsheetUnpackedBytes) throw tooLarge()
        }
      } catch (error) {
        if ((error as { code?: string }).code?.startsWith('Z_')) throw broken()
        throw error
      } finally {
        inflate.destroy()
      }
    } else {
      throw broken()
    }
    if (unpacked > limits.spreadsheetUnpackedBytes) throw tooLarge()
  }
}

const broken = () => refuse('invalid', 'files:refusal.broken-spreadsheet')

/** The parts named in the zip's central directory (APPNOTE 4.3.12 and 4.3.16). */
function partsOf(zip: Buffer): { method: number; bytes: Buffer }[] {
  const tail = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (tail === -1 || tail + 22 > zip.length) throw broken()
  const count = zip.readUInt16LE(tail + 10)
  let at = zip.readUInt32LE(tail + 16)
  const parts = []
  for (let index = 0; index < count; index++) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50) throw broken()
    const method = zip.readUInt16LE(at + 10)
    const packed = zip.readUInt32LE(at + 20)
    const local = zip.readUInt32LE(at + 42)
    if (local + 30 > zip.length) throw broken()
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    if (start + packed > zip.length) throw broken()
    parts.push({ method, bytes: zip.subarray(start, start + packed) })
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return parts
}
