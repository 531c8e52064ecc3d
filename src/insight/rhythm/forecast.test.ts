import { describe, expect, test } from 'vitest'
import { daysBetween } from '#kernel/clock/index.ts'
import { mbgCnbdK } from '#statistics/index.ts'
import { type Calibration, calibrationFrom, customersLike } from './calibration.ts'
import { dueDays, dueTable } from './due-days.ts'
import { emptyState, type RhythmState } from './fold.ts'
import { forecastOf, historyOf, silenceOf, spendPerYearMinor } from './forecast.ts'
import type { RhythmModel } from './model.ts'
import { readingDay } from './reading.ts'

const parameters = { k: 1.6, r: 1.3, alpha: 40, a: 0.5, b: 2 }
const model: RhythmModel = {
  modelNo: 1,
  modelId: '',
  kind: 'fitted',
  fittedAt: new Date('2026-01-01'),
  asOfOn: '2026-01-01',
  customers: 1000,
  parameters,
  logLikelihood: -1,
  warnings: [],
  calibration: null,
}

const regular: RhythmState = {
  ...emptyState,
  purchaseDays: 11,
  purchases: 11,
  firstOn: '2026-01-01',
  lastOn: '2026-08-29',
  gapDaysSum: 240,
  logGapSum: 10 * Math.log(24),
  spendMinor: 220_000,
}

describe('the days to come', () => {
  test.each([0, 1, 2, 10, 500])('with %i gaps the table gives the same quantile as the model', gaps => {
    const history = { purchases: gaps, recency: gaps * 30, observed: gaps * 30 }
    const odds = dueTable(parameters)(gaps)
    const scale = parameters.alpha + history.recency
    const quantile = (p: number) => mbgCnbdK.nextPurchaseQuantile(parameters, history, p)
    for (const [name, exact] of [
      ['late', quantile(0.9)],
      ['dormant', Math.max(quantile(0.97), 2 * quantile(0.5))],
      ['lost', Math.max(quantile(0.99), 5 * quantile(0.5))],
    ] as const) {
      expect(Math.abs(odds[name] * scale - exact) / exact).toBeLessThan(1e-10)
    }
  })

  test('late comes before dormant and dormant before lost', () => {
    const days = dueDays(regular, dueTable(parameters), parameters.alpha)
    expect(days.lateOn! > regular.lastOn!).toBe(true)
    expect(days.dormantOn! > days.lateOn!).toBe(true)
    expect(days.lostOn! > days.dormantOn!).toBe(true)
  })

  test('nobody who comes like clockwork is lost after a few more days', () => {
    const clockwork = { ...parameters, k: 100, alpha: 40 / 100 }
    const days = dueDays(regular, dueTable(clockwork), clockwork.alpha)
    expect(daysBetween(regular.lastOn!, days.lateOn!)).toBeLessThan(32)
    expect(daysBetween(regular.lastOn!, days.dormantOn!)).toBeGreaterThan(44)
    expect(daysBetween(regular.lastOn!, days.lostOn!)).toBeGreaterThan(110)
  })

  test('two purchases make nobody late, and no purchase makes nobody anything', () => {
    const twice = { ...regular, purchaseDays: 2, gapDaysSum: 24, logGapSum: Math.log(24) }
    expect(dueDays(twice, dueTable(parameters), parameters.alpha).lateOn).toBeNull()
    expect(dueDays(emptyState, dueTable(parameters), parameters.alpha)).toEqual({
      lateOn: null,
      dormantOn: null,
      lostOn: null,
    })
  })
})

describe('a forecast', () => {
  test('says nothing below three purchases', () => {
    expect(forecastOf(model, { ...regular, purchaseDays: 2, gapDaysSum: 24 }, '2026-10-29', 60)).toBeUndefined()
  })

  test('draws the usual gap only a little from the own mean of ten gaps', () => {
    const forecast = forecastOf(model, regular, '2026-10-29', 60)!
    expect(forecast.ownMeanDays).toBe(24)
    expect(forecast.silentDays).toBe(61)
    expect(forecast.usualDays).toBeGreaterThan(23)
    expect(forecast.usualDays).toBeLessThan(30)
    expect(forecast.window.fromOn > regular.lastOn!).toBe(true)
    expect(forecast.window.toOn > forecast.window.fromOn).toBe(true)
  })

  test('is the model’s own probability where nothing was calibrated', () => {
    const forecast = forecastOf(model, regular, '2026-10-29', 60)!
    expect(forecast.stillCustomer).toBe(mbgCnbdK.probabilityAlive(parameters, historyOf(regular, '2026-10-29')))
    const raw = mbgCnbdK.probabilityOfSilence(parameters, historyOf(regular, '2026-10-29'), 60)
    expect(forecast.noPurchase.raw).toBe(raw)
    expect(forecast.noPurchase.calibrated).toBe(forecast.noPurchase.raw)
    expect(forecast.noPurchase.likeThis).toBeNull()
  })

  test.each([
    ['drop-out cannot be told from waiting', { ...model, warnings: ['dropout-not-identified'] as const }],
    ['the model is only a guess', { ...model, kind: 'prior' as const }],
  ])('does not print the chance of still being a customer when %s', (_, other) => {
    expect(forecastOf(other, regular, '2026-10-29', 60)!.stillCustomer).toBeNull()
  })

  test('reads a purchase that lies ahead of the day as today’s', () => {
    expect(forecastOf(model, regular, '2026-08-01', 60)!.silentDays).toBe(0)
  })

  test('uses the calibration of its own horizon only', () => {
    const past = Array.from({ length: 400 }, (_, index) => ({
      raw: 0.1 + (0.8 * index) / 400,
      silentDays: index,
      silent: (index * 7919) % 400 < 150 + index / 2,
    }))
    const calibration = calibrationFrom(past, '2026-01-01', 60)!
    const calibrated = { ...model, calibration }
    expect(silenceOf(calibrated, regular, '2026-10-29', 60).calibrated).not.toBe(
      silenceOf(calibrated, regular, '2026-10-29', 60).raw,
    )
    const other = silenceOf(calibrated, regular, '2026-10-29', 30)
    expect(other.calibrated).toBe(other.raw)
    expect(other.likeThis).toBeNull()
  })

  test.each([
    ['¥2,200 on 11 days, every 24 days', { ...regular }, 24, 304_167],
    ['refunds are taken off', { ...regular, refundMinor: 110_000 }, 24, 152_083],
    ['more refunded than bought', { ...regular, refundMinor: 330_000 }, 24, 0],
    ['nothing bought', emptyState, 24, 0],
  ])('spend of a year: %s', (_, state, usualDays, expected) => {
    expect(spendPerYearMinor(state, usualDays)).toBe(expected)
  })
})

