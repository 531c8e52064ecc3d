import { describe, expect, it } from 'vitest'
import { Refusal } from '#kernel/refusal.ts'
import { apply } from './apply.ts'
import { copyHolding, emptyHolding, type Holding, type Lot, lotsInOrder, nextDueAt } from './holding.ts'
import type { Act, Instruction, Posting } from './instruction.ts'
import { move } from './settle.ts'
import { book, day, empty, shop } from './testing/memory.ts'

/** Does an act to a holding of its own and answers with the refusal, as the outer door sees it. */
function refusalOf(holding: Holding, act: object): object | undefined {
  const journal = { transactionId: 't', postings: [] as Posting[], extended: [] as string[] }
  const instruction = { key: 'k', partyId: 'wang', asset: 'points', occurredAt: 0, ...act } as Instruction
  const others = new Map<string, Holding>([['wang', holding]])
  const holdingOf = (id: string) => {
    if (!others.has(id)) others.set(id, emptyHolding(id, 'points', holding.kind))
    return others.get(id)!
  }
  try {
    apply(journal, holding, instruction, { now: 5, newId: () => `${holding.lots.size}`, holdingOf })
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { kind: error.kind, code: error.code.replace('ledger:refusal.', ''), details: error.details }
  }
}

function filled(amount = 10, kind: Holding['kind'] = 'points'): Holding {
  const holding = emptyHolding('wang', 'points', kind)
  refusalOf(holding, { act: 'issue', amount, from: 'adjustment', issuer: 'shop' })
  return holding
}
function withHold(): Holding {
  const holding = filled()
  refusalOf(holding, { act: 'hold', holdId: 'h', amount: 4, until: 9 })
  return holding
}
function withSpending(): Holding {
  const holding = filled()
  refusalOf(holding, { act: 'spend', holdId: 's', amount: 4, to: shop })
  return holding
}

