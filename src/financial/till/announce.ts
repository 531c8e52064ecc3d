import { allowSecond } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Topic } from '#kernel/live.ts'

const waitMs = 300
const waiting = new WeakMap<House, Set<Topic>>()

/**
 * Tells open screens what changed, a moment later and for many tills together. An announcement inside a transaction lets commits wait for
 * each other, disk and all: eight tills at once would be served one by one.
 */
export function announceSoon(house: House, topics: readonly Topic[]): void {
  const known = waiting.get(house)
  if (known) {
    for (const topic of topics) known.add(topic)
    return
  }
  const gathered = new Set(topics)
  waiting.set(house, gathered)
  const tell = () => {
    waiting.delete(house)
    // A house that was closed meanwhile has no screens to tell.
    void house.database.transaction(transaction => house.live.announce(transaction, [...gathered])).catch(() => {})
  }
  allowSecond('no sale waits for screens', () => setTimeout(tell, waitMs).unref())
}
