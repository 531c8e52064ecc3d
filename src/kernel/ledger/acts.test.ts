import { describe, expect, it } from 'vitest'
import { type HouseAccount, isAllowed } from './kinds.ts'
import { type Book, book, day, empty, shop } from './testing/memory.ts'

const two = () => {
  const ledger = book()
  ledger.issue(5, 0, { issuer: 'shop', source: 'a', expiresAt: 30 * day })
  ledger.issue(7, 0, { issuer: 'inn', source: 'b', expiresAt: 20 * day })
  ledger.issue(3, 0, { issuer: 'inn', source: 'a', expiresAt: 10 * day })
  return ledger
}

describe('only some lots', () => {
  const uses = [
    [
      'spend',
      (ledger: Book, amount: number, only: object) =>
        ledger.ask({ act: 'spend', holdId: 'h', amount, to: shop, only }, 1),
    ],
    [
      'hold',
      (ledger: Book, amount: number, only: object) =>
        ledger.ask({ act: 'hold', holdId: 'h', amount, until: day, only }, 1),
    ],
    [
      'transfer',
      (ledger: Book, amount: number, only: object) => ledger.ask({ act: 'transfer', toPartyId: 'li', amount, only }, 1),
    ],
  ] as const
  const cases: readonly [only: object, most: number, left: readonly number[]][] = [
    [{ issuers: ['inn'] }, 10, [5, 0, 0]],
    [{ issuers: ['shop'] }, 5, [0, 7, 3]],
    [{ issuers: ['shop', 'inn'] }, 15, [0, 0, 0]],
    [{ source: 'a' }, 8, [0, 7, 0]],
    [{ issuers: ['inn'], source: 'a' }, 3, [5, 7, 0]],
    [{}, 15, [0, 0, 0]],
  ]
  describe.each(uses)('%s', (_, use) => {
    it.each(cases)('of %j may use %d and no more', (only, most, left) => {
      const over = two()
      expect(use(over, most + 1, only)).toBe('insufficient')
      expect(over.accounts()).toEqual({ ...empty, available: 15 })
      const ledger = two()
      expect(use(ledger, most, only)).toBeUndefined()
      expect(ledger.lots().map(lot => lot.available)).toEqual(left)
    })

    it('of nobody may use nothing', () => {
      expect(use(two(), 1, { issuers: [] })).toBe('insufficient')
      expect(use(two(), 1, { source: 'x' })).toBe('insufficient')
    })
  })

  it('takes what expires first among those it may take', () => {
    const ledger = two()
    ledger.ask({ act: 'spend', holdId: 'h', amount: 4, to: shop, only: { issuers: ['inn'] } }, 1)
    expect(ledger.lots().map(lot => lot.captured)).toEqual([0, 1, 3])
  })
})

describe('life is extended', () => {
  it.each([
    ['what would expire before', 30, 60, 60],
    ['not what lives longer anyway', 90, 60, 90],
    ['not what never expires', null, 60, null],
  ])('%s', (_, expires, until, then) => {
    const ledger = book()
    ledger.issue(5, 0, expires === null ? {} : { expiresAt: expires * day })
    expect(ledger.ask({ act: 'extend', until: until * day }, 1)).toBeUndefined()
    expect(ledger.lots()[0]!.expiresAt).toBe(then === null ? null : then * day)
    expect(ledger.extended).toHaveLength(expires === 30 ? 1 : 0)
    expect(ledger.postings).toHaveLength(1)
  })

  it('also of what waits or is held, but not of what is used up', () => {
    const ledger = book()
    ledger.issue(5, 0, { maturesAt: 5 * day, expiresAt: 30 * day })
    ledger.issue(6, 0, { expiresAt: 30 * day })
    ledger.ask({ act: 'hold', holdId: 'h', amount: 6, until: 9 * day }, 1)
    ledger.issue(7, 2, { expiresAt: 31 * day })
    ledger.ask({ act: 'spend', holdId: 's', amount: 7, to: shop }, 3)
    ledger.ask({ act: 'extend', until: 60 * day }, 4)
    expect(ledger.lots().map(lot => lot.expiresAt)).toEqual([60 * day, 60 * day, 31 * day])
  })

  it('does not wake what has expired', () => {
    const ledger = book()
    ledger.issue(5, 0, { expiresAt: 30 * day })
    ledger.ask({ act: 'extend', until: 60 * day }, 30 * day)
    expect(ledger.accounts()).toEqual(empty)
  })

  it('not of what was given by others: it keeps the life it came with', () => {
    const ledger = book()
    ledger.issue(5, 0, { expiresAt: 30 * day })
    ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 3 }, 1)
    for (const party of ['wang', 'li']) ledger.ask({ act: 'extend', until: 60 * day }, 2, party)
    expect(ledger.lots('wang')[0]!.expiresAt).toBe(60 * day)
    expect(ledger.lots('li')[0]!.expiresAt).toBe(30 * day)
  })

  it('by grace when a redemption is refunded, but not of a gift', () => {
    const ledger = book()
    ledger.issue(5, 0, { expiresAt: 30 * day })
    ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 2 }, 1)
    for (const [party, amount, expiresAt] of [
      ['wang', 3, 60 * day],
      ['li', 2, 30 * day],
    ] as const) {
      ledger.ask({ act: 'spend', holdId: 'h', amount, to: shop }, 2, party)
      ledger.ask({ act: 'return', holdId: 'h', amount, atLeastUntil: 60 * day }, 3, party)
      expect(ledger.lots(party)[0]).toMatchObject({ available: amount, expiresAt })
    }
  })
})

