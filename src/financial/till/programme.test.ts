import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publish, usualRules } from '#financial/points/index.ts'
import { cardSecret, cardToken } from '#kernel/access/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Receipt, TillHold, TillQuote, TillRefund } from './contract.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T04:00:00Z', business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  const rules = {
    ...usualRules('CNY', 2),
    earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } } as const],
    pendingDays: 0,
  }
  await publish(house, { rules, startsOn: '2026-01-01', by: 'staff:test' })
  await ask('changeCredit', {
    currency: 'CNY',
    isOpen: true,
    rungs: [{ atLeastMinor: 10_000, bonusMinor: 1_000, bonusPoints: 0 }],
    spendFirst: 'bonus',
    bonusMonths: 12,
    largestTopUpMinor: null,
    largestBalanceMinor: null,
    approvalAboveMinor: 100_000,
  })
  for (const merchantId of ['tea-house', 'cake-shop']) {
    await ask('saveMerchant', { name: merchantId, isActive: true }, { params: { merchantId } })
  }
  const card = {
    name: 'Head spa',
    visits: 10,
    priceMinor: 68_000,
    currency: 'CNY',
    validMonths: 6,
    merchants: [],
    skus: [],
    refundPercent: 80,
    isOffered: true,
  }
  await ask('saveVisitCard', card, { params: { cardId: 'head-spa' } })
})
afterAll(() => house?.close())

const lin = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin' } as const
const teaKey = {
  kind: 'key',
  id: '01900000-0000-7000-8000-00000000000c',
  name: 'till',
  merchantId: 'tea-house',
} as const
const cakeKey = { ...teaKey, id: '01900000-0000-7000-8000-00000000000d', merchantId: 'cake-shop' }

let requests = 0
async function ask<Reply>(
  id: string,
  body: object = {},
  { caller = lin as object, key = `request ${++requests}`, params = {} as object } = {},
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
  return operation.reply.parse(await found.handle(house, input as never)) as Reply
}

async function someone({ points = 0, creditMinor = 0, name = 'Mei Lin', identifiers = [] as object[] } = {}) {
  const { partyId } = await ask<{ partyId: string }>('createParty', { name, identifiers })
  if (points > 0) {
    await ask(
      'adjustPoints',
      { requestId: house.newId(), points, reason: 'goodwill' },
      { params: { partyId }, caller: { ...lin, permissions: new Set(['points.manage']) } },
    )
  }
  if (creditMinor > 0) await ask('topUpCredit', { amountMinor: creditMinor, method: 'cash' }, { params: { partyId } })
  return partyId
}

async function balance(partyId: string) {
  const rows = await house.database.query<{ asset: string; available: number; held: number; debt: number }>(
    'select asset, available, held, debt from ledger.holding where party_id = $1',
    [partyId],
  )
  const of = (asset: string) => rows.find(row => row.asset === asset)
  const net = (asset: string) => (of(asset)?.available ?? 0) - (of(asset)?.debt ?? 0)
  return { points: net('points'), credit: net('money:CNY'), held: of('points')?.held ?? 0 }
}

const expectVerified = async () =>
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])

const hold = (partyId: string, use: object, more: { key?: string; caller?: object } = {}) =>
  ask<TillHold>('tillHold', { customer: { partyId }, use }, more)
const sell = (partyId: string, body: object, more: { key?: string; caller?: object } = {}) =>
  ask<Receipt>('tillSale', { customer: { partyId }, ...body }, more)
const refund = async (body: object, more: { key?: string; caller?: object } = {}) =>
  (await ask<{ refund: TillRefund; exchange: Receipt | null }>('tillRefund', body, more)).refund

