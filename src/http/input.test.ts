import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { inspect, read } from './input.ts'

const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown

describe('what no honest client sends is refused', () => {
  test.each([
    ['__proto__ at the top', '{"__proto__": {"admin": true}}', 'bad-key'],
    ['__proto__ further down', '{"a": [{"b": {"__proto__": 1}}]}', 'bad-key'],
    ['__proto__ in disguise', '{"\\u005f_proto__": 1}', 'bad-key'],
    ['a NUL in a text', '{"a": "b\\u0000"}', 'bad-text'],
    ['a NUL in a name', '{"a\\u0000": 1}', 'bad-text'],
    ['half of a character', '{"a": "\\ud83d"}', 'bad-text'],
    ['64 levels and one', JSON.stringify(nested(65)), 'too-deep'],
  ])('%s', (_name, json, reason) => {
    expect(() => inspect(JSON.parse(json), 'body')).toThrow(`http:refusal.${reason}`)
  })

  test('a hundred thousand levels are refused, not a crash', () => {
    expect(() => inspect(nested(100_000), 'body')).toThrow('http:refusal.too-deep')
  })

  test('what honest clients send passes', () => {
    expect(inspect(nested(64), 'body')).toBeGreaterThan(0)
    expect(inspect({ name: '王小姐 🍵', constructor: 'Bosch' }, 'body')).toBeGreaterThan(0)
    expect(inspect({ a: 'b\u0000' }, 'body', { nul: 'keep' })).toBeGreaterThan(0)
  })
})

test('the weight is about the length of the JSON, never less than half of it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), value => {
      fc.pre(!JSON.stringify(value).includes('__proto__') && !/[^\x20-\x7e]|\\/.test(JSON.stringify(value)))
      const length = JSON.stringify(value).length
      const weight = inspect(value, 'body')
      expect(weight * 5).toBeGreaterThanOrEqual(length)
      expect(weight).toBeLessThanOrEqual(length * 5 + 5)
    }),
  )
})

describe('reading against a contract', () => {
  const schema = z.object({
    leaf: z.string().min(2),
    cups: z.coerce.number().int().max(12).optional(),
    size: z.enum(['small', 'large']).optional(),
    list: z.array(z.string()).optional(),
  })
  const issues = (value: unknown) => {
    try {
      read(schema, value, 'body')
      return undefined
    } catch (error) {
      return (error as { issues: unknown }).issues
    }
  }

  test.each([
    [{}, [{ path: 'leaf', code: 'http:issue.missing' }]],
    [{ leaf: 1 }, [{ path: 'leaf', code: 'http:issue.invalid-type' }]],
    [{ leaf: 'x' }, [{ path: 'leaf', code: 'http:issue.too-small', details: { limit: 2 } }]],
    [{ leaf: 'xx', cups: '13' }, [{ path: 'cups', code: 'http:issue.too-big', details: { limit: 12 } }]],
    [
      { leaf: 'xx', size: 'xl' },
      [{ path: 'size', code: 'http:issue.invalid-value', details: { allowed: ['small', 'large'] } }],
    ],
    [{ leaf: 'xx', list: ['a', 2] }, [{ path: 'list.1', code: 'http:issue.invalid-type' }]],
    [{ leaf: 'xx', cups: '3', more: true }, undefined],
  ])('%j: %j', (value, expected) => {
    expect(issues(value)).toEqual(expected)
  })

  test('what was sent is never repeated in the refusal', () => {
    const secret = 'canary-13800138000'
    expect(JSON.stringify(issues({ leaf: 1, cups: secret, size: secret, list: secret }))).not.toContain(secret)
  })
})
