import type { House } from '#kernel/house.ts'
import { faultOf } from '#kernel/log.ts'
import { deliverDue } from './courier.ts'
import { nextDueAt } from './store.ts'

const longestWait = 30_000
const shortestWait = 1000

/**
 * Carries the outbox out of the house until stopped: at once when an event says so, when an attempt is due, and every half minute
 * for what a dead worker left. It is no job of the queue, since it would hold a place there whenever a receiver is slow.
 */
export function startCourier(house: House): { stop(): Promise<void> } {
  const stopping = new AbortController()
  let isAsked = false
  let wake: (() => void) | undefined
  const ask = () => {
    isAsked = true
    wake?.()
  }
  const stopListening = house.live.listen(topics => {
    if (topics.includes('webhooks')) ask()
  })

  async function untilNext(): Promise<void> {
    const due = await nextDueAt(house.database)
    const wait = due === null ? longestWait : due.getTime() - house.clock.now().getTime()
    if (isAsked || stopping.signal.aborted) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, Math.min(Math.max(wait, shortestWait), longestWait))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = undefined
  }

  async function carry(): Promise<void> {
    while (!stopping.signal.aborted) {
      isAsked = false
      try {
        const count = await deliverDue(house, { signal: stopping.signal })
        if (count === 0) await untilNext()
      } catch (error) {
        if (stopping.signal.aborted) return
        house.log.warn(faultOf(error), 'webhooks could not be carried out and will be tried again')
        await new Promise(resolve => setTimeout(resolve, shortestWait))
      }
    }
  }

  const carried = carry()
  return {
    async stop() {
      stopListening()
      stopping.abort()
      wake?.()
      await carried
    },
  }
}
