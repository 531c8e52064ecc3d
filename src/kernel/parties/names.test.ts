import { expect, test } from 'vitest'
import { identifierKey } from './identifiers.ts'
import { nameParts, romanised } from './names.ts'
import { queryGrams, searchGrams } from './search.ts'

test.each([
  ['王晓洁', '王', '晓洁', 'wáng xiǎo jié'],
  ['欧阳晓洁', '欧阳', '晓洁', 'ōu yáng xiǎo jié'],
  ['单雄信', '单', '雄信', 'shàn xióng xìn'],
  ['Claire Dupont', 'Dupont', 'Claire', null],
  ['Dupont, Claire', 'Dupont', 'Claire', null],
  ['Novotel', null, null, null],
  ['苏州观前茶叶有限公司', null, null, 'sū zhōu guān qián chá yè yǒu xiàn gōng sī'],
])('%s has the family name %s and the given name %s', (name, family, given, say) => {
  expect(nameParts(name)).toEqual({ name, familyName: family, givenName: given, say })
})

test.each([
  [{ kind: 'phone', value: '138 0000 5521' }, '+8613800005521'],
  [{ kind: 'phone', value: '+86 138-0000-5521' }, '+8613800005521'],
  [{ kind: 'phone', value: '１３８００００５５２１' }, '+8613800005521'],
  [{ kind: 'email', value: ' Wang@Example.ORG ' }, 'wang@example.org'],
  [{ kind: 'card', value: '6200 0000-0001' }, '620000000001'],
  [{ kind: 'customer_id', value: 'AbC-1' }, 'AbC-1'],
] as const)('%o is found as %s', (identifier, key) => {
  expect(identifierKey(identifier)).toBe(key)
})

test('a name sounds as a family name does where it stands first', () => {
  expect(romanised('王晓洁')).toEqual({ full: 'wangxiaojie', initials: 'wxj' })
  expect(romanised('Claire')).toEqual({ full: '', initials: '' })
})

test.each([
  ['晓洁', true],
  ['王', true],
  ['wxj', true],
  ['wangx', true],
  ['5521', true],
  ['13800005521', true],
  ['洁晓', false],
  ['xj', false],
  ['9999', false],
])('王晓洁 with phone 13800005521, searched by %s: %s', (text, found) => {
  const grams = new Set(searchGrams('王晓洁', ['13800005521']))
  expect(queryGrams(text).every(gram => grams.has(gram))).toBe(found)
})

test('every word of a search must match', () => {
  const grams = new Set(searchGrams('Claire Dupont', ['claire@example.org']))
  expect(queryGrams('cla dup').every(gram => grams.has(gram))).toBe(true)
  expect(queryGrams('cla smith').every(gram => grams.has(gram))).toBe(false)
})