describe('every refusal says what kind it is, why, and how much there was', () => {
  const large = 1e12 + 1
  const give = { act: 'transfer', toPartyId: 'li' } as const
  const spend = { act: 'spend', holdId: 'x', to: shop } as const
  const refusals: readonly [given: Holding, act: object, kind: string, code: string, details?: object][] = [
    [filled(), { ...spend, amount: 0 }, 'invalid', 'not-an-amount'],
    [filled(), { act: 'hold', holdId: 'x', amount: -1, until: 9 }, 'invalid', 'not-an-amount'],
    [filled(), { act: 'debit', amount: 1.5, to: 'adjustment' }, 'invalid', 'not-an-amount'],
    [filled(), { ...give, amount: 0 }, 'invalid', 'not-an-amount'],
    [withHold(), { act: 'capture', holdId: 'h', amount: 0, to: shop }, 'invalid', 'not-an-amount'],
    [withSpending(), { act: 'return', holdId: 's', amount: 0 }, 'invalid', 'not-an-amount'],
    [filled(), { act: 'overdraw', amount: 0, to: shop, most: 9 }, 'invalid', 'not-an-amount'],
    [
      filled(),
      { act: 'issue', amount: large, from: 'adjustment', issuer: 'x' },
      'invalid',
      'too-large',
      { most: 1e12 },
    ],
    [filled(), { act: 'hold', holdId: 'x', amount: 1, until: 5 }, 'invalid', 'hold-in-the-past'],
    [filled(), { ...spend, amount: 11 }, 'conflict', 'insufficient', { have: 10, need: 11 }],
    [filled(), { ...give, amount: 11 }, 'conflict', 'insufficient', { have: 10, need: 11 }],
    [filled(), { act: 'debit', amount: 11, to: 'adjustment' }, 'conflict', 'insufficient', { have: 10, need: 11 }],
    [
      filled(),
      { act: 'debit', amount: 1, to: 'adjustment', only: { source: 'x' } },
      'conflict',
      'insufficient',
      { have: 0, need: 1 },
    ],
    [withHold(), { act: 'hold', holdId: 'h', amount: 1, until: 9 }, 'conflict', 'hold-exists'],
    [
      withHold(),
      { act: 'capture', holdId: 'h', amount: 5, to: shop },
      'conflict',
      'more-than-held',
      { have: 4, need: 5 },
    ],
    [withHold(), { act: 'capture', holdId: 'x', amount: 5, to: shop }, 'not-found', 'no-such-hold'],
    [withSpending(), { act: 'release', holdId: 's' }, 'conflict', 'hold-ended', { state: 'captured' }],
    [withHold(), { act: 'return', holdId: 'h', amount: 1 }, 'not-found', 'no-such-redemption'],
    [withHold(), { act: 'return', holdId: 'x', amount: 1 }, 'not-found', 'no-such-redemption'],
    [withSpending(), { act: 'return', holdId: 's', amount: 5 }, 'conflict', 'more-than-redeemed', { have: 4, need: 5 }],
    [filled(), { act: 'revoke', source: 'a', numerator: 2, denominator: 1 }, 'invalid', 'not-a-share'],
    [filled(), { act: 'revoke', source: 'a', numerator: -1, denominator: 1 }, 'invalid', 'not-a-share'],
    [filled(), { act: 'revoke', source: 'a', numerator: 0, denominator: 0 }, 'invalid', 'not-a-share'],
    [filled(), { act: 'revoke', source: 'a', numerator: 0.5, denominator: 1 }, 'invalid', 'not-a-share'],
    [filled(), { act: 'revoke', source: 'a', numerator: 1, denominator: 1.5 }, 'invalid', 'not-a-share'],
    [filled(), { act: 'overdraw', amount: 1, to: shop, most: 9 }, 'conflict', 'not-empty', { have: 10 }],
    [filled(10, 'qualifying'), { act: 'overdraw', amount: 1, to: shop, most: 9 }, 'conflict', 'not-spendable'],
    [filled(10, 'qualifying'), { ...spend, amount: 1 }, 'conflict', 'not-spendable'],
    [filled(10, 'qualifying'), { act: 'hold', holdId: 'x', amount: 1, until: 9 }, 'conflict', 'not-spendable'],
    [filled(10, 'qualifying'), { ...give, amount: 1 }, 'conflict', 'not-transferable'],
    [filled(), { act: 'transfer', toPartyId: 'wang', amount: 1 }, 'invalid', 'transfer-to-self'],
    [
      filled(),
      { act: 'debit', amount: 1, to: 'pool:x' },
      'invalid',
      'no-such-way',
      { from: 'available', to: 'pool:x' },
    ],
  ]
  it.each(refusals)('%#: %2$s %3$s', (holding, act, kind, code, details = {}) => {
    expect(refusalOf(holding, act)).toEqual({ kind, code, details })
  })

  it('up to the edge nothing is refused', () => {
    expect(refusalOf(filled(), { act: 'issue', amount: 1e12, from: 'adjustment', issuer: 'x' })).toBeUndefined()
    expect(refusalOf(filled(), { act: 'revoke', source: 'a', numerator: 0, denominator: 1 })).toBeUndefined()
    expect(refusalOf(filled(), { act: 'revoke', source: 'a', numerator: 1, denominator: 1 })).toBeUndefined()
    expect(refusalOf(filled(), { act: 'hold', holdId: 'x', amount: 10, until: 6 })).toBeUndefined()
  })
})

describe('what was used and was not there is owed', () => {
  const overdraw = (amount: number, most: number): Act => ({ act: 'overdraw', amount, to: shop, most })

  it('up to the limit and no further', () => {
    const ledger = book()
    expect(ledger.ask(overdraw(6, 10), 0)).toBeUndefined()
    expect(ledger.postings).toMatchObject([
      { code: 'overdraw', from: 'debt', to: shop, amount: 6, lotId: null, occurredAt: 0 },
    ])
    expect(ledger.accounts()).toEqual({ ...empty, debt: 6 })
    expect(refusalOf(ledger.holdingOf('wang'), overdraw(5, 10))).toEqual({
      kind: 'conflict',
      code: 'beyond-the-limit',
      details: { owed: 6, need: 5, most: 10 },
    })
    expect(ledger.ask(overdraw(4, 10), 1)).toBeUndefined()
    ledger.issue(12, 2)
    expect(ledger.accounts()).toEqual({ ...empty, available: 2 })
  })
})

describe('nobody can hold more than whole numbers can say', () => {
  const most = 9e15
  it.each(['pending', 'available', 'held', 'debt'] as const)('what is %s counts', account => {
    const nearly = () => Object.assign(emptyHolding('wang', 'points', 'points'), { [account]: most - 10 })
    const issue = (amount: number) => ({ act: 'issue', amount, from: 'opening:x', issuer: 'x', maturesAt: 9 })
    expect(refusalOf(nearly(), issue(11))).toEqual({ kind: 'conflict', code: 'holding-full', details: {} })
    expect(refusalOf(nearly(), issue(10))).toBeUndefined()
  })

  it('nor be given it, nor be given it back', () => {
    const holding = withSpending()
    holding.pending = most - 8
    expect(refusalOf(holding, { act: 'return', holdId: 's', amount: 3 })).toMatchObject({ code: 'holding-full' })
    expect(refusalOf(holding, { act: 'return', holdId: 's', amount: 2 })).toBeUndefined()
    const giver = filled()
    const journal = { transactionId: 't', postings: [] as Posting[], extended: [] as string[] }
    const full = Object.assign(emptyHolding('li', 'points', 'points'), { pending: most - 4 })
    const give = (amount: number) => () =>
      apply(
        journal,
        giver,
        { key: 'k', partyId: 'wang', asset: 'points', occurredAt: 0, act: 'transfer', toPartyId: 'li', amount },
        { now: 5, newId: () => 'x', holdingOf: () => full },
      )
    expect(give(5)).toThrow('holding-full')
    expect(give(4)).not.toThrow()
  })
})

