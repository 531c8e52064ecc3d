import type { Part } from './manifest.ts'
import type { Shape } from './tables.ts'

/** Where a copy is written: one file, or a folder to read in. Nothing stands under the final name before `publish`. */
export interface Archive {
  /** Where it lies until it is published. */
  readonly unfinished: string
  /** A document of its own, beside the rows. */
  document(path: string, content: string): Promise<void>
  /** Rows of a table, whole lines. Several tables may be written at the same time, one of them by one writer at a time. */
  rows(table: Shape, lines: Buffer, count: number): Promise<void>
  /** A file of the business, such as one that was uploaded. */
  file(path: string, sizeBytes: number, chunks: AsyncIterable<Buffer>): Promise<Omit<Part, 'rows'>>
  partsOf(table: string): readonly Part[]
  /** Everything is on the disk, under its unfinished name. */
  finish(): Promise<void>
  /** Gives it its name, in one step. */
  publish(): Promise<void>
  /** Removes what was written. */
  abandon(): Promise<void>
}

/** One at a time, in the order of asking. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve()
  return work => {
    const mine = before.then(work)
    before = mine.catch(() => {})
    return mine
  }
}
