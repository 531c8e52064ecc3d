import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { post, verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { type CreditRules, usualCredit } from './rules.ts'

let house: TestHouse
const rules: CreditRules = { ...usualCredit('CNY', 2), largestTopUpMinor: 500_000, largestBalanceMinor: 800_000 }

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T04:00:00Z', business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  await ask('changeCredit', {}, rules)
  await ask(
    'saveVisitCard',
    { cardId: 'head-spa' },
    {
      name: 'Head spa',
      visits: 10,
      priceMinor: 68_000,
      currency: 'CNY',
      validMonths: 6,
      merchants: [],
      skus: [],
      refundPercent: 80,
      isOffered: true,
    },
  )
})
afterAll(() => house?.close())

const lin = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin' } as const
const mei = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000b', name: 'Mei' } as const

let requests = 0
async function ask<Reply>(
  id: string,
  params: object = {},
  body: object = {},
  { caller = lin as object, key = `request ${++requests}` } = {},
): Promise<Reply> {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = found
  const input = {
    params,
    body: operation.body?.parse(body),
    caller: { permissions: new Set(), ...caller },
    language: 'en',
    idempotencyKey: key,
  }
  const answer = await found.handle(house, input as never)
  return (operation.format ? answer : operation.reply.parse(answer)) as Reply
}

async function someone(name = 'Wang'): Promise<string> {
  const { partyId } = await ask<{ partyId: string }>('createParty', {}, { name })
  return partyId
}

interface Balance {
  readonly availableMinor: number
  readonly paidMinor: number
  readonly bonusMinor: number
}
interface Member {
  readonly balances: readonly Balance[]
  readonly topUps: readonly { topUpId: string; canUndo: boolean; leftMinor: number }[]
  readonly cards: readonly { soldCardId: string; left: number; refundMinor: number; expiresAt: string }[]
}
const member = (partyId: string) => ask<Member>('memberCredit', { partyId })
const balance = async (partyId: string) => (await member(partyId)).balances[0]!
interface TopUp {
  readonly topUpId: string
  readonly bonusMinor: number
}
const topUp = (partyId: string, amountMinor: number, key?: string) =>
  ask<TopUp>('topUpCredit', { partyId }, { amountMinor, method: 'wechat' }, key ? { key } : {})
interface Payment {
  readonly paymentId: string
  readonly bonusMinor: number
}
const pay = (partyId: string, amountMinor: number, more: { key?: string; caller?: object } = {}) =>
  ask<Payment>('payWithCredit', { partyId }, { amountMinor }, more)

/** Every unit a customer has, had or used came from somewhere outside, and what went out again is told. */
async function expectConserved(): Promise<void> {
  const [sums] = await house.database.query<{ held: number; moved: number; minted: number }>(
    `select (select coalesce(sum(pending + available + held - debt), 0)::bigint from ledger.holding where asset like 'money:%') as held,
       (select coalesce(sum(case when from_account like 'clearing:%' or from_account like 'expense:%' then amount
          when from_account like 'redeemed:%' then amount
          when to_account like 'clearing:%' or to_account like 'redeemed:%' or to_account like 'breakage%'
            or to_account = 'adjustment:bonus' then -amount else 0 end), 0)::bigint
        from ledger.posting where asset like 'money:%') as moved,
       (select count(*) from ledger.posting where asset like 'money:%' and from_account like 'issuance%') as minted`,
  )
  expect(sums!.held).toBe(sums!.moved)
  expect(sums!.minted).toBe(0)
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
}

describe('topping up', () => {
  it('adds what was paid and what comes on top, once for each request', async () => {
    const partyId = await someone()
    const first = await topUp(partyId, 100_000, 'wang pays')
    expect(first).toMatchObject({ amountMinor: 100_000, bonusMinor: 10_000, availableMinor: 110_000 })
    expect(await topUp(partyId, 100_000, 'wang pays')).toEqual(first)
    await expect(topUp(partyId, 100_001, 'wang pays')).rejects.toMatchObject({ code: 'ledger:refusal.key-used' })
    expect(await balance(partyId)).toMatchObject({ paidMinor: 100_000, bonusMinor: 10_000 })
  })

  it('holds to the limits, and asks who it is for', async () => {
    const partyId = await someone()
    await expect(topUp(partyId, 500_001)).rejects.toMatchObject({ code: 'credit:refusal.too-much-at-once' })
    await topUp(partyId, 500_000)
    await expect(topUp(partyId, 300_000)).rejects.toMatchObject({ code: 'credit:refusal.too-much-in-store' })
    await expect(topUp(house.newId(), 100)).rejects.toMatchObject({ code: 'parties:refusal.unknown' })
  })

  it('is undone as long as nothing of it was used', async () => {
    const partyId = await someone()
    const first = await topUp(partyId, 100_000)
    await topUp(partyId, 50_000)
    await ask('undoTopUp', { partyId, topUpId: first.topUpId })
    expect(await balance(partyId)).toMatchObject({ paidMinor: 50_000, bonusMinor: 3_000 })
    const { topUps } = await member(partyId)
    expect(topUps.map(each => each.canUndo).sort()).toEqual([false, true])
    await pay(partyId, 1)
    const left = topUps.find(each => each.canUndo)!
    await expect(ask('undoTopUp', { partyId, topUpId: left.topUpId })).rejects.toMatchObject({
      code: 'credit:refusal.used-already',
    })
  })
})