describe('the order of lots', () => {
  const lot = (lotId: string, expiresAt: number | null, maturesAt: number | null = null) =>
    ({ lotId, expiresAt, maturesAt }) as Lot
  it.each([
    ['what expires first', [lot('1', 9), lot('2', 5)], '21'],
    ['what never expires is last', [lot('1', null), lot('2', 5), lot('3', null)], '213'],
    ['then what matured first', [lot('1', 5, 3), lot('2', 5, 2), lot('3', 5)], '321'],
    ['then what came first', [lot('2', 5, 3), lot('1', 5, 3), lot('3', 5, 3)], '123'],
    ['of those that never expire too', [lot('2', null, 4), lot('1', null, 3), lot('3', null, 3)], '132'],
  ])('%s', (_, lots, order) => {
    const holding = emptyHolding('wang', 'points', 'points')
    for (const each of lots) holding.lots.set(each.lotId, each)
    expect(
      lotsInOrder(holding)
        .map(each => each.lotId)
        .join(''),
    ).toBe(order)
  })
})

describe('a copy', () => {
  it('says the same and can be changed alone, down to the parts of its holds', () => {
    const holding = withHold()
    refusalOf(holding, { act: 'revoke', source: 'a', numerator: 1, denominator: 2 })
    const copy = copyHolding(holding)
    const before = structuredClone(holding)
    expect(copy).toEqual(holding)
    copy.available = 99
    for (const lot of copy.lots.values()) lot.available = 99
    for (const hold of copy.holds.values()) {
      hold.state = 'lapsed'
      hold.parts[0]!.captured = 99
      hold.parts.push({ lotId: 'x', amount: 1, captured: 0, returned: 0 })
    }
    for (const source of copy.sources.values()) source.revoked = 99
    copy.lots.delete('0')
    copy.holds.clear()
    copy.sources.clear()
    expect(holding).toEqual(before)
  })
})

describe('when time next changes something', () => {
  it('nothing is due of what is used up, ended, or without a time', () => {
    const ledger = book()
    expect(nextDueAt(ledger.holdingOf('wang'))).toBeNull()
    ledger.issue(5, 0)
    expect(nextDueAt(ledger.holdingOf('wang'))).toBeNull()
    ledger.issue(5, 0, { maturesAt: 3 * day, expiresAt: 9 * day })
    expect(nextDueAt(ledger.holdingOf('wang'))).toBe(3 * day)
    ledger.ask({ act: 'hold', holdId: 'h', amount: 2, until: 2 * day }, 1)
    expect(nextDueAt(ledger.holdingOf('wang'))).toBe(2 * day)
    ledger.ask({ act: 'settle' }, 3 * day)
    expect(ledger.holdingOf('wang').holds.get('h')!.state).toBe('lapsed')
    expect(nextDueAt(ledger.holdingOf('wang'))).toBe(9 * day)
  })

  it('what was not read of a holding is remembered', () => {
    const holding = { ...emptyHolding('wang', 'points', 'points'), unreadDueAt: 7 }
    expect(nextDueAt(holding)).toBe(7)
  })

  it('holds that end at one instant end in the order of their ids, whoever was read first', () => {
    for (const order of [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
      ['b', 'c', 'a'],
    ]) {
      const ledger = book()
      const amounts = { a: 3, b: 4, c: 5 } as Record<string, number>
      for (const name of ['a', 'b', 'c']) {
        ledger.issue(amounts[name]!, 0, { source: name })
        const only = { source: name }
        ledger.ask({ act: 'hold', holdId: name, amount: amounts[name]!, until: day, only }, 1)
      }
      const holding = ledger.holdingOf('wang')
      const holds = order.map(name => holding.holds.get(name)!)
      holding.holds.clear()
      for (const hold of holds) holding.holds.set(hold.holdId, hold)
      ledger.ask({ act: 'overdraw', amount: 5, to: shop, most: 9 }, 2)
      ledger.ask({ act: 'settle' }, day)
      expect(ledger.lots().map(lot => lot.revoked)).toEqual([3, 2, 0])
    }
  })

  it('a hold that was let go or used says so', () => {
    const ledger = book()
    ledger.issue(9, 0)
    for (const holdId of ['a', 'b']) ledger.ask({ act: 'hold', holdId, amount: 2, until: day }, 1)
    ledger.ask({ act: 'release', holdId: 'a' }, 2)
    ledger.ask({ act: 'capture', holdId: 'b', amount: 1, to: shop }, 2)
    expect([...ledger.holdingOf('wang').holds.values()].map(hold => hold.state)).toEqual(['released', 'captured'])
  })
})

