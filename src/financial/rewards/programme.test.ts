import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { publishTiers, usualTiers } from '#financial/tiers/index.ts'
import type { Caller } from '#kernel/operation.ts'
import type { Collected, Offer, Reward, Taken, TakenWithCode } from './contract.ts'
import { openShop, type Shop } from './testing/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop?.house.close())

const refused = (code: string, details: object = {}) => ({ code, details: expect.objectContaining(details) })
const minutes = (count: number) => new Date(shop.house.clock.now().getTime() + count * 60_000)
const take = (partyId: string, rewardId: string, key?: string) =>
  shop.ask<TakenWithCode>('takeReward', { params: { partyId, rewardId }, ...(key && { key }) })
const reserve = (partyId: string, rewardId: string, forMinutes = 15) =>
  shop.ask<Taken>('reserveReward', { params: { partyId, rewardId }, body: { minutes: forMinutes } })
const to = (id: string, { partyId, takenId }: Taken, more: { body?: object; caller?: Caller; key?: string } = {}) =>
  shop.ask<TakenWithCode>(id, { params: { partyId, takenId }, ...more })
const redeemCode = (code: string, more: { body?: object; caller?: Caller; key?: string } = {}) =>
  shop.ask<{ taken: Taken }>('useRewardCode', { ...more, body: { code, ...more.body } })
interface PartyRewards {
  points: number
  offers: Offer[]
  taken: TakenWithCode[]
  cards: Collected[]
}
const rewardsOf = (partyId: string) => shop.ask<PartyRewards>('partyRewards', { params: { partyId } })
const catalogue = () => shop.ask<{ items: Reward[]; cards: { cardId: string; completed: number }[] }>('listRewards')
const another: Caller = {
  kind: 'staff',
  id: '01900000-0000-7000-8000-00000000000b',
  name: 'Mei',
  permissions: new Set(['till.use']),
}
const asMember = (partyId: string): Caller => ({ kind: 'member', id: partyId, name: '', permissions: new Set() })

describe('taking a reward', () => {
  test('spends the points, gives a right with its code, and says so to the log', async () => {
    const [wang, tea] = [await shop.customer(250), await shop.reward({ stock: 3 })]
    const taken = await take(wang, tea)
    expect(taken).toMatchObject({ state: 'taken', price: 100, lastUsableOn: '2026-04-09', canGiveBack: true })
    expect(taken.code).toMatch(/^(\w{5}-){4}\w{5}$/)
    expect(await shop.points(wang)).toBe(150)
    expect(await shop.spendable(wang, `reward:${tea}`)).toBe(1)
    expect(await shop.left(tea)).toBe(2)
    expect(await shop.eventKinds(wang)).toEqual(['reward.taken'])
    expect(await shop.faults()).toEqual([])
  })

  test('the same request again is the same taking, another request is another', async () => {
    const [wang, tea] = [await shop.customer(250), await shop.reward()]
    const [one, again, other] = [await take(wang, tea, 'a'), await take(wang, tea, 'a'), await take(wang, tea, 'b')]
    expect(again).toEqual(one)
    expect(other.takenId).not.toBe(one.takenId)
    expect(await shop.points(wang)).toBe(50)
    await expect(take(wang, await shop.reward(), 'a')).rejects.toMatchObject(refused('ledger:refusal.key-used'))
  })

  test('costs nothing where it is a present, and nobody has more of them than they may', async () => {
    const [wang, gift] = [await shop.customer(), await shop.reward({ price: 0, perMember: 2 })]
    await take(wang, gift)
    const second = await take(wang, gift)
    await expect(take(wang, gift)).rejects.toMatchObject(refused('rewards:refusal.cannot-take', { why: 'had-enough' }))
    await to('giveBackReward', second)
    await take(wang, gift)
    expect(await shop.faults()).toEqual([])
  })

  test.each<[string, Parameters<Shop['reward']>[0], string, object]>([
    ['without the points', { price: 251 }, 'ledger:refusal.insufficient', { have: 250, need: 251 }],
    ['when none is left', { stock: 0 }, 'rewards:refusal.sold-out', {}],
    ['before its first day', { fromOn: '2026-03-11' }, 'rewards:refusal.cannot-take', { why: 'not-yet' }],
    ['after its last day', { untilOn: '2026-03-09' }, 'rewards:refusal.cannot-take', { why: 'over' }],
    ['where only stamps buy it', { price: null }, 'rewards:refusal.cannot-take', { why: 'stamps-only' }],
  ])('is refused %s, and leaves no trace', async (_, terms, code, details) => {
    const [wang, tea] = [await shop.customer(250), await shop.reward(terms)]
    await expect(take(wang, tea)).rejects.toMatchObject(refused(code, details))
    expect(await shop.points(wang)).toBe(250)
    expect(await shop.eventKinds(wang)).toEqual([])
    expect((await rewardsOf(wang)).taken).toEqual([])
    expect(await shop.faults()).toEqual([])
  })

  test('is refused to nobody in particular, and at a merchant that is not known', async () => {
    const [wang, tea] = [await shop.customer(250), await shop.reward()]
    await expect(take(shop.house.newId(), tea)).rejects.toMatchObject(refused('parties:refusal.unknown'))
    await expect(
      shop.ask('takeReward', { params: { partyId: wang, rewardId: tea }, body: { merchant: 'nowhere' } }),
    ).rejects.toMatchObject(refused('merchants:refusal.unknown'))
  })

  test('a better tier pays less, and a reward for it alone is not for others', async () => {
    await publishTiers(shop.house, { rules: usualTiers('CNY'), by: 'staff:lin' })
    const tea = await shop.reward({ tierPrices: [{ tierId: 'gold', price: 60 }] })
    const lounge = await shop.reward({ price: null, tierPrices: [{ tierId: 'silver', price: 10 }] })
    const [plain, gold] = [await shop.customer(200), await shop.customer(200)]
    await shop.purchase(gold, 'big', 300_000)
    expect(await take(gold, tea)).toMatchObject({ price: 60 })
    expect(await take(plain, tea)).toMatchObject({ price: 100 })
    expect(await take(gold, lounge)).toMatchObject({ price: 10 })
    await expect(take(plain, lounge)).rejects.toMatchObject(refused('rewards:refusal.cannot-take', { why: 'tier' }))
    const offers = new Map((await rewardsOf(gold)).offers.map(offer => [offer.rewardId, offer]))
    expect(offers.get(tea)).toMatchObject({ price: 60, usualPrice: 100, whyNot: null })
    expect(offers.get(lounge)).toMatchObject({ price: 10, usualPrice: null, whyNot: null })
  })
})

