import type { Change } from './contract.ts'

const mostChanges = 100
const longestText = 400

/**
 * What differs between two answers, value by value, in the order of the path. A list is compared by place; where a thing is new or
 * gone, its values are listed one by one, so that every line of a log has one old and one new value.
 *
 * Example: `{ name: 'Lin', tier: { days: 30 } }` and `{ name: 'Lin', tier: { days: 60 } }` -> `tier.days`, 30, 60.
 */
export function difference(before: unknown, after: unknown): Change[] {
  const changes: Change[] = []
  compare('', before, after, changes)
  return changes.slice(0, mostChanges)
}

function compare(path: string, before: unknown, after: unknown, changes: Change[]): void {
  if (changes.length >= mostChanges || Object.is(before, after)) return
  if (isNested(before) || isNested(after)) {
    const old = isNested(before) ? before : {}
    const now = isNested(after) ? after : {}
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    for (const key of keys) compare(path ? `${path}.${key}` : key, old[key], now[key], changes)
    if (keys.length > 0) return
  }
  const from = shown(before)
  const to = shown(after)
  if (JSON.stringify(from) !== JSON.stringify(to)) changes.push({ path, before: from, after: to })
}

const isNested = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function shown(value: unknown): unknown {
  if (value === undefined) return null
  return typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}…` : value
}
