import { changeCoalitionSettings, publishTerms } from '#financial/coalition/index.ts'
import { changeCreditRules, topUp, usualCredit } from '#financial/credit/index.ts'
import { announceDraw, makeDraw } from '#financial/draw/index.ts'
import { publish as publishPromise } from '#financial/guarantee/index.ts'
import { publish } from '#financial/points/index.ts'
import { createReward, redeem, takeReward } from '#financial/rewards/index.ts'
import { publishTiers } from '#financial/tiers/index.ts'
import { addDays, type Day, dayNumber, localDay } from '#kernel/clock/index.ts'
import { digest } from '#kernel/ledger/index.ts'
import { saveMerchant } from '#kernel/merchants/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { type Chance, chanceFrom } from './chance.ts'
import type { EmptyWorld } from './story.ts'
import { shopZone } from './tea-shop/orders.ts'
import { pointsOfTeaShop, tiersOfTeaShop } from './tea-shop/points.ts'
import { drawOf, merchants, parcelPromise, rewards } from './tea-shop/programmes.ts'

type Language = 'en' | 'zh-CN'

/** Days before today from which on the shop gives points. */
const daysWithPoints = 400
const by = 'demo'
const idOf = (what: string) => digest(`demo ${what}`)
const rewardIds = rewards.map((_, index) => idOf(`reward ${index}`))

/** Everything that the shop offers to those who come back begins on one day; points count from earlier on. */
export async function openProgrammes(world: EmptyWorld, today: Day, language: Language): Promise<void> {
  const { house } = world
  const on = localDay(house.clock.now(), shopZone)
  for (const merchant of merchants) {
    await saveMerchant(house, { ...merchant, isActive: true })
    const isShop = merchant.merchantId !== 'bakery'
    await publishTerms(
      house,
      {
        merchantId: merchant.merchantId,
        fromOn: `${on.slice(0, 7)}-01`,
        untilOn: null,
        fundMinorPer100: 100,
        redeemMinorPer100: isShop ? 95 : 90,
        currency: 'CNY',
        payment: 'postpaid',
        depositMinor: 0,
        breakage: { merchant: 0, pool: 50, coalition: 50 },
        accepts: null,
      },
      by,
    )
  }
  // So that the statement of last month can be disputed on whatever day somebody looks.
  await house.database.transaction(transaction => changeCoalitionSettings(house, transaction, { disputeDays: 31 }))
  const rules = pointsOfTeaShop(today, language)
  await publish(house, { rules, startsOn: addDays(today, -daysWithPoints), by })
  await publishTiers(house, { rules: tiersOfTeaShop(language), by })
  await world.perform('points.catch-up')
  await world.perform('tiers.rebuild')
  await changeCreditRules(house, usualCredit('CNY', 2))
  await house.database.transaction(async transaction => {
    for (const [index, terms] of rewards.entries()) {
      await createReward(house, transaction, { rewardId: rewardIds[index]!, terms })
    }
  })
  const promiseId = '01900000-0000-7000-8000-00000000de48'
  await publishPromise(house, { promiseId, terms: parcelPromise(), startsOn: on, by })
}

/** What customers do with it in a week: a few take a reward, most of those use it, and somebody tops up. */
export async function weekOfMembers(world: EmptyWorld, monday: Day): Promise<void> {
  const { house } = world
  const chance = chanceFrom(dayNumber(monday) * 17)
  const members = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from ledger.holding where asset = 'points' and available >= 200 order by party_id`,
  )
  if (members.length === 0) return
  for (let count = 0; count < 6; count++) {
    await takeOne(world, chance.pick(members).partyId, { chance, name: `${monday} ${count}` })
  }
  const { partyId } = chance.pick(members)
  const method = chance.pick(['wechat', 'alipay', 'cash'])
  const paid = { partyId, topUpId: idOf(`top-up ${monday}`), amountMinor: chance.pick([20_000, 50_000, 100_000]) }
  await house.database.transaction(transaction =>
    topUp(house, transaction, { ...paid, method, merchantId: 'wenshu', actor: by }),
  )
}

async function takeOne(
  { house }: EmptyWorld,
  partyId: string,
  { chance, name }: { readonly chance: Chance; readonly name: string },
): Promise<void> {
  const index = chance.weighted([0, 1, 2, 3], each => [5, 4, 1, 1][each]!)
  const merchant = index === 1 ? 'bakery' : chance.pick(merchants).merchantId
  const takenId = idOf(`taking ${name}`)
  const asker = { actor: by, source: { sourceId: '01900000-0000-7000-8000-00000000de30', kind: 'system' as const } }
  const isUsed = chance.happens(0.7)
  try {
    await house.database.transaction(async transaction => {
      await takeReward(house, transaction, { partyId, rewardId: rewardIds[index]!, takenId, merchant, by: asker })
      if (isUsed)
        await redeem(house, transaction, { partyId, takenId, useId: idOf(`use ${name}`), merchant, by: asker })
    })
  } catch (error) {
    // Too few points for what they would have liked, or the last one is gone: that happens in any shop.
    if (!(error instanceof Refusal)) throw error
  }
}

const lastDraw = idOf('draw past')

/** Three weeks before today a draw opens; it is drawn at the end, and the next one opens. */
export async function openDraw({ house }: EmptyWorld, today: Day, language: Language): Promise<void> {
  const [name, prizes] =
    language === 'en'
      ? (['Draw of the new teapots', ['A teapot from Yixing', '300 points']] as const)
      : (['新壶抽奖', ['宜兴紫砂壶一把', '300 积分']] as const)
  const opensOn = localDay(house.clock.now(), shopZone)
  const terms = drawOf(name, prizes, { opensOn, closesOn: addDays(today, -1) })
  await announceDraw(house, terms, { drawId: lastDraw, by })
}

export async function closeDraw({ house }: EmptyWorld, today: Day, language: Language): Promise<void> {
  await makeDraw(house, lastDraw, { by })
  const [name, prizes] =
    language === 'en'
      ? (['New Year’s draw', ['A cake of aged white tea', '300 points']] as const)
      : (['新年抽奖', ['陈年白茶饼一块', '300 积分']] as const)
  const terms = drawOf(name, prizes, { opensOn: today, closesOn: addDays(today, 28) })
  await announceDraw(house, terms, { drawId: idOf('draw coming'), by })
}