describe('where new value comes from says why it came', () => {
  it.each([
    ['issuance:shop', 'issue'],
    ['clearing:bank', 'deposit'],
    ['adjustment', 'adjust'],
    ['payable:late', 'compensate'],
    ['expense:bonus', 'grant'],
    ['opening:old', 'open'],
  ] as const)('from %s: %s', (from, code) => {
    const ledger = book()
    expect(ledger.ask({ act: 'issue', amount: 5, from, issuer: 'shop' }, 0)).toBeUndefined()
    expect(ledger.postings).toMatchObject([{ code, from, to: 'available', amount: 5 }])
  })

  it.each(['grant', 'open', 'issue'] as const)('%s may wait for its time; nothing else does', code => {
    const from = ({ grant: 'expense:x', open: 'opening:x', issue: 'issuance:x' } as const)[code]
    const ledger = book()
    expect(ledger.ask({ act: 'issue', amount: 5, from, issuer: 'x', maturesAt: day }, 0)).toBeUndefined()
    expect(ledger.accounts()).toEqual({ ...empty, pending: 5 })
  })

  it.each(['clearing:bank', 'adjustment', 'payable:late', 'redeemed:shop', 'breakage:shop', 'pool:town'] as const)(
    'from %s nothing comes that waits',
    from => {
      const ledger = book()
      expect(ledger.ask({ act: 'issue', amount: 5, from, issuer: 'x', maturesAt: day }, 0)).toBe('no-such-way')
      expect(ledger.lots()).toEqual([])
    },
  )

  it('money is never made, points are', () => {
    for (const [kind, answer] of [
      ['money', 'no-such-way'],
      ['points', undefined],
    ] as const) {
      expect(book(kind).issue(5, 0)).toBe(answer)
    }
    expect(book('money').ask({ act: 'issue', amount: 5, from: 'clearing:bank', issuer: 'shop' }, 0)).toBeUndefined()
  })
})

describe('value leaves by hand', () => {
  it.each([
    ['adjustment', 'adjust'],
    ['clearing:bank', 'withdraw'],
  ] as const)('to %s: %s', (to, code) => {
    const ledger = two()
    expect(ledger.ask({ act: 'debit', amount: 4, to }, 1)).toBeUndefined()
    expect(ledger.postings.slice(3)).toMatchObject([
      { code, from: 'available', to, amount: 3 },
      { code, from: 'available', to, amount: 1 },
    ])
    expect(ledger.lots().map(lot => lot.revoked)).toEqual([0, 1, 3])
  })

  it('never more than there is, and to no other account', () => {
    expect(two().ask({ act: 'debit', amount: 16, to: 'adjustment' }, 1)).toBe('insufficient')
    expect(two().ask({ act: 'debit', amount: 1, to: 'breakage:shop' }, 1)).toBe('no-such-way')
  })
})