describe('reserving', () => {
  test('sets points and stock aside; captured they are spent, once', async () => {
    const [wang, tea] = [await shop.customer(150), await shop.reward({ stock: 1 })]
    const reserved = await reserve(wang, tea)
    expect(reserved).toMatchObject({ state: 'reserved', reservedUntil: minutes(15).toISOString() })
    expect([await shop.points(wang), await shop.left(tea)]).toEqual([50, 0])
    await expect(take(await shop.customer(100), tea)).rejects.toMatchObject(refused('rewards:refusal.sold-out'))
    const captured = await to('captureReward', reserved)
    expect(captured).toMatchObject({ state: 'taken', code: expect.any(String) })
    expect(await to('captureReward', reserved)).toEqual(captured)
    expect(await shop.points(wang)).toBe(50)
    await expect(to('voidReward', reserved)).rejects.toMatchObject(refused('rewards:refusal.not-reserved'))
    expect(await shop.faults()).toEqual([])
  })

  test('let go, points and stock are free again, once', async () => {
    const [wang, tea] = [await shop.customer(150), await shop.reward({ stock: 1 })]
    const reserved = await reserve(wang, tea)
    await to('voidReward', reserved)
    await to('voidReward', reserved)
    expect([await shop.points(wang), await shop.left(tea)]).toEqual([150, 1])
    await expect(to('captureReward', reserved)).rejects.toMatchObject(
      refused('rewards:refusal.not-reserved', { state: 'voided' }),
    )
    expect(await shop.eventKinds(wang)).toEqual([])
    expect(await shop.faults()).toEqual([])
  })

  test('lapsed, the next in line has it at once, without any job', async () => {
    const [wang, li, tea] = [await shop.customer(100), await shop.customer(100), await shop.reward({ stock: 1 })]
    const reserved = await reserve(wang, tea)
    shop.house.clock.set(minutes(15))
    expect((await rewardsOf(wang)).taken[0]).toMatchObject({ state: 'lapsed', reservedUntil: null })
    expect((await catalogue()).items.find(each => each.rewardId === tea)).toMatchObject({ left: 1, reserved: 0 })
    await take(li, tea)
    await expect(to('captureReward', reserved)).rejects.toMatchObject(
      refused('rewards:refusal.not-reserved', { state: 'lapsed' }),
    )
    // Their points are free as well: they buy something else.
    await take(wang, await shop.reward())
    await shop.house.perform('rewards.due')
    expect(await shop.left(tea)).toBe(0)
    expect(await shop.faults()).toEqual([])
  })

  test('lapsed and nobody else came: the job gives the place back, and running it again changes nothing', async () => {
    const [wang, tea] = [await shop.customer(100), await shop.reward({ stock: 1 })]
    await reserve(wang, tea)
    shop.house.clock.set(minutes(15))
    await shop.house.perform('rewards.due')
    await shop.house.perform('ledger.due')
    expect([await shop.points(wang), await shop.left(tea)]).toEqual([100, 1])
    expect(await shop.house.perform('rewards.due')).toEqual({ ended: 0 })
    expect(await shop.faults()).toEqual([])
  })
})

