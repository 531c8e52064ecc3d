import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Refusal } from '#kernel/refusal.ts'
import { apply } from './apply.ts'
import { emptyHolding, type Holding, type Lot } from './holding.ts'
import type { Act, Instruction, Posting } from './instruction.ts'
import type { AssetKind } from './kinds.ts'

const day = 86_400_000
const shop = 'redeemed:tea-house' as const

/** A ledger of a few parties in memory: what `apply` needs around it. */
function book(kind: AssetKind = 'points') {
  const holdings = new Map<string, Holding>()
  const postings: Posting[] = []
  let ids = 0
  const holdingOf = (partyId: string) => {
    const known = holdings.get(partyId) ?? emptyHolding(partyId, 'points', kind)
    holdings.set(partyId, known)
    return known
  }
  return {
    holdings,
    postings,
    holdingOf,
    /** Does the act; a refusal changes nothing and is answered by its code. */
    ask(act: Act, at: number, partyId = 'wang'): string | undefined {
      const before = structuredClone(holdings)
      const journal = { transactionId: 'any', postings: [] as Posting[], extended: [] }
      const instruction = { key: 'any', partyId, asset: 'points', occurredAt: at, ...act } as Instruction
      try {
        const newId = () => String(ids++).padStart(6, '0')
        apply(journal, holdingOf(partyId), instruction, { now: at, newId, holdingOf })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        holdings.clear()
        for (const [id, holding] of before) holdings.set(id, holding)
        return error.code.replace('ledger:refusal.', '')
      }
      postings.push(...journal.postings)
      return undefined
    },
    issue(amount: number, at: number, more: { source?: string; maturesAt?: number; expiresAt?: number } = {}) {
      return this.ask({ act: 'issue', amount, from: 'issuance:tea-house', issuer: 'tea-house', ...more }, at)
    },
    accounts(partyId = 'wang') {
      const { pending, available, held, debt } = holdingOf(partyId)
      return { pending, available, held, debt }
    },
  }
}

const empty = { pending: 0, available: 0, held: 0, debt: 0 }

describe('value comes', () => {
  it('waits until the return window is over', () => {
    const ledger = book()
    ledger.issue(10, 0, { maturesAt: 14 * day })
    expect(ledger.accounts()).toEqual({ ...empty, pending: 10 })
    ledger.ask({ act: 'settle' }, 14 * day - 1)
    expect(ledger.accounts()).toEqual({ ...empty, pending: 10 })
    ledger.ask({ act: 'settle' }, 14 * day)
    expect(ledger.accounts()).toEqual({ ...empty, available: 10 })
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses %s as an amount', amount => {
    expect(book().issue(amount, 0)).toBe('not-an-amount')
  })

  it('that is already beyond its time is booked twice, and never dropped', () => {
    const ledger = book()
    ledger.issue(10, 5, { expiresAt: 4 })
    expect(ledger.accounts()).toEqual(empty)
    expect(ledger.postings.map(posting => posting.code)).toEqual(['issue', 'expire'])
  })
})

describe('value is used', () => {
  it('what expires first is used first, whatever came first', () => {
    const ledger = book()
    ledger.issue(10, 0, { expiresAt: 90 * day })
    ledger.issue(10, 1, { expiresAt: 30 * day })
    ledger.issue(10, 2)
    ledger.ask({ act: 'spend', holdId: 'h', amount: 12, to: shop }, 3)
    expect([...ledger.holdingOf('wang').lots.values()].map(lot => lot.captured)).toEqual([2, 10, 0])
  })

  it('never what has expired, although nobody came by to sweep', () => {
    const ledger = book()
    ledger.issue(10, 0, { expiresAt: 30 * day })
    expect(ledger.ask({ act: 'spend', holdId: 'h', amount: 10, to: shop }, 30 * day - 1)).toBeUndefined()
    const late = book()
    late.issue(10, 0, { expiresAt: 30 * day })
    expect(late.ask({ act: 'spend', holdId: 'h', amount: 10, to: shop }, 30 * day)).toBe('insufficient')
  })

  it('a capture leaves the rest where it came from', () => {
    const ledger = book()
    ledger.issue(10, 0)
    ledger.ask({ act: 'hold', holdId: 'h', amount: 8, until: day }, 1)
    expect(ledger.accounts()).toEqual({ ...empty, available: 2, held: 8 })
    ledger.ask({ act: 'capture', holdId: 'h', amount: 5, to: shop }, 2)
    expect(ledger.accounts()).toEqual({ ...empty, available: 5 })
    expect(ledger.ask({ act: 'capture', holdId: 'h', amount: 1, to: shop }, 3)).toBe('hold-ended')
  })

  it('never more than was held for it', () => {
    const ledger = book()
    ledger.issue(10, 0)
    ledger.ask({ act: 'hold', holdId: 'h', amount: 8, until: day }, 1)
    expect(ledger.ask({ act: 'capture', holdId: 'h', amount: 9, to: shop }, 2)).toBe('more-than-held')
    expect(ledger.ask({ act: 'capture', holdId: 'h', amount: 8, to: shop }, 2)).toBeUndefined()
  })

  it('a hold ends by itself, and what expired meanwhile is gone', () => {
    const ledger = book()
    ledger.issue(6, 0, { expiresAt: 5 * day })
    ledger.issue(6, 0)
    ledger.ask({ act: 'hold', holdId: 'h', amount: 10, until: 7 * day }, 1)
    expect(ledger.ask({ act: 'release', holdId: 'h' }, 8 * day)).toBe('hold-ended')
    ledger.ask({ act: 'settle' }, 8 * day)
    expect(ledger.accounts()).toEqual({ ...empty, available: 6 })
  })

  it('tier points are never spent', () => {
    const ledger = book('qualifying')
    ledger.issue(10, 0)
    expect(ledger.ask({ act: 'spend', holdId: 'h', amount: 1, to: shop }, 1)).toBe('not-spendable')
    expect(ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 1 }, 1)).toBe('not-transferable')
  })
})

