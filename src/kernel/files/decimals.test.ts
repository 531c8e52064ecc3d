import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, type DecimalMark, decimalMarkOf, inUnits, product, readDecimal } from './decimals.ts'

test.each<[string, DecimalMark, string | undefined]>([
  ['12', '.', '12'],
  ['-12.50', '.', '-12.5'],
  ['1,234.50', '.', '1234.5'],
  ['1.234,50', ',', '1234.5'],
  ['1 234,50', ',', '1234.5'],
  ["1'234.50", '.', '1234.5'],
  ['12,34,567.8', '.', '1234567.8'],
  ['¥1,280.00', '.', '1280'],
  ['1280元', '.', '1280'],
  ['１２．５０', '.', '12.5'],
  ['(12.50)', '.', '-12.5'],
  ['12.50-', '.', '-12.5'],
  ['+3', '.', '3'],
  ['.5', '.', '0.5'],
  [',5', ',', '0.5'],
  ['5.', '.', '5'],
  ['1e3', '.', '1000'],
  ['1.5E-2', '.', '0.015'],
  ['145.79999999999998', '.', '145.79999999999998'],
  ['1,23', '.', undefined],
  ['1.23', ',', undefined],
  ['1,2345.6', '.', undefined],
  ['1.2.3', '.', undefined],
  ['NaN', '.', undefined],
  ['Infinity', '.', undefined],
  ['--5', '.', undefined],
  ['', '.', undefined],
  ['12 pieces', '.', undefined],
  ['1e99999', '.', undefined],
])('%j with the mark %j is %s', (text, mark, answer) => {
  const value = readDecimal(text, mark)
  expect(value && canonical(value)).toBe(answer)
})

test.each<[string, number, number | undefined]>([
  ['145.79999999999998', 2, 14_580],
  ['0.125', 2, 13],
  ['-0.125', 2, -13],
  ['0.124', 2, 12],
  ['2.5', 0, 3],
  ['-2.5', 0, -3],
  ['0.25', 3, 250],
  ['90071992547409.91', 2, 9_007_199_254_740_991],
  ['90071992547409.92', 2, undefined],
])('%s in units of 10^-%d is %s, halves away from zero', (text, places, answer) => {
  expect(inUnits(readDecimal(text, '.')!, places)).toBe(answer)
})

test('a quantity times a price is exact where floats are not', () => {
  expect(inUnits(product(readDecimal('3', '.')!, readDecimal('0.1', '.')!), 2)).toBe(30)
  expect(inUnits(product(readDecimal('1.005', '.')!, readDecimal('100', '.')!), 2)).toBe(10_050)
})

test('any amount is read back as it was written, in either mark, with or without groups', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.boolean(), fc.constantFrom<DecimalMark>('.', ','), (minor, groups, mark) => {
      const digits = String(Math.abs(minor)).padStart(3, '0')
      const whole = digits.slice(0, -2).replace(groups ? /\B(?=(\d{3})+$)/g : /$^/g, mark === '.' ? ',' : '.')
      const text = `${minor < 0 ? '-' : ''}${whole}${mark}${digits.slice(-2)}`
      expect(inUnits(readDecimal(text, mark)!, 2)).toBe(minor)
    }),
  )
})

test.each<[string[], DecimalMark | undefined]>([
  [['1.5', '2'], '.'],
  [['1,5', '2'], ','],
  [['1,234.50'], '.'],
  [['1.234,50'], ','],
  [['1', '2'], '.'],
  [['1,234', '5,678'], undefined],
  [['1,234', '5,67'], ','],
  [['1.234'], undefined],
  [['0.250', '1.500'], '.'],
  [['1.50', '1,50'], undefined],
  [[], '.'],
])('the values %j write the fraction after %s', (values, mark) => {
  expect(decimalMarkOf(values)).toBe(mark)
})
