/**
 * Gathers what arrives from many requests into one transaction: while one batch commits, the next collects. A commit
 * costs a flush of the disk, so twenty requests that share one are twenty times cheaper, and nobody waits longer than
 * one commit. Each caller hears of its own part; when the batch fails, every part is tried once more by itself, so that
 * one bad request cannot spoil its neighbours.
 */
export function batcher<Item, Answer>(options: {
  readonly largest: number
  readonly lanes: number
  commit(items: readonly Item[]): Promise<readonly Answer[]>
}): (items: readonly Item[]) => Promise<readonly Answer[]> {
  interface Part {
    readonly items: readonly Item[]
    resolve(answers: readonly Answer[]): void
    reject(error: unknown): void
  }
  const waiting: Part[] = []
  let running = 0

  async function run(): Promise<void> {
    running++
    try {
      for (let parts = take(); parts.length > 0; parts = take()) await settle(parts)
    } finally {
      running--
    }
  }

  function take(): Part[] {
    const parts: Part[] = []
    let size = 0
    while (waiting.length > 0 && (size === 0 || size + waiting[0]!.items.length <= options.largest)) {
      const part = waiting.shift()!
      parts.push(part)
      size += part.items.length
    }
    return parts
  }

  async function settle(parts: readonly Part[]): Promise<void> {
    try {
      const answers = await options.commit(parts.flatMap(part => part.items))
      let start = 0
      for (const part of parts) {
        part.resolve(answers.slice(start, start + part.items.length))
        start += part.items.length
      }
    } catch (error) {
      if (parts.length === 1) return parts[0]!.reject(error)
      for (const part of parts) await settle([part])
    }
  }

  return items =>
    new Promise((resolve, reject) => {
      if (items.length === 0) return resolve([])
      waiting.push({ items, resolve, reject })
      // Started a turn later, so that requests already read from the network share the batch.
      if (running < options.lanes) setImmediate(() => running < options.lanes && void run())
    })
}
