import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refuse } from '../refusal.ts'
import {
  formatDay,
  formatMoney,
  formatNumber,
  languageOf,
  loadWords,
  minorDigits,
  translatorFor,
  wordFolders,
} from './index.ts'

const words = {
  en: {
    tea: {
      refusal: { 'sold-out': '{{name}} is sold out' },
      cups_one: '{{count}} cup',
      cups_other: '{{count}} cups',
      list: 'With {{names}}',
      quoted: 'Said {{words}}',
      late: 'only English',
    },
  },
  'zh-CN': {
    tea: {
      refusal: { 'sold-out': '{{name}}已售完' },
      cups_other: '{{count}} 杯',
      list: '配{{names}}',
      quoted: '说：{{words}}',
    },
  },
} as const

describe('the language is the one the reader likes best', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['en-GB,en;q=0.9,zh-CN;q=0.8', 'en'],
    ['fr, zh-TW;q=0.9, en;q=0.5', 'zh-CN'],
    ['zh;q=0, en', 'en'],
    ['en;q=0.1, ZH-hans-cn;q=0.2', 'zh-CN'],
    ['de', 'en'],
    ['zh;q=nonsense, en;q=0.1', 'en'],
    ['*', 'en'],
  ])('%s -> %s', (header, language) => {
    expect(languageOf(header)).toBe(language)
  })

  test('any header at all gives one of our languages', () => {
    fc.assert(fc.property(fc.string(), header => ['en', 'zh-CN'].includes(languageOf(header))))
  })
})

describe('money is written from minor units', () => {
  test.each([
    [123456, 'CNY', 'zh-CN', '¥1,234.56'],
    [5, 'CNY', 'en', '¥0.05'],
    [-500, 'JPY', 'en', '-¥500'],
    [1234567, 'KWD', 'en', 'KWD 1,234.567'],
    [9007199254740991, 'EUR', 'en', '€90,071,992,547,409.91'],
    [0, 'GBP', 'en', '£0.00'],
  ] as const)('%i %s in %s is %s', (minor, currency, language, text) => {
    expect(formatMoney(minor, currency, language).replace('\u00a0', ' ')).toBe(text)
  })

  test('no digit is lost: reading the text back gives the amount', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('CNY', 'JPY', 'KWD', 'GBP'), (minor, currency) => {
        const digits = formatMoney(minor, currency, 'en').replace(/[^0-9]/g, '')
        expect(BigInt(digits)).toBe(BigInt(Math.abs(minor)))
      }),
    )
  })

  test('the digits behind the point are the currency’s own', () => {
    expect(['JPY', 'CNY', 'KWD'].map(minorDigits)).toEqual([0, 2, 3])
  })
})

test('a day is written as the day it is', () => {
  expect(formatDay('2026-11-21', 'en')).toBe('Nov 21, 2026')
  expect(formatDay('2026-11-21', 'zh-CN')).toBe('2026年11月21日')
})

test('numbers are grouped and rounded', () => {
  expect(formatNumber(1044847, 'en')).toBe('1,044,847')
  expect(formatNumber(0.126, 'zh-CN', 2)).toBe('0.13')
})

describe('the translator', () => {
  const { t, sentenceOf } = translatorFor(words, { missing: 'throw' })

  test('says the sentence of a refusal in the reader’s language', () => {
    const refusal = refuse('conflict', 'tea:refusal.sold-out', { name: 'Longjing' })
    expect(sentenceOf(refusal, 'en')).toBe('Longjing is sold out')
    expect(sentenceOf(refusal, 'zh-CN')).toBe('Longjing已售完')
  })

  test('counts in the language’s plurals', () => {
    expect([1, 2].map(count => t('en', 'tea:cups', { count }))).toEqual(['1 cup', '2 cups'])
    expect([1, 2].map(count => t('zh-CN', 'tea:cups', { count }))).toEqual(['1 杯', '2 杯'])
  })

  test('writes lists as the language does, and escapes nothing', () => {
    expect(t('en', 'tea:list', { names: ['milk', 'sugar'] })).toBe('With milk and sugar')
    expect(t('zh-CN', 'tea:list', { names: ['奶', '糖'] })).toBe('配奶和糖')
    expect(t('en', 'tea:quoted', { words: '<b>&' })).toBe('Said <b>&')
  })

  test('does not interpolate what stands inside a value', () => {
    expect(t('en', 'tea:quoted', { words: '{{count}} $t(tea:cups)', count: 3 })).toContain('{{count}}')
  })

  test('falls back to English, and a key nobody has is an error under test, itself in production', () => {
    expect(t('zh-CN', 'tea:late')).toBe('only English')
    expect(() => t('en', 'tea:nothing')).toThrow("no words for 'tea:nothing'")
    expect(translatorFor(words, { missing: 'show' }).t('en', 'tea:nothing')).toBe('tea:nothing')
  })
})

test('the words of all rooms load, with the same keys in both languages', () => {
  const folders = wordFolders(new URL('../../', import.meta.url))
  const loaded = loadWords(folders)
  expect(Object.keys(loaded.en)).toContain('access')
  for (const [room, catalogue] of Object.entries(loaded.en)) {
    expect(keysOf(loaded['zh-CN'][room]), room).toEqual(keysOf(catalogue))
  }
})

function keysOf(catalogue: unknown, path = ''): string[] {
  if (typeof catalogue === 'string') return [path.replace(/_(one|other)$/, '')]
  const keys = Object.entries(catalogue as object).flatMap(([key, value]) => keysOf(value, `${path}.${key}`))
  return [...new Set(keys)].sort()
}
