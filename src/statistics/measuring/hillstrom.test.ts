import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sharedDataPath } from '../../../bench/rhythm-datasets.ts'
import { describeSample } from '../intervals/sample.ts'
import { welchInterval } from '../intervals/welch-interval.ts'
import { cuped } from './cuped.ts'
import { describePairedSample } from './paired-sample.ts'
import {
  qiniCoefficient,
  qiniCurve,
  type UpliftColumns,
  upliftAtShare,
  upliftCoefficient,
  upliftCurve,
} from './uplift.ts'

// Kevin Hillstrom's MineThatData e-mail challenge (2008): 64,000 customers, a third each with the men's mail, the women's
// mail and no mail.
const path = sharedDataPath('hillstrom', 'hillstrom.csv')
const present = existsSync(path)
if (!present) console.log('skipped: the Hillstrom set is not in ../shared/data (or GUANXI_SHARED_DATA)')

const rows = present ? readFileSync(path, 'utf8').trim().split('\n').slice(1) : []
const customers = rows.map(line => {
  const fields = line.replace(/"[^"]*"/, 'segment').split(',')
  const [visit, conversion, spend] = [Number(fields[9]), Number(fields[10]), Number(fields[11])]
  return { history: Number(fields[2]), womens: Number(fields[4]), mail: fields[8]!, visit, conversion, spend }
})
const none = customers.filter(({ mail }) => mail === 'No E-Mail')

describe.skipIf(!present)('what the mails changed, by Welch', () => {
  it.each([
    ['Womens E-Mail', 'visit', 0.04523, 0.03889, 0.05157],
    ['Womens E-Mail', 'conversion', 0.00311, 0.0015, 0.00472],
    ['Womens E-Mail', 'spend', 0.4244, 0.169, 0.6799],
    ['Mens E-Mail', 'visit', 0.07659, 0.06995, 0.08323],
    ['Mens E-Mail', 'conversion', 0.00681, 0.005, 0.00861],
    ['Mens E-Mail', 'spend', 0.7698, 0.4851, 1.0545],
  ] as const)('%s, %s: %d [%d, %d]', (mail, outcome, estimate, low, high) => {
    const treated = customers.filter(customer => customer.mail === mail)
    const of = (group: typeof customers) => describeSample(group.map(customer => customer[outcome]))
    const found = welchInterval(of(treated), of(none))
    const digits = outcome === 'spend' ? 4 : 5
    expect([found.estimate, found.low, found.high].map(value => Number(value.toFixed(digits)))).toEqual([
      estimate,
      low,
      high,
    ])
    if (mail === 'Womens E-Mail' && outcome === 'spend') expect(found.pValue).toBeCloseTo(0.0011, 4)
  })
})

describe.skipIf(!present)('what last year explains of it, by CUPED', () => {
  it.each(['visit', 'spend'] as const)('%s: between .04 and .4 per cent of the variance goes', outcome => {
    const of = (mail: string) => {
      const group = customers.filter(customer => customer.mail === mail)
      return describePairedSample(
        group.map(customer => customer[outcome]),
        group.map(({ history }) => history),
      )
    }
    const found = cuped(of('Womens E-Mail'), of('No E-Mail'))
    expect(found.varianceReduction).toBeGreaterThan(0.0003)
    expect(found.varianceReduction).toBeLessThan(0.0045)
  })
})

describe.skipIf(!present)("on whom the women's mail works, by visits (scikit-uplift)", () => {
  const both = customers.filter(({ mail }) => mail !== 'Mens E-Mail')
  const columns: UpliftColumns = {
    scores: both.map(({ womens, history }) => 1000 * womens + history),
    outcomes: both.map(({ visit }) => visit),
    treated: both.map(({ mail }) => Number(mail === 'Womens E-Mail')),
  }

  it('Qini .06169, uplift .02823, uplift at 30 % .07055', () => {
    expect(qiniCoefficient(columns)).toBeCloseTo(0.06169, 5)
    expect(upliftCoefficient(columns)).toBeCloseTo(0.02823, 5)
    expect(upliftAtShare(columns, 0.3)).toBeCloseTo(0.07055, 5)
  })

  it('both curves end at what the mail gained of everybody', () => {
    const qini = qiniCurve(columns)
    const uplift = upliftCurve(columns)
    expect(qini.customers.at(-1)).toBe(42_693)
    expect(uplift.gain.at(-1)! / 42_693).toBeCloseTo(0.04523, 5)
    expect(qini.gain.at(-1)! / 21_387).toBeCloseTo(0.04523, 5)
  })
})
