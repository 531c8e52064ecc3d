import { upsertProducts } from '#kernel/catalogue/index.ts'
import { addDays, type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import { closeDraw, openDraw, openProgrammes, weekOfMembers } from './programmes.ts'
import { replayWeek } from './replay.ts'
import { type EmptyWorld, Story } from './story.ts'
import { shopZone } from './tea-shop/orders.ts'
import { teaShop } from './tea-shop/tea-shop.ts'

/** Tells how far the story is told, in steps. */
export type Telling = (done: number, total: number) => Promise<void>

/** Weeks before today in which the shop already listened to its warnings: enough for their effect to show. */
const weeksWithWarnings = 26
/** Weeks before today in which its programmes ran: enough for two months of the coalition to be settled. */
const weeksWithProgrammes = 14

/**
 * Lets the tea shop's two and a half years happen in an empty house, through the same doors as any business: people are
 * resolved, products named, orders recorded, the rhythm learned; then, week by week, warnings are raised and answered.
 */
export async function tellTeaShop(world: EmptyWorld, language: 'en' | 'zh-CN', telling: Telling): Promise<void> {
  const { house, clock } = world
  const now = clock.now()
  const today = localDay(now, shopZone)
  const shop = teaShop(today)
  const story = new Story(world, shop, now)
  const replayFrom = mondayBefore(addDays(today, -7 * weeksWithWarnings))
  const months = monthsUntil(localDay(shop.orders[0]!.occurredAt, shopZone), replayFrom)
  const mondays = Array.from({ length: weeksWithWarnings + 1 }, (_, week) => addDays(replayFrom, 7 * week))
  const total = months.length + mondays.length + 5
  let done = 0
  const step = () => telling(++done, total)

  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, 'business', { name: shop.name, currency: 'CNY', zone: shopZone, language })
    await house.settings.write(transaction, 'warnings', { contactsPerWeek: 16, heldOutShare: 0.25 })
    await upsertProducts(transaction, shop.products)
  })
  await house.events.ensureMonths(shop.orders.map(order => order.occurredAt))
  await step()
  for (const month of months) {
    await story.until(startOfDay(month, shopZone))
    await step()
  }
  await world.perform('rhythm.fit')
  await world.perform('stage.tell')
  await step()
  for (const [week, monday] of mondays.entries()) {
    const weeksLeft = mondays.length - week
    if (weeksLeft === weeksWithProgrammes) {
      await openProgrammes(world, today, language)
      story.sendParcels()
      await step()
    }
    if (weeksLeft === 4) await openDraw(world, today, language)
    await replayWeek(world, story, shop, { monday, now })
    if (weeksLeft <= weeksWithProgrammes) {
      await weekOfMembers(world, monday)
      await world.perform('coalition.close')
    }
    await world.perform('indices.measure')
    // What was foretold in two neighbouring weeks is nearly the same.
    if (week % 2 === 0) await world.perform('health.check')
    await step()
  }
  await story.until(now)
  await world.perform('rhythm.fit')
  await world.perform('rhythm.due')
  await world.perform('stage.tell')
  await world.perform('indices.measure')
  await world.perform('warnings.plan')
  await world.perform('health.check')
  await step()
  await closeDraw(world, today, language)
  await world.perform('tiers.due')
  await world.perform('ledger.due')
  await step()
}

/** Mondays are counted from 1970-01-05. */
function mondayBefore(day: Day): Day {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return addDays(day, -((weekday + 6) % 7))
}

/** First days of the months between two days, and the last day itself. */
function monthsUntil(from: Day, until: Day): Day[] {
  const months: Day[] = []
  let [year, month] = [Number(from.slice(0, 4)), Number(from.slice(5, 7))]
  for (;;) {
    month++
    if (month > 12) [year, month] = [year + 1, 1]
    const first = `${year}-${String(month).padStart(2, '0')}-01`
    if (first >= until) return [...months, until]
    months.push(first)
  }
}
