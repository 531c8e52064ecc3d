import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, type Day } from '#kernel/clock/index.ts'
import type { TierRules } from './rules.ts'
import { type Counted, standingOn, tierFor } from './standing.ts'

const rules: TierRules = {
  measure: 'spend',
  currency: 'CNY',
  window: { kind: 'rolling', months: 12 },
  tiers: [
    { tierId: 'bronze', name: 'Bronze', atLeast: 100, rights: [] },
    { tierId: 'silver', name: 'Silver', atLeast: 500, rights: [] },
    { tierId: 'gold', name: 'Gold', atLeast: 1000, rights: [] },
  ],
  graceDays: 30,
  softLanding: true,
  noticeDays: 30,
}
const bought = (...all: [Day, number][]): Counted[] => all.map(([on, amount]) => ({ on, amount }))

describe('a threshold is reached by exactly its amount', () => {
  it.each([
    [0, -1],
    [99, -1],
    [100, 0],
    [499, 0],
    [500, 1],
    [999, 1],
    [1000, 2],
    [99_999, 2],
  ])('%i reaches %i', (amount, tier) => {
    expect(tierFor(rules, amount)).toBe(tier)
    expect(standingOn(rules, bought(['2026-01-15', amount]), '2026-01-15').tier).toBe(tier)
  })
})

describe('a rolling purchase counts to the day before the same day a year later', () => {
  const once = bought(['2026-01-15', 100])
  it.each([
    ['2026-01-14', 0, -1],
    ['2026-01-15', 100, 0],
    ['2027-01-14', 100, 0],
    ['2027-01-15', 0, 0],
    ['2027-02-13', 0, 0],
    ['2027-02-14', 0, -1],
  ])('on %s it counts %i, and the tier is %i', (on, qualified, tier) => {
    expect(standingOn(rules, once, on)).toMatchObject({ qualified, tier })
  })

  it('says when it will be lost, and what is missing', () => {
    expect(standingOn(rules, once, '2026-06-01').drop).toEqual({ on: '2027-02-14', to: -1, missing: 100 })
    const more = bought(['2026-01-15', 300], ['2026-08-01', 250])
    expect(standingOn(rules, more, '2026-09-01')).toMatchObject({
      tier: 1,
      drop: { on: '2027-02-14', to: 0, missing: 250 },
    })
  })

  it('and what is missing, bought on the last day of grace, keeps it', () => {
    const kept = bought(['2026-01-15', 300], ['2026-08-01', 250], ['2027-02-13', 250])
    expect(standingOn(rules, kept, '2027-03-01')).toMatchObject({ tier: 1 })
    const short = bought(['2026-01-15', 300], ['2026-08-01', 250], ['2027-02-13', 249])
    expect(standingOn(rules, short, '2027-03-01')).toMatchObject({ tier: 0 })
  })
})

describe('down', () => {
  const gold = bought(['2026-01-15', 1000])
  it.each<[string, Partial<TierRules>, [Day, number][]]>([
    [
      'one step at a time, each with its grace',
      {},
      [
        ['2027-02-14', 1],
        ['2027-03-16', 0],
        ['2027-04-15', -1],
      ],
    ],
    ['at once to where the amount says', { softLanding: false }, [['2027-02-14', -1]]],
    ['on the very day without grace', { softLanding: false, graceDays: 0 }, [['2027-01-15', -1]]],
    [
      'a step a day without grace',
      { graceDays: 0 },
      [
        ['2027-01-15', 1],
        ['2027-01-16', 0],
        ['2027-01-17', -1],
      ],
    ],
  ])('%s', (_, part, falls) => {
    const { steps } = standingOn({ ...rules, ...part }, gold, '2028-01-01')
    expect(steps.slice(1).map(step => [step.on, step.to])).toEqual(falls)
  })
})

describe('in calendar years a tier is good to the end of the next', () => {
  const yearly: TierRules = { ...rules, window: { kind: 'calendar-year' }, graceDays: 0, softLanding: false }
  it.each([
    ['2026-03-01', 1],
    ['2026-12-31', 1],
    ['2027-12-31', 1],
    ['2028-01-01', -1],
  ])('on %s it is %i', (on, tier) => {
    expect(standingOn(yearly, bought(['2026-03-01', 500]), on).tier).toBe(tier)
  })
  it.each([
    ['calendar-quarter', '2026-06-30', 1],
    ['calendar-quarter', '2026-07-01', -1],
    ['calendar-half-year', '2026-12-31', 1],
    ['calendar-half-year', '2027-01-01', -1],
  ] as const)('in a %s, to the end of the next: on %s it is %i', (kind, on, tier) => {
    expect(standingOn({ ...yearly, window: { kind } }, bought(['2026-03-01', 500]), on).tier).toBe(tier)
  })
  it('two half years are not one', () => {
    expect(standingOn(yearly, bought(['2026-12-31', 300], ['2027-01-01', 300]), '2027-06-01').tier).toBe(0)
  })
})

describe('whatever is bought', () => {
  const day = fc.integer({ min: 0, max: 900 }).map(days => addDays('2025-01-01', days))
  const purchases = fc.array(fc.record({ on: day, amount: fc.integer({ min: 1, max: 700 }) }), { maxLength: 12 })
  const anyRules = fc.record({
    graceDays: fc.constantFrom(0, 7, 30),
    softLanding: fc.boolean(),
    window: fc.constantFrom<TierRules['window']>(
      { kind: 'rolling', months: 6 },
      { kind: 'calendar-quarter' },
      { kind: 'calendar-half-year' },
      { kind: 'calendar-year' },
    ),
  })

  it('the tier never stands below what is met, the drop that was foretold happens, and nothing changes before it', () => {
    fc.assert(
      fc.property(purchases, anyRules, day, (counted, part, today) => {
        const given = { ...rules, ...part }
        const known = counted.filter(each => each.on <= today)
        const now = standingOn(given, known, today)
        expect(now.tier).toBeGreaterThanOrEqual(tierFor(given, now.qualified))
        expect(standingOn(given, known.toReversed(), today)).toEqual(now)
        if (now.drop) {
          expect(now.drop.on > today).toBe(true)
          expect(now.drop.missing).toBeGreaterThan(0)
          expect(standingOn(given, known, addDays(now.drop.on, -1)).tier).toBe(now.tier)
          expect(standingOn(given, known, now.drop.on).tier).toBe(now.drop.to)
        } else expect(standingOn(given, known, '2035-01-01').tier).toBe(now.tier)
      }),
      { numRuns: 500 },
    )
  })
})