describe('what lies on several lots', () => {
  const two = () => {
    const ledger = book()
    ledger.issue(3, 0, { expiresAt: 30 * day })
    ledger.issue(5, 0, { expiresAt: 40 * day })
    return ledger
  }

  it('is used from the first on, as far as it goes', () => {
    const ledger = two()
    ledger.ask({ act: 'hold', holdId: 'h', amount: 8, until: day }, 1)
    ledger.ask({ act: 'capture', holdId: 'h', amount: 4, to: shop }, 2)
    expect(ledger.lots().map(lot => [lot.captured, lot.available])).toEqual([
      [3, 0],
      [1, 4],
    ])
  })

  it('is given back from the last on, never more of a lot than was used of it', () => {
    const ledger = two()
    ledger.ask({ act: 'spend', holdId: 's', amount: 8, to: shop }, 1)
    for (const amount of [4, 3]) expect(ledger.ask({ act: 'return', holdId: 's', amount }, 2)).toBeUndefined()
    expect(ledger.lots().map(lot => [lot.captured, lot.available])).toEqual([
      [1, 2],
      [0, 5],
    ])
  })

  it('gets grace only where something is given back', () => {
    const ledger = two()
    ledger.ask({ act: 'spend', holdId: 's', amount: 8, to: shop }, 1)
    ledger.ask({ act: 'return', holdId: 's', amount: 5, atLeastUntil: 90 * day }, 2)
    ledger.ask({ act: 'return', holdId: 's', amount: 1, atLeastUntil: 60 * day }, 2)
    expect(ledger.lots().map(lot => lot.expiresAt)).toEqual([60 * day, 90 * day])
  })

  it('one hold that ends lets the others stand', () => {
    const ledger = two()
    ledger.ask({ act: 'hold', holdId: 'a', amount: 2, until: day }, 1)
    ledger.ask({ act: 'hold', holdId: 'b', amount: 2, until: 2 * day }, 1)
    ledger.ask({ act: 'settle' }, day)
    expect(ledger.accounts()).toEqual({ ...empty, available: 6, held: 2 })
  })
})

describe('a broken promise of the code stops everything', () => {
  const journal = () => ({ transactionId: 't', postings: [] as Posting[], extended: [] as string[] })
  const way = { code: 'hold', from: ['available', 'available'], to: ['held', 'held'], at: 0 } as const

  it('a lot cannot give more than it has, nor less than nothing', () => {
    const holding = filled()
    const [lot] = holding.lots.values()
    expect(() => move(journal(), holding, { ...way, lot: lot!, amount: 11 })).toThrow('more than it has (hold 11)')
    expect(() => move(journal(), holding, { ...way, lot: lot!, amount: -1 })).toThrow('more than it has (hold -1)')
  })

  it('value moves only as its reason allows', () => {
    const holding = filled()
    const [lot] = holding.lots.values()
    expect(() => move(journal(), holding, { ...way, code: 'release', lot: lot!, amount: 1 })).toThrow(
      'release may not move value from available to held',
    )
  })

  it('a debt stays within the whole numbers', () => {
    const holding = Object.assign(emptyHolding('wang', 'points', 'points'), { debt: Number.MAX_SAFE_INTEGER })
    expect(() => refusalOf(holding, { act: 'overdraw', amount: 2, to: shop, most: Infinity })).toThrow('whole numbers')
  })

  it('a hold and a redemption lie on lots of their holding', () => {
    for (const [holding, act] of [
      [withHold(), { act: 'capture', holdId: 'h', amount: 1, to: shop }],
      [withHold(), { act: 'release', holdId: 'h' }],
      [withSpending(), { act: 'return', holdId: 's', amount: 1 }],
    ] as const) {
      holding.lots.clear()
      expect(() => refusalOf(holding, act)).toThrow('lots of its holding')
    }
  })
})
