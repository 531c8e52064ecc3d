import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { purchasesOf } from '#financial/points/index.ts'
import { chanceOf, entriesOf, type Facts, type Rules, stepsFor } from './entries.ts'
import type { EntryRule } from './rules.ts'

const opensAt = Date.parse('2026-03-01T00:00:00Z')
const closesAt = Date.parse('2026-04-01T00:00:00Z')
const draw = (rules: EntryRule[], mostTickets: number | null = null): Rules => ({
  rules,
  currency: 'CNY',
  mostTickets,
  opensAt,
  closesAt,
})
const bought = (eventId: string, at: string, amountMinor: number, currency = 'CNY') => ({
  eventId,
  kind: 'purchase.recorded',
  occurredAt: new Date(at),
  payload: { orderRef: eventId, amountMinor, currency, lines: [] },
})
const returned = (of: string, amountMinor: number) => ({
  eventId: `refund of ${of}`,
  kind: 'refund.recorded',
  occurredAt: new Date('2026-03-20T00:00:00Z'),
  payload: { of, amountMinor, currency: 'CNY', lines: [] },
})
const facts = (events: Parameters<typeof purchasesOf>[0][number][], more: Partial<Facts> = {}): Facts => ({
  purchases: purchasesOf(events, 'Asia/Shanghai'),
  happenings: [],
  given: [],
  ...more,
})
const count = (rules: Rules, given: Facts) => entriesOf(rules, given).reduce((sum, entry) => sum + entry.tickets, 0)

const perHundred: EntryRule = { kind: 'spend', perMinor: 100_00, tickets: 1 }
describe('tickets for what was spent', () => {
  test.each([
    ['a cent short of the amount brings none', 99_99, 0, 0],
    ['exactly the amount brings one', 100_00, 0, 1],
    ['only full amounts count', 350_00, 0, 3],
    ['what was given back takes its tickets', 350_00, 60_00, 2],
    ['all given back, none left', 350_00, 350_00, 0],
  ])('%s', (_, amountMinor, refundMinor, tickets) => {
    const events = [bought('a', '2026-03-10T00:00:00Z', amountMinor)]
    const all = refundMinor > 0 ? [...events, returned('a', refundMinor)] : events
    expect(count(draw([perHundred]), facts(all))).toBe(tickets)
  })
})

test.each([
  ['at the very opening', '2026-03-01T00:00:00.000Z', 1],
  ['a moment before it', '2026-02-28T23:59:59.999Z', 0],
  ['a moment before the closing', '2026-03-31T23:59:59.999Z', 1],
  ['at the very closing', '2026-04-01T00:00:00.000Z', 0],
])('an order %s brings %#', (_, at, tickets) => {
  expect(count(draw([perHundred]), facts([bought('a', at, 100_00)]))).toBe(tickets)
})

test.each<[string, EntryRule, number]>([
  ['every order of at least an amount', { kind: 'purchase', atLeastMinor: 50_00, tickets: 2 }, 4],
  ['every day, however many orders', { kind: 'visit', tickets: 1 }, 2],
  ['every full amount of each order, not of their sum', perHundred, 1],
])('%s', (_, rule, tickets) => {
  const events = [
    bought('a', '2026-03-10T01:00:00Z', 60_00),
    bought('b', '2026-03-10T02:00:00Z', 49_99),
    bought('c', '2026-03-11T02:00:00Z', 120_00),
    bought('d', '2026-03-12T02:00:00Z', 120_00, 'EUR'),
  ]
  expect(count(draw([rule]), facts(events))).toBe(tickets)
})

it('other facts bring tickets by their count, and what is given comes on top', () => {
  const at = opensAt + 1
  const happenings = [
    { eventId: 'x', kind: 'coalition.benefit-earned', at, count: 3 },
    { eventId: 'y', kind: 'tiers.rose', at, count: 1 },
  ]
  const given = [{ key: 'reward 1', at, tickets: 2 }]
  const rule: EntryRule = { kind: 'event', event: 'coalition.benefit-earned', tickets: 2 }
  expect(count(draw([rule]), facts([], { happenings, given }))).toBe(8)
})

it('what is beyond the most is cut from the latest', () => {
  const events = [bought('a', '2026-03-10T01:00:00Z', 400_00), bought('b', '2026-03-11T01:00:00Z', 400_00)]
  expect(entriesOf(draw([perHundred], 5), facts(events)).map(({ key, tickets }) => [key, tickets])).toEqual([
    ['a/0', 4],
    ['b/0', 1],
  ])
})

describe('what was posted becomes what is due', () => {
  const key = fc.constantFrom('a', 'b', 'c')
  const story = fc.array(fc.dictionary(key, fc.integer({ min: 1, max: 9 })), { maxLength: 6 })
  it('whatever was due before', () => {
    fc.assert(
      fc.property(story, days => {
        const posted = new Map<string, { key: string; generation: number; issued: number; kept: number }>()
        for (const day of days) {
          const due = Object.entries(day).map(([key, tickets]) => ({ key, at: 0, tickets }))
          for (const step of stepsFor(due, [...posted.values()])) {
            if (step.kind === 'grow') {
              const { key, generation, tickets } = step
              expect(posted.has(`${key}#${generation}`)).toBe(false)
              posted.set(`${key}#${generation}`, { key, generation, issued: tickets, kept: tickets })
            } else {
              // A share that was taken back is never given back.
              expect(step.kept).toBeLessThan(step.entry.kept)
              posted.set(`${step.entry.key}#${step.entry.generation}`, { ...step.entry, kept: step.kept })
            }
          }
          for (const name of ['a', 'b', 'c']) {
            const kept = [...posted.values()]
              .filter(each => each.key === name)
              .reduce((sum, each) => sum + each.kept, 0)
            expect(kept).toBe(day[name] ?? 0)
          }
          expect(stepsFor(due, [...posted.values()])).toEqual([])
        }
      }),
    )
  })
})

test.each([
  [0, 10, 3, 0],
  [1, 4, 1, 0.25],
  [2, 4, 2, 5 / 6],
  [4, 4, 1, 1],
  [1, 3, 5, 1],
  [1, 0, 1, 0],
])('%i of %i tickets with %i prizes win with %d', (own, all, prizes, chance) => {
  expect(chanceOf(own, all, prizes)).toBeCloseTo(chance, 12)
})
