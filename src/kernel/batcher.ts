import { isOutage } from './database/index.ts'
import { refuse } from './refusal.ts'

/** So many of the largest batches may wait in a lane; beyond, whoever comes is told at once to come again. */
const mostWaiting = 10

/**
 * Gathers what arrives from many requests into few transactions: while one batch commits, the next collects. A commit
 * costs a flush of the disk, so twenty requests that share one are twenty times cheaper, and nobody waits longer than
 * one commit. A lane that does not get on, because the database is slow, lets only so many wait.
 *
 * There are a few lanes, and `laneOf` sends what concerns one customer always down the same: two transactions that run at
 * once then never fold the same customer. A request is answered when all of its parts are in. When a batch fails, every
 * part is tried once more by itself, so that one bad request cannot spoil its neighbours; when the database is away, no part
 * would fare better, and all are told so.
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
  let size = 0
  let running = false

  async function run(): Promise<void> {
    running = true
    for (let parts = take(); parts.length > 0; parts = take()) await settle(parts)
    running = false
  }

  function take(): Part<Item, Answer>[] {
    const parts: Part<Item, Answer>[] = []
    let taken = 0
    while (waiting.length > 0 && (taken === 0 || taken + waiting[0]!.items.length <= largest)) {
      const part = waiting.shift()!
      parts.push(part)
      taken += part.items.length
    }
    size -= taken
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
      if (parts.length > 1 && !isOutage(error)) for (const part of parts) await settle([part])
      else for (const part of parts) part.reject(error)
    }
  }

  return items =>
    new Promise((resolve, reject) => {
      if (size >= largest * mostWaiting) return reject(refuse('unavailable', 'database:refusal.busy'))
      waiting.push({ items, resolve, reject })
      size += items.length
      // Begun a turn later, so that requests already read from the network share the batch.
      if (!running) setImmediate(() => !running && void run())
    })
}
