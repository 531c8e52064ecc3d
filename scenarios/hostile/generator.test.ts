import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Operation } from './door.ts'
import { doubled } from './hostile.ts'
import { judge } from './judge.ts'
import { remembering } from './remembered.ts'
import { requestFor } from './requests.ts'
import { scheduleOf } from './schedule.ts'
import type { Schema } from './schemas.ts'

const uuid: Schema = { type: 'string', format: 'uuid' }
const operationOf = (path: string, body?: Schema): Operation => ({
  ...{ operationId: 'changeRules', method: 'put', path, responses: { 200: {} }, 'x-permission': 'signed-in' },
  parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name: name!, in: 'path', schema: uuid })),
  ...(body && { requestBody: { content: { 'application/json': { schema: body } } } }),
})
const sampled = (operation: Operation, memory = remembering()) =>
  fc.sample(requestFor(operation, { definitions: {}, memory }), { seed: 7, numRuns: 400 })

describe('what is sent', () => {
  test('a list often names one thing twice: what a server without a check for it fails at', () => {
    const rule: Schema = {
      type: 'object',
      properties: { ruleId: uuid, days: { type: 'integer' } },
      required: ['ruleId'],
    }
    const list: Schema = { type: 'object', properties: { items: { type: 'array', items: rule } }, required: ['items'] }
    const bodies = sampled(operationOf('/api/rules', list)).map(({ body }) => body ?? '')
    const isTwice = (body: string) => {
      const ids = [...body.matchAll(/"ruleId":"([0-9a-f-]{36})"/g)].map(([, id]) => id)
      return new Set(ids).size < ids.length
    }
    expect(bodies.filter(isTwice).length).toBeGreaterThan(20)
  })

  test('ids that were answered together are asked for together', () => {
    const memory = remembering()
    const ids = fc.sample(fc.tuple(fc.uuid(), fc.uuid()), { seed: 1, numRuns: 30 })
    memory.learn({ items: ids.map(([taskId, partyId]) => ({ taskId, partyId, state: 'open' })) })
    const body: Schema = { type: 'object', properties: { partyId: uuid }, required: ['partyId'] }
    const pairs = new Set(ids.slice(0, 20).map(pair => pair.join()))
    const matching = sampled(operationOf('/api/tasks/{taskId}/close', body), memory).filter(({ url, body: sent }) => {
      const partyId = /"partyId":"([^"]+)"/.exec(sent ?? '')?.[1]
      return pairs.has(`${url.split('/')[3]},${partyId}`)
    })
    expect(matching.length).toBeGreaterThan(100)
  })

  test('whose it is is remembered from the request where the answer does not say so', () => {
    const memory = remembering()
    memory.learn({ visitId: 'v1', left: 9 }, { partyId: 'p1', cardId: 'c1', note: 'of no use' })
    expect(memory.rows(['partyId', 'visitId'])).toEqual([{ partyId: 'p1', cardId: 'c1', visitId: 'v1', left: 9 }])
  })

  test('edges of whole numbers, of days and of instants are tried where they are allowed', () => {
    const body: Schema = {
      type: 'object',
      properties: {
        count: { type: 'integer', minimum: 0, maximum: 1e12 },
        on: { type: 'string', format: 'date' },
        at: { type: 'string', format: 'date-time' },
      },
      required: ['count', 'on', 'at'],
    }
    const sent = sampled(operationOf('/api/edges', body))
      .map(each => each.body ?? '')
      .join('\n')
    for (const edge of ['2147483648', '1000000000000', '"0001-01-01"', '"9999-12-31"', '"0001-01-01T00:00:00Z"']) {
      expect(sent).toContain(edge)
    }
  })
})

describe('doubled', () => {
  test('repeats an element, makes two places equal, or swaps them; never anything else', () => {
    const value = {
      items: [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ],
    }
    const all = fc.sample(fc.record({ at: fc.nat(50), other: fc.nat(50) }), { seed: 3, numRuns: 300 })
    const seen = new Set(all.map(given => JSON.stringify(doubled(value, { ...given, by: null }))))
    expect(seen).toContain('{"items":[{"id":"a","n":1},{"id":"b","n":2},{"id":"b","n":2}]}')
    expect(seen).toContain('{"items":[{"id":"a","n":1},{"id":"a","n":2}]}')
    expect(seen).toContain('{"items":[{"id":"b","n":1},{"id":"a","n":2}]}')
  })

  test('leaves what has no place alone', () => {
    expect(doubled({}, { at: 3, other: 4, by: 1 })).toEqual({})
    expect(doubled([], { at: 3, other: 5, by: 1 })).toEqual([])
    expect(doubled('text', { at: 3, other: 5, by: 1 })).toBe('text')
  })
})

describe('whose turn it is', () => {
  test('what is slow waits, and never for ever', () => {
    const schedule = scheduleOf(['quick', 'plain', 'slow'])
    const turns = Array.from({ length: 300 }, () => {
      const operation = schedule.next()
      schedule.note(operation, operation === 'slow' ? 900 : 10)
      return operation
    })
    const slow = turns.filter(each => each === 'slow').length
    expect(slow).toBeGreaterThan(5)
    expect(slow).toBeLessThan(60)
  })
})

describe('what is answered', () => {
  const operation = operationOf('/api/rules')
  const request = { method: 'PUT', url: '/api/rules', isAllowed: true }
  const answered = (status: number, body: object, type = 'application/problem+json') => ({
    ...{ status, type, body, text: JSON.stringify(body), milliseconds: 1, cookie: '' },
  })
  const found = (...given: Parameters<typeof answered>) =>
    judge(operation, request, 'owner', answered(...given)).map(each => each.what)

  test('a fault of the server, an undocumented success and a refusal without a sentence are found', () => {
    expect(found(500, { code: 'http:refusal.fault', detail: 'A fault' })).toEqual(['fault of the server'])
    expect(found(204, {})).toEqual(['a success that is not documented'])
    expect(found(409, { code: 'rules:refusal.twice' })).toEqual(['a refusal without a sentence'])
    expect(found(503, { code: 'database:refusal.busy', detail: 'Later' })).toEqual([
      'a database that is said not to be there',
    ])
    expect(found(400, { code: 'rules:refusal.twice', detail: 'insert into rules failed' })).toEqual([
      'a refusal that tells of the inside',
    ])
    expect(found(409, { code: 'rules:refusal.twice', detail: 'It stands there twice' })).toEqual([])
  })
})