describe('paying', () => {
  it('uses what was paid in first, then the bonus, and a refund goes back the same way', async () => {
    const partyId = await someone()
    await topUp(partyId, 100_000)
    const { paymentId, bonusMinor } = await pay(partyId, 105_000)
    expect(bonusMinor).toBe(5_000)
    expect(await balance(partyId)).toMatchObject({ paidMinor: 0, bonusMinor: 5_000 })
    await ask('refundPayment', { partyId, paymentId }, { amountMinor: 4_000 })
    expect(await balance(partyId)).toMatchObject({ paidMinor: 0, bonusMinor: 9_000 })
    await ask('refundPayment', { partyId, paymentId })
    expect(await balance(partyId)).toMatchObject({ paidMinor: 100_000, bonusMinor: 10_000 })
    await expect(ask('refundPayment', { partyId, paymentId }, { amountMinor: 1 })).rejects.toMatchObject({
      code: 'ledger:refusal.more-than-redeemed',
    })
    await expect(pay(partyId, 110_001)).rejects.toMatchObject({ code: 'ledger:refusal.insufficient' })
  })

  it('a bonus whose time is over cannot be used; money that was paid in has no end', async () => {
    const partyId = await someone()
    const began = house.clock.now()
    await topUp(partyId, 100_000)
    house.clock.set(new Date('2036-06-01T00:00:00Z'))
    await expect(pay(partyId, 100_001)).rejects.toMatchObject({ code: 'ledger:refusal.insufficient' })
    await pay(partyId, 100_000)
    house.clock.set(began)
  })

  it('64 at once never use more than there is', async () => {
    const partyId = await someone()
    await topUp(partyId, 100_000)
    const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => pay(partyId, 2_900)))
    expect(outcomes.filter(each => each.status === 'fulfilled')).toHaveLength(37)
    expect(await balance(partyId)).toMatchObject({ availableMinor: 110_000 - 37 * 2_900 })
    await expectConserved()
  })

  it('the naive way, to look first and pay then, does overspend: the storm above can fail', async () => {
    await house.database.query('create table naive (balance int8 not null)')
    await house.database.query('insert into naive values (100000)')
    const naive = async () => {
      const [row] = await house.database.query<{ balance: number }>('select balance from naive')
      if (row!.balance < 2_900) return false
      await house.database.query('select pg_sleep(0.002)')
      await house.database.query('update naive set balance = balance - 2900')
      return true
    }
    const outcomes = await Promise.all(Array.from({ length: 64 }, naive))
    expect(outcomes.filter(Boolean).length).toBeGreaterThan(34)
  })

  it('a key of one shop cannot speak for another', async () => {
    await ask('saveMerchant', { merchantId: 'tea-house' }, { name: 'Tea house', isActive: true })
    await ask('saveMerchant', { merchantId: 'cake-shop' }, { name: 'Cake shop', isActive: true })
    const partyId = await someone()
    await topUp(partyId, 50_000)
    const caller = { kind: 'key', id: house.newId(), name: 'till', merchantId: 'tea-house' }
    await expect(
      ask('payWithCredit', { partyId }, { amountMinor: 100, merchantId: 'cake-shop' }, { caller }),
    ).rejects.toMatchObject({ kind: 'not-found' })
    await pay(partyId, 100, { caller })
    const [row] = await house.database.query(
      `select to_account from ledger.posting where party_id = $1 and code = 'spend'`,
      [partyId],
    )
    expect(row).toEqual({ to_account: 'redeemed:tea-house' })
  })
})

