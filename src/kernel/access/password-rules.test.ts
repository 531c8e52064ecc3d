import fc from 'fast-check'
import { expect, test } from 'vitest'
import { weaknessOf } from './password-rules.ts'

test.each([
  ['password123', 'common'],
  ['Password123', 'common'],
  ['p@ssword123', 'common'],
  ['woaini1314520', 'common'],
  ['aaaaaaaaaaaa', 'repeats'],
  ['abcabcabcabc', 'repeats'],
  ['12121212121', 'repeats'],
  ['1234567890', 'row'],
  ['12345678901', 'row'],
  ['09876543210', 'row'],
  ['asdfghjkl!?', 'row'],
  ['abcdefghijkl', 'row'],
  ['wangfang88@', 'own-name'],
  ['清心茶舍清心茶舍清心', 'repeats'],
  ['eight cups of tea', undefined],
  ['wangfang drinks oolong', undefined],
  ['correct staple battery', undefined],
  ['山高水长一片白云', undefined],
])('%s: %s', (password, weakness) => {
  expect(weaknessOf(password, ['Wang Fang', 'wangfang@tea.cn', null])).toBe(weakness)
})

test('twelve random characters are never refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), bytes => {
      const password = Buffer.from(bytes).toString('base64url')
      fc.pre(new Set(password).size > 6)
      expect(weaknessOf(password, ['Lin', 'lin@example.com'])).toBeUndefined()
    }),
  )
})
