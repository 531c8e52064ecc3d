import { describe, expect, it } from 'vitest'
import { readBirthday } from '#kernel/parties/index.ts'
import { lastUsableDay } from './calendar.ts'
import { type Edition, earningsOf } from './earn.ts'
import { type MoneyEvent, purchasesOf } from './facts.ts'
import { type EarningRule, type PointsRules, usualRules } from './rules.ts'

const zone = 'Asia/Shanghai'
const spend: EarningRule = { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } }
const plain: PointsRules = { ...usualRules('CNY', 2), earning: [spend] }

function edition(rules: Partial<PointsRules>, startsOn = '2026-01-01', editionId = 'one'): Edition {
  return { editionId, zone, startsAt: Date.parse(`${startsOn}T00:00:00+08:00`), rules: { ...plain, ...rules } }
}

let events = 0
function buy(on: string, amountMinor: number, more: object = {}): MoneyEvent {
  const payload = { amountMinor, currency: 'CNY', lines: [], ...more }
  return { eventId: `e${++events}`, kind: 'purchase.recorded', occurredAt: new Date(`${on}T10:00:00+08:00`), payload }
}
function refund(on: string, amountMinor: number, more: object = {}): MoneyEvent {
  return { ...buy(on, amountMinor, more), kind: 'refund.recorded' }
}

const groups: Record<string, string> = { longjing: 'tea', pot: 'ware', card: 'gift cards' }

function earned(rules: Partial<PointsRules> | Edition[], facts: readonly MoneyEvent[], birthday: string | null = null) {
  const editions = Array.isArray(rules) ? rules : [edition(rules)]
  const purchases = purchasesOf(facts, zone)
  return earningsOf(
    { editions, categoryOf: sku => groups[sku] },
    { partyId: null, birthday: birthday ? readBirthday(birthday)! : null, purchases },
  )
}
const total = (earnings: readonly { kept: number }[]) => earnings.reduce((sum, each) => sum + each.kept, 0)
const item = (sku: string, amountMinor: number, quantity = 1000) => ({ sku, amountMinor, quantity })

describe('an order earns by what was spent', () => {
  it.each([
    ['nothing below the first amount', 999, {}, 0],
    ['one at the amount itself', 1000, {}, 1],
    ['rounded down once over the order', 12_850, {}, 12],
    ['nothing in another currency', 12_850, { currency: 'EUR' }, 0],
    ['nothing on what was paid with points', 12_850, { paidWithPointsMinor: 3000 }, 9],
    ['on tax too, unless it is left out', 12_850, { taxMinor: 3000 }, 12],
    ['by its lines where only some count', 9000, { lines: [item('longjing', 6000), item('pot', 4000)] }, 9],
  ])('%s', (_, amountMinor, more, points) => {
    expect(total(earned({}, [buy('2026-03-01', amountMinor, more)]))).toBe(points)
  })

  const some = [item('longjing', 6000), item('pot', 4000), item('card', 10_000)]
  it.each<[string, Partial<PointsRules>, number, number]>([
    [
      'a group carries its share of a discount',
      { earning: [{ ...spend, match: { kind: 'category', values: ['tea'] } }] },
      18_000,
      5,
    ],
    ['an item by its number', { earning: [{ ...spend, match: { kind: 'sku', values: ['pot'] } }] }, 20_000, 4],
    [
      'gift cards are left out',
      { exclude: { ...plain.exclude, items: { kind: 'category', values: ['gift cards'] } } },
      20_000,
      10,
    ],
    ['three per amount, rounded once', { earning: [{ ...spend, points: 3 }] }, 1500, 4],
    [
      'by the piece',
      { earning: [{ kind: 'item', ruleId: 'pots', points: 20, match: { kind: 'sku', values: ['pot'] } }] },
      20_000,
      20,
    ],
  ])('%s', (_, rules, amountMinor, points) => {
    expect(total(earned(rules, [buy('2026-03-01', amountMinor, { lines: some })]))).toBe(points)
  })

  it('and says why', () => {
    const [line] = earned({}, [buy('2026-03-01', 12_000, { orderRef: '4711' })])
    expect(line!.reason).toEqual({
      key: 'points:reason.spend-order',
      values: {
        count: 12,
        rate: 1,
        per: { amountMinor: 1000, currency: 'CNY' },
        base: { amountMinor: 12_000, currency: 'CNY' },
        order: '4711',
      },
    })
  })
})