describe('giving back', () => {
  test('returns the points to the lots they came from, with their old life, and the reward to the stock', async () => {
    const [wang, tea] = [await shop.customer(), await shop.reward({ stock: 1 })]
    const soon = minutes(60 * 24 * 3)
    await shop.give(wang, 60, soon)
    await shop.give(wang, 60, minutes(60 * 24 * 90))
    const taken = await take(wang, tea)
    expect(await shop.points(wang)).toBe(20)
    expect(await to('giveBackReward', taken)).toMatchObject({ state: 'returned', canGiveBack: false })
    await to('giveBackReward', taken)
    expect([await shop.points(wang), await shop.left(tea)]).toEqual([120, 1])
    expect(await shop.spendable(wang, `reward:${tea}`)).toBe(0)
    expect(await shop.eventKinds(wang)).toEqual(['reward.taken', 'reward.returned'])
    shop.house.clock.set(soon)
    expect(await shop.points(wang)).toBe(60)
    expect(await shop.faults()).toEqual([])
  })

  test('is refused once it was used, and its code is dead once it was given back', async () => {
    const [wang, tea] = [await shop.customer(200), await shop.reward()]
    const [used, returned] = [await take(wang, tea), await take(wang, tea)]
    await redeemCode(used.code!)
    await expect(to('giveBackReward', used)).rejects.toMatchObject(
      refused('rewards:refusal.not-given-back', { state: 'used' }),
    )
    await to('giveBackReward', returned)
    await expect(redeemCode(returned.code!)).rejects.toMatchObject(
      refused('rewards:refusal.not-usable', { state: 'returned' }),
    )
  })
})

