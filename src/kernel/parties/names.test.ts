import { expect, test } from 'vitest'
import { greetingOf, latinNameOf } from './greeting.ts'
import { identifierKey } from './identifiers.ts'
import { nameParts } from './names.ts'
import { regionOf } from './region.ts'
import { searchesOf, searchKeys } from './search.ts'

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

const meets = (keys: readonly string[], text: string) => {
  const { wholes, words } = searchesOf(text)
  const begins = (ways: readonly string[]) => ways.some(way => keys.some(key => key.startsWith(way)))
  return begins(wholes) || (words.length > 0 && words.every(begins))
}

test.each([
  ['晓洁', true],
  ['王', true],
  ['王 晓洁', true],
  ['wxj', true],
  ['wang xj', true],
  ['Xiaojie Wang', true],
  ['5521', true],
  ['138 0000 5521', true],
  ['13800005521', true],
  ['+86138', true],
  ['晓洁 5521', true],
  ['洁晓', false],
  ['xj', false],
  ['9999', false],
  ['晓洁 9999', false],
])('王晓洁 with phone +8613800005521, searched by %s: %s', (text, found) => {
  expect(meets(searchKeys('王晓洁', ['+8613800005521']), text)).toBe(found)
})

test.each([
  ['cla dup', true],
  ['dupont claire', true],
  ['zoe', true],
  ['claire@', true],
  ['cla smith', false],
  ['laire', false],
])('Claire Zoë Dupont with her e-mail, searched by %s: %s', (text, found) => {
  expect(meets(searchKeys('Claire Zoë Dupont', ['Claire@example.org']), text)).toBe(found)
})

test('a family name that is said otherwise is found as it is said', () => {
  expect(meets(searchKeys('单雄信', [], 'dān xióng xìn'), 'danxx')).toBe(true)
  expect(meets(searchKeys('单雄信', []), 'shanxiongxin')).toBe(true)
})

test.each([
  ['王晓洁', 'ms', null, 'Ms Wang', '王女士'],
  ['欧阳晓洁', 'teacher', null, 'Teacher Ouyang', '欧阳老师'],
  ['王晓洁', null, null, 'Wang Xiaojie', '王晓洁'],
  ['王晓洁', 'ms', 'Jessie', 'Jessie', 'Jessie'],
  ['Claire Dupont', 'mrs', null, 'Mrs Dupont', 'Dupont太太'],
  ['Claire', 'ms', null, 'Claire', 'Claire'],
  ['王晓洁', 'mx', null, 'Mx Wang', '王晓洁'],
] as const)('%s, %s, called %s, is greeted %s and %s', (name, title, preferredName, en, zh) => {
  const party = { ...nameParts(name), title, preferredName }
  expect([greetingOf(party, 'en'), greetingOf(party, 'zh')]).toEqual([en, zh])
})

test('a Chinese name is read by foreigners without tones, the family name first', () => {
  expect(latinNameOf(nameParts('吕绿'))).toBe('Lü Lü')
  expect(latinNameOf(nameParts('Claire Dupont'))).toBeNull()
})

test.each([
  ['Asia/Shanghai', 'CN'],
  ['Europe/London', 'GB'],
  ['America/New_York', 'US'],
  ['Asia/Singapore', 'SG'],
  ['UTC', 'CN'],
])('numbers without a country are dialled in %s as in %s', (zone, region) => {
  expect(regionOf(zone)).toBe(region)
})

test('the same digits are another number in another country', () => {
  const identifier = { kind: 'phone', value: '020 7946 0958' } as const
  expect(identifierKey(identifier, 'GB')).toBe('+442079460958')
  expect(identifierKey({ kind: 'external:shopify', value: ' 77 ' })).toBe('77')
})
