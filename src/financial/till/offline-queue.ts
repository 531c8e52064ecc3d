import type { OfflineItem, offlineStates } from './contract.ts'

export interface Answered {
  readonly itemId: string
  readonly state: (typeof offlineStates)[number]
  readonly code: string | null
}

/** Where the queue survives a restart: `localStorage` in a browser, a file elsewhere. */
export interface Storage {
  read(): Promise<string | null>
  write(text: string): Promise<void>
}

/** Posts to `/api/till/offline`; throws where no answer came. */
export type Send = (delivery: {
  readonly sentAt: string
  readonly items: readonly OfflineItem[]
}) => Promise<{ readonly items: readonly Answered[] }>

export interface OfflineQueue {
  /** Kept before this returns: only then may the customer go. */
  add(item: OfflineItem): Promise<void>
  /** Sends what waits, the oldest first; stops where the line breaks and answers what the server said so far. */
  flush(): Promise<readonly Answered[]>
  waiting(): readonly OfflineItem[]
}

/**
 * The queue of a till without a line. It leans on nothing but a storage and a way to send, so it can be copied as it is. An item leaves the
 * queue only when its answer has come: if the answer is lost it is sent again under the same id, which the server takes in once.
 *
 * Example: `const queue = await offlineQueue({ storage, send, now })`; `await queue.add(item)`; `await queue.flush()` whenever the line is back.
 */
export async function offlineQueue(parts: {
  readonly storage: Storage
  readonly send: Send
  readonly now: () => Date
  readonly atOnce?: number
}): Promise<OfflineQueue> {
  const { storage, send, now, atOnce = 100 } = parts
  let items = JSON.parse((await storage.read()) ?? '[]') as OfflineItem[]
  let writing = Promise.resolve()
  const keep = () => {
    writing = writing.then(() => storage.write(JSON.stringify(items)))
    return writing
  }
  return {
    waiting: () => items,
    async add(item) {
      items = [...items, item]
      await keep()
    },
    async flush() {
      const answered: Answered[] = []
      while (items.length > 0) {
        let answers: readonly Answered[]
        try {
          answers = (await send({ sentAt: now().toISOString(), items: items.slice(0, atOnce) })).items
        } catch {
          return answered
        }
        if (answers.length === 0) return answered
        const done = new Set(answers.map(each => each.itemId))
        items = items.filter(item => !done.has(item.itemId))
        await keep()
        answered.push(...answers)
      }
      return answered
    },
  }
}