describe('paying money back', () => {
  it('takes the same share of the bonus, and is done once', async () => {
    const partyId = await someone()
    await topUp(partyId, 60_000)
    const asked = { amountMinor: 20_000, method: 'cash' }
    const trial = await ask('withdrawCredit', { partyId }, { ...asked, isTrial: true })
    expect(trial).toMatchObject({ state: 'trial', moneyMinor: 20_000, bonusMinor: 1_000 })
    await ask('withdrawCredit', { partyId }, asked, { key: 'back' })
    await ask('withdrawCredit', { partyId }, asked, { key: 'back' })
    expect(await balance(partyId)).toMatchObject({ paidMinor: 40_000, bonusMinor: 2_000 })
    await expect(ask('withdrawCredit', { partyId }, { amountMinor: 40_001, method: 'cash' })).rejects.toMatchObject({
      code: 'credit:refusal.not-so-much-paid-in',
    })
  })

  it('beyond the limit somebody else must agree', async () => {
    const partyId = await someone()
    await topUp(partyId, 200_000)
    const asked = await ask<{ withdrawalId: string; state: string }>(
      'withdrawCredit',
      { partyId },
      { amountMinor: 150_000, method: 'cash' },
    )
    expect(asked.state).toBe('waiting')
    expect(await balance(partyId)).toMatchObject({ paidMinor: 200_000 })
    const { withdrawalId } = asked
    const decide = (caller: object) =>
      ask('decideWithdrawal', { withdrawalId }, { partyId, decision: 'approve' }, { caller })
    await expect(decide(lin)).rejects.toMatchObject({ code: 'credit:refusal.second-pair-of-eyes' })
    await decide(mei)
    expect(await balance(partyId)).toMatchObject({ paidMinor: 50_000, bonusMinor: 6_500 })
    await expect(decide(mei)).rejects.toMatchObject({ code: 'credit:refusal.decided' })
  })
})

describe('visit cards', () => {
  const sell = (partyId: string, method = 'cash') =>
    ask<{ soldCardId: string; left: number }>('sellVisitCard', { partyId }, { cardId: 'head-spa', method })
  const use = (partyId: string, key?: string) =>
    ask<{ visitId: string; left: number }>('useVisit', { partyId }, { cardId: 'head-spa' }, key ? { key } : {})

  it('each visit uses one, once for each request, and can be given back', async () => {
    const partyId = await someone()
    expect(await sell(partyId)).toMatchObject({ left: 10 })
    const { visitId } = await use(partyId, 'visit of wang')
    expect(await use(partyId, 'visit of wang')).toMatchObject({ visitId, left: 9 })
    expect(await ask('giveBackVisit', { partyId, visitId }, { cardId: 'head-spa' })).toEqual({ left: 10 })
    await expectConserved()
  })

  it('what was not used is paid back by the rule it was sold with', async () => {
    const partyId = await someone()
    const { soldCardId } = await sell(partyId)
    for (let visit = 0; visit < 6; visit++) await use(partyId)
    const refund = await ask('refundVisitCard', { partyId, soldCardId }, { method: 'cash' })
    expect(refund).toEqual({ visits: 4, refundMinor: 21_760 })
    await expect(use(partyId)).rejects.toMatchObject({ code: 'credit:refusal.no-visit-left' })
    await expectConserved()
  })

  it('paid from store, it returns there', async () => {
    const partyId = await someone()
    await topUp(partyId, 100_000)
    const { soldCardId } = await sell(partyId, 'stored-money')
    expect(await balance(partyId)).toMatchObject({ availableMinor: 42_000 })
    await ask('refundVisitCard', { partyId, soldCardId }, { method: 'cash' })
    expect(await balance(partyId)).toMatchObject({ availableMinor: 42_000 + 54_400 })
    await expectConserved()
  })

  it('20 at once use the last visit once', async () => {
    const partyId = await someone()
    await sell(partyId)
    for (let visit = 0; visit < 9; visit++) await use(partyId)
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => use(partyId)))
    expect(outcomes.filter(each => each.status === 'fulfilled')).toHaveLength(1)
  })

  it('its time is over with the end of the day', async () => {
    const partyId = await someone()
    const began = house.clock.now()
    await sell(partyId)
    const [card] = (await member(partyId)).cards
    house.clock.set(new Date(Date.parse(card!.expiresAt) - 1))
    await use(partyId)
    house.clock.set(new Date(card!.expiresAt))
    await expect(use(partyId)).rejects.toMatchObject({ code: 'credit:refusal.no-visit-left' })
    house.clock.set(began)
  })
})

const step = fc.oneof(
  fc.record({ is: fc.constant('top-up' as const), amount: fc.integer({ min: 1, max: 120_000 }) }),
  fc.record({ is: fc.constant('pay' as const), amount: fc.integer({ min: 1, max: 90_000 }) }),
  fc.record({ is: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ is: fc.constant('withdraw' as const), amount: fc.integer({ min: 1, max: 90_000 }) }),
  fc.record({ is: fc.constant('undo' as const), amount: fc.constant(1) }),
  fc.record({ is: fc.constant('wait' as const), amount: fc.integer({ min: 1, max: 300 }) }),
)

