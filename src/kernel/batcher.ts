/**
 * Gathers what arrives from many requests into few transactions: while one batch commits, the next collects. A commit
 * costs a flush of the disk, so twenty requests that share one are twenty times cheaper, and nobody waits longer than
 * one commit.
 *
 * There are a few lanes, and `laneOf` sends what concerns one customer always down the same: two transactions that run at
 * once then never fold the same customer. A request is answered when all of its parts are in. When a batch fails, every
 * part is tried once more by itself, so that one bad request cannot spoil its neighbours.
 */
export function batcher<Item, Answer>(options: {
  readonly largest: number
  readonly lanes: number
  laneOf(item: Item): number
  commit(items: readonly Item[]): Promise<readonly Answer[]>
}): (items: readonly Item[]) => Promise<readonly Answer[]> {
  const lanes = Array.from({ length: options.lanes }, () => lane(options.largest, options.commit))
  return async items => {
    const answers = new Array<Answer>(items.length)
    const positions = lanes.map((): number[] => [])
    for (const [position, item] of items.entries()) positions[options.laneOf(item) % lanes.length]!.push(position)
    await Promise.all(
      lanes.map(async (submit, number) => {
        const ours = positions[number]!
        if (ours.length === 0) return
        const part = await submit(ours.map(position => items[position]!))
        for (const [index, position] of ours.entries()) answers[position] = part[index]!
      }),
    )
    return answers
  }
}

interface Part<Item, Answer> {
  readonly items: readonly Item[]
  resolve(answers: readonly Answer[]): void
  reject(error: unknown): void
}

/** One transaction at a time; whatever arrives meanwhile makes up the next. */
function lane<Item, Answer>(
  largest: number,
  commit: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (items: readonly Item[]) => Promise<readonly Answer[]> {
  const waiting: Part<Item, Answer>[] = []
  let running = false

  async function run(): Promise<void> {
    running = true
    for (let parts = take(); parts.length > 0; parts = take()) await settle(parts)
    running = false
  }

  function take(): Part<Item, Answer>[] {
    const parts: Part<Item, Answer>[] = []
    let size = 0
    while (waiting.length > 0 && (size === 0 || size + waiting[0]!.items.length <= largest)) {
      const part = waiting.shift()!
      parts.push(part)
      size += part.items.length
    }
    return parts
  }

  async function settle(parts: readonly Part<Item, Answer>[]): Promise<void> {
    try {
      const answers = await commit(parts.flatMap(part => part.items))
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
      waiting.push({ items, resolve, reject })
      // Begun a turn later, so that requests already read from the network share the batch.
      if (!running) setImmediate(() => !running && void run())
    })
}
