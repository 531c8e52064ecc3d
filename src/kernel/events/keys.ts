import { createHash } from 'node:crypto'

/**
 * Folds what makes an event itself into sixteen bytes, so that the table of keys that is kept for ever stays small. The
 * parts are joined with a byte that JSON text cannot hold, so that `['a', 'bc']` and `['ab', 'c']` differ.
 */
export function keyOf(parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
