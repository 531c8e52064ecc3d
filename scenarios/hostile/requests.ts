import fc from 'fast-check'
import { formWith, type Operation } from './door.ts'
import { files } from './files.ts'
import { brokenBodies, doubled, hostileText, hostileValue, poison, spoiled } from './hostile.ts'
import type { Given } from './judge.ts'
import { isNaming, type Remembered, type Row } from './remembered.ts'
import { allowedBy, type Schema } from './schemas.ts'

/** Requests of one operation: allowed ones, whose ids often belong together, and such as were spoiled in one place. */
export function requestFor(
  operation: Operation,
  given: { readonly definitions: Readonly<Record<string, Schema>>; readonly memory: Remembered },
): fc.Arbitrary<Given> {
  const parameters = (operation.parameters ?? []).filter(each => each.in === 'path' || each.in === 'query')
  const isOnce = operation.parameters?.some(each => each.in === 'header' && each.name === 'idempotency-key') === true
  const slots = fc.record(
    Object.fromEntries(
      parameters.map(each => {
        const allowed = allowedBy(each.schema, { ...given, name: each.name })
        const hostile = fc.oneof({ weight: 8, arbitrary: allowed }, { weight: 1, arbitrary: hostileText })
        return [
          `${each.in} ${each.name}`,
          each.in === 'path' ? hostile : fc.option(hostile, { freq: 2, nil: undefined }),
        ]
      }),
    ),
  )
  const content = operation.requestBody?.content ?? {}
  const isUpload = 'multipart/form-data' in content
  const schema = content['application/json']?.schema ?? Object.values(content)[0]?.schema
  const body = schema && !isUpload ? allowedBy(schema, given) : fc.constant(undefined)
  const spoil = fc.record({
    how: fc.constantFrom('not', 'not', 'not', 'replace', 'remove', 'add', 'double', 'double', 'broken'),
    at: fc.nat(1000),
    other: fc.nat(1000),
    by: fc.oneof(hostileValue, fc.constantFrom(...poison)),
    broken: fc.constantFrom(...brokenBodies),
  })
  const inPath = parameters.filter(each => each.in === 'path').map(each => each.name)
  const names = [...parameters.map(each => each.name), ...fieldsOf(schema, given.definitions)]
  const rows = given.memory.rows(names, inPath)
  const shared = rows.length > 0 ? fc.option(fc.constantFrom(...rows), { freq: 4 }) : fc.constant(null)
  const key = fc.option(
    fc.nat(60).map(number => `hostile-${number}`),
    { freq: 2, nil: undefined },
  )
  return fc
    .record({ slots, body, spoil, shared, key, file: files })
    .map(({ slots: filled, body: value, spoil: { how, at, other, by, broken }, shared: row, key: once, file }) => {
      const method = operation.method.toUpperCase()
      const isAllowed = how === 'not'
      const base = {
        method,
        url: addressOf(operation, named(filled, row)),
        isAllowed,
        ...(isOnce && once !== undefined && { headers: { 'idempotency-key': once } }),
      }
      if (!schema) return base
      if (isUpload) return how === 'broken' ? { ...base, ...broken } : { ...base, ...formWith(file) }
      if (how === 'broken') return { ...base, ...broken }
      const whole = withNames(value, row)
      const sent =
        how === 'not' ? whole : how === 'double' ? doubled(whole, { at, other, by }) : spoiled(whole, at, by, how)
      return { ...base, body: JSON.stringify(sent) ?? '' }
    })
}

/** What the request names in its path or query, by the same row where there is one. */
function named(filled: Readonly<Record<string, unknown>>, row: Row | null): [string, string, unknown][] {
  return Object.entries(filled).map(([slot, each]) => {
    const [place, name] = slot.split(' ') as [string, string]
    const isOfRow = row !== null && name in row && (place === 'path' || (each !== undefined && isNaming(name)))
    return [place, name, isOfRow ? row[name] : each]
  })
}

/** What the body names, by the same row as the path: the task of this customer, the line of this month. */
function withNames(value: unknown, row: Row | null): unknown {
  if (row === null || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const names = Object.keys(value).filter(name => isNaming(name) && name in row && row[name] !== null)
  return { ...value, ...Object.fromEntries(names.map(name => [name, row[name]])) }
}

function fieldsOf(schema: Schema | undefined, definitions: Readonly<Record<string, Schema>>): string[] {
  if (!schema) return []
  if (schema.$ref) return fieldsOf(definitions[schema.$ref.split('/').at(-1)!], definitions)
  return Object.keys(schema.properties ?? {})
}

function addressOf(operation: Operation, filled: readonly [string, string, unknown][]): string {
  const query = new URLSearchParams()
  let path = operation.path
  for (const [place, name, each] of filled) {
    const text = (typeof each === 'object' ? JSON.stringify(each) : String(each)).toWellFormed()
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(text.slice(0, 300)) || '%20')
    else if (each !== undefined) query.append(name, text.slice(0, 4000))
  }
  return `${path}${query.size > 0 ? `?${query}` : ''}`
}
