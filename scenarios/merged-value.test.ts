import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { publish as promise, readyPromises } from '#financial/guarantee/index.ts'
import { publish, usualRules } from '#financial/points/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * Somebody has two profiles, the tea card and the web shop's number. They are joined, things of value move while they are one, and
 * the merge turns out to have been wrong. After every step the books agree with what every programme says of itself.
 */

const zone = 'Asia/Shanghai'
const promiseId = '01900000-0000-7000-8000-0000000000a1'
const lin = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin' } as const
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const
const plain = {
  tierPrices: [],
  stock: null,
  merchants: [],
  fromOn: null,
  untilOn: null,
  perMember: null,
  validDays: 30,
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-02T02:00:00Z', business: { zone, currency: 'CNY' } })
  const spend = { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } } as const
  await publish(house, {
    rules: { ...usualRules('CNY', 2), earning: [spend], pendingDays: 0 },
    startsOn: '2026-01-01',
    by: 'x',
  })
  await ask('changeCredit', {
    ...{ currency: 'CNY', isOpen: true, rungs: [{ atLeastMinor: 10_000, bonusMinor: 1_000, bonusPoints: 0 }] },
    ...{ spendFirst: 'bonus', bonusMonths: 12, largestTopUpMinor: null, largestBalanceMinor: null },
    approvalAboveMinor: 100_000,
  })
})
afterAll(() => house?.close())
afterEach(() => expectSound())

let requests = 0
async function ask<Reply>(id: string, body: object = {}, params: object = {}, caller: object = lin): Promise<Reply> {
  const { operation, handle } = house.routes.find(route => route.operation.id === id)!
  const input = {
    ...{ params, language: 'en', idempotencyKey: `request ${++requests}`, query: operation.query?.parse({}) },
    ...{ body: operation.body?.parse(body), caller: { permissions: new Set(['money.read']), ...caller } },
  }
  return operation.reply.parse(await handle(house, input as never)) as Reply
}

async function expectSound(): Promise<void> {
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
}

interface Profile {
  readonly partyId: string
  readonly card: string
}

/** Two profiles of one person. */
async function two(): Promise<[Profile, Profile]> {
  const made = [`tea ${++requests}`, `web ${++requests}`].map(async card => {
    const identifiers = [{ kind: 'card', value: card }]
    return { card, ...(await ask<{ partyId: string }>('createParty', { name: '王晓洁', identifiers })) }
  })
  return (await Promise.all(made)) as [Profile, Profile]
}

/** Told by the card, as a till or a file would: of whomever the card is now. */
async function tell(card: string, kind: string, payload: object): Promise<void> {
  const occurredAt = house.clock.now()
  await house.events.ensureMonths([occurredAt])
  await house.database.transaction(async transaction => {
    const sighting = { identifiers: [{ kind: 'card' as const, value: card }] }
    const { origins } = await resolveParties(transaction, house, source.sourceId, [sighting])
    const event = { kind, partyId: origins[0]!, occurredAt, payload: { currency: 'CNY', lines: [], ...payload } }
    await house.events.record(transaction, source, [event])
  })
}
const buy = (card: string, amountMinor: number, orderRef = `order ${++requests}`) =>
  tell(card, 'purchase.recorded', { amountMinor, orderRef })

async function merge(kept: Profile, other: Profile): Promise<() => Promise<void>> {
  const body = { keptId: kept.partyId, otherId: other.partyId }
  const { mergeId } = await ask<{ mergeId: string }>('mergeProfiles', body)
  await expectSound()
  return async () => {
    await ask('undoMerge', {}, { mergeId })
    await expectSound()
  }
}

const holds = async (partyId: string, asset: string) => {
  const [row] = await house.database.query<{ left: number }>(
    'select coalesce(sum(available - debt), 0)::bigint as left from ledger.holding where party_id = $1 and asset = $2',
    [partyId, asset],
  )
  return row!.left
}
const points = (profile: Profile) => holds(profile.partyId, 'points')
const money = (profile: Profile) => holds(profile.partyId, 'money:CNY')
/** Somebody says so themselves, on their card. */
const claim = async ({ partyId }: Profile, reference: string) => {
  const member = { kind: 'member', id: partyId, name: '' }
  return (await ask<{ outcome: string }>('claimPromise', { reference }, { promiseId }, member)).outcome
}
const later = (hours: number) => house.clock.set(new Date(house.clock.now().getTime() + hours * 3_600_000))