describe('finding who stands at the till', () => {
  it('a card names one for certain; the end of a phone number is a question', async () => {
    const partyId = await someone({
      name: '王小明',
      identifiers: [
        { kind: 'card', value: 'VIP 0042' },
        { kind: 'phone', value: '13800005521' },
        { kind: 'customer_id', value: 'QH-0042' },
      ],
    })
    expect(await ask('findMember', { text: 'QH-0042' })).toMatchObject({ isCertain: true, items: [{ partyId }] })
    expect(await ask('findMember', { text: 'vip0042'.toUpperCase() })).toMatchObject({
      isCertain: true,
      items: [{ partyId }],
    })
    expect(await ask('findMember', { text: '5521' })).toEqual({
      isCertain: false,
      items: [{ partyId, name: '王••', hint: '•••• 5521' }],
    })
    expect(await ask('findMember', { text: '9999' })).toEqual({ isCertain: false, items: [] })
    const token = cardToken(await cardSecret(house), { partyId, expiresAt: new Date('2026-03-10T04:03:00Z') })
    expect(await ask('findMember', { text: token })).toMatchObject({ isCertain: true, items: [{ partyId }] })
    const old = cardToken(await cardSecret(house), { partyId, expiresAt: new Date('2026-03-10T03:59:00Z') })
    await expect(ask('findMember', { text: old })).rejects.toMatchObject({ code: 'till:refusal.card-expired' })
    await expect(ask('findMember', { text: 'gxc1.a.b.c' })).rejects.toMatchObject({ code: 'till:refusal.card-unknown' })
  })
})

describe('a quote', () => {
  it('is what the purchase then earns, and says what could be used, with the reason where not', async () => {
    const partyId = await someone({ points: 700, creditMinor: 20_000 })
    const basket = { amountMinor: 5_000, lines: [] }
    const quote = await ask<TillQuote>('tillQuote', { customer: { partyId }, ...basket, usePoints: 500 })
    expect(quote).toMatchObject({
      points: { available: 700, usable: 700, worthMinor: 700, whyNot: null },
      credit: { availableMinor: 21_000, usableMinor: 5_000, bonusMinor: 1_000 },
    })
    const receipt = await sell(partyId, { ...basket, use: { points: 500 } })
    expect(receipt.earned.points).toBe(quote.earns.points)
    expect(receipt.earned.lines.map(line => line.points)).toEqual(quote.earns.lines.map(line => line.points))
    const poor = await ask<TillQuote>('tillQuote', { customer: { partyId: await someone() }, ...basket })
    expect(poor.points.whyNot?.key).toBe('till:why.no-points')
    expect(poor.credit.whyNot?.key).toBe('till:why.no-credit')
  })
})

