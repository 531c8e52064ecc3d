import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { guessDelimiter, lineEndOf, recordReader } from './records.ts'

function read(text: string, cuts: readonly number[] = [], delimiter = ',', lineEnd: '\n' | '\r' = '\n'): string[][] {
  const reader = recordReader(delimiter, lineEnd)
  const places = [...new Set(cuts.map(cut => cut % (text.length + 1)))].sort((left, right) => left - right)
  const pieces = [0, ...places].map((start, index) => text.slice(start, places[index] ?? text.length))
  return [...pieces.flatMap(piece => reader.push(piece)), ...reader.end()]
}

const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '茶', '🍵', ''), maxLength: 6 })

test('reads what csv-parse reads, however the text is cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat({ max: 500 }), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (table, cuts, lineEnd, ended) => {
        const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
        const text = table.map(row => row.map(quoted).join(',')).join(lineEnd) + (ended ? lineEnd : '')
        expect(read(text, cuts)).toEqual(parse(text, { relax_column_count: true, record_delimiter: lineEnd }))
      },
    ),
    { numRuns: 500 },
  )
})

test.each<[string, string[][]]>([
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a,b\n\n1,2\n', [['a', 'b'], [], ['1', '2']]],
  [
    'a,\n,b\n',
    [
      ['a', ''],
      ['', 'b'],
    ],
  ],
  ['15" plate,2\n', [['15" plate', '2']]],
  ['"a"b,c\n', [['ab', 'c']]],
  ['"a ""b""",c', [['a "b"', 'c']]],
  ['"",""\n', [['', '']]],
  [
    '"a\nb",c\nd,e',
    [
      ['a\nb', 'c'],
      ['d', 'e'],
    ],
  ],
])('%j holds %j', (text, records) => {
  expect(read(text)).toEqual(records)
  expect(
    read(
      text,
      [...text].map((_, index) => index),
    ),
  ).toEqual(records)
})

test('lines may end with a carriage return alone', () => {
  expect(read('a,b\r1,"x\ry"\r', [3, 7], ',', '\r')).toEqual([
    ['a', 'b'],
    ['1', 'x\ry'],
  ])
  expect(lineEndOf('a\rb')).toBe('\r')
  expect(lineEndOf('a\r\nb')).toBe('\n')
})

test('a quote that never closes is refused with its row', () => {
  expect(() => read('a,b\n1,"2\n3,4\n')).toThrow(expect.objectContaining({ code: 'files:refusal.unclosed-quote' }))
})

test.each<[string, string]>([
  ['a,b,c\n1,2,3\n', ','],
  ['a;b\n1,5;2\n2,5;3\n', ';'],
  ['a\tb\n1\t2\n', '\t'],
  ['a|b\n1|2\n', '|'],
  ['name;note\n"x";"a, b, c"\n', ';'],
  ['one column\n1\n', ','],
])('%j is cut by %j', (text, delimiter) => {
  expect(guessDelimiter(text, '\n')).toBe(delimiter)
})