describe('what is given back takes its share', () => {
  const order = buy('2026-03-01', 10_000, { orderRef: 'A' })
  const third = (ref?: object) => refund('2026-03-02', 3333, ref)
  it.each([
    ['a third, rounded over all refunds together', [order, third({ of: 'A' })], 7],
    ['two thirds in two parts take as much as at once', [order, third({ of: 'A' }), third({ of: 'A' })], 4],
    ['everything', [order, refund('2026-03-02', 10_000, { of: 'A' })], 0],
    ['more than everything', [order, refund('2026-03-02', 99_000, { of: 'A' })], 0],
    ['by its lines', [order, refund('2026-03-02', 5000, { lines: [{ ...item('x', 5000), of: 'A' }] })], 5],
    ['a refund that names no order is of the latest before it', [order, third()], 7],
    ['a refund of an order that nobody knows waits', [order, third({ of: 'B' })], 10],
    [
      'an exchange is a refund and a purchase',
      [order, refund('2026-03-02', 10_000, { of: 'A' }), buy('2026-03-02', 8000)],
      8,
    ],
  ])('%s', (_, facts, points) => {
    expect(total(earned({}, facts))).toBe(points)
    expect(total(earned({}, facts.toReversed()))).toBe(points)
  })
})

describe('other ways to earn', () => {
  const rule = (given: object) => ({ earning: [{ ruleId: 'r', points: 50, ...given } as EarningRule] })
  const days = (...all: string[]) => all.map(on => buy(on, 5000))
  it.each<[string, object, MoneyEvent[], number]>([
    ['a visit counts once a day', { kind: 'visit', weekdays: [] }, days('2026-03-01', '2026-03-01', '2026-03-02'), 100],
    ['only on Tuesdays', { kind: 'visit', weekdays: [2] }, days('2026-03-01', '2026-03-02', '2026-03-03'), 50],
    ['the first purchase', { kind: 'first' }, days('2026-03-01', '2026-03-02'), 50],
    ['not who bought before the programme', { kind: 'first' }, days('2025-12-31', '2026-03-02'), 0],
    [
      'the first that was kept',
      { kind: 'first' },
      [buy('2026-03-01', 100, { orderRef: 'A' }), refund('2026-03-01', 100, { of: 'A' }), ...days('2026-03-05')],
      50,
    ],
    [
      'once a year in the month of the birthday',
      { kind: 'birthday' },
      days('2026-05-01', '2026-05-02', '2026-06-01', '2027-05-31'),
      100,
    ],
    ['three months in a row', { kind: 'regularity', months: 3 }, days('2026-01-31', '2026-02-01', '2026-03-31'), 50],
    ['not with a month between', { kind: 'regularity', months: 3 }, days('2026-01-31', '2026-02-01', '2026-04-01'), 0],
    [
      'six months are twice three',
      { kind: 'regularity', months: 3 },
      days('2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'),
      100,
    ],
    ['over the new year', { kind: 'regularity', months: 2 }, days('2026-12-31', '2027-01-01'), 50],
    [
      'so much within a quarter',
      { kind: 'volume', per: 'quarter', atLeastMinor: 10_000 },
      days('2026-01-01', '2026-03-31'),
      50,
    ],
    ['one short of it', { kind: 'volume', per: 'quarter', atLeastMinor: 10_001 }, days('2026-01-01', '2026-03-31'), 0],
    ['not over its end', { kind: 'volume', per: 'quarter', atLeastMinor: 10_000 }, days('2026-03-31', '2026-04-01'), 0],
    [
      'refunds count',
      { kind: 'volume', per: 'year', atLeastMinor: 10_000 },
      [...days('2026-01-01', '2026-03-31'), refund('2026-04-01', 1)],
      0,
    ],
  ])('%s', (_, given, facts, points) => {
    expect(total(earned(rule(given), facts, '--05-20'))).toBe(points)
  })

  const double = {
    ruleId: 'double',
    name: '春茶',
    percent: 200,
    fromOn: '2026-03-01',
    untilOn: '2026-03-31',
    weekdays: [],
    onlyBirthMonth: false,
    budgetPoints: null,
  }
  it.each([
    ['doubles on its first day', double, '2026-03-01', 20],
    ['and on its last', double, '2026-03-31', 20],
    ['not before', double, '2026-02-28', 10],
    ['not after', double, '2026-04-01', 10],
    ['half as much again is rounded down', { ...double, percent: 155 }, '2026-03-01', 15],
    ['on its weekdays', { ...double, weekdays: [1] }, '2026-03-01', 10],
    ['for those whose birthday is in the month', { ...double, onlyBirthMonth: true }, '2026-03-01', 10],
  ])('a campaign %s', (_, campaign, on, points) => {
    expect(total(earned({ campaigns: [campaign] }, [buy(on, 10_000)], '--05-20'))).toBe(points)
  })
})

