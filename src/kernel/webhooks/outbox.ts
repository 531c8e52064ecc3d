import type { Transaction } from '#kernel/database/index.ts'
import type { EventSource, RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { messageOf } from './message.ts'
import { isNews, isWanted } from './rules.ts'
import { putDeliveries } from './store.ts'

interface Wish {
  readonly endpointId: string
  readonly kinds: readonly string[]
}

/** How long another process may go on by what it knew; this one forgets at once what it changed itself. */
const rememberedFor = 5000
const remembered = new WeakMap<House, { readonly at: number; readonly wishes: readonly Wish[] }>()

/** Called after a change of endpoints was committed. */
export function forgetWishes(house: House): void {
  remembered.delete(house)
}

/**
 * Which endpoints take what: asked at most every five seconds, so that a house without endpoints pays nothing for them. By the
 * connection of the transaction: where all are taken by transactions that wait for another one, nobody would ever get it.
 */
async function wishesOf(house: House, transaction: Transaction): Promise<readonly Wish[]> {
  const now = house.clock.elapsed()
  const known = remembered.get(house)
  if (known && now - known.at < rememberedFor && now >= known.at) return known.wishes
  const wishes = await transaction.query<Wish>(
    `select endpoint_id as "endpointId", kinds from webhooks.endpoint where state = 'active' order by endpoint_id`,
  )
  remembered.set(house, { at: now, wishes })
  return wishes
}

/**
 * Puts what somebody wants to hear into the outbox, in the transaction of the event: either both are there or neither. The demo
 * world tells nobody, an import and what follows from it is not news, and neither is what is older than a week.
 */
export async function hear(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
  cause: EventSource,
): Promise<readonly []> {
  if (house.name === 'demo') return []
  const wishes = await wishesOf(house, transaction)
  if (wishes.length === 0) return []
  const news = events.filter(event => isNews(event, cause))
  let put = 0
  for (const { endpointId, kinds } of wishes) {
    const wanted = news.filter(event => isWanted(event.kind, kinds))
    if (wanted.length === 0) continue
    const messages = wanted.map(messageOf)
    put += await putDeliveries(transaction, endpointId, messages, { now: house.clock.now(), again: false })
  }
  if (put > 0) await house.live.announce(transaction, ['webhooks'])
  return []
}