test('a promise that broke while they were one is owed once, to whom it was made', async () => {
  const [tea, web] = await two()
  const [delivery] = readyPromises('CNY', 100)
  await promise(house, { promiseId, terms: delivery!, startsOn: '2026-03-02', by: 'x' })
  const undo = await merge(tea, web)
  await buy(web.card, 9_900, 'parcel')
  later(50)
  await house.perform('guarantee.due')
  await expectSound()
  expect([await money(tea), await money(web)]).toEqual([0, 2_000])
  // She asks for it herself, by the profile that was kept: it is known.
  expect(await claim(tea, 'parcel')).toBe('known')
  await undo()
  await house.perform('guarantee.due')
  await buy(web.card, 100)
  await buy(tea.card, 100)
  expect([await money(tea), await money(web)]).toEqual([0, 2_000])
})

test('a promise that was claimed before the order was known is owed once, also when the order has gone back', async () => {
  const [tea, web] = await two()
  const undo = await merge(tea, web)
  expect(await claim(tea, 'unheard')).toBe('granted')
  await buy(web.card, 9_900, 'unheard')
  later(50)
  await house.perform('guarantee.due')
  expect((await money(tea)) + (await money(web))).toBe(2_000)
  await undo()
  await house.perform('guarantee.due')
  await buy(web.card, 100)
  await buy(tea.card, 100)
  await house.perform('guarantee.due')
  expect((await money(tea)) + (await money(web))).toBe(2_000)
})

test('a reward that one took is used by the other while they are one; what was taken together is paid once', async () => {
  const [tea, web] = await two()
  await buy(tea.card, 8_000)
  await buy(web.card, 6_000)
  const body = { ...plain, name: { en: 'Tea' }, description: {}, icon: 'leaf', price: 50 }
  const { rewardId } = await ask<{ rewardId: string }>('createReward', body)
  const first = await ask<{ takenId: string; code: string }>('takeReward', {}, { partyId: web.partyId, rewardId })
  const undo = await merge(tea, web)
  const { taken } = await ask<{ taken: { takenId: string }[] }>('partyRewards', {}, { partyId: tea.partyId })
  expect(taken.map(each => each.takenId)).toEqual([first.takenId])
  await ask('useTakenReward', {}, { partyId: tea.partyId, takenId: first.takenId })
  await expectSound()
  // 80 and 10 are left: another is paid by the 10 of one and 40 of the other.
  const second = await ask<{ takenId: string; code: string }>('takeReward', {}, { partyId: web.partyId, rewardId })
  await expectSound()
  expect((await points(tea)) + (await points(web))).toBe(40)
  await undo()
  expect([await points(tea), await points(web)]).toEqual([40, 0])
  const given = await ask<{ state: string }>('giveBackReward', {}, { partyId: web.partyId, takenId: second.takenId })
  expect(given.state).toBe('returned')
  expect((await points(tea)) + (await points(web))).toBe(90)
})

test('money that was paid in by both is spent together, and what is refunded after the undo is lost by nobody', async () => {
  const [tea, web] = await two()
  const topUp = ({ partyId }: Profile) => ask('topUpCredit', { amountMinor: 10_000, method: 'wechat' }, { partyId })
  await topUp(tea)
  await topUp(web)
  const undo = await merge(tea, web)
  const { paymentId } = await ask<{ paymentId: string }>('payWithCredit', { amountMinor: 15_000 }, tea)
  await expectSound()
  expect((await money(tea)) + (await money(web))).toBe(7_000)
  await undo()
  expect([await money(tea), await money(web)]).toEqual([0, 7_000])
  await ask('refundPayment', {}, { partyId: tea.partyId, paymentId })
  await expectSound()
  expect((await money(tea)) + (await money(web))).toBe(22_000)
})

