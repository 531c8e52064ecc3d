import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadWords, translatorFor } from '#kernel/locale/index.ts'
import { fitWarnings } from '#statistics/index.ts'
import { auditOf } from '../audit.ts'
import { shopOf } from '../shop.testing.ts'
import { reportOf } from './page.ts'

const words = loadWords([new URL('../', import.meta.url)])
// A key without words throws, so that a report that is written has said everything.
const translator = translatorFor(words, { missing: 'throw' })

/** Fitting models takes its time, so that one base is audited once. */
const known = new Map<string, ReturnType<typeof auditOf>>()

function auditedShop(options: { isPriced?: boolean; name?: string; years?: number }) {
  const key = JSON.stringify(options)
  const audit =
    known.get(key) ??
    auditOf(shopOf(options), {
      name: options.name ?? 'orders.csv',
      currency: options.isPriced === false ? null : 'CNY',
      lines: 4321,
      setAside: [{ reason: 'without-customer', lines: 12, orders: 3, customers: null, valueMinor: 45_600 }],
    })
  known.set(key, audit)
  return audit
}

const reportIn = (language: 'en' | 'zh-CN', options: { isPriced?: boolean; name?: string; years?: number } = {}) => {
  const audit = auditedShop(options)
  return {
    audit,
    html: reportOf(audit, { language, version: '1.2.3', t: (key, values) => translator.t(language, key, values) }),
  }
}

describe('the report', () => {
  it.each([
    ['en', true, 3],
    ['zh-CN', true, 3],
    ['en', false, 3],
    ['zh-CN', false, 3],
    ['en', true, 0.1],
    ['zh-CN', false, 0.1],
  ] as const)('in %s, with amounts %s, of %d years says everything in words', (language, isPriced, years) => {
    const { html } = reportIn(language, { isPriced, years })
    expect(/\{\{|audit:[a-z]|NaN|Infinity|undefined|\bnull\b/.exec(html)?.[0]).toBeUndefined()
  })

  it('needs nothing from anywhere: no script, no request, no font', () => {
    const { html } = reportIn('en')
    const foreign = /<script|<link|<img|<iframe|@import|url\((?!#)|\ssrc=|\son\w+=/i.exec(html)
    expect(foreign?.[0]).toBeUndefined()
    expect(html.match(/https?:\/\/[^"' ]+/g)?.filter(url => !url.startsWith('http://www.w3.org/')) ?? []).toEqual([])
  })

  it('is the same to the byte when it is written again', () => {
    const [one, again] = [reportIn('en').html, reportIn('en').html]
    expect(one === again).toBe(true)
  })

  it('has five lenses, and an evidence for every finding', () => {
    const { html } = reportIn('en')
    expect(html.match(/<section /g)).toHaveLength(5)
    const figures = html.split('<figure ').slice(1)
    expect(figures.length).toBeGreaterThan(15)
    expect(figures.filter(figure => !/<svg|<table/.test(figure))).toEqual([])
  })

  it('speaks of orders where there are no amounts', () => {
    const { html } = reportIn('en', { isPriced: false })
    expect(html.includes('Half of all orders come from')).toBe(true)
    expect(/Gini of revenue|Revenue (rose|fell)/.exec(html)).toBeNull()
  })

  it('takes the name of a file for text', () => {
    const { html } = reportIn('en', { name: `<b>'"&.csv` })
    expect(html.includes('&#60;b&#62;&#39;&#34;&#38;.csv')).toBe(true)
    expect(html.includes("<b>'")).toBe(false)
  })

  it('says what was left out, and why', () => {
    const { html } = reportIn('en')
    expect(/12 lines without a customer[^<]*\(¥456\)/.test(html)).toBe(true)
  })

  it('has the colours of the pages', () => {
    const colours = (css: string) =>
      new Map([...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]))
    const halves = (css: string, dark: RegExp) => {
      const at = css.search(dark)
      return [colours(css.slice(0, at)), colours(css.slice(at))] as const
    }
    const report = halves(readFileSync(new URL('report.css', import.meta.url), 'utf8'), /prefers-color-scheme: dark/)
    const pages = halves(
      readFileSync(new URL('../../../../web/tokens.css', import.meta.url), 'utf8'),
      /:root\[data-mantine-color-scheme='dark'\]/,
    )
    for (const [scheme, own] of report.entries()) {
      for (const [name, value] of own) {
        if (name !== 'heat-ink') expect([name, value]).toEqual([name, pages[scheme]!.get(name)])
      }
    }
  })
})

it('every warning of a fit has its words', () => {
  for (const warning of fitWarnings) expect(translator.knows(`audit:warning.${warning}`), warning).toBe(true)
})
