import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cameBack, daysUntilBack } from './afterwards.ts'
import { casesOf, type Edition, type Fact, type Ground, tierAt } from './cases.ts'
import { proposalFor, quantileOf, sayable, wouldKeep } from './improve.ts'
import { type CaseState, judgeAt, judgeClaim, lateMinutesOf, owedFor, stateOf } from './judge.ts'
import { readyPromises } from './ready.ts'
import type { Compensation, PromiseTerms } from './terms.ts'

const hour = 3_600_000
const ground: Ground = {
  calendars: [],
  digitsOf: () => 2,
  categoryOf: sku => (sku === 'tea' ? 'Tea' : undefined),
  tierId: null,
}
const [delivery] = readyPromises('CNY', 100) as [PromiseTerms]
const edition = (terms: PromiseTerms | null, startsAt = 0, number = 1): Edition => ({
  editionId: `e${number}`,
  promiseId: 'p',
  number,
  terms,
  zone: 'UTC',
  startsAt,
})

let ids = 0
const fact = (kind: string, atHour: number, payload: object = {}, properties: object | null = null): Fact => ({
  eventId: `f${String(++ids).padStart(6, '0')}`,
  kind,
  at: atHour * hour,
  receivedAt: atHour * hour,
  payload: payload as Record<string, unknown>,
  properties: properties as Record<string, unknown> | null,
})
const bought = (atHour: number, orderRef: string, more: object = {}) =>
  fact('purchase.recorded', atHour, { orderRef, amountMinor: 10_000, currency: 'CNY', ...more })
const arrived = (atHour: number, order: string) =>
  fact('client.tracked', atHour, { name: 'Order Delivered' }, { order_id: order })
const cancelled = (atHour: number, of: string, amountMinor = 10_000) =>
  fact('refund.recorded', atHour, { of, amountMinor, currency: 'CNY' })

const summary = (facts: readonly Fact[], editions = [edition(delivery)]) =>
  casesOf(editions, facts, ground).map(each => [
    each.reference,
    each.editionId,
    each.dueAt === null ? null : each.dueAt / hour,
    each.stoppedAt === null ? null : each.stoppedAt / hour,
    each.isVoid,
  ])

describe('what facts make of a promise', () => {
  test.each([
    ['an order opens a case', [bought(1, 'A')], [['A', 'e1', 49, null, false]]],
    ['its arrival stops it', [bought(1, 'A'), arrived(30, 'A')], [['A', 'e1', 49, 30, false]]],
    ['another order’s arrival does not', [bought(1, 'A'), arrived(30, 'B')], [['A', 'e1', 49, null, false]]],
    ['the first arrival counts', [bought(1, 'A'), arrived(60, 'A'), arrived(30, 'A')], [['A', 'e1', 49, 30, false]]],
    ['an arrival that seems to come before counts', [bought(5, 'A'), arrived(4, 'A')], [['A', 'e1', 53, 4, false]]],
    ['the first telling of an order counts', [bought(9, 'A'), bought(1, 'A')], [['A', 'e1', 49, null, false]]],
    ['what does not say which order is left out', [fact('purchase.recorded', 1, { amountMinor: 1 })], []],
    ['called off in time it is void', [bought(1, 'A'), cancelled(20, 'A')], [['A', 'e1', 49, null, true]]],
    ['a refund of a part leaves it', [bought(1, 'A'), cancelled(20, 'A', 500)], [['A', 'e1', 49, null, false]]],
    ['called off too late it is no excuse', [bought(1, 'A'), cancelled(50, 'A')], [['A', 'e1', 49, null, false]]],
    ['nothing was promised before', [bought(-1, 'A')], []],
  ] as const)('%s', (_, facts, expected) => {
    expect(summary(facts)).toEqual(expected)
  })

  test('the edition in force at the start decides, and an ended promise promises nothing', () => {
    const editions = [
      edition(delivery),
      edition({ ...delivery, subject: 'other' }, 10 * hour, 2),
      edition(null, 20 * hour, 3),
    ]
    const cases = summary([bought(9, 'A'), bought(10, 'B'), bought(20, 'C')], editions)
    expect(cases.map(([reference, by]) => [reference, by])).toEqual([
      ['A', 'e1'],
      ['B', 'e2'],
    ])
  })

  test.each([
    ['a shop', { merchants: ['east'] }, { merchant: 'east' }, true],
    ['another shop', { merchants: ['east'] }, { merchant: 'west' }, false],
    ['a group of products', { categories: ['Tea'] }, { lines: [{ sku: 'tea' }] }, true],
    ['another group', { categories: ['Tea'] }, { lines: [{ sku: 'cup' }] }, false],
    ['the least amount', { atLeastMinor: 10_000 }, {}, true],
    ['less than it', { atLeastMinor: 10_001 }, {}, false],
  ] as const)('the scope is held against the order: %s', (_, scope, order, isIn) => {
    const terms = { ...delivery, scope: { ...delivery.scope, ...scope } } as unknown as PromiseTerms
    expect(summary([bought(1, 'A', order)], [edition(terms)])).toHaveLength(isIn ? 1 : 0)
  })

  test.each([
    ['before the first move, what it moved from', 1, 'leaf'],
    ['at the moment of rising, the new one', 2, 'gold'],
    ['after falling to none', 5, null],
  ])('the tier at an instant is what the log says: %s', (_, atHour, tier) => {
    const facts = [
      fact('tiers.rose', 2, { from: 'leaf', to: 'gold' }),
      fact('tiers.fell', 5, { from: 'gold', to: null }),
    ]
    expect(tierAt(facts, atHour * hour, 'jade')).toBe(tier)
    expect(tierAt([], atHour * hour, 'jade')).toBe('jade')
  })

  test('the order of arrival never matters', () => {
    const facts = [
      bought(1, 'A'),
      arrived(30, 'A'),
      arrived(60, 'A'),
      bought(2, 'B'),
      cancelled(9, 'B'),
      bought(3, 'C'),
      arrived(90, 'C'),
    ]
    const expected = summary(facts).sort()
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), shuffled => {
        expect(summary(shuffled).sort()).toEqual(expected)
      }),
    )
  })
})

