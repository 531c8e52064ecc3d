import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Correction, type Counted, inWholeUnits, settle, type Terms, termsOn } from './settlement.ts'

const breakage = { merchant: 50, pool: 20, coalition: 30 }
const agreed = (merchantId: string, number: number, said: Partial<Terms> = {}): Terms => ({
  termsId: `${merchantId} ${number}`,
  merchantId,
  number,
  fromOn: '2026-01-01',
  untilOn: null,
  fundMinorPer100: 100,
  redeemMinorPer100: 90,
  breakage,
  ...said,
})
const counted = (said: Partial<Counted>): Counted => ({
  kind: 'issued',
  merchantId: 'a',
  issuer: null,
  on: '2026-03-10',
  points: 1000,
  ...said,
})
const both = [agreed('a', 1), agreed('b', 1)]

describe('what a merchant owes for a month', () => {
  test.each<[string, Partial<Counted>[], Record<string, number>, [pool: number, margin: number, breakage: number]]>([
    ['is what it issued, at its rate', [{}], { a: 1000 }, [1000, 0, 0]],
    ['is less what refunds took back', [{}, { kind: 'revoked', points: 250 }], { a: 750 }, [750, 0, 0]],
    [
      'is paid back to whoever redeems, and the gap is the margin',
      [{}, { kind: 'redeemed', merchantId: 'b', issuer: 'a' }],
      { a: 1000, b: -900 },
      [0, 100, 0],
    ],
    [
      'comes back where a redemption is given back',
      [
        { kind: 'redeemed', merchantId: 'b', issuer: 'a' },
        { kind: 'returned', merchantId: 'b', issuer: 'a', points: 400 },
      ],
      { b: -540 },
      [-600, 60, 0],
    ],
    [
      'is shared where points expire: the merchant, the coalition, and the pool by keeping it',
      [{}, { kind: 'expired' }],
      { a: 500 },
      [200, 0, 300],
    ],
    [
      'is not shared where what expired was refunded after all',
      [{ kind: 'expired' }, { kind: 'expired', points: -1000 }, { kind: 'revoked' }],
      { a: -1000 },
      [-1000, 0, 0],
    ],
    [
      'is paid by the margin where the house itself had issued the points',
      [{ kind: 'redeemed', merchantId: 'b', issuer: 'points' }],
      { b: -900 },
      [0, -900, 0],
    ],
    ['is nothing without terms', [{ merchantId: 'c' }], {}, [0, 0, 0]],
    [
      'frees what was paid for points that the house takes itself',
      [{}, { kind: 'redeemed', merchantId: 'house', issuer: 'a' }],
      { a: 1000 },
      [0, 1000, 0],
    ],
  ])('%s', (_, facts, nets, [pool, margin, broken]) => {
    const settled = settle(both, facts.map(counted))
    expect(Object.fromEntries(settled.nets)).toEqual(nets)
    expect([settled.poolMinor, settled.marginMinor, settled.breakageMinor]).toEqual([pool, margin, broken])
  })

  test('has a line for each kind and each of the terms in force, and one for each correction', () => {
    const terms = [agreed('a', 1), agreed('a', 2, { fromOn: '2026-03-16', fundMinorPer100: 120 })]
    const facts = [counted({}), counted({ on: '2026-03-15', points: 11 }), counted({ on: '2026-03-16', points: 33 })]
    const { lines } = settle(terms, facts, [{ disputeId: 'd', merchantId: 'a', amountMinor: 40 }])
    expect(lines.map(line => [line.lineId, line.points, line.rateMinorPer100, line.amountMinor])).toEqual([
      ['issued-1', 1011, 100, 1011],
      // 39.6, and the sum 1010.6 is rounded once.
      ['issued-2', 33, 120, 40],
      ['correction-d', 0, 0, -40],
    ])
  })

  test('follows the last terms for what undoes earlier business, though they have ended', () => {
    const terms = [agreed('a', 1, { untilOn: '2026-02-28' })]
    const { nets, outside } = settle(terms, [counted({ kind: 'revoked', points: 10 }), counted({})])
    expect(Object.fromEntries(nets)).toEqual({ a: -10 })
    expect(outside.map(each => each.kind)).toEqual(['issued'])
  })
})

test.each([
  ['2025-12-31', undefined],
  ['2026-01-01', 1],
  ['2026-02-28', 1],
  ['2026-03-01', 2],
  ['2026-03-31', 2],
  ['2026-04-01', undefined],
])('on %s the terms in force are number %s', (on, number) => {
  const terms = [agreed('a', 1), agreed('a', 2, { fromOn: '2026-03-01', untilOn: '2026-03-31' }), agreed('b', 9)]
  expect(termsOn(terms, 'a', on)?.number).toBe(number)
})

test.each([
  [
    [3333n, 3333n, 3333n],
    [1, 0, 0],
  ],
  [
    [-5000n, -5000n],
    [0, -1],
  ],
  [
    [15_000n, -15_000n],
    [2, -2],
  ],
  [[], []],
])('%s ten-thousandths are %s whole units', (exact, parts) => {
  expect(inWholeUnits(exact)).toEqual(parts)
})