describe('a purchase is refunded', () => {
  it('takes exactly the share, however many parts it comes in', () => {
    const ledger = book()
    ledger.issue(10, 0, { source: 'order' })
    for (const numerator of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      ledger.ask({ act: 'revoke', source: 'order', numerator, denominator: 9 }, numerator)
    }
    expect(ledger.accounts()).toEqual(empty)
    expect(ledger.holdingOf('wang').sources.get('order')!.revoked).toBe(10)
  })

  it('that was spent is owed, and the next points pay it before anything else', () => {
    const ledger = book()
    ledger.issue(10, 0, { source: 'order' })
    ledger.ask({ act: 'spend', holdId: 'h', amount: 10, to: shop }, 1)
    ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 1 }, 2)
    expect(ledger.accounts()).toEqual({ ...empty, debt: 10 })
    ledger.issue(4, 3)
    expect(ledger.accounts()).toEqual({ ...empty, debt: 6 })
    ledger.issue(9, 4)
    expect(ledger.accounts()).toEqual({ ...empty, available: 3 })
  })

  it('whose points had expired owes nothing', () => {
    const ledger = book()
    ledger.issue(10, 0, { source: 'order', expiresAt: day })
    ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 1 }, 2 * day)
    expect(ledger.accounts()).toEqual(empty)
    expect(ledger.postings.at(-1)).toMatchObject({ from: 'breakage:tea-house', to: 'revoked:tea-house', amount: 10 })
  })

  it('before it arrived, waits for it', () => {
    const ledger = book()
    ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 2 }, 0)
    ledger.issue(10, 1, { source: 'order' })
    expect(ledger.accounts()).toEqual({ ...empty, available: 5 })
  })
})

describe('a hold that ends', () => {
  it('pays first what was owed meanwhile', () => {
    for (const [end, at] of [
      [{ act: 'release', holdId: 'h' }, 3],
      [{ act: 'settle' }, day],
    ] as const) {
      const ledger = book()
      ledger.issue(10, 0, { source: 'order' })
      ledger.ask({ act: 'hold', holdId: 'h', amount: 8, until: day }, 1)
      ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 2 }, 2)
      expect(ledger.accounts()).toEqual({ ...empty, held: 8, debt: 3 })
      ledger.ask(end, at)
      expect(ledger.accounts()).toEqual({ ...empty, available: 5 })
    }
  })
})

describe('a gift', () => {
  it('pays what its receiver owes before it can be used', () => {
    const ledger = book()
    const to = { from: 'issuance:tea-house', issuer: 'tea-house' } as const
    ledger.ask({ act: 'issue', amount: 10, source: 'order', ...to }, 0, 'li')
    ledger.ask({ act: 'spend', holdId: 'h', amount: 10, to: shop }, 1, 'li')
    ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 1 }, 2, 'li')
    ledger.issue(12, 3)
    ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 12 }, 4)
    expect(ledger.accounts('li')).toEqual({ ...empty, available: 2 })
  })
})