describe('when a promise is judged', () => {
  const theirs = { ...casesOf([edition(delivery)], [bought(1, 'A')], ground)[0]! }
  test.each([
    ['at its deadline it still runs', null, 49, 'open'],
    ['a moment before the grace is over it still runs', null, 49.99, 'open'],
    ['when the grace is over it is broken', null, 50, 'broken'],
    ['stopped at the deadline itself it is kept', 49, 49, 'kept'],
    ['stopped a second later it waits for the grace', 49.0003, 49.5, 'open'],
    ['and is broken then', 49.0003, 50, 'broken'],
  ] as const)('%s', (_, stopped, atHour, state) => {
    const stoppedAt = stopped === null ? null : Math.round(stopped * hour)
    expect(stateOf({ ...theirs, stoppedAt }, { graceMinutes: 60 }, atHour * hour)).toBe(state)
  })

  test('a start that was heard of late gives the facts that follow it time to come', () => {
    expect(judgeAt({ ...theirs, startReceivedAt: 500 * hour }, { graceMinutes: 60 }) / hour).toBe(501)
    expect(judgeAt({ ...theirs, dueAt: null }, { graceMinutes: 60 }) / hour).toBe(1)
  })

  test.each([
    [49 * hour, null, 50 * hour, 60],
    [49 * hour, 49 * hour + 1, 90 * hour, 1],
    [null, null, 90 * hour, null],
  ])('due at %s, stopped at %s: late by %s', (dueAt, stoppedAt, now, late) => {
    expect(lateMinutesOf({ dueAt, stoppedAt }, now)).toBe(late)
  })
})

describe('what breaking a promise gives', () => {
  const percent: Compensation = {
    kind: 'percent',
    percent: 10,
    leastMinor: 500,
    mostMinor: 20_000,
    currency: 'CNY',
    by: 'credit',
  }
  test.each([
    ['a share, rounded up to the minor unit', percent, { amountMinor: 88_005, currency: 'CNY' }, 8801],
    ['not more than the most', percent, { amountMinor: 500_000, currency: 'CNY' }, 20_000],
    ['not less than the least', percent, { amountMinor: 100, currency: 'CNY' }, 500],
    ['the least where the order is not known', percent, null, 500],
    ['the least where it was paid in another currency', percent, { amountMinor: 88_005, currency: 'EUR' }, 500],
    ['a fixed amount', { kind: 'money', amountMinor: 2000, currency: 'CNY', by: 'transfer' }, null, 2000],
    ['points', { kind: 'points', points: 100, worthMinor: 100, currency: 'CNY' }, null, 100],
    ['a call has no amount', { kind: 'apology' }, null, 0],
  ] as const)('%s', (_, compensation, order, amount) => {
    expect(owedFor(compensation as Compensation, order).amount).toBe(amount)
  })
})

