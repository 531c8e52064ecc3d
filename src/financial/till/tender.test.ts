import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Statement } from '#financial/coalition/contract.ts'
import { publish, usualRules } from '#financial/points/index.ts'
import type { Taken } from '#financial/rewards/contract.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Receipt, TillHold, TillQuote, TillRefund } from './contract.ts'

const merchantIds = ['tea-house', 'cake-shop', 'book-shop']
let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T04:00:00Z', business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  const rules = {
    ...usualRules('CNY', 2),
    earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } } as const],
    pendingDays: 0,
  }
  await publish(house, { rules, startsOn: '2026-01-01', by: 'staff:test' })
  for (const merchantId of merchantIds)
    await ask('saveMerchant', { name: merchantId, isActive: true }, { params: { merchantId } })
  const terms = {
    fromOn: '2026-03-10',
    currency: 'CNY',
    payment: 'postpaid',
    fundMinorPer100: 100,
    redeemMinorPer100: 90,
    breakage: { merchant: 0, pool: 100, coalition: 0 },
  }
  await ask('publishTerms', { ...terms, merchantId: 'tea-house' })
  await ask('publishTerms', { ...terms, merchantId: 'cake-shop', accepts: ['tea-house'] })
  await ask('publishTerms', { ...terms, merchantId: 'book-shop', accepts: ['cake-shop'] })
})
afterAll(() => house?.close())

const lin = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin' } as const
const keyOf = (merchantId: string) => ({
  kind: 'key',
  id: `01900000-0000-7000-8000-0000000001${String(merchantIds.indexOf(merchantId)).padStart(2, '0')}`,
  name: merchantId,
  merchantId,
})
const [tea, cake, books] = merchantIds.map(keyOf) as [object, object, object]

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
    query: operation.query?.parse({}),
    body: operation.body?.parse(body),
    caller: { permissions: new Set(['points.manage']), ...caller },
    language: 'en',
    idempotencyKey: key,
  }
  return operation.reply.parse(await found.handle(house, input as never)) as Reply
}

async function someone(points = 0, identifiers: object[] = []): Promise<string> {
  const { partyId } = await ask<{ partyId: string }>('createParty', { name: 'Mei Lin', identifiers })
  if (points > 0) {
    const given = { requestId: house.newId(), points, reason: 'goodwill' }
    await ask('adjustPoints', given, { params: { partyId } })
  }
  return partyId
}

async function take(partyId: string, { price = 100, merchants = [] as string[] } = {}): Promise<Taken> {
  const reward = {
    name: { en: 'Cup of tea', 'zh-CN': '茶一杯' },
    description: {},
    icon: 'leaf',
    price,
    tierPrices: [],
    stock: null,
    merchants,
    fromOn: null,
    untilOn: null,
    perMember: null,
    validDays: 30,
  }
  const { rewardId } = await ask<{ rewardId: string }>('createReward', reward)
  return await ask<Taken>('takeReward', {}, { params: { partyId, rewardId } })
}

async function holdings(partyId: string) {
  const rows = await house.database.query<{ asset: string; net: number }>(
    `select split_part(asset, ':', 1) as asset, sum(available - debt)::bigint as net from ledger.holding where party_id = $1
     group by 1 having sum(available - debt) <> 0 order by 1`,
    [partyId],
  )
  return Object.fromEntries(rows.map(({ asset, net }) => [asset, net]))
}

const stateOf = async (partyId: string, takenId: string) => {
  const { taken } = await ask<{ taken: Taken[] }>('partyRewards', {}, { params: { partyId } })
  return taken.find(each => each.takenId === takenId)?.state
}

const expectVerified = async () =>
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])

const quote = (partyId: string, amountMinor: number, caller: object = lin) =>
  ask<TillQuote>('tillQuote', { customer: { partyId }, amountMinor }, { caller })
const hold = (partyId: string, use: object, caller: object = lin) =>
  ask<TillHold>('tillHold', { customer: { partyId }, use }, { caller })
const sell = (partyId: string, body: object, caller: object = lin) =>
  ask<Receipt>('tillSale', { customer: { partyId }, ...body }, { caller })
const refund = async (body: object, caller: object = lin) =>
  (await ask<{ refund: TillRefund }>('tillRefund', body, { caller })).refund

/** Every order of a few things. */
function orders<Thing>(things: readonly Thing[]): Thing[][] {
  if (things.length < 2) return [[...things]]
  return things.flatMap((thing, index) => orders(things.toSpliced(index, 1)).map(rest => [thing, ...rest]))
}