describe('a redemption is refunded', () => {
  it('goes back to the lots it came from, never more than was spent', () => {
    const ledger = book()
    ledger.issue(6, 0, { expiresAt: 30 * day })
    ledger.issue(6, 0)
    ledger.ask({ act: 'spend', holdId: 'h', amount: 8, to: shop }, 1)
    ledger.ask({ act: 'return', holdId: 'h', amount: 3 }, 2)
    expect([...ledger.holdingOf('wang').lots.values()].map(lot => lot.available)).toEqual([1, 6])
    expect(ledger.ask({ act: 'return', holdId: 'h', amount: 6 }, 3)).toBe('more-than-redeemed')
  })

  it('after its lot has expired lives on only where grace is given', () => {
    for (const [grace, available] of [
      [undefined, 0],
      [60 * day, 6],
    ] as const) {
      const ledger = book()
      ledger.issue(6, 0, { expiresAt: 30 * day })
      ledger.ask({ act: 'spend', holdId: 'h', amount: 6, to: shop }, 1)
      const atLeastUntil = grace === undefined ? {} : { atLeastUntil: grace }
      ledger.ask({ act: 'return', holdId: 'h', amount: 6, ...atLeastUntil }, 40 * day)
      expect(ledger.accounts().available).toBe(available)
    }
  })
})

// What follows asks random sequences of everything and checks, after every step, what must always hold.

const amount = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, -1, 2 ** 31, 1e12, 1e12 + 1))
const name = fc.constantFrom('a', 'b', 'c')
const span = fc.option(fc.integer({ min: -5, max: 40 }), { nil: undefined })
type Step = { readonly wait: number; readonly party: string; readonly make: (now: number) => Act }
const since = (now: number, days: number | undefined) => (days === undefined ? undefined : now + days * day)
const without = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

const make: fc.Arbitrary<(now: number) => Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(amount, fc.option(name, { nil: undefined }), span, span).map(
      ([n, source, matures, expires]) =>
        (now: number): Act =>
          without({
            act: 'issue' as const,
            amount: n,
            from: 'issuance:shop' as const,
            issuer: 'shop',
            source,
            maturesAt: since(now, matures),
            expiresAt: since(now, expires),
          }) as Act,
    ),
  },
  fc.tuple(name, amount, fc.integer({ min: 0, max: 20 })).map(
    ([holdId, n, days]) =>
      (now: number): Act => ({
        act: 'hold',
        holdId,
        amount: n,
        until: now + days * day,
      }),
  ),
  fc.tuple(name, amount).map(
    ([holdId, n]) =>
      (): Act => ({ act: 'capture', holdId, amount: n, to: shop }),
  ),
  name.map(holdId => (): Act => ({ act: 'release', holdId })),
  fc.tuple(name, amount).map(
    ([holdId, n]) =>
      (): Act => ({ act: 'spend', holdId: `s${holdId}`, amount: n, to: shop }),
  ),
  fc.tuple(name, amount).map(
    ([holdId, n]) =>
      (): Act => ({ act: 'return', holdId: `s${holdId}`, amount: n }),
  ),
  fc.tuple(name, fc.integer({ min: -1, max: 8 }), fc.integer({ min: 0, max: 7 })).map(
    ([source, numerator, denominator]) =>
      (): Act => ({ act: 'revoke', source, numerator, denominator }),
  ),
  amount.map(n => (): Act => ({ act: 'debit', amount: n, to: 'adjustment' })),
  fc.tuple(fc.constantFrom('wang', 'li'), amount).map(
    ([toPartyId, n]) =>
      (): Act => ({
        act: 'transfer',
        toPartyId,
        amount: n,
      }),
  ),
)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 8 }), party: fc.constantFrom('wang', 'li'), make }),
  { maxLength: 40 },
)

