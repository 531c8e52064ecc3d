import { z } from 'zod'
import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import * as store from './store.ts'
import { factOf, stateAt } from './take.ts'

const atOnce = 500

/**
 * Writes down what time alone has done: reservations that lapsed, rewards that nobody used in time. Nothing waits for it: what is
 * over is over for everybody who asks before it comes by.
 */
export const dueJob = job({
  name: 'rewards.due',
  input: z.object({}),
  visible: false,
  async run(house) {
    let ended = 0
    for (;;) {
      const count = await endBatch(house)
      ended += count
      if (count < atOnce) return { ended }
    }
  },
})

async function endBatch(house: House): Promise<number> {
  const now = house.clock.now()
  return await house.database.transaction(async transaction => {
    const over = await store.lockOver(transaction, now, atOnce)
    // Between being found and being locked something may have been fetched or used after all.
    const lapsed = over.filter(taken => taken.state === 'reserved' && stateAt(taken, now) === 'lapsed')
    const expired = over.filter(taken => taken.state === 'taken' && stateAt(taken, now) === 'expired')
    if (lapsed.length + expired.length === 0) return over.length
    await store.markOver(transaction, lapsed, 'lapsed')
    await store.markOver(transaction, expired, 'expired')
    await house.events.record(
      transaction,
      systemSource,
      expired.map(taken => ({
        kind: 'reward.expired',
        partyId: taken.partyId,
        occurredAt: taken.expiresAt!,
        payload: factOf(taken, 'reward.expired'),
      })),
    )
    await store.freeReserved(transaction, lapsed)
    await house.live.announce(transaction, ['rewards'])
    return over.length
  })
}
