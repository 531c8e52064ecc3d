import { addDays, type Day, dayNumber, localInstant } from '#kernel/clock/index.ts'
import { act, listTasks } from '#kernel/tasks/index.ts'
import { chanceFrom } from './chance.ts'
import type { EmptyWorld, Story } from './story.ts'
import { shopZone } from './tea-shop/orders.ts'
import type { TeaShop } from './tea-shop/tea-shop.ts'

const clock = (day: Day, hour: number) => localInstant(day, hour * 3600, shopZone)

/** How a call ends, by how often. A customer who had left for good comes back from every second call. */
const endings = [
  { outcome: 'reached', weight: 70 },
  { outcome: 'not-interested', weight: 16 },
  { outcome: 'wrong-alarm', weight: 9 },
] as const
const wonBack = 0.55

/**
 * One past week of the shop: on Monday morning the late customers are found and the week's contacts chosen; the shop calls
 * them on Wednesday and Saturday, and some come back. This week's calls are left to whoever opens the demo.
 */
export async function replayWeek(
  world: EmptyWorld,
  story: Story,
  shop: TeaShop,
  { monday, now }: { readonly monday: Day; readonly now: Date },
): Promise<void> {
  const opening = clock(monday, 7)
  if (opening >= now) return
  await story.until(opening)
  await world.perform('rhythm.due')
  await world.perform('warnings.plan')
  for (const day of [addDays(monday, 2), addDays(monday, 5)]) {
    await world.perform('guarantee.due')
    const calling = clock(day, 16)
    if (calling >= now || clock(addDays(monday, 7), 0) > now) return
    await story.until(calling)
    await call(world, story, shop, day, day === addDays(monday, 5))
  }
}

async function call(world: EmptyWorld, story: Story, shop: TeaShop, day: Day, isLast: boolean): Promise<void> {
  const { house } = world
  const { items } = await listTasks(house.database, { state: 'open', limit: 100 }, day)
  const chance = chanceFrom(dayNumber(day))
  for (const [index, task] of items.entries()) {
    if (!isLast && index >= items.length / 2) return
    const { outcome } = chance.weighted(endings, each => each.weight)
    await act(house, { kind: 'nobody' }, task.partyId, task.taskId, { kind: 'close', outcome })
    const customer = story.customerOf(task.partyId)
    if (outcome === 'reached' && customer?.hasLeft && !story.hasReturned(customer) && chance.happens(wonBack)) {
      story.returns(customer, shop.comeback(customer, addDays(day, chance.whole(1, 18))))
    }
  }
}
