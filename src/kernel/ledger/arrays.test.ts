import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { arrayOf, type ColumnType } from './arrays.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ rooms: [] })
})
afterAll(() => house?.close())

const sqlType = (type: ColumnType) => (type === 'instant' ? 'float8' : type)

/** What PostgreSQL reads of it, each as its text. */
async function read(type: ColumnType, values: readonly unknown[]): Promise<(string | null)[]> {
  const array = arrayOf(
    type,
    values.map(value => ({ value })),
    'value',
  )
  const rows = await house.database.query<{ value: string | null }>(
    `select value::text as value from unnest($1::${sqlType(type)}[]) as t (value)`,
    [array],
  )
  return rows.map(row => row.value)
}

const id = fc.uuid()
const kinds: readonly [ColumnType, fc.Arbitrary<unknown>, (value: never) => string][] = [
  [
    'uuid',
    fc.oneof(
      id,
      id.map(each => each.toUpperCase()),
    ),
    (value: string) => value.toLowerCase(),
  ],
  [
    'uuid',
    fc.oneof(
      id,
      id.map(each => each.replaceAll('-', '')),
      id.map(each => `{${each}}`),
    ),
    (value: string) => plain(value),
  ],
  ['text', fc.string({ unit: 'binary' }).filter(text => !text.includes('\0')), (value: string) => value],
  ['text', fc.constantFrom('', 'NULL', '"', '\\', '{}', 'a,b', '积分', 'é'), (value: string) => value],
  ['bigint', fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })), String],
  ['integer', fc.integer(), String],
  ['boolean', fc.boolean(), String],
  ['instant', fc.integer({ min: -1e14, max: 1e14 }).map(each => each / 8), (value: number) => String(Number(value))],
]

function plain(text: string): string {
  const digits = text.replaceAll(/[{}-]/g, '')
  return [0, 8, 12, 16, 20].map((start, index) => digits.slice(start, [8, 12, 16, 20, 32][index])).join('-')
}

it.each(kinds)('carries every %s and every nothing as it is', async (type, arbitrary, asText) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(arbitrary), { minLength: 1, maxLength: 20 }), async values => {
      const isSilent = values.every(value => value === (type === 'bigint' ? 0 : null))
      const asNumber = (text: string | null) => (type === 'instant' && text !== null ? Number(text) : text)
      const expected = values.map(value => (value === null ? null : asText(value as never)))
      expect((await read(type, values)).map(asNumber)).toEqual(isSilent ? [] : expected.map(asNumber))
    }),
    { numRuns: 60 },
  )
})

it('sends ids, numbers and texts as bytes', () => {
  const rows = [{ id: '0190a0b0-c0d0-7e0f-8123-456789abcdef', units: 2 ** 40 + 5, position: -2, name: '积分 points' }]
  for (const [type, field] of [
    ['uuid', 'id'],
    ['bigint', 'units'],
    ['integer', 'position'],
    ['text', 'name'],
  ] as const) {
    expect(arrayOf(type, rows, field), field).toBeInstanceOf(Buffer)
  }
})

it.each([
  ['uuid', 'nobody'],
  ['uuid', '0190a0b0-c0d0-7e0f-8123-456789abcdeg'],
  ['uuid', '0190a0b0+c0d0-7e0f-8123-456789abcdef'],
  ['uuid', '0190a0b0-c0d0-7e0f-8123-456789abcde积'],
  ['bigint', 1.5],
  ['bigint', Number.NaN],
  ['bigint', 2 ** 63],
  ['integer', 2 ** 31],
  ['text', 'a\0b'],
] as const)('leaves it to PostgreSQL to refuse a %s such as %j, among others that are sound', async (type, wrong) => {
  const sound = { uuid: '0190a0b0-c0d0-7e0f-8123-456789abcdef', bigint: 1, integer: 1, text: 'a' }[type]
  await expect(read(type, [sound, wrong])).rejects.toMatchObject({ code: expect.stringMatching(/^22/) })
})
