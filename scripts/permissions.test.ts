import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { money, operation } from '#kernel/operation.ts'
import { rooms } from '#product/rooms.ts'
import { operationsOf } from '../src/http/index.ts'
import { canBeHidden } from '../src/kernel/access/hide.ts'
import { fieldsOf, openMoney, openUnsaid, permissionsTable } from './permissions.ts'

const file = join(import.meta.dirname, '../docs/reference/permissions.md')
const operations = operationsOf(rooms)

it('who may do what is as docs/reference/permissions.md shows it', () => {
  const text = permissionsTable(operations)
  if (process.env.GUANXI_WRITE_PERMISSIONS === 'yes') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
})

it('no amount of money stands open to who may not see money, but those that are said to, with the reason', () => {
  expect(operations.flatMap(openUnsaid)).toEqual([])
})

it('every reason is for something that is there', () => {
  const names = new Set<string>(operations.flatMap(({ id, permission }) => [id, permission]))
  expect(Object.keys(openMoney).filter(name => !names.has(name))).toEqual([])
})

it('every field of a group can be left out without breaking its contract', () => {
  const stuck = operations.flatMap(({ id, reply }) =>
    fieldsOf(reply)
      .filter(({ schema, groups }) => groups.length > 0 && isMarked(schema) && !canBeHidden(schema))
      .map(({ path }) => `${id}: ${path}`),
  )
  expect(stuck).toEqual([])
})

it('an amount that nobody marked is caught', () => {
  const planted = (paidMinor: z.ZodType) =>
    operation({
      id: 'planted',
      method: 'GET',
      path: '/api/planted',
      summary: '',
      permission: 'customers.read',
      reply: z.object({ items: z.array(z.object({ paidMinor })) }),
    }) as never
  expect(openUnsaid(planted(z.int()))).toEqual(['planted: items.paidMinor'])
  expect(openUnsaid(planted(money(z.int().nullable())))).toEqual([])
})

it('every act that the audit log keeps is said in words, in both languages', () => {
  const acts = operations.filter(
    ({ method, format, isQuestion, permission, path }) =>
      (method !== 'GET' || format !== undefined) &&
      !isQuestion &&
      permission !== 'public' &&
      permission !== 'member' &&
      !path.startsWith('/v1/'),
  )
  for (const language of ['en', 'zh']) {
    const words = readFileSync(join(import.meta.dirname, `../src/kernel/audit-log/words.${language}.json`), 'utf8')
    const { did } = JSON.parse(words) as { did: Record<string, string> }
    expect(
      acts.map(({ id }) => id).filter(id => !did[id]),
      language,
    ).toEqual([])
  }
})

const isMarked = (schema: z.ZodType) => (z.globalRegistry.get(schema)?.field as object | undefined) !== undefined
