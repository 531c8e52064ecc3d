import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Operation } from '#kernel/operation.ts'
import { memberSessionOperations } from '../../src/http/member-session.ts'
import { rooms } from '../../src/product/rooms.ts'

const operations: readonly Operation[] = [
  ...(memberSessionOperations as unknown as Operation[]),
  ...rooms.flatMap(room => room.routes ?? []).map(route => route.operation),
]

const sources = readdirSync(import.meta.dirname)
  .filter(name => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map(name => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('\n')

/** `tell<typeof takeReward>('POST', `/api/…/${id}/take`)` and `useAsked<typeof myPoints>('/api/…')`. */
const calls = [
  ...[...sources.matchAll(/(?:useAsked|ask)<typeof (\w+)>\(\s*['"`]([^'"`]+)['"`]/g)].map(
    ([, name, path]) => [name!, 'GET', path!] as const,
  ),
  ...[...sources.matchAll(/tell<typeof (\w+)>\(\s*'(\w+)',\s*['"`]([^'"`]+)['"`]/g)].map(
    ([, name, method, path]) => [name!, method!, path!] as const,
  ),
]

test('every call of the card is an operation for members, or one that opens or closes it', () => {
  const unknown = calls.filter(([, method, path]) => {
    const pattern = path.split('?')[0]!.replace(/\$\{[^}]+\}/g, '{}')
    const called = operations.find(each => each.method === method && each.path.replace(/\{\w+\}/g, '{}') === pattern)
    if (!called) return true
    return called.permission !== 'member' && !called.path.startsWith('/api/member/session')
  })
  expect(unknown).toEqual([])
  expect(calls.length).toBeGreaterThanOrEqual(20)
})
