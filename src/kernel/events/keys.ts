import { createHash } from 'node:crypto'

/**
 * Folds what makes an event itself into sixteen bytes, so that the table of keys that is kept for ever stays small. The
 * parts are joined with a byte that JSON text cannot hold, so that `['a', 'bc']` and `['ab', 'c']` differ.
 */
export function keyOf(parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** What orders and what is said of them are called by their merchants; another merchant may call its own the same. */
const numbered = new Set(['order', 'refund', 'cancelled'])

export interface Names {
  /** Whoever has one of these is the same event. */
  readonly keys: readonly string[]
  /** The numbers without their merchant: they belong to whoever came first, and to others only under another merchant. */
  readonly numbers: readonly string[]
  /** The numbers with their merchant, which are among the keys too. */
  readonly own: readonly string[]
}

/**
 * By what an event is known. Where it names a merchant its order's number is known with that merchant: two merchants may both
 * have an order 1001. Without one the number is all there is, as it has always been.
 *
 * Example: `['order', '', '1001']` of `tea` -> keys `['order', '', '1001', 'tea']`, numbers `['order', '', '1001']`.
 */
export function namesOf(parts: readonly (readonly string[])[], payload: object): Names {
  const { merchant } = payload as { merchant?: unknown }
  if (typeof merchant !== 'string' || merchant === '') return { keys: parts.map(keyOf), numbers: [], own: [] }
  const isNumber = (part: readonly string[]) => part.length === 3 && numbered.has(part[0]!)
  const own = parts.filter(isNumber).map(part => keyOf([...part, merchant]))
  return {
    keys: [...parts.filter(part => !isNumber(part)).map(keyOf), ...own],
    numbers: parts.filter(isNumber).map(keyOf),
    own,
  }
}

/** Stands in the table where a number is used by several merchants. */
export const severalOf = (number: string) => keyOf(['several', number])