describe('a reward that was taken', () => {
  it('pays beside points and is used with the sale, once; the receipt names it', async () => {
    const partyId = await someone(1_000)
    const { takenId } = await take(partyId)
    expect((await quote(partyId, 5_000)).rewards).toMatchObject([{ takenId, whyNot: null }])
    const receipt = await sell(partyId, { amountMinor: 5_000, use: { rewards: [takenId], points: 300 } }, tea)
    expect(receipt.paid).toMatchObject({ rewards: [takenId], points: 300, pointsMinor: 300, restMinor: 4_700 })
    expect(await stateOf(partyId, takenId)).toBe('used')
    expect(await holdings(partyId)).toEqual({ points: 600 + receipt.earned.points })
    await expect(sell(partyId, { amountMinor: 100, use: { rewards: [takenId] } })).rejects.toMatchObject({
      code: 'rewards:refusal.not-usable',
    })
    await expectVerified()
  })

  it('waits while it is set aside, and is free again when it is let go', async () => {
    const partyId = await someone(1_000)
    const { takenId } = await take(partyId)
    const { holdId } = await hold(partyId, { rewards: [takenId], points: 200 })
    for (const elsewhere of [
      () => hold(partyId, { rewards: [takenId] }),
      () => sell(partyId, { amountMinor: 100, use: { rewards: [takenId] } }),
      () => ask('giveBackReward', {}, { params: { partyId, takenId } }),
    ]) {
      await expect(elsewhere()).rejects.toMatchObject({ kind: 'conflict' })
    }
    expect((await quote(partyId, 5_000)).rewards).toEqual([])
    await ask('voidTillHold', {}, { params: { holdId } })
    expect(await holdings(partyId)).toEqual({ points: 900, reward: 1 })
    expect(await stateOf(partyId, takenId)).toBe('taken')
    const began = house.clock.now()
    await hold(partyId, { rewards: [takenId] })
    house.clock.set(new Date(began.getTime() + 16 * 60_000))
    expect((await quote(partyId, 5_000)).rewards).toMatchObject([{ takenId }])
    const other = await hold(partyId, { rewards: [takenId], points: 200 })
    const receipt = await sell(partyId, { amountMinor: 2_000, holdId: other.holdId })
    expect(receipt.paid).toMatchObject({ rewards: [takenId], points: 200 })
    expect(await stateOf(partyId, takenId)).toBe('used')
    await expectVerified()
  })

  it('that is good at one shop is neither offered nor used at another', async () => {
    const partyId = await someone(1_000)
    const { takenId } = await take(partyId, { merchants: ['tea-house'] })
    expect((await quote(partyId, 5_000, cake)).rewards).toEqual([])
    const use = { rewards: [takenId] }
    await expect(sell(partyId, { amountMinor: 100, use }, cake)).rejects.toMatchObject({
      code: 'rewards:refusal.not-here',
    })
    await expect(hold(partyId, use, cake)).rejects.toMatchObject({ kind: 'conflict' })
    const { holdId } = await hold(partyId, use, tea)
    expect((await sell(partyId, { amountMinor: 100, holdId }, tea)).paid.rewards).toEqual([takenId])
  })

  it('ends in the same balances, in whatever order its sale, and the sale that its points were earned with, are refunded', async () => {
    const ends: unknown[] = []
    for (const order of orders(['earning', 'part', 'rest'] as const)) {
      const partyId = await someone()
      const earning = await sell(partyId, { amountMinor: 50_000 })
      const { takenId } = await take(partyId)
      const paying = await sell(partyId, { amountMinor: 10_000, use: { rewards: [takenId], points: 300 } })
      for (const step of order) {
        if (step === 'earning') await refund({ saleId: earning.saleId })
        if (step === 'part') await refund({ saleId: paying.saleId, amountMinor: 3_333 })
        if (step === 'rest') await refund({ saleId: paying.saleId, amountMinor: 6_667 })
      }
      ends.push([await holdings(partyId), await stateOf(partyId, takenId)])
    }
    // The cup was drunk, so its price is owed back.
    expect(ends).toEqual(ends.map(() => [{ points: -100 }, 'used']))
    await expectVerified()
  })
})

