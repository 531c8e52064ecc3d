import { describe, expect, test } from 'vitest'
import { emptyState, type FoldableEvent, fold, foldHistory, mustRefold } from './fold.ts'

const place = { zone: 'Asia/Shanghai', currency: 'CNY' }

function bought(at: string, amountMinor = 100, currency = 'CNY'): FoldableEvent {
  return { kind: 'purchase.recorded', occurredAt: new Date(at), payload: { amountMinor, currency, lines: [] } }
}

function refunded(at: string, amountMinor: number): FoldableEvent {
  return { kind: 'refund.recorded', occurredAt: new Date(at), payload: { amountMinor, currency: 'CNY', lines: [] } }
}

describe('fold', () => {
  test.each([
    ['nothing bought', [], { purchaseDays: 0, gapDaysSum: 0, lastOn: null }],
    ['one purchase', [bought('2026-03-01T02:00:00Z')], { purchaseDays: 1, gapDaysSum: 0, lastOn: '2026-03-01' }],
    [
      'two purchases on one local day are one purchase day',
      [bought('2026-02-28T16:30:00Z'), bought('2026-03-01T15:30:00Z')],
      { purchaseDays: 1, purchases: 2, spendMinor: 200, lastDayMinor: 200, firstOn: '2026-03-01' },
    ],
    [
      'two purchases of one UTC day on two local days are a gap of one day',
      [bought('2026-03-01T15:59:00Z'), bought('2026-03-01T16:00:00Z')],
      { purchaseDays: 2, gapDaysSum: 1, logGapSum: 0, lastOn: '2026-03-02' },
    ],
    [
      'gaps of 24 and 61 days',
      [bought('2026-01-01T02:00:00Z'), bought('2026-01-25T02:00:00Z'), bought('2026-03-27T02:00:00Z')],
      { purchaseDays: 3, gapDaysSum: 85, logGapSum: Math.log(24) + Math.log(61), lastOn: '2026-03-27' },
    ],
    [
      'the square of a day is added when the day is over',
      [bought('2026-01-01T02:00:00Z', 3), bought('2026-01-01T03:00:00Z', 4), bought('2026-01-02T02:00:00Z', 5)],
      { spendSquares: 49, lastDayMinor: 5, spendMinor: 12 },
    ],
    [
      'a refund changes money and no day',
      [bought('2026-01-01T02:00:00Z', 500), refunded('2026-02-01T02:00:00Z', 200)],
      { purchaseDays: 1, spendMinor: 500, refundMinor: 200, refunds: 1, lastOn: '2026-01-01' },
    ],
    [
      'foreign money counts for the rhythm and not for the spend',
      [bought('2026-01-01T02:00:00Z', 500, 'EUR')],
      { purchaseDays: 1, purchases: 1, spendMinor: 0 },
    ],
  ] as const)('%s', (_, events, expected) => {
    expect(foldHistory(events, place)).toMatchObject(expected)
  })

  test.each([
    ['an event before the last purchase day', bought('2026-02-28T02:00:00Z'), true],
    ['an event on the last purchase day, whatever the hour', bought('2026-02-28T16:00:00Z'), false],
    ['a later event', bought('2026-03-05T02:00:00Z'), false],
    ['a refund from long ago', refunded('2026-01-01T02:00:00Z', 1), false],
    [
      'a correction',
      { ...bought('2026-03-05T02:00:00Z'), payload: { replaces: 'x', amountMinor: 1, currency: 'CNY', lines: [] } },
      true,
    ],
  ])('%s asks for the whole log: %#', (_, event, expected) => {
    const state = fold(emptyState, bought('2026-03-01T02:00:00Z'), place)
    expect(mustRefold(state, event, place)).toBe(expected)
  })
})
