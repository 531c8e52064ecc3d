import { limits } from './limits.ts'

/** A value whose leaves are text already: what JSON lines and Parquet are read into. */
export type Leaf = string | null
export type Nested = Leaf | readonly Nested[] | { readonly [name: string]: Nested }

const deepest = 8
/** What shops call the lines of an order, most telling first. */
const lineNames =
  /(^|\.)(line_?items|order_?lines|lines|items|products|order_?items|details|明细|商品|商品明细|订单明细)$/i

/** One record as the rows that a table would have for it, or why it cannot be one. */
export type Flat =
  | { readonly rows: readonly ReadonlyMap<string, string>[] }
  | { readonly code: 'duplicate-key' | 'too-deep' }

/**
 * Writes a nested record flat: fields inside fields joined by dots, lists of plain values joined by commas. The list of
 * entries at `lines` becomes a row per entry, each beside what the whole record says; other lists of entries are left out,
 * since their rows would multiply each other.
 *
 * Example: `{id: '7', lines: [{sku: 'A'}, {sku: 'B'}]}` with `lines` becomes `{id: 7, lines.sku: A}, {id: 7, lines.sku: B}`.
 */
export function flatten(record: { readonly [name: string]: Nested }, lines: string | null): Flat {
  const whole = new Map<string, string>()
  let entries: readonly Nested[] = []
  const walk = (
    value: Nested,
    name: string,
    into: Map<string, string>,
    depth: number,
  ): 'duplicate-key' | 'too-deep' | undefined => {
    if (depth > deepest) return 'too-deep'
    if (value === null) return undefined
    if (isList(value)) {
      if (name === lines && into === whole) entries = value
      if (value.length === 0 || value.some(isRecord)) return undefined
      return put(
        into,
        name,
        value
          .filter(isLeaf)
          .filter(text => text !== null)
          .join(', '),
      )
    }
    if (typeof value === 'string') return put(into, name, value)
    for (const [key, inner] of Object.entries(value)) {
      const problem = walk(inner, name === '' ? key : `${name}.${key}`, into, depth + 1)
      if (problem) return problem
    }
    return undefined
  }
  const problem = walk(record, '', whole, 0)
  if (problem) return { code: problem }
  const filled = entries.filter(isRecord)
  if (filled.length === 0) return { rows: [whole] }
  const rows: Map<string, string>[] = []
  for (const entry of filled) {
    const row = new Map(whole)
    const own = new Map<string, string>()
    const wrong = walk(entry, lines!, own, 1)
    if (wrong) return { code: wrong }
    for (const [name, text] of own) row.set(name, text)
    rows.push(row)
  }
  return { rows }
}

/** Two ways to the same name (`{"a.b": 1, "a": {"b": 2}}`) say two things: neither is believed. */
function put(into: Map<string, string>, name: string, text: string): 'duplicate-key' | undefined {
  if (into.has(name)) return 'duplicate-key'
  into.set(name, text.length > limits.nestedCellCharacters ? text.slice(0, limits.nestedCellCharacters) : text)
  return undefined
}

/** Where lists of entries stand in a record. */
export function* listsOf(value: Nested, name = '', depth = 0): Generator<string> {
  if (value === null || typeof value === 'string' || depth > deepest) return
  if (isList(value)) {
    if (value.some(isRecord)) yield name
    return
  }
  for (const [key, inner] of Object.entries(value))
    yield* listsOf(inner, name === '' ? key : `${name}.${key}`, depth + 1)
}

/**
 * Which of several lists are the lines of an order: the one called so, else the first.
 *
 * Example: of `tags` and `line_items` it is `line_items`.
 */
export function lineListOf(names: readonly string[]): string | null {
  return names.find(name => lineNames.test(name)) ?? names[0] ?? null
}

const isList = (value: Nested): value is readonly Nested[] => Array.isArray(value)
const isLeaf = (value: Nested): value is Leaf => value === null || typeof value === 'string'
const isRecord = (value: Nested): value is { readonly [name: string]: Nested } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Puts flat rows under the columns of the file; what stands under no column is left out. */
export function underHeaders(rows: readonly ReadonlyMap<string, string>[], headers: readonly string[]): string[][] {
  return rows.map(row => headers.map(name => row.get(name) ?? ''))
}