describe('using', () => {
  test('works once; the same request again answers the same', async () => {
    const [wang, tea] = [await shop.customer(100), await shop.reward()]
    const { code } = await take(wang, tea)
    const first = await redeemCode(code!, { key: 'till-1' })
    expect(first.taken).toMatchObject({ state: 'used', partyId: wang })
    expect(await redeemCode(code!, { key: 'till-1' })).toEqual(first)
    await expect(redeemCode(code!, { key: 'till-2' })).rejects.toMatchObject(
      refused('rewards:refusal.not-usable', { state: 'used' }),
    )
    expect(await shop.eventKinds(wang)).toEqual(['reward.taken', 'reward.used'])
    expect((await rewardsOf(wang)).taken[0]).toMatchObject({ state: 'used' })
    expect(await shop.faults()).toEqual([])
  })

  test('is over at the end of its last day, and then it is written down and told', async () => {
    const [wang, tea] = [await shop.customer(100), await shop.reward({ validDays: 0 })]
    const { code, lastUsableOn } = await take(wang, tea)
    const midnight = new Date(`${lastUsableOn}T24:00:00+08:00`)
    shop.house.clock.set(new Date(midnight.getTime() - 1))
    const looked = await shop.ask<{ taken: Taken }>('lookUpRewardCode', { body: { code } })
    expect(looked.taken.state).toBe('taken')
    shop.house.clock.set(midnight)
    await expect(redeemCode(code!)).rejects.toMatchObject(refused('rewards:refusal.not-usable', { state: 'expired' }))
    await shop.house.perform('rewards.due')
    await shop.house.perform('rewards.due')
    expect(await shop.eventKinds(wang)).toEqual(['reward.taken', 'reward.expired'])
    expect(await shop.faults()).toEqual([])
  })

  test('only where it is good, and a key of one merchant speaks for that one alone', async () => {
    const { house } = shop
    for (const merchant of ['east', 'west'])
      await house.database.query(
        'insert into merchants.merchant (merchant_id, name, is_active, created_at) values ($1, $1, true, $2)',
        [merchant, house.clock.now()],
      )
    const [wang, tea] = [await shop.customer(100), await shop.reward({ merchants: ['east'] })]
    const { code } = await take(wang, tea)
    const permissions = new Set(['till.use'] as const)
    const key = (merchantId: string): Caller => ({
      kind: 'key',
      id: house.newId(),
      name: 'till',
      permissions,
      merchantId,
    })
    await expect(redeemCode(code!)).rejects.toMatchObject(refused('rewards:refusal.not-here'))
    await expect(redeemCode(code!, { caller: key('west') })).rejects.toMatchObject(refused('rewards:refusal.not-here'))
    await expect(redeemCode(code!, { caller: key('west'), body: { merchant: 'east' } })).rejects.toMatchObject(
      refused('merchants:refusal.unknown'),
    )
    const { taken } = await redeemCode(code!, { caller: key('east') })
    expect(taken.usedMerchant).toBe('east')
  })

  test('by mistake is undone within minutes, by whoever made the mistake', async () => {
    const [wang, tea] = [await shop.customer(100), await shop.reward()]
    const taken = await take(wang, tea)
    await to('useTakenReward', taken)
    await expect(to('undoUseOfReward', taken, { caller: another })).rejects.toMatchObject(
      refused('rewards:refusal.too-late-to-undo'),
    )
    expect(await to('undoUseOfReward', taken)).toMatchObject({ state: 'taken', usedAt: null })
    await to('useTakenReward', taken)
    shop.house.clock.set(minutes(11))
    await expect(to('undoUseOfReward', taken)).rejects.toMatchObject(refused('rewards:refusal.too-late-to-undo'))
    expect(await shop.eventKinds(wang)).toEqual(['reward.taken', 'reward.used', 'reward.use-undone', 'reward.used'])
    expect(await shop.faults()).toEqual([])
  })
})

describe('codes', () => {
  let guesser: Caller
  beforeEach(() => {
    guesser = { ...another, id: shop.house.newId() }
  })

  test('a code that is not ours gets one answer whatever is wrong with it; ten of them, and the caller waits', async () => {
    const wrong = ['', 'x', 'A4KQ9-7WZ2M-XH0TC-51RBE-9GVPD', '0'.repeat(25)].map(code => code || '-')
    for (let tries = 0; tries < 10; tries++) {
      await expect(redeemCode(wrong[tries % wrong.length]!, { caller: guesser })).rejects.toMatchObject({
        kind: 'not-found',
        code: 'rewards:refusal.no-such-code',
        details: {},
      })
    }
    const [wang, tea] = [await shop.customer(100), await shop.reward()]
    const { code } = await take(wang, tea)
    await expect(redeemCode(code!, { caller: guesser })).rejects.toMatchObject({
      kind: 'too-many',
      code: 'rewards:refusal.too-many-codes',
      details: { seconds: 900 },
    })
    await redeemCode(code!, { caller: another })
    shop.house.clock.set(minutes(15))
    await expect(redeemCode('x', { caller: guesser })).rejects.toMatchObject(refused('rewards:refusal.no-such-code'))
  })

  test('right codes use up no tries', async () => {
    const [wang, tea] = [await shop.customer(100), await shop.reward()]
    const { code } = await take(wang, tea)
    for (let times = 0; times < 30; times++) {
      await shop.ask('lookUpRewardCode', { body: { code }, caller: guesser })
    }
  })

  test('stand nowhere in the database, only their hashes', async () => {
    const [wang, tea] = [await shop.customer(100), await shop.reward()]
    const { code } = await take(wang, tea)
    const rows = await shop.house.database.query<{ text: string }>(
      `select t::text as text from rewards.taken t union all select c::text from rewards.code c
       union all select e.payload::text from events.event e union all select x::text from ledger.transaction x`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(row => row.text.includes(code!) || row.text.includes(code!.replaceAll('-', '')))).toEqual([])
  })
})