const day = fc.integer({ min: 1, max: 31 }).map(date => `2026-03-${String(date).padStart(2, '0')}`)
const merchant = fc.constantFrom('a', 'b', 'c', 'd', 'points', 'house')
const share = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }))
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const)
const someTerms = fc
  .array(
    fc.record({
      merchantId: fc.constantFrom('a', 'b', 'c'),
      fromOn: day,
      untilOn: fc.option(day),
      fundMinorPer100: fc.integer({ min: 0, max: 9999 }),
      redeemMinorPer100: fc.integer({ min: 0, max: 9999 }),
      breakage: share.map(([low, high]) => ({ merchant: low, pool: high - low, coalition: 100 - high })),
    }),
    { maxLength: 8 },
  )
  .map(all => all.map((each, index): Terms => ({ ...each, termsId: String(index), number: index + 1 })))
const someFacts = fc.array(
  fc.record({
    kind: fc.constantFrom('issued', 'revoked', 'redeemed', 'returned', 'expired') as fc.Arbitrary<Counted['kind']>,
    merchantId: merchant,
    issuer: merchant,
    on: day,
    points: fc.integer({ min: -5000, max: 1_000_000 }),
  }),
  { maxLength: 25 },
)
const someCorrections: fc.Arbitrary<Correction[]> = fc.array(
  fc.record({
    disputeId: fc.uuid(),
    merchantId: fc.constantFrom('a', 'b', 'c'),
    amountMinor: fc.integer({ min: -99_999, max: 99_999 }),
  }),
  { maxLength: 3 },
)

/** The same month in exact fractions, summed the other way round: per fact, without lines. */
function oracle(terms: readonly Terms[], facts: readonly Counted[], corrections: readonly Correction[]) {
  const nets = new Map<string, number>()
  const add = (merchantId: string, value: number) => nets.set(merchantId, (nets.get(merchantId) ?? 0) + value)
  let margin = 0
  let broken = 0
  for (const { kind, merchantId, issuer, on, points } of facts) {
    const begun = (of: string) => terms.filter(each => each.merchantId === of && each.fromOn <= on).at(-1)
    const last = begun(merchantId)
    const current = last && (last.untilOn === null || last.untilOn >= on) ? last : undefined
    if (kind === 'issued' && current) add(merchantId, points * current.fundMinorPer100)
    if (kind === 'revoked' && last) add(merchantId, -points * last.fundMinorPer100)
    if (kind === 'expired' && last) {
      add(merchantId, (-points * last.fundMinorPer100 * last.breakage.merchant) / 100)
      broken += (points * last.fundMinorPer100 * last.breakage.coalition) / 100
    }
    if (kind !== 'redeemed' && kind !== 'returned') continue
    const price = (kind === 'redeemed' ? current : last)?.redeemMinorPer100 ?? 0
    const sign = kind === 'redeemed' ? 1 : -1
    if (kind === 'redeemed' ? current : last) add(merchantId, -sign * points * price)
    margin += sign * points * ((begun(issuer!)?.fundMinorPer100 ?? 0) - price)
  }
  for (const { merchantId, amountMinor } of corrections) add(merchantId, -amountMinor * 100)
  return { nets, margin, broken }
}

test('of ten thousand months each adds up to nothing, to the last unit, and is what the facts say', () => {
  fc.assert(
    fc.property(someTerms, someFacts, someCorrections, (terms, facts, corrections) => {
      const settled = settle(terms, facts, corrections)
      const { nets, poolMinor, marginMinor, breakageMinor, lines } = settled
      const owed = [...nets.values()].reduce((sum, net) => sum + net, 0)
      expect(-owed + poolMinor + marginMinor + breakageMinor).toBe(0)
      const exact = oracle(terms, facts, corrections)
      for (const [merchantId, net] of nets) {
        const theirs = lines.filter(line => line.merchantId === merchantId)
        expect(theirs.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(net)
        expect(Math.abs(net - (exact.nets.get(merchantId) ?? 0) / 100)).toBeLessThanOrEqual(0.5 + 1e-6)
        for (const line of theirs) {
          const sign = line.kind === 'issued' || line.kind === 'returned' ? 1 : -1
          const worth = (sign * line.points * line.rateMinorPer100 * line.percent) / 10_000
          const due = line.kind === 'correction' ? line.amountMinor : worth
          expect(Math.abs(line.amountMinor - due)).toBeLessThan(1 + 1e-6)
        }
      }
      for (const merchantId of exact.nets.keys()) expect(nets.has(merchantId)).toBe(true)
      expect(Math.abs(marginMinor - exact.margin / 100)).toBeLessThanOrEqual(0.5 + 1e-6)
      expect(Math.abs(breakageMinor - exact.broken / 100)).toBeLessThanOrEqual(0.5 + 1e-6)
    }),
    { numRuns: 10_000 },
  )
}, 60_000)