describe('setting aside', () => {
  it('takes points, money and a visit together, captures less of them, and the rest is free', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 30_000 })
    await ask('sellVisitCard', { cardId: 'head-spa', method: 'cash' }, { params: { partyId } })
    const made = await hold(partyId, { points: 400, creditMinor: 5_000, visits: ['head-spa'] }, { key: 'basket 1' })
    expect(made).toMatchObject({ state: 'open', points: 400, pointsMinor: 400, creditMinor: 5_000 })
    expect(await hold(partyId, { points: 400, creditMinor: 5_000, visits: ['head-spa'] }, { key: 'basket 1' })).toEqual(
      made,
    )
    expect(await balance(partyId)).toEqual({ points: 600, credit: 26_000, held: 400 })
    const params = { holdId: made.holdId }
    const captured = await ask<TillHold>('captureTillHold', { orderRef: 'A-1', points: 100 }, { params })
    expect(captured).toMatchObject({ state: 'captured', points: 100, pointsMinor: 100, orderRef: 'A-1' })
    expect(await ask('captureTillHold', { orderRef: 'A-1', points: 100 }, { params })).toEqual(captured)
    await expect(ask('captureTillHold', { orderRef: 'A-2' }, { params })).rejects.toMatchObject({
      code: 'ledger:refusal.hold-ended',
    })
    expect(await balance(partyId)).toEqual({ points: 900, credit: 26_000, held: 0 })
    await expectVerified()
  })

  it('is all or nothing: one part that is missing leaves everything as it was', async () => {
    const partyId = await someone({ points: 1_000 })
    await expect(hold(partyId, { points: 400, visits: ['head-spa'] })).rejects.toMatchObject({
      code: 'credit:refusal.no-visit-left',
    })
    await expect(hold(partyId, { points: 400, creditMinor: 1 })).rejects.toMatchObject({
      code: 'ledger:refusal.insufficient',
    })
    expect(await balance(partyId)).toEqual({ points: 1_000, credit: 0, held: 0 })
    await expect(hold(partyId, {})).rejects.toMatchObject({ code: 'till:refusal.nothing-to-use' })
  })

  it('ends by itself, or when it is let go', async () => {
    const partyId = await someone({ points: 1_000 })
    const began = house.clock.now()
    const one = await hold(partyId, { points: 400 })
    expect(await ask('voidTillHold', {}, { params: { holdId: one.holdId } })).toMatchObject({ state: 'voided' })
    const other = await hold(partyId, { points: 1_000 })
    house.clock.set(new Date(began.getTime() + 16 * 60_000))
    expect(await ask('readTillHold', {}, { params: { holdId: other.holdId } })).toMatchObject({ state: 'lapsed' })
    await expect(ask('captureTillHold', { orderRef: 'B' }, { params: { holdId: other.holdId } })).rejects.toMatchObject(
      {
        code: 'ledger:refusal.hold-ended',
      },
    )
    expect(await hold(partyId, { points: 1_000 })).toMatchObject({ state: 'open' })
    house.clock.set(began)
  })

  it('of another shop is not found', async () => {
    const partyId = await someone({ points: 1_000 })
    const { holdId } = await hold(partyId, { points: 10 }, { caller: teaKey })
    for (const [id, body] of [
      ['readTillHold', {}],
      ['voidTillHold', {}],
      ['captureTillHold', { orderRef: 'x' }],
    ] as const) {
      await expect(ask(id, body, { params: { holdId }, caller: cakeKey })).rejects.toMatchObject({
        code: 'till:refusal.no-such-hold',
      })
    }
    await expect(
      ask('tillHold', { customer: { partyId }, merchantId: 'cake-shop', use: { points: 1 } }, { caller: teaKey }),
    ).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('64 tills at once never set aside more than there is', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 10_000 })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 64 }, () => hold(partyId, { points: 60, creditMinor: 100 })),
    )
    expect(outcomes.filter(each => each.status === 'fulfilled')).toHaveLength(16)
    expect(await balance(partyId)).toEqual({ points: 40, credit: 11_000 - 1_600, held: 960 })
    await expectVerified()
  }, 60_000)
})

describe('a sale', () => {
  it('records the purchase and uses what pays for it, in one, and once', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 20_000 })
    const body = { amountMinor: 10_000, orderRef: 'order 1', use: { points: 2_00, creditMinor: 3_000 } }
    const receipt = await sell(partyId, body, { key: 'sale 1', caller: teaKey })
    expect(receipt).toMatchObject({
      orderRef: 'order 1',
      paid: { points: 200, pointsMinor: 200, creditMinor: 3_000, restMinor: 6_800 },
      earned: { points: 98 },
      balance: { points: 898, creditMinor: 18_000 },
    })
    expect(await sell(partyId, body, { key: 'sale 1', caller: teaKey })).toEqual(receipt)
    await expect(sell(partyId, body)).rejects.toMatchObject({ code: 'till:refusal.order-known' })
    expect(await balance(partyId)).toMatchObject({ points: 898, credit: 18_000 })
    await expectVerified()
  })

  it('cannot be paid with what it earns itself', async () => {
    const partyId = await someone()
    await expect(sell(partyId, { amountMinor: 100_000, use: { points: 50 } })).rejects.toMatchObject({
      code: 'ledger:refusal.insufficient',
    })
    const events = await house.database.query(`select 1 from events.event where party_id = $1`, [partyId])
    expect(events).toEqual([])
  })

  it('takes no more than the basket', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 20_000 })
    await expect(sell(partyId, { amountMinor: 500, use: { points: 501 } })).rejects.toMatchObject({
      code: 'till:refusal.more-than-the-basket',
    })
    await expect(sell(partyId, { amountMinor: 500, use: { points: 1, creditMinor: 500 } })).rejects.toMatchObject({
      code: 'till:refusal.more-than-the-basket',
    })
  })

  it('uses what was set aside before', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 20_000 })
    const { holdId } = await hold(partyId, { points: 300, creditMinor: 2_000 })
    const receipt = await sell(partyId, { amountMinor: 10_000, holdId })
    expect(receipt.paid).toMatchObject({ points: 300, creditMinor: 2_000, restMinor: 7_700 })
    expect(await ask('readTillHold', {}, { params: { holdId } })).toMatchObject({
      state: 'captured',
      orderRef: receipt.orderRef,
    })
    await expect(sell(await someone(), { amountMinor: 10_000, holdId })).rejects.toMatchObject({
      code: 'till:refusal.no-such-hold',
    })
  })
})

