import fc from 'fast-check'

/** Texts that have broken servers before: each stands for a class of faults (TESTS S1, S2, S7-S12). */
export const poison: readonly string[] = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u202ddesrever',
  '\ufeff',
  '👩‍👩‍👧‍👦👨🏿‍🚒',
  '王'.repeat(300),
  "'; drop table parties.party; --",
  '" or 1=1 --',
  '$1',
  '%',
  '_',
  '\\',
  '{{7*7}}',
  '${' + '7*7}',
  '<script>alert(1)</script>',
  '=HYPERLINK("http://x","y")',
  '../../../../etc/passwd',
  '/%2e%2e/%2e%2e',
  'a\r\nX-Injected: 1',
  'NaN',
  'Infinity',
  '1e309',
  '-0',
  '0x10',
  '9007199254740993',
  '2026-02-30',
  '0000-00-00',
  '9999-12-31T23:59:60Z',
  '+275760-09-13T00:00:00Z',
  'infinity',
  'Europe/Atlantis',
  'XXX',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
]

export const hostileText = fc.oneof(
  fc.constantFrom(...poison),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(10, 1000, 70_000).map(length => 'x'.repeat(length)),
)

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: { b: {} } }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      0,
      -0,
      -1,
      1.5,
      2 ** 31,
      2 ** 31 - 1,
      -(2 ** 31) - 1,
      2 ** 53,
      2 ** 53 - 1,
      1e308,
      -1e-7,
      1e21,
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

/** Changes one place of a value, chosen by `at`: another value, nothing, or one more field beside it. */
export function spoiled(value: unknown, at: number, by: unknown, how: 'replace' | 'remove' | 'add'): unknown {
  const places = placesIn(value)
  const path = places[at % places.length]!
  return changed(value, path, by, how)
}

/**
 * Makes of two what should be one, or the other way round: an element of a list a second time, whole or with one field changed;
 * two places equal; two places swapped. Each list must refuse it or mean it; the database must never be the one who says so.
 *
 * Example: `{items: [{id: 1}]}` may become `{items: [{id: 1}, {id: 1}]}`.
 */
export function doubled(
  value: unknown,
  { at, other, by }: { readonly at: number; readonly other: number; readonly by: unknown },
): unknown {
  const places = placesIn(value)
  const lists = places.filter(path => {
    const list = valueAt(value, path)
    return Array.isArray(list) && list.length > 0
  })
  const path = lists[at % Math.max(lists.length, 1)]
  if (path !== undefined && other % 3 > 0) {
    const list = valueAt(value, path) as unknown[]
    const again = list[at % list.length]
    return changed(value, path, [...list, other % 3 === 1 ? again : spoiled(again, other, by, 'replace')], 'replace')
  }
  const leaves = places.filter(each => !isHolder(valueAt(value, each)))
  const [one, two] = [leaves[at % Math.max(leaves.length, 1)], leaves[other % Math.max(leaves.length, 1)]]
  if (one === undefined || two === undefined) return value
  const [first, second] = [valueAt(value, one), valueAt(value, two)]
  const equal = changed(value, two, first, 'replace')
  return (other >> 4) % 2 === 0 ? equal : changed(equal, one, second, 'replace')
}

const isHolder = (value: unknown) => typeof value === 'object' && value !== null

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((within, step) => (within as Readonly<Record<string | number, unknown>>)[step], value)

type Path = readonly (string | number)[]

function placesIn(value: unknown, path: Path = []): Path[] {
  if (!isHolder(value)) return [path]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object)
  return [path, ...inner.flatMap(([key, each]) => placesIn(each, [...path, key]))]
}

function changed(value: unknown, path: Path, by: unknown, how: 'replace' | 'remove' | 'add'): unknown {
  const [first, ...rest] = path
  if (first === undefined) {
    if (how === 'add' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      // Not a spread: `__proto__` must become a field of its own, as it does in a parsed body.
      return Object.fromEntries([...Object.entries(value), [typeof by === 'string' ? by : 'extra', by]])
    }
    return how === 'remove' ? undefined : by
  }
  if (Array.isArray(value)) return value.map((each, index) => (index === first ? changed(each, rest, by, how) : each))
  return Object.fromEntries(
    Object.entries(value as object).map(([key, each]) => [key, key === first ? changed(each, rest, by, how) : each]),
  )
}

/** Bodies that are not JSON, or more of it than anybody needs. */
export const brokenBodies: readonly { readonly body: string; readonly type?: string }[] = [
  { body: '' },
  { body: '{' },
  { body: '{"a":1,}' },
  { body: 'null' },
  { body: '"text"' },
  { body: '[1,2' },
  { body: '{"a":1}{"b":2}' },
  { body: '{"__proto__":{"polluted":true}}' },
  { body: '{"constructor":{"prototype":{"polluted":true}}}' },
  { body: '{"a":1,"a":2}' },
  { body: '['.repeat(50_000) + ']'.repeat(50_000) },
  { body: `{"a":${'{"b":'.repeat(5_000)}1${'}'.repeat(5_000)}}` },
  { body: `{"a":"${'x'.repeat(2_000_000)}"}` },
  { body: '{"a":1e999}' },
  { body: '\u0000\u0001\u0002' },
  { body: '{"a":1}', type: 'application/xml' },
  { body: 'a=1&b=2', type: 'application/x-www-form-urlencoded' },
  { body: '--x\r\n', type: 'multipart/form-data; boundary=x' },
  { body: '--x\r\n', type: 'multipart/form-data' },
  { body: '{"a":1}', type: 'application/json; charset=utf-16' },
]
