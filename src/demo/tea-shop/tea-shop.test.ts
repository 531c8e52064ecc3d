import { describe, expect, it, test } from 'vitest'
import { daysBetween } from '#kernel/clock/index.ts'
import { chanceFrom } from '../chance.ts'
import { festivalsBetween, openDay, seasonOf } from './calendar.ts'
import { teaShop } from './tea-shop.ts'
import { teas } from './teas.ts'

const today = '2026-11-21'
const shop = teaShop(today)

describe('the tea shop is the same story every time', () => {
  it('tells the same customers and orders for the same last day', () => {
    expect(JSON.stringify(teaShop(today))).toBe(JSON.stringify(shop))
  })

  it('draws the same numbers from the same seed and others from another', () => {
    const [one, again, other] = [chanceFrom(7), chanceFrom(7), chanceFrom(8)].map(chance => chance.uniform())
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  it('throws fair dice', () => {
    const chance = chanceFrom(3)
    const spans = Array.from({ length: 20_000 }, () => chance.span(30, 4))
    const mean = spans.reduce((sum, span) => sum + span, 0) / spans.length
    expect(mean).toBeGreaterThan(29.5)
    expect(mean).toBeLessThan(30.5)
  })
})

describe('the shop looks like one', () => {
  it('has 1,200 customers, 40-odd teas, and about two and a half years of orders that end today', () => {
    expect(shop.customers).toHaveLength(1200)
    expect(teas.length).toBeGreaterThanOrEqual(40)
    expect(shop.orders.length).toBeGreaterThan(12_000)
    expect(shop.orders.length).toBeLessThan(30_000)
    const days = shop.orders.map(order => order.occurredAt.toISOString().slice(0, 10))
    expect(daysBetween(days[0]!, today)).toBeGreaterThan(880)
    expect(daysBetween(days.at(-1)!, today)).toBeLessThanOrEqual(1)
  })

  it('numbers orders in the order of time, each once', () => {
    const refs = shop.orders.map(order => order.orderRef)
    expect(refs).toEqual(refs.toSorted())
    expect(new Set(refs).size).toBe(refs.length)
  })

  it('refunds little, and never more than was paid', () => {
    const paid = new Map(shop.orders.map(order => [order.orderRef, order]))
    expect(shop.refunds.length).toBeGreaterThan(100)
    expect(shop.refunds.length / shop.orders.length).toBeLessThan(0.03)
    for (const refund of shop.refunds) {
      expect(refund.amountMinor).toBeLessThanOrEqual(paid.get(refund.of)!.amountMinor)
      expect(refund.occurredAt.getTime()).toBeGreaterThan(paid.get(refund.of)!.occurredAt.getTime())
    }
  })

  it('counts whole amounts, and lines that add up to their order', () => {
    for (const order of shop.orders) {
      expect(order.lines.every(line => Number.isSafeInteger(line.amountMinor) && line.amountMinor > 0)).toBe(true)
      expect(order.lines.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(order.amountMinor)
    }
  })

  it('sells mooncakes before Mid-Autumn only', () => {
    const festivals = festivalsBetween('2024-01-01', '2027-01-01')
    const mooncakes = shop.orders.filter(order => order.lines.some(line => line.sku === 'GI-01'))
    expect(mooncakes.length).toBeGreaterThan(50)
    const seasons = mooncakes.map(order =>
      seasonOf(new Date(order.occurredAt.getTime() + 8 * 3_600_000).toISOString().slice(0, 10), festivals),
    )
    expect(new Set(seasons)).toEqual(new Set(['mid-autumn']))
  })

  it('brings somebody back from the day of the call on', () => {
    const gone = shop.customers.find(customer => customer.hasLeft && customer.habit.kind === 'monthly')!
    const orders = shop.comeback(gone, '2026-09-01')
    expect(orders[0]!.occurredAt.toISOString().slice(0, 10)).toBe('2026-09-01')
    expect(orders.every(order => order.customer === gone.number)).toBe(true)
  })
})

describe('nobody in it can be reached', () => {
  it('uses only numbers and addresses that are kept for examples', () => {
    for (const { phone, email } of shop.customers) {
      if (phone) expect(phone).toMatch(/^\+44 (7700 900|20 7946 0)\d{3}$|^\+86 120 \d{4} \d{4}$/)
      if (email) expect(email).toMatch(/^[a-z0-9.]+@example\.(com|org|net)$/)
    }
  })

  it('gives no phone number and no address twice', () => {
    for (const kind of ['phone', 'email'] as const) {
      const given = shop.customers.flatMap(customer => customer[kind] ?? [])
      expect(new Set(given).size).toBe(given.length)
    }
  })
})

describe('the calendar knows the festivals', () => {
  const festivals = festivalsBetween('2024-01-01', '2027-12-31')

  test.each([
    ['2024-02-10', 'newYears'],
    ['2026-02-17', 'newYears'],
    ['2024-09-17', 'midAutumns'],
    ['2026-09-25', 'midAutumns'],
  ] as const)('%s is one of the %s', (day, kind) => {
    expect(festivals[kind]).toContain(day)
  })

  test.each([
    ['2026-09-20', 'mid-autumn'],
    ['2026-09-26', undefined],
    ['2026-02-10', 'new-year'],
    ['2026-04-05', 'spring'],
    ['2026-07-15', 'summer'],
    ['2026-11-21', undefined],
  ] as const)('on %s the season is %s', (day, season) => {
    expect(seasonOf(day, festivals)).toBe(season)
  })

  test.each([
    ['2026-02-15', '2026-02-15'],
    ['2026-02-16', '2026-02-21'],
    ['2026-02-20', '2026-02-21'],
    ['2026-02-21', '2026-02-21'],
  ] as const)('who would come on %s comes on %s', (day, comes) => {
    expect(openDay(day, festivals)).toBe(comes)
  })
})
