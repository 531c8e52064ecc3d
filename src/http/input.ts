import type { z } from 'zod'
import { type RefusalIssue, refuse } from '#kernel/refusal.ts'

const deepest = 64

export interface InspectOptions {
  /** PostgreSQL keeps no NUL character. Ingest keeps such messages as problems, everybody else is refused. */
  readonly nul: 'refuse' | 'keep'
}

/**
 * Looks through a parsed JSON value for what no honest client sends and what would hurt behind the door: `__proto__` as
 * a key, nesting beyond 64, text that is not Unicode. Answers about how many characters of JSON it would take.
 *
 * Example: `inspect({ name: 'Wang' }, 'body')` is 14; `inspect(JSON.parse('{"__proto__": {}}'), 'body')` refuses.
 */
export function inspect(value: unknown, path: string, options: InspectOptions = { nul: 'refuse' }, depth = 0): number {
  if (typeof value === 'string') {
    if ((options.nul === 'refuse' && value.includes('\u0000')) || !value.isWellFormed()) throw bad(path, 'bad-text')
    return value.length + 2
  }
  if (typeof value !== 'object' || value === null) return 5
  if (depth >= deepest) throw bad(path, 'too-deep')
  let weight = 2
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      weight += 1 + inspect(value[index], path, options, depth + 1)
    }
    return weight
  }
  for (const key in value) {
    if (key === '__proto__') throw bad(path, 'bad-key')
    if ((options.nul === 'refuse' && key.includes('\u0000')) || !key.isWellFormed()) throw bad(path, 'bad-text')
    weight += key.length + 4 + inspect((value as Record<string, unknown>)[key], path, options, depth + 1)
  }
  return weight
}

function bad(path: string, what: 'bad-text' | 'too-deep' | 'bad-key') {
  return refuse('invalid', `http:refusal.${what}`, {}, [{ path, code: `http:refusal.${what}` }])
}

/** Checks a part of the request against its contract; what is wrong is listed with its place, never with its value. */
export function read(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) return undefined
  inspect(value, part)
  const outcome = schema.safeParse(value, { reportInput: true })
  if (outcome.success) return outcome.data
  throw refuse('invalid', 'http:refusal.invalid-input', {}, outcome.error.issues.slice(0, 50).map(issueOf))
}

function issueOf(issue: z.core.$ZodIssue): RefusalIssue {
  const path = issue.path.map(String).join('.').slice(0, 200)
  if (issue.code === 'invalid_type' && issue.input === undefined) return { path, code: 'http:issue.missing' }
  if (issue.code === 'too_small')
    return { path, code: 'http:issue.too-small', details: { limit: Number(issue.minimum) } }
  if (issue.code === 'too_big') return { path, code: 'http:issue.too-big', details: { limit: Number(issue.maximum) } }
  if (issue.code === 'invalid_value') {
    return { path, code: 'http:issue.invalid-value', details: { allowed: issue.values.slice(0, 30).map(String) } }
  }
  return { path, code: `http:issue.${issue.code.replaceAll('_', '-')}` }
}