test('a benefit that both earned together is had once, and what was used of it stays used', async () => {
  const [tea, web] = await two()
  await ask('saveMerchant', { name: 'Tea house', isActive: true }, { merchantId: 'tea-house' })
  const terms = { name: 'Parking', kind: 'parking', count: 2, window: { kind: 'month' }, atLeastMinor: 30_000 }
  const body = { ...terms, currency: 'CNY', fromOn: '2026-03-01' }
  const { benefitId } = await ask<{ benefitId: string }>('createBenefit', body)
  await buy(tea.card, 20_000)
  await buy(web.card, 15_000)
  const left = async ({ partyId }: Profile) => {
    const { items } = await ask<{ items: { benefitId: string; left: number }[] }>('memberBenefits', {}, { partyId })
    return items.find(each => each.benefitId === benefitId)?.left ?? 0
  }
  expect([await left(tea), await left(web)]).toEqual([0, 0])
  const undo = await merge(tea, web)
  expect([await left(tea), await left(web)]).toEqual([2, 2])
  await ask('useBenefit', { partyId: web.partyId, merchantId: 'tea-house' }, { benefitId })
  expect(await left(tea)).toBe(1)
  await undo()
  expect([await left(tea), await left(web)]).toEqual([0, 0])
  const again = await merge(web, tea)
  // One of two was used before; nothing is given twice.
  expect(await left(web)).toBe(1)
  await again()
})

test('tickets count for a person: a day with two orders is one visit, and the most that one may have holds for both', async () => {
  const [tea, web] = await two()
  const now = house.clock.now().getTime()
  const { drawId } = await ask<{ drawId: string }>('createDraw', {
    ...{ name: 'Spring', prizes: [{ prizeId: 'teapot', name: 'Teapot', count: 1, kind: 'thing' }], currency: 'CNY' },
    rules: [
      { kind: 'visit', tickets: 1 },
      { kind: 'spend', perMinor: 10_000, tickets: 1 },
    ],
    mostTickets: 4,
    opensAt: new Date(now + 60_000).toISOString(),
    closesAt: new Date(now + 30 * 86_400_000).toISOString(),
  })
  later(1)
  await buy(web.card, 30_000)
  const tickets = ({ partyId }: Profile) => holds(partyId, `tickets:${drawId}`)
  expect([await tickets(tea), await tickets(web)]).toEqual([0, 4])
  const undo = await merge(tea, web)
  expect((await tickets(tea)) + (await tickets(web))).toBe(4)
  await buy(tea.card, 20_000)
  expect((await tickets(tea)) + (await tickets(web))).toBe(4)
  await undo()
  // Each has what they would have had: 1 and 2, and 1 and 3.
  expect([await tickets(tea), await tickets(web)]).toEqual([3, 4])
})

test('a sale at the till by either is one sale, paid from both, and is refunded after the undo', async () => {
  const [tea, web] = await two()
  await buy(tea.card, 3_000)
  await buy(web.card, 5_000)
  await ask('topUpCredit', { amountMinor: 2_000, method: 'cash' }, web)
  const undo = await merge(tea, web)
  const sold = await ask<{ saleId: string; balance: { points: number } }>('tillSale', {
    customer: { card: tea.card },
    amountMinor: 4_000,
    use: { points: 60, creditMinor: 1_500 },
  })
  await expectSound()
  expect(sold.balance.points).toBe((await points(tea)) + (await points(web)))
  const before = sold.balance.points
  await undo()
  expect((await points(tea)) + (await points(web))).toBe(before)
  const { refund } = await ask<{ refund: { points: number; creditMinor: number; takenBackPoints: number } }>(
    'tillRefund',
    { saleId: sold.saleId },
  )
  expect(refund).toMatchObject({ points: 60, creditMinor: 1_500 })
  expect((await points(tea)) + (await points(web))).toBe(80)
  expect((await money(tea)) + (await money(web))).toBe(2_000)
})