describe('limits', () => {
  const caps = { perDay: 15, perMonth: 25, everybodyPerMonth: null }
  it.each([
    ['a day', ['2026-03-01', '2026-03-01'], [10, 5]],
    ['a month', ['2026-03-01', '2026-03-02', '2026-03-03', '2026-04-01'], [10, 10, 5, 10]],
  ])('of %s cut what comes later', (_, days, points) => {
    expect(
      earned(
        { caps },
        days.map(on => buy(on, 10_000)),
      ).map(line => line.points),
    ).toEqual(points)
  })
})

describe('editions', () => {
  it('an order earns by the edition in force when it happened', () => {
    const editions = [edition({}), edition({ earning: [{ ...spend, points: 2 }] }, '2026-03-01', 'two')]
    const orders = [buy('2026-02-28', 10_000), buy('2026-03-01', 10_000)]
    expect(earned(editions, orders).map(line => [line.editionId, line.points])).toEqual([
      ['one', 10],
      ['two', 20],
    ])
  })
  it('nothing is earned before the first', () => {
    expect(earned({}, [buy('2025-12-31', 10_000)])).toEqual([])
  })
})

describe('points are good until the end of a day', () => {
  it.each([
    ['2026-01-31', 1, 'day', '2026-02-28'],
    ['2024-01-31', 1, 'day', '2024-02-29'],
    ['2024-02-29', 12, 'day', '2025-02-28'],
    ['2026-01-31', 1, 'month', '2026-02-28'],
    ['2026-01-15', 12, 'month', '2027-01-31'],
    ['2026-01-31', 1, 'quarter', '2026-03-31'],
    ['2026-11-30', 2, 'quarter', '2027-03-31'],
    ['2026-12-31', 12, 'year', '2027-12-31'],
  ] as const)('earned on %s, %i months, end of the %s: %s', (earnedOn, months, endOf, last) => {
    expect(lastUsableDay(earnedOn, { kind: 'months', months, endOf })).toBe(last)
  })

  it('in the zone of the business', () => {
    const [line] = earned({ pendingDays: 7 }, [buy('2026-03-01', 1000)])
    expect(new Date(line!.maturesAt!).toISOString()).toBe('2026-03-07T16:00:00.000Z')
    expect(new Date(line!.expiresAt!).toISOString()).toBe('2027-03-31T16:00:00.000Z')
  })
})