describe('a refund', () => {
  it('in parts returns in proportion what paid, takes back what was earned, and never more than the whole', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 20_000 })
    const before = await balance(partyId)
    const { saleId } = await sell(partyId, { amountMinor: 9_999, use: { points: 999, creditMinor: 3_000 } })
    const first = await refund({ saleId, amountMinor: 3_333 }, { key: 'refund 1' })
    expect(first).toMatchObject({
      points: 333,
      pointsMinor: 333,
      creditMinor: 1_000,
      restMinor: 2_000,
      leftMinor: 6_666,
    })
    expect(await refund({ saleId, amountMinor: 3_333 }, { key: 'refund 1' })).toEqual(first)
    await expect(refund({ saleId, amountMinor: 6_667 })).rejects.toMatchObject({ code: 'till:refusal.more-than-left' })
    await refund({ saleId, lines: [{ sku: 'tea', quantity: 1000, amountMinor: 1_111 }] })
    const last = await refund({ saleId })
    expect(last.leftMinor).toBe(0)
    expect(await balance(partyId)).toEqual(before)
    await expect(refund({ saleId })).rejects.toMatchObject({ code: 'till:refusal.more-than-left' })
    await expectVerified()
  })

  it('many at once give back no more than the sale', async () => {
    const partyId = await someone({ points: 1_000, creditMinor: 20_000 })
    const before = await balance(partyId)
    const { saleId } = await sell(partyId, { amountMinor: 10_000, use: { points: 500, creditMinor: 5_000 } })
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => refund({ saleId, amountMinor: 1_000 })))
    expect(outcomes.filter(each => each.status === 'fulfilled')).toHaveLength(10)
    expect(await balance(partyId)).toEqual(before)
    await expectVerified()
  })

  it('can be an exchange: back and bought anew in one', async () => {
    const partyId = await someone({ creditMinor: 20_000 })
    const { saleId } = await sell(partyId, { amountMinor: 10_000, use: { creditMinor: 10_000 } })
    const { refund: back, exchange } = await ask<{ refund: TillRefund; exchange: Receipt }>('tillRefund', {
      saleId,
      exchange: { amountMinor: 12_000, use: { creditMinor: 12_000 } },
    })
    expect(back.creditMinor).toBe(10_000)
    expect(exchange.earned.points).toBe(120)
    expect(await balance(partyId)).toMatchObject({ points: 120, credit: 21_000 - 12_000 })
  })

  it('of another shop’s sale is not found', async () => {
    const { saleId } = await sell(await someone(), { amountMinor: 1_000 }, { caller: teaKey })
    await expect(refund({ saleId }, { caller: cakeKey })).rejects.toMatchObject({ code: 'till:refusal.no-such-sale' })
  })
})