describe('points of one merchant at the till of another', () => {
  it('are taken where the terms say so, and only those', async () => {
    const partyId = await someone()
    await sell(partyId, { amountMinor: 40_000 }, tea)
    await sell(partyId, { amountMinor: 10_000 }, cake)
    const offered = async (at: object) => (await quote(partyId, 100_000, at)).points.available
    expect([await offered(tea), await offered(cake), await offered(books)]).toEqual([500, 500, 100])
    const bought = { amountMinor: 100_000, use: { points: 101 } }
    await expect(sell(partyId, bought, books)).rejects.toMatchObject({ code: 'ledger:refusal.insufficient' })
    await expect(hold(partyId, { points: 101 }, books)).rejects.toMatchObject({ code: 'ledger:refusal.insufficient' })
    await sell(partyId, { amountMinor: 100_000, use: { points: 100 } }, books)
    const left = await house.database.query(
      `select issuer, sum(available)::bigint as points from ledger.lot where party_id = $1 and asset = 'points' and available > 0
       group by 1 order by 1`,
      [partyId],
    )
    expect(left).toEqual([
      { issuer: 'book-shop', points: 999 },
      { issuer: 'tea-house', points: 400 },
    ])
    await expectVerified()
  })

  it('are settled from what was posted: who issued pays, who took is paid, and refunds in any order undo it', async () => {
    // Above zero where a merchant owes the coalition.
    const nets = async () =>
      Promise.all(
        merchantIds.map(async merchantId => {
          const params = { month: '2026-03', merchantId }
          return (await ask<Statement>('readStatement', {}, { params })).netMinor
        }),
      )
    const before = await nets()
    const since = async () => (await nets()).map((net, index) => net - before[index]! + 0)
    for (const order of orders(['earned', 'half', 'other half'] as const)) {
      const partyId = await someone()
      const earned = await sell(partyId, { amountMinor: 40_000 }, tea)
      // 400 points funded at 1.00 for a hundred; cake takes 200 of them at 0.90, and issues 98 of its own for what else was paid.
      const { holdId } = await hold(partyId, { points: 200 }, cake)
      const used = await sell(partyId, { amountMinor: 10_000, holdId }, cake)
      expect(used.paid).toMatchObject({ points: 200, pointsMinor: 200 })
      expect(await since()).toEqual([400, 98 - 180, 0])
      for (const step of order) {
        if (step === 'earned') await refund({ saleId: earned.saleId }, tea)
        else await refund({ saleId: used.saleId, amountMinor: 5_000 }, cake)
      }
      expect(await holdings(partyId)).toEqual({})
      expect(await since()).toEqual([0, 0, 0])
    }
    await expectVerified()
  })
})

it('two merchants may sell under the same number: each is refunded by its own, and staff say which they mean', async () => {
  const partyId = await someone()
  const bought = { amountMinor: 10_000, orderRef: '1001' }
  await sell(partyId, bought, tea)
  await sell(partyId, { ...bought, amountMinor: 20_000 }, cake)
  await expect(sell(partyId, bought, tea)).rejects.toMatchObject({ code: 'till:refusal.order-known' })
  expect(await holdings(partyId)).toEqual({ points: 300 })
  await expect(refund({ orderRef: '1001' })).rejects.toMatchObject({ code: 'till:refusal.order-of-several' })
  await expect(refund({ orderRef: '1001' }, books)).rejects.toMatchObject({ code: 'till:refusal.no-such-sale' })
  expect(await refund({ orderRef: '1001' }, tea)).toMatchObject({ amountMinor: 10_000, takenBackPoints: 100 })
  expect(await refund({ orderRef: '1001', merchantId: 'cake-shop' })).toMatchObject({ takenBackPoints: 200 })
  expect(await holdings(partyId)).toEqual({})
})

it('the history says of every change why: which reward, which order, a gift, and what nobody noted', async () => {
  const partyId = await someone(1_000)
  const friend = await someone(0, [{ kind: 'phone', value: '13800005521' }])
  const why = async (of: string) => {
    const { items } = await ask<{ items: { points: number; reason: { key: string; values: object } }[] }>(
      'memberPointsHistory',
      {},
      { params: { partyId: of } },
    )
    return items.map(({ points, reason }) => [
      points,
      reason.key.replace('points:', ''),
      ...Object.values(reason.values),
    ])
  }
  const { takenId } = await take(partyId)
  await ask('giveBackReward', {}, { params: { partyId, takenId } })
  const { holdId } = await hold(partyId, { points: 50 })
  const { saleId } = await sell(partyId, { amountMinor: 50, holdId, orderRef: 'A-7' })
  await refund({ saleId })
  await sell(partyId, { amountMinor: 20, use: { points: 20 }, orderRef: 'A-8' })
  const to = { by: 'identifier', kind: 'phone', value: '13800005521' }
  await ask('giveForParty', { amount: 30, to, note: 'for you' }, { params: { partyId } })
  expect(await why(partyId)).toEqual([
    [-30, 'reason.gift'],
    [-20, 'reason.order-named', 'A-8'],
    [50, 'reason.order-back-named', 'A-7'],
    [-50, 'reason.order-named', 'A-7'],
    [100, 'reason.reward-back-named', '茶一杯'],
    [-100, 'reason.reward-named', '茶一杯'],
    [1_000, 'adjustment.goodwill'],
  ])
  expect(await why(friend)).toEqual([[30, 'reason.gift']])
  await house.database.query(`update ledger.transaction set reason = null`)
  expect((await why(partyId)).map(([, key]) => key)).toEqual([
    'reason.usually-given',
    'reason.usually-used',
    'reason.usually-returned',
    'reason.usually-used',
    'reason.usually-returned',
    'reason.usually-used',
    'adjustment.by-hand',
  ])
})