it('whatever happens, no money is made and none is lost (I23)', async () => {
  const began = house.clock.now()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async steps => {
      const partyId = await someone()
      const topUps: string[] = []
      const payments: string[] = []
      let bonus = 0
      let refusedOddly = 0
      for (const { is, amount } of steps) {
        const doing = {
          'top-up': async () => {
            const done = await topUp(partyId, amount)
            bonus += done.bonusMinor
            topUps.push(done.topUpId)
          },
          pay: async () => void payments.push((await pay(partyId, amount)).paymentId),
          refund: async () => {
            const paymentId = payments.at(-1)
            if (paymentId) await ask('refundPayment', { partyId, paymentId }, { amountMinor: amount })
          },
          withdraw: () => ask('withdrawCredit', { partyId }, { amountMinor: amount, method: 'cash' }),
          undo: async () => {
            const topUpId = topUps.at(-1)
            if (topUpId) await ask('undoTopUp', { partyId, topUpId })
          },
          wait: async () => house.clock.set(new Date(house.clock.now().getTime() + amount * 86_400_000)),
        }[is]
        try {
          await doing()
        } catch (error) {
          if (!(error as { code?: string }).code?.includes(':refusal.')) refusedOddly++
        }
      }
      expect(refusedOddly).toBe(0)
      const now = await balance(partyId)
      if (now) expect(now.bonusMinor).toBeLessThanOrEqual(bonus)
      await expectConserved()
    }),
    { numRuns: 25 },
  )
  house.clock.set(began)
}, 120_000)

it('a statement tells every movement with the balance after it', async () => {
  const partyId = await someone()
  await topUp(partyId, 100_000)
  await pay(partyId, 30_000)
  const pieces: string[] = []
  for await (const piece of await ask<AsyncIterable<string>>('exportCredit', { partyId })) pieces.push(piece)
  const rows = pieces.join('').trim().split('\r\n').slice(1)
  expect(rows.map(row => row.split(',').slice(1, 5))).toEqual([
    ['money:CNY', 'top-up', '100000', '100000'],
    ['money:CNY', 'bonus', '10000', '110000'],
    ['money:CNY', 'paid', '-30000', '80000'],
  ])
})

it('what is paid for a broken promise moves once: when it is given, not when it is owed', async () => {
  const partyId = await someone()
  const common = { partyId, asset: 'money:CNY', amount: 2000, occurredAt: house.clock.now().getTime() } as const
  const owed = { key: 'owed', act: 'book', code: 'compensate', from: 'expense:promise', to: 'payable:promise' } as const
  const given = { key: 'given', act: 'issue', from: 'payable:promise', issuer: 'house', source: 'promise' } as const
  await house.database.transaction(transaction =>
    post(house, transaction, [
      {
        instructions: [
          { ...common, ...owed },
          { ...common, ...given },
        ],
        author: { actor: 'financial/guarantee' },
      },
    ]),
  )
  const { moves } = await ask<{ moves: { kind: string; amount: number }[] }>('memberCredit', { partyId })
  expect(moves.map(({ kind, amount }) => [kind, amount])).toEqual([['promise', 2000]])
})

it('movements stand by the day beside them, whichever was told first', async () => {
  const partyId = await someone()
  const given = (key: string, amount: number, daysAgo: number) =>
    house.database.transaction(transaction =>
      post(house, transaction, [
        {
          instructions: [
            {
              key: `${partyId} ${key}`,
              act: 'issue',
              from: 'expense:promise',
              issuer: 'house',
              source: 'promise',
              partyId,
              asset: 'money:CNY',
              amount,
              occurredAt: house.clock.now().getTime() - daysAgo * 86_400_000,
            },
          ],
          author: { actor: 'financial/guarantee' },
        },
      ]),
    )
  await given('middle', 200, 5)
  await given('latest', 300, 1)
  await given('told late', 100, 9)
  const { moves } = await ask<{ moves: { amount: number }[] }>('memberCredit', { partyId })
  expect(moves.map(({ amount }) => amount)).toEqual([300, 200, 100])
  const page = await ask<{ moves: { occurredAt: string }[] }>('readCredit')
  const days = page.moves.map(({ occurredAt }) => occurredAt)
  expect(days.length).toBeGreaterThan(2)
  expect(days).toEqual(days.toSorted().toReversed())
})

it('the page adds up: paid in, on top, used, paid back, expired and owed', async () => {
  const { totals } = await ask<{ totals: Record<string, number>[] }>('readCredit')
  const [cny] = totals
  const { paidInMinor, bonusMinor, usedMinor, paidBackMinor, expiredMinor, owedMinor } = cny as Record<string, number>
  expect(paidInMinor! + bonusMinor! - usedMinor! - paidBackMinor! - expiredMinor!).toBe(owedMinor)
})
