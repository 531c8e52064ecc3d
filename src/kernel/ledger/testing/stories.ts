import fc from 'fast-check'
import type { Act, Only } from '../instruction.ts'
import { day, shop } from './memory.ts'

/** What is asked may depend on the instant, and on the holds its party asked for before, the last one first. */
type Make = (now: number, holds: readonly string[]) => Act

/** Somebody asks for something some days after the one before; what it is may depend on what was asked before. */
export interface Step {
  readonly wait: number
  readonly party: string
  readonly make: Make
}

export const parties = ['he', 'li', 'wang'] as const
/** Small ones mostly, so that they meet; and those at the edges of what can be. */
export const anyAmount = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 1.5, 2 ** 31, 1e12, 1e12 + 1) },
)
/** Larger than what is used, so that there is something to use. */
const anyIssued = fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 1, max: 60 }) }, anyAmount)
const name = fc.constantFrom('a', 'b', 'c')
/** Mostly the hold asked for last, or one of those before; one that nobody asked for at the beginning. */
const nth = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3))
const one = (holds: readonly string[], index: number) => holds[index % Math.max(1, holds.length)] ?? 'none'
/** A new one, and now and then one that has already been used. */
const next = (holds: readonly string[], index: number) => (index === 3 ? one(holds, index) : `h${holds.length}`)
const issuer = fc.constantFrom('shop', 'inn')
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const span = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: -5, max: 0 }) },
)
const only: fc.Arbitrary<Only | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  fc.record({ issuers: fc.subarray(['shop', 'inn']) }),
  fc.record({ source: name }),
  fc.record({ issuers: fc.subarray(['shop', 'inn']), source: name }),
)
const since = (now: number, days: number | undefined) => (days === undefined ? undefined : now + days * day)

/** Leaves out what is not given, as callers do. */
export function given<T extends object>(fields: T): Act {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Act
}

const houseWays = [
  ['compensate', 'expense:late', 'payable:late'],
  ['retract', 'payable:late', 'expense:late'],
  ['pay-out', 'payable:late', 'clearing:bank'],
  ['fund', 'settlement:inn', 'pool:town'],
  ['reimburse', 'pool:town', 'settlement:inn'],
  ['keep', 'pool:town', 'margin:town'],
  ['keep', 'margin:town', 'pool:town'],
  ['keep', 'pool:town', 'breakage:town'],
  ['clear', 'settlement:inn', 'clearing:bank'],
  ['clear', 'clearing:bank', 'settlement:inn'],
] as const
const wrongWays = [
  ['fund', 'pool:town', 'settlement:inn'],
  ['keep', 'pool:town', 'issuance:shop'],
  ['pay-out', 'expense:late', 'clearing:bank'],
] as const

export const makeIssue: fc.Arbitrary<Make> = fc
  .record({ amount: anyIssued, issuer, source: maybe(name), matures: span, expires: span, from: fc.nat(19) })
  .map(({ amount, issuer: by, source, matures, expires, from }) => {
    const accounts = [
      'clearing:bank',
      'expense:bonus',
      'payable:late',
      'opening:old',
      'adjustment',
      'breakage:x',
    ] as const
    const account = accounts[from] ?? (`issuance:${by}` as const)
    return (now: number) =>
      given({
        act: 'issue',
        amount,
        from: account,
        issuer: by,
        source,
        maturesAt: since(now, matures),
        expiresAt: since(now, expires),
      })
  })

const makeHold = fc.record({ nth, amount: anyAmount, days: fc.integer({ min: 0, max: 20 }), only }).map(
  ({ nth: at, days, ...rest }): Make =>
    (now, holds) =>
      given({ act: 'hold', holdId: next(holds, at), ...rest, until: now + days * day }),
)
const makeCapture = fc.record({ nth, amount: anyAmount }).map(
  ({ nth: at, amount }): Make =>
    (_, holds) => ({ act: 'capture', holdId: one(holds, at), amount, to: shop }),
)
const makeRelease = nth.map(
  (at): Make =>
    (_, holds) => ({ act: 'release', holdId: one(holds, at) }),
)
const makeSpend = fc.record({ nth, amount: anyAmount, only }).map(
  ({ nth: at, ...rest }): Make =>
    (_, holds) =>
      given({ act: 'spend', holdId: next(holds, at), ...rest, to: shop }),
)
const makeReturn = fc.record({ nth, amount: anyAmount, grace: span }).map(
  ({ nth: at, amount, grace }): Make =>
    (now, holds) =>
      given({ act: 'return', holdId: one(holds, at), amount, atLeastUntil: since(now, grace) }),
)
const makeRevoke = fc
  .record({
    source: name,
    numerator: fc.integer({ min: -1, max: 6 }),
    denominator: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(5, 6, 7) }, fc.integer({ min: 0, max: 7 })),
  })
  .map(
    (rest): Make =>
      () => ({ act: 'revoke', ...rest }),
  )
const makeDebit = fc
  .record({ amount: anyAmount, to: fc.constantFrom('adjustment', 'clearing:bank', 'expense:x'), only })
  .map(
    (rest): Make =>
      () =>
        ({ act: 'debit', ...rest }) as Act,
  )
const makeTransfer = fc
  .record({ toPartyId: fc.constantFrom(...parties), amount: anyAmount, as: maybe(name), only })
  .map(
    (rest): Make =>
      () =>
        given({ act: 'transfer', ...rest }),
  )
const makeOverdraw = fc.record({ amount: anyAmount, most: fc.integer({ min: 0, max: 30 }) }).map(
  (rest): Make =>
    () => ({ act: 'overdraw', ...rest, to: shop }),
)
const makeExtend = fc.integer({ min: -5, max: 40 }).map(
  (days): Make =>
    now => ({ act: 'extend', until: now + days * day }),
)
const makeBook = fc.record({ way: fc.constantFrom(...houseWays, ...wrongWays), amount: anyAmount }).map(
  ({ way: [code, from, to], amount }): Make =>
    () =>
      ({ act: 'book', code, from, to, amount }) as Act,
)

/** Every act, also those that must be refused; an issue four times as often, since everything else needs something to be there. */
export const anyMake: fc.Arbitrary<Make> = fc.oneof(
  { weight: 5, arbitrary: makeIssue },
  { weight: 3, arbitrary: makeHold },
  { weight: 2, arbitrary: makeCapture },
  makeRelease,
  { weight: 3, arbitrary: makeSpend },
  { weight: 2, arbitrary: makeReturn },
  makeRevoke,
  makeDebit,
  { weight: 2, arbitrary: makeTransfer },
  makeOverdraw,
  makeExtend,
  makeBook,
  fc.constant((): Act => ({ act: 'settle' })),
)

/** Mostly on the same day; longer waits let things mature, lapse and expire. */
const wait = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 12 }),
)

export const stories = (most: number, of: readonly string[] = parties): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      wait,
      party: fc.oneof({ weight: 2, arbitrary: fc.constant(of.at(-1)!) }, fc.constantFrom(...of)),
      make: anyMake,
    }),
    {
      maxLength: most,
      size: 'max',
    },
  )

/** What is asked of whom and when: the same for whoever listens, whatever they answer. */
export function told(sequence: readonly Step[], start = 1000 * day): { partyId: string; act: Act; now: number }[] {
  const holds = new Map<string, string[]>()
  let now = start
  return sequence.map(({ wait: days, party, make }) => {
    now += days * day
    const own = holds.get(party) ?? []
    const act = make(now, own)
    if ((act.act === 'hold' || act.act === 'spend') && !own.includes(act.holdId)) holds.set(party, [act.holdId, ...own])
    return { partyId: party, act, now }
  })
}