describe('a member on their own card', () => {
  test('sees what they can take and what is missing, takes it, sees the code again, and gives it back', async () => {
    const [wang, tea, box] = [await shop.customer(120), await shop.reward(), await shop.reward({ price: 500 })]
    const caller = asMember(wang)
    const mine = () => shop.ask<PartyRewards>('memberRewards', { caller })
    const offers = new Map((await mine()).offers.map(offer => [offer.rewardId, offer]))
    expect(offers.get(tea)).toMatchObject({ price: 100, whyNot: null, missing: 0 })
    expect(offers.get(box)).toMatchObject({ price: 500, whyNot: 'points', missing: 380 })
    const taken = await shop.ask<TakenWithCode>('memberTakeReward', { params: { rewardId: tea }, caller })
    expect((await mine()).taken).toEqual([taken])
    await shop.ask('memberGiveBackReward', { params: { takenId: taken.takenId }, caller })
    expect(await mine()).toMatchObject({ points: 120, taken: [{ state: 'returned', code: null }] })
  })

  test('cannot touch what another has taken', async () => {
    const [wang, li, tea] = [await shop.customer(100), await shop.customer(100), await shop.reward()]
    const { takenId } = await take(wang, tea)
    await expect(shop.ask('memberGiveBackReward', { params: { takenId }, caller: asMember(li) })).rejects.toMatchObject(
      refused('rewards:refusal.no-such-taking'),
    )
  })
})

describe('stamps', () => {
  const stamps = async (partyId: string, cardId: string) => {
    const card = (await rewardsOf(partyId)).cards.find(each => each.cardId === cardId)!
    return [card.stamps, card.completed, card.owed]
  }

  test('a full card becomes its reward with the purchase that fills it', async () => {
    const [wang, card] = [await shop.customer(), await shop.card()]
    await shop.purchase(wang, '1')
    await shop.purchase(wang, '2')
    expect(await stamps(wang, card)).toEqual([2, 0, 0])
    await shop.purchase(wang, '3')
    expect(await stamps(wang, card)).toEqual([0, 1, 0])
    const { taken } = await rewardsOf(wang)
    expect(taken).toMatchObject([{ state: 'taken', price: 0, cardId: card, canGiveBack: false }])
    expect(await shop.eventKinds(wang)).toEqual(['reward.taken'])
    expect((await catalogue()).cards.find(each => each.cardId === card)).toMatchObject({ completed: 1 })
    const mine = await shop.ask<PartyRewards>('memberRewards', { caller: asMember(wang) })
    await redeemCode(mine.taken[0]!.code!)
    expect(await shop.faults()).toEqual([])
  })

  test('a returned purchase takes its stamp back; from a card already filled it is owed, and the next stamp pays it', async () => {
    const [wang, card] = [await shop.customer(), await shop.card()]
    for (const order of ['1', '2']) await shop.purchase(wang, order)
    await shop.refund(wang, '1')
    expect(await stamps(wang, card)).toEqual([1, 0, 0])
    for (const order of ['3', '4']) await shop.purchase(wang, order)
    expect(await stamps(wang, card)).toEqual([0, 1, 0])
    await shop.refund(wang, '3')
    expect(await stamps(wang, card)).toEqual([0, 1, 1])
    await shop.purchase(wang, '5')
    expect(await stamps(wang, card)).toEqual([0, 1, 0])
    await shop.purchase(wang, '6')
    expect(await stamps(wang, card)).toEqual([1, 1, 0])
    expect(await shop.faults()).toEqual([])
  })

  test('stamps stop counting at the end of their last day, though no job came by', async () => {
    const [wang, card] = [await shop.customer(), await shop.card({ stampDays: 5, startsOn: '2026-01-01' })]
    const start = shop.house.clock.now()
    await shop.purchase(wang, '1')
    shop.house.clock.set(minutes(60 * 24 * 4))
    await shop.purchase(wang, '2')
    shop.house.clock.set(new Date(start.getTime() + 6 * 86_400_000))
    expect(await stamps(wang, card)).toEqual([1, 0, 0])
    await shop.purchase(wang, '3')
    expect(await stamps(wang, card)).toEqual([2, 0, 0])
    expect(await shop.faults()).toEqual([])
  })

  test('a card that begins in the past catches up with what was bought since; its second run changes nothing', async () => {
    const wang = await shop.customer()
    for (const order of ['1', '2', '3', '4']) await shop.purchase(wang, order, 4000, '2026-03-05')
    const card = await shop.card({ startsOn: '2026-03-05' })
    await shop.house.perform('rewards.catch-up')
    await shop.house.perform('rewards.catch-up')
    expect(await stamps(wang, card)).toEqual([1, 1, 0])
    expect((await rewardsOf(wang)).taken.filter(taken => taken.cardId === card)).toHaveLength(1)
    expect(await shop.faults()).toEqual([])
  })

  test('withdrawn purchases take their stamps with them', async () => {
    const [wang, card] = [await shop.customer(), await shop.card()]
    await shop.purchase(wang, '1')
    await shop.house.database.transaction(transaction =>
      shop.house.events.withdraw(transaction, '01900000-0000-7000-8000-000000000001', [wang]),
    )
    expect(await stamps(wang, card)).toEqual([0, 0, 0])
    expect(await shop.faults()).toEqual([])
  })
})