describe('the house moves value between its own accounts', () => {
  const accounts: HouseAccount[] = [
    'expense:a',
    'payable:a',
    'clearing:a',
    'settlement:a',
    'pool:a',
    'margin:a',
    'breakage:a',
    'issuance:a',
    'redeemed:a',
    'revoked:a',
    'adjustment',
    'opening:a',
    'transit',
  ]
  const codes = ['compensate', 'retract', 'pay-out', 'fund', 'reimburse', 'keep', 'clear'] as const
  const ways = [
    'compensate expense:a payable:a',
    'retract payable:a expense:a',
    'pay-out payable:a clearing:a',
    'fund settlement:a pool:a',
    'reimburse pool:a settlement:a',
    'keep pool:a margin:a',
    'keep margin:a pool:a',
    'keep pool:a breakage:a',
    'clear settlement:a clearing:a',
    'clear clearing:a settlement:a',
  ]

  it('along exactly these ways', () => {
    const allowed = codes.flatMap(code =>
      accounts.flatMap(from =>
        accounts.flatMap(to => {
          const ledger = book()
          const answer = ledger.ask({ act: 'book', code, amount: 5, from, to }, 3)
          if (answer !== undefined) expect([answer, ledger.postings]).toEqual(['no-such-way', []])
          else expect(ledger.postings).toMatchObject([{ code, from, to, amount: 5, lotId: null, occurredAt: 3 }])
          return answer === undefined ? [`${code} ${from} ${to}`] : []
        }),
      ),
    )
    expect(allowed.sort()).toEqual([...ways].sort())
  })

  it('and what the party holds stays as it is', () => {
    const ledger = two()
    ledger.ask({ act: 'book', code: 'fund', amount: 9, from: 'settlement:a', to: 'pool:a' }, 1)
    expect(ledger.accounts()).toEqual({ ...empty, available: 15 })
    expect(ledger.ask({ act: 'book', code: 'fund', amount: 0, from: 'settlement:a', to: 'pool:a' }, 1)).toBe(
      'not-an-amount',
    )
  })
})

describe('every way there is', () => {
  it('is one of these', () => {
    const own = ['pending', 'available', 'held', 'debt']
    const all = [
      ...own,
      'issuance:x',
      'redeemed:x',
      'breakage:x',
      'revoked:x',
      'adjustment',
      'clearing:x',
      'transit',
      'payable:x',
      'expense:x',
      'opening:x',
    ]
    const codes = [
      'issue',
      'mature',
      'hold',
      'capture',
      'spend',
      'release',
      'expire',
      'revoke',
      'repay',
      'return',
      'transfer',
      'adjust',
      'deposit',
      'withdraw',
      'compensate',
      'grant',
      'open',
    ] as const
    const found = codes.map(
      code =>
        `${code}: ${all
          .flatMap(from => all.filter(to => isAllowed(code, from as never, to as never)).map(to => `${from}>${to}`))
          .join(' ')}`,
    )
    expect(found).toEqual([
      'issue: issuance:x>pending issuance:x>available',
      'mature: pending>available',
      'hold: available>held',
      'capture: held>redeemed:x',
      'spend: available>redeemed:x',
      'release: held>available',
      'expire: available>breakage:x',
      'revoke: pending>revoked:x available>revoked:x debt>revoked:x breakage:x>revoked:x',
      'repay: available>debt',
      'return: redeemed:x>available',
      'transfer: available>transit transit>available',
      'adjust: available>adjustment adjustment>available',
      'deposit: clearing:x>available',
      'withdraw: available>clearing:x',
      'compensate: payable:x>available expense:x>payable:x',
      'grant: expense:x>pending expense:x>available',
      'open: opening:x>pending opening:x>available',
    ])
  })
})

describe('a gift under a name', () => {
  it('is found by it, and only it', () => {
    const ledger = two()
    ledger.issue(2, 1)
    ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 6, as: 'pool' }, 1)
    expect(ledger.lots('li')).toMatchObject([
      { source: 'pool', issuer: 'inn', issued: 3, expiresAt: 10 * day, parentId: ledger.lots()[2]!.lotId },
      { source: 'pool', issuer: 'inn', issued: 3, expiresAt: 20 * day, parentId: ledger.lots()[1]!.lotId },
    ])
    expect(ledger.lots('li').every(lot => lot.available === 3 && lot.maturesAt === null)).toBe(true)
    const spend = (amount: number, source: string) =>
      ledger.ask({ act: 'spend', holdId: source, amount, to: shop, only: { source } }, 2, 'li')
    expect(spend(1, 'a')).toBe('insufficient')
    expect(spend(6, 'pool')).toBeUndefined()
  })

  it('without a name forgets what it was issued for', () => {
    const ledger = two()
    ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 1 }, 1)
    expect(ledger.lots('li')[0]!.source).toBeNull()
  })

  it('is not taken back when a purchase of that name is refunded', () => {
    const ledger = book()
    ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 1 }, 0, 'li')
    ledger.issue(10, 1)
    ledger.ask({ act: 'transfer', toPartyId: 'li', amount: 4, as: 'order' }, 2)
    ledger.ask({ act: 'revoke', source: 'order', numerator: 1, denominator: 1 }, 3, 'li')
    expect(ledger.accounts('li')).toEqual({ ...empty, available: 4 })
  })

  it('to oneself is no gift', () => {
    expect(two().ask({ act: 'transfer', toPartyId: 'wang', amount: 1 }, 1)).toBe('transfer-to-self')
  })
})