describe('what becomes of a claim', () => {
  const terms = { ...delivery, claims: { believeUpToMinor: 5000, believedPerYear: 2, answerWithinHours: 24 } }
  const state: PromiseTerms = { ...terms, judged: { kind: 'state', broken: null } }
  const known = (its: CaseState, dueAt: number | null) => ({ state: its, dueAt })
  test.each([
    ['broken already', terms, known('broken', 9), 'customer', 0, 0, 'known'],
    ['kept, say the facts', terms, known('kept', 9), 'customer', 0, 0, 'ask'],
    ['called off, say the facts', terms, known('void', 9), 'staff', 0, 0, 'ask'],
    ['its time is not over', terms, known('open', 10), 'customer', 0, 0, 'running'],
    ['its time is over', terms, known('open', 9), 'customer', 9_999_999, 99, 'grant'],
    ['unknown and small', terms, null, 'customer', 5000, 1, 'grant'],
    ['unknown and a little more', terms, null, 'customer', 5001, 0, 'ask'],
    ['unknown, believed often', terms, null, 'customer', 1, 2, 'ask'],
    ['a room, seen by the house', state, null, 'staff', 9_999_999, 9, 'grant'],
    ['a room, said by the guest, too much', state, null, 'customer', 9_999_999, 0, 'ask'],
  ] as const)('%s', (_, by, theirs, who, worthMinor, believed, verdict) => {
    expect(judgeClaim({ known: theirs, by: who, now: 10, worthMinor, believed }, by)).toBe(verdict)
  })
})

describe('what should be promised instead', () => {
  test('the quantile of Harrell and Davis', () => {
    expect(quantileOf([1, 2, 3], 0.5)).toBeCloseTo(2, 12)
    expect(quantileOf([7], 0.95)).toBe(7)
    // By hand: the weights of a Beta(3, 3) over fifths are 0.05792, 0.25952, 0.36512, and back.
    expect(quantileOf([1, 2, 3, 4, 10], 0.5)).toBeCloseTo(3.2896, 10)
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
    expect(quantileOf(hundred, 0.95)).toBeGreaterThan(94)
    expect(quantileOf(hundred, 0.95)).toBeLessThan(97)
  })

  test.each([
    [1, 5],
    [119, 120],
    [121, 180],
    [2851, 2880],
    [10_081, 11_520],
  ])('%i minutes are said as %i', (minutes, said) => {
    expect(sayable(minutes)).toBe(said)
  })

  test('a time that 95 of 100 would have kept, with its interval; none where too many never ended', () => {
    const hours = Array.from({ length: 100 }, (_, index) => (index + 1) * 60)
    const found = wouldKeep(hours, 0)!
    expect(found.minutes / 60).toBeGreaterThanOrEqual(95)
    expect(found.minutes / 60).toBeLessThanOrEqual(97)
    expect(found.fromMinutes! / 60).toBe(90)
    expect(found.toMinutes! / 60).toBe(100)
    expect(wouldKeep(hours, 4)!.minutes).toBeGreaterThan(found.minutes)
    expect(wouldKeep(hours, 6)).toBeNull()
    expect(wouldKeep(hours.slice(0, 9), 0)).toBeNull()
  })

  const clock = { kind: 'elapsed', minutes: 2880 } as const
  const slow = Array.from({ length: 100 }, (_, index) => 1440 + index * 30)
  const seen = { minutes: slow, neverEnded: 0, costMinor: 100_000, days: 90, isOverBudget: false }
  test.each([
    ['surely not kept', { ...seen, kept: 60, broken: 40 }, 'not-kept', true],
    ['too few to say', { ...seen, kept: 5, broken: 5 }, null, false],
    ['kept well enough', { ...seen, kept: 97, broken: 3 }, null, false],
    ['over its budget', { ...seen, minutes: [60], kept: 97, broken: 3, isOverBudget: true }, 'over-budget', false],
  ] as const)('a promise is proposed for change only where it must be: %s', (_, observed, why, hasTime) => {
    const proposal = proposalFor(clock, observed)
    expect(proposal?.why ?? null).toBe(why)
    expect(proposal?.minutes != null).toBe(hasTime)
    if (hasTime) expect(proposal!.costPerYearThenMinor!).toBeLessThan(proposal!.costPerYearMinor)
  })
})

test.each([
  [['2026-03-01'], '2026-03-01', 60, false, null],
  [['2026-04-30'], '2026-03-01', 60, true, 60],
  [['2026-05-01'], '2026-03-01', 60, false, 61],
  [[], '2026-03-01', 60, false, null],
] as const)('bought on %j after %s: back within %i days %s', (days, on, within, isBack, after) => {
  expect(cameBack(days, on, within)).toBe(isBack)
  expect(daysUntilBack(days, on)).toBe(after)
})

test('the ready promises are sound', async () => {
  const { promiseTerms } = await import('./terms.ts')
  for (const terms of readyPromises('CNY', 100)) expect(promiseTerms.safeParse(terms).success).toBe(true)
})