describe('calibration', () => {
  const biased = Array.from({ length: 1000 }, (_, index) => ({
    raw: 0.2 + 0.4 * ((index % 100) / 100),
    silentDays: index % 100,
    // Everybody is silent more often than forecast: on average 0.4 was said and 0.7 happened.
    silent: (index * 617) % 1000 < 500 + 4 * (index % 100),
  }))

  test('lifts forecasts that were too hopeful, and is measured on customers it did not see', () => {
    const calibration = calibrationFrom(biased, '2026-01-01', 60)!
    expect(calibration.silentShare).toBeCloseTo(0.7, 1)
    expect(calibration.brierCalibrated).toBeLessThan(calibration.brierRaw)
    expect(calibration.errorCalibrated).toBeLessThan(calibration.errorRaw / 3)
    expect(calibration.bins.reduce((sum, bin) => sum + bin.customers, 0)).toBe(1000)
    expect(calibration.bins.every((bin, index) => index === 0 || bin.from >= calibration.bins[index - 1]!.to)).toBe(
      true,
    )
  })

  test.each([
    ['too few customers', biased.slice(0, 99)],
    ['everybody silent', biased.map(customer => ({ ...customer, silent: true }))],
    ['nobody silent', biased.map(customer => ({ ...customer, silent: false }))],
  ])('says nothing from %s', (_, past) => {
    expect(calibrationFrom(past, '2026-01-01', 60)).toBeNull()
  })

  test('never turns the ranking round', () => {
    const upsideDown = biased.map(customer => ({ ...customer, silent: customer.raw < 0.4 }))
    expect(calibrationFrom(upsideDown, '2026-01-01', 60)!.map).toEqual({ kind: 'logistic', intercept: 0, slope: 1 })
  })

  const bins: Calibration['bins'] = [
    { from: 0, to: 0.4, customers: 100, silent: 21, predicted: 0.2, calibrated: 0.2, actual: 0.21 },
    { from: 0.4, to: 0.7, customers: 19, silent: 9, predicted: 0.5, calibrated: 0.5, actual: 0.47 },
    { from: 0.7, to: 0.9, customers: 40, silent: 29, predicted: 0.8, calibrated: 0.8, actual: 0.725 },
  ]
  test.each([
    [0.01, { customers: 100, silent: 21, outOfTen: 1, cutoffOn: '2026-01-01' }],
    [0.2, { customers: 100, silent: 21, outOfTen: 2, cutoffOn: '2026-01-01' }],
    [0.5, null],
    [0.74, { customers: 40, silent: 29, outOfTen: 7, cutoffOn: '2026-01-01' }],
    [0.85, { customers: 40, silent: 29, outOfTen: 9, cutoffOn: '2026-01-01' }],
    [0.99, { customers: 40, silent: 29, outOfTen: 9, cutoffOn: '2026-01-01' }],
  ])('customers like one at %f', (raw, expected) => {
    const map = { kind: 'logistic', intercept: 0, slope: 1 } as const
    expect(customersLike({ bins, map, cutoffOn: '2026-01-01' }, raw)).toEqual(expected)
  })
})

test.each([
  ['2026-11-21', '2011-12-09', 'auto', '2011-12-09', true],
  ['2026-11-21', '2011-12-09', 'today', '2026-11-21', false],
  ['2026-11-21', '2026-09-22', 'auto', '2026-11-21', false],
  ['2026-11-21', '2026-09-21', 'auto', '2026-09-21', true],
  ['2026-11-21', '2026-11-19', 'last-event', '2026-11-19', true],
  ['2026-11-21', '2026-11-21', 'last-event', '2026-11-21', false],
  ['2026-11-21', null, 'auto', '2026-11-21', false],
] as const)(
  'on %s with the newest purchase on %s, read as %s, the day is %s',
  (today, newest, readAs, day, history) => {
    expect(readingDay(today, newest, readAs)).toEqual({ asOfOn: day, history })
  },
)
