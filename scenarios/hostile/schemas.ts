import fc from 'fast-check'
import { isNaming, type Remembered } from './remembered.ts'

/** Fields that are worth saying again as they were seen, besides those that name something. */
const telling =
  /^(merchant|sku|reference|token|zone|language|email|phone|card|code|cards|lineId|key|orderRef|event|category|after|before|identifier|value|name|kind|text)/

/** Where numbers of 32 and 64 bits and those of JavaScript end. */
const edgesOfWhole = [
  0,
  1,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  1e12,
]

/** First and last days of calendars and of months, and days that only some years have. */
const edgesOfDays = [
  '0001-01-01',
  '1582-10-15',
  '1899-12-31',
  '1969-12-31',
  '2024-02-29',
  '2025-01-31',
  '2026-02-28',
  '2026-10-25',
  '2026-11-30',
  '2026-12-31',
  '2038-01-19',
  '9999-12-31',
]

/** What of JSON Schema 2020-12 the contracts use. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly propertyNames?: Schema
  readonly items?: Schema | boolean
  readonly prefixItems?: readonly Schema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly default?: unknown
}

/**
 * Values that a schema allows, its edges more often than its middle. Named fields take what was seen under their name, an object
 * often all that was seen together: a request with real ids that belong together goes further than any other.
 */
export function allowedBy(
  schema: Schema,
  given: {
    readonly definitions: Readonly<Record<string, Schema>>
    readonly memory: Remembered
    readonly name?: string
  },
): fc.Arbitrary<unknown> {
  const { definitions, memory, name = '' } = given
  const inner = (each: Schema, under = name) => allowedBy(each, { definitions, memory, name: under })
  const known = telling.test(name) || isNaming(name) ? memory.seen(name) : []
  const made = make()
  if (known.length === 0) return made
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...known) },
    // What was made last is what nothing else has used up yet.
    { weight: 2, arbitrary: fc.constantFrom(...known.slice(-8)) },
    { weight: 1, arbitrary: made },
  )

  function make(): fc.Arbitrary<unknown> {
    if (schema.$ref) return inner(definitions[schema.$ref.split('/').at(-1)!] ?? {})
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return fc.oneof(...choices.map(each => inner(each)))
    if (schema.allOf) {
      return fc.tuple(...schema.allOf.map(each => inner(each))).map(parts => Object.assign({}, ...(parts as object[])))
    }
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
    if (types.length === 0) return schema.properties ? object() : fc.jsonValue({ maxDepth: 2 })
    return fc.oneof(...types.map(typed))
  }

  function typed(type: string): fc.Arbitrary<unknown> {
    switch (type) {
      case 'object':
        return object()
      case 'array':
        return array()
      case 'string':
        return text()
      case 'integer':
        return whole()
      case 'number':
        return fc.oneof(whole(), fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true }))
      case 'boolean':
        return fc.boolean()
      default:
        return fc.constant(null)
    }
  }

  function object(): fc.Arbitrary<unknown> {
    const { properties = {}, required = [], additionalProperties, propertyNames } = schema
    const fields = Object.fromEntries(Object.entries(properties).map(([field, each]) => [field, inner(each, field)]))
    const needed = required.filter(field => field in fields)
    const optional = Object.keys(fields).filter(field => !needed.includes(field))
    // Often only what is needed, or one thing more: most of what may stand together chance puts together wrongly.
    const besides = fc.oneof(
      fc.constant<string[]>([]),
      fc.subarray(optional, { minLength: Math.min(1, optional.length), maxLength: Math.min(1, optional.length) }),
      fc.subarray(optional),
    )
    const rows = memory.rows(Object.keys(fields), needed.filter(isNaming))
    const row = rows.length > 0 ? fc.option(fc.constantFrom(...rows), { freq: 3 }) : fc.constant(null)
    const named = fc.tuple(fc.record(fields), besides, row, fc.nat()).map(([all, some, together, coins]) =>
      Object.fromEntries(
        [...needed, ...some].map((field, index) => {
          // Three in four as they were seen together, the others as they come.
          const isSeen = together !== null && field in together && ((coins >> ((index * 2) % 30)) & 3) > 0
          return [field, isSeen ? together[field] : all[field]]
        }),
      ),
    )
    if (typeof additionalProperties !== 'object' || Object.keys(properties).length > 0) return named
    const keys = propertyNames ? inner(propertyNames).map(String) : fc.string({ minLength: 1, maxLength: 12 })
    return fc.dictionary(keys, inner(additionalProperties, ''), { maxKeys: 4 })
  }

  function array(): fc.Arbitrary<unknown> {
    if (schema.prefixItems) return fc.tuple(...schema.prefixItems.map(each => inner(each)))
    const items =
      typeof schema.items === 'object' ? inner(schema.items, name.replace(/s$/, '')) : fc.jsonValue({ maxDepth: 1 })
    const least = schema.minItems ?? 0
    return fc.array(items, { minLength: least, maxLength: Math.max(least, Math.min(schema.maxItems ?? 4, 4)) })
  }

  function whole(): fc.Arbitrary<number> {
    const least = schema.exclusiveMinimum !== undefined ? schema.exclusiveMinimum + 1 : (schema.minimum ?? -1_000_000)
    const most = schema.exclusiveMaximum !== undefined ? schema.exclusiveMaximum - 1 : (schema.maximum ?? 1_000_000)
    const min = Math.ceil(Math.max(least, Number.MIN_SAFE_INTEGER))
    const max = Math.floor(Math.min(most, Number.MAX_SAFE_INTEGER))
    if (min > max) return fc.constant(min)
    const edges = edgesOfWhole.filter(each => each >= min && each <= max)
    return fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(min, max, ...edges) },
      { weight: 2, arbitrary: fc.integer({ min: Math.max(min, -1000), max: Math.max(min, Math.min(max, 1000)) }) },
    )
  }

  function text(): fc.Arbitrary<string> {
    const { minLength = 0, maxLength = 40, pattern, format } = schema
    const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
    const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
      uuid: fc.uuid(),
      date: fc.oneof(
        { weight: 6, arbitrary: day.map(each => each.toISOString().slice(0, 10)) },
        { weight: 1, arbitrary: fc.constantFrom(...edgesOfDays) },
      ),
      'date-time': fc.oneof(
        { weight: 6, arbitrary: day.map(each => each.toISOString()) },
        { weight: 1, arbitrary: fc.constantFrom(...edgesOfDays).map(each => `${each}T23:59:59.999Z`) },
        { weight: 1, arbitrary: fc.constantFrom(...edgesOfDays).map(each => `${each}T00:00:00Z`) },
      ),
      email: fc.emailAddress(),
      uri: fc.webUrl(),
    }
    const formatted = formats[format ?? '']
    if (formatted) return formatted
    if (pattern) {
      try {
        return fc.stringMatching(new RegExp(pattern))
      } catch {
        // What the library cannot generate from is tried with any text: the server must refuse it cleanly.
      }
    }
    const most = Math.min(maxLength, 200)
    return fc.oneof(
      {
        weight: 4,
        arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(most, 20)) }),
      },
      { weight: 1, arbitrary: fc.string({ minLength: most, maxLength: most }) },
    )
  }
}
