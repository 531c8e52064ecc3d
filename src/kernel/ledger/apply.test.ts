import { describe, expect, it } from 'vitest'
import { book, day, empty, shop } from './testing/memory.ts'

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