test('what somebody has taken lapses when they are forgotten, and the claims go on to hold', async () => {
  const [wang, tea] = [await shop.customer(300), await shop.reward()]
  const { code } = await take(wang, tea)
  const requestId = shop.house.newId()
  await shop.house.database.query(
    `insert into privacy.request (party_id, request_id, kind, state, asked_by, asked_at, due_on, settlement)
     values ($1, $2, 'erasure', 'working', 'staff', now(), current_date, 'forfeit')`,
    [wang, requestId],
  )
  await shop.house.perform('privacy.erase', { requestId })
  expect((await rewardsOf(wang)).taken[0]).toMatchObject({ state: 'expired' })
  await expect(redeemCode(code!)).rejects.toThrow('rewards:refusal')
  expect(await shop.faults()).toEqual([])
})

describe('the catalogue', () => {
  const put = (rewardId: string, terms: object) => shop.ask('changeReward', { params: { rewardId }, body: terms })

  test('suggests three rewards to begin with, priced to read well', async () => {
    const { usual } = await shop.ask<{ usual: { price: number }[] }>('listRewards')
    expect(usual.map(each => each.price)).toEqual([800, 3000, 12000])
  })

  test('the stock may grow, but not below what is out', async () => {
    const tea = await shop.reward({ stock: 2 })
    for (const wang of [await shop.customer(100), await shop.customer(100)]) await take(wang, tea)
    const { terms } = (await catalogue()).items.find(each => each.rewardId === tea)!
    await expect(put(tea, { ...terms, stock: 1 })).rejects.toMatchObject(
      refused('rewards:refusal.stock-below-taken', { gone: 2 }),
    )
    await put(tea, { ...terms, stock: 3 })
    expect(await shop.left(tea)).toBe(1)
  })

  test('whoever has taken a reward keeps what it promised, when it is changed or archived', async () => {
    const [wang, tea] = [await shop.customer(300), await shop.reward()]
    const { code, lastUsableOn } = await take(wang, tea)
    const { terms } = (await catalogue()).items.find(each => each.rewardId === tea)!
    await put(tea, { ...terms, validDays: 1, price: 200 })
    await shop.ask('archiveReward', { params: { rewardId: tea }, body: { isActive: false } })
    expect((await rewardsOf(wang)).taken[0]).toMatchObject({ lastUsableOn, price: 100 })
    await expect(take(wang, tea)).rejects.toMatchObject(refused('rewards:refusal.cannot-take', { why: 'archived' }))
    await redeemCode(code!)
  })

  test('the reward of a running card cannot run out or be archived', async () => {
    const tea = await shop.reward({ price: null })
    await shop.card({ rewardId: tea })
    const { terms } = (await catalogue()).items.find(each => each.rewardId === tea)!
    await expect(put(tea, { ...terms, stock: 5 })).rejects.toMatchObject(refused('rewards:refusal.stock-of-card'))
    await expect(
      shop.ask('archiveReward', { params: { rewardId: tea }, body: { isActive: false } }),
    ).rejects.toMatchObject(refused('rewards:refusal.needed-by-card'))
    const limited = await shop.reward({ stock: 5 })
    await expect(shop.card({ rewardId: limited })).rejects.toMatchObject(refused('rewards:refusal.stock-of-card'))
  })
})
