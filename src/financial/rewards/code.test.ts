import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, hashOf, readCode } from './code.ts'

const secret = Buffer.alloc(32, 7)
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

describe('a code', () => {
  test('is five groups of five letters that cannot be mistaken for each other', () => {
    expect(codeOf(secret, 'some-taking')).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/)
  })

  test('is the same whenever it is shown, and another for everything else', () => {
    expect(codeOf(secret, 'one')).toBe(codeOf(secret, 'one'))
    expect(codeOf(secret, 'one')).not.toBe(codeOf(secret, 'two'))
    expect(codeOf(randomBytes(32), 'one')).not.toBe(codeOf(secret, 'one'))
  })

  test('spreads over all its letters: 115 bits that do not repeat', () => {
    const codes = Array.from({ length: 2000 }, (_, index) => codeOf(secret, String(index)).replaceAll('-', ''))
    for (let place = 0; place < 25; place++) expect(new Set(codes.map(code => code[place])).size).toBe(32)
    expect(new Set(codes.map(code => code.slice(0, 8))).size).toBe(2000)
  })

  test.each([
    ['as it is shown', (code: string) => code],
    ['in small letters with blanks', (code: string) => ` ${code.toLowerCase().replaceAll('-', ' ')} `],
    ['without its dashes', (code: string) => code.replaceAll('-', '')],
    ['in wide letters', (code: string) => [...code].map(letter => (letter === '-' ? '－' : wide(letter))).join('')],
    ['with letters read as what they look like', (code: string) => code.replaceAll('1', 'l').replaceAll('0', 'o')],
  ])('is read %s', (_, typed) => {
    for (let index = 0; index < 50; index++) {
      const code = codeOf(secret, String(index))
      expect(readCode(secret, typed(code))).toBe(code.replaceAll('-', ''))
    }
  })

  test('with one letter wrong is told from a right one without asking the database, but for one in a thousand', () => {
    let passed = 0
    let tried = 0
    for (let index = 0; index < 100; index++) {
      const code = codeOf(secret, String(index)).replaceAll('-', '')
      for (let place = 0; place < code.length; place++) {
        const other = alphabet[(alphabet.indexOf(code[place]!) + 1 + (index % 31)) % 32]!
        tried++
        if (readCode(secret, code.slice(0, place) + other + code.slice(place + 1)) !== null) passed++
      }
    }
    expect(tried).toBe(2500)
    expect(passed / tried).toBeLessThan(0.004)
  })

  test('of another secret, or anything else that is typed, is none of ours', () => {
    const anything = fc.oneof(
      fc.string({ maxLength: 40, unit: 'grapheme' }),
      fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{24}$/),
    )
    fc.assert(fc.property(anything, typed => readCode(secret, typed) === null || typed.length >= 25))
    expect(readCode(secret, '')).toBeNull()
  })

  test('is kept only as its hash', () => {
    expect(hashOf(codeOf(secret, 'one'))).toHaveLength(32)
    expect(hashOf(codeOf(secret, 'one'))).toEqual(hashOf(codeOf(secret, 'one').replaceAll('-', '')))
  })
})

function wide(letter: string): string {
  return String.fromCodePoint(letter.codePointAt(0)! + 0xfee0)
}
