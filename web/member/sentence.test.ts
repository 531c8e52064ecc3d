import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Sentences, sentenceIn } from './sentence.ts'

const words: Sentences = {
  plain: 'As it is',
  cups_one: '{{count}} cup for {{ name }}',
  cups_other: '{{count}} cups for {{name}}',
  deep: { down: { here: 'found' } },
}

test.each([
  ['plain', {}, 'As it is'],
  ['cups', { count: 1, name: 'Wang' }, '1 cup for Wang'],
  ['cups', { count: 2, name: 'Wang' }, '2 cups for Wang'],
  ['cups', { count: 2 }, '2 cups for {{name}}'],
  ['plain', { count: 2 }, 'As it is'],
  ['deep.down.here', {}, 'found'],
  ['deep.down', {}, undefined],
  ['deep.nowhere.here', {}, undefined],
  ['nothing', {}, undefined],
] as const)('%s with %j is %s', (key, values, sentence) => {
  expect(sentenceIn(words, key, { language: 'en', values })).toBe(sentence)
})

test('the plural goes by the number also where a text stands for it', () => {
  expect(sentenceIn(words, 'cups', { language: 'en', values: { count: 'one', name: 'Wang' }, count: 1 })).toBe(
    'one cup for Wang',
  )
  expect(sentenceIn({ cups_other: '{{count}}杯' }, 'cups', { language: 'zh-CN', values: { count: 1 } })).toBe('1杯')
})

test.each(['en', 'zh'])('what is read here needs nothing that this cannot do (%s)', language => {
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Sentences
  const { adjustment, move, reason } = read(`../../src/financial/points/words.${language}.json`)
  const all = JSON.stringify([read(`./words.${language}.json`), adjustment, move, reason])
  expect(all.match(/\{\{\s*\w+\s*,|\$t\(|_zero"|_ordinal/g)).toBeNull()
})