function play(sequence: readonly Step[], afterEach?: (ledger: ReturnType<typeof book>) => void) {
  const ledger = book()
  let now = 1000 * day
  for (const step of sequence) {
    now += step.wait * day
    const before = structuredClone({ holdings: ledger.holdings, postings: ledger.postings.length })
    const refused = ledger.ask(step.make(now), now, step.party)
    if (refused !== undefined) {
      for (const [id, holding] of before.holdings) expect(ledger.holdings.get(id)).toEqual(holding)
      expect(ledger.postings.length).toBe(before.postings)
    }
    afterEach?.(ledger)
  }
  return { ledger, now }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const lotsOf = (holding: Holding): Lot[] => [...holding.lots.values()]

function balances(postings: readonly Posting[]): Map<string, number> {
  const found = new Map<string, number>()
  const own = ['pending', 'available', 'held', 'debt']
  const add = (posting: Posting, account: string, amount: number) => {
    const key = own.includes(account) ? `${posting.partyId} ${account}` : account
    found.set(key, (found.get(key) ?? 0) + amount)
  }
  for (const posting of postings) {
    add(posting, posting.from, -posting.amount)
    add(posting, posting.to, posting.amount)
  }
  return found
}

describe('whatever is asked, in whatever order', () => {
  it('every invariant holds after every step', () => {
    fc.assert(
      fc.property(steps, sequence => {
        play(sequence, ({ holdings, postings }) => {
          const balance = balances(postings)
          expect(sum([...balance.values()])).toBe(0)
          expect(balance.get('transit') ?? 0).toBe(0)
          for (const holding of holdings.values()) {
            const { partyId, pending, available, held, debt, lots, holds, sources } = holding
            // Accounts are the sum of their postings, and of their lots.
            for (const account of ['pending', 'available', 'held'] as const) {
              expect(balance.get(`${partyId} ${account}`) ?? 0).toBe(holding[account])
              expect(sum(lotsOf(holding).map(lot => lot[account]))).toBe(holding[account])
            }
            expect(balance.get(`${partyId} debt`) ?? 0).toBe(-debt + 0)
            expect(Math.min(pending, available, held, debt)).toBeGreaterThanOrEqual(0)
            if (debt > 0) expect(available).toBe(0)
            for (const lot of lots.values()) {
              const parts = [lot.pending, lot.available, lot.held, lot.captured, lot.expired, lot.revoked, lot.moved]
              expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
              expect(sum(parts)).toBe(lot.issued)
            }
            const open = [...holds.values()].filter(hold => hold.state === 'open')
            expect(sum(open.map(hold => hold.amount))).toBe(held)
            for (const hold of holds.values()) {
              expect(sum(hold.parts.map(part => part.amount))).toBe(hold.amount)
              for (const part of hold.parts) {
                expect(part.captured).toBeLessThanOrEqual(part.amount)
                expect(part.returned).toBeLessThanOrEqual(part.captured)
              }
            }
            for (const { source, numerator, denominator, revoked } of sources.values()) {
              const issued = sum(
                lotsOf(holding)
                  .filter(lot => lot.source === source)
                  .map(lot => lot.issued),
              )
              expect(revoked).toBe(Number((BigInt(issued) * BigInt(numerator)) / BigInt(denominator)))
            }
            // What a child lot is, its parent gave; and it never outlives it.
            for (const lot of lots.values()) {
              if (lot.parentId === null) continue
              const parent = [...holdings.values()].flatMap(lotsOf).find(other => other.lotId === lot.parentId)!
              expect(lot.expiresAt ?? Infinity).toBeLessThanOrEqual(parent.expiresAt ?? Infinity)
            }
          }
        })
      }),
      { numRuns: 2000 },
    )
  })

  it('a sweep in between changes nothing in the end', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 3 }), (sequence, every) => {
        const swept = book()
        let at = 1000 * day
        for (const step of sequence) {
          for (let passed = 0; passed < step.wait; passed++) {
            at += day
            if (every > 0 && passed % every === 0) {
              for (const party of ['wang', 'li']) swept.ask({ act: 'settle' }, at, party)
            }
          }
          swept.ask(step.make(at), at, step.party)
        }
        const { ledger, now } = play(sequence)
        for (const each of [swept, ledger]) for (const party of ['wang', 'li']) each.ask({ act: 'settle' }, now, party)
        for (const party of ['wang', 'li']) expect(swept.accounts(party)).toEqual(ledger.accounts(party))
        expect(balances(swept.postings)).toEqual(balances(ledger.postings))
      }),
      { numRuns: 1000 },
    )
  })

  it('refunds and their purchases commute', () => {
    const purchase = fc.record({ source: name, amount: fc.integer({ min: 1, max: 30 }) })
    const refund = fc.record({ source: name, numerator: fc.integer({ min: 0, max: 7 }) })
    fc.assert(
      fc.property(
        fc.uniqueArray(purchase, { selector: each => each.source, maxLength: 3 }),
        fc.array(refund, { maxLength: 6 }),
        fc.func(fc.integer()),
        (purchases, refunds, shuffle) => {
          const acts: Act[] = [
            ...purchases.map(each => ({
              act: 'issue' as const,
              from: 'issuance:shop' as const,
              issuer: 'shop',
              ...each,
            })),
            ...refunds.map(each => ({ act: 'revoke' as const, denominator: 7, ...each })),
          ]
          const inOrder = book()
          const shuffled = book()
          for (const act of acts) inOrder.ask(act, 0)
          for (const act of acts.map((act, i) => ({ act, by: shuffle(i) })).sort((a, b) => a.by - b.by)) {
            shuffled.ask(act.act, 0)
          }
          expect(shuffled.accounts()).toEqual(inOrder.accounts())
        },
      ),
      { numRuns: 500 },
    )
  })
})
