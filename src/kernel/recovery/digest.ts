import { createHash, hash } from 'node:crypto'

/**
 * Rows counted and digested whatever their order: the sum, word by word and modulo 2^32, of the SHA-256 of every line as the
 * copy holds it (without its line feed). Two databases that hold the same rows have the same digest, and anybody can work it
 * out from the files of an export.
 */
export interface Digest {
  /** Whole lines only, each with its line feed. */
  take(lines: Buffer): number
  readonly rows: number
  hex(): string
}

export function digest(): Digest {
  const sums = new Uint32Array(8)
  let rows = 0
  return {
    take(lines) {
      let begin = 0
      let taken = 0
      for (let end = lines.indexOf(10, begin); end >= 0; end = lines.indexOf(10, begin)) {
        const one = hash('sha256', lines.subarray(begin, end), 'buffer')
        for (let word = 0; word < 8; word++) sums[word] = sums[word]! + one.readUInt32BE(word * 4)
        begin = end + 1
        taken++
      }
      rows += taken
      return taken
    },
    get rows() {
      return rows
    },
    hex: () => [...sums].map(word => word.toString(16).padStart(8, '0')).join(''),
  }
}

export interface TableDigest {
  readonly name: string
  readonly columns: readonly { readonly name: string }[]
  readonly rows: number
  readonly digest: string
}

/** One hash for all of it: SHA-256 over a line for each table, in the order of their names: name, columns, rows, digest. */
export function stateHashOf(tables: readonly TableDigest[]): string {
  const lines = [...tables]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(
      ({ name, columns, rows, digest: sum }) =>
        `${name}\t${columns.map(each => each.name).join(',')}\t${rows}\t${sum}\n`,
    )
  return createHash('sha256').update(lines.join('')).digest('hex')
}
