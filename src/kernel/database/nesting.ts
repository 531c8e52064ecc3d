import { AsyncLocalStorage } from 'node:async_hooks'

interface Held {
  readonly pool: object
  isOpen: boolean
  readonly outer: Held | undefined
}

const held = new AsyncLocalStorage<Held | undefined>()

/** What a pool is told of whoever takes one of its connections. */
export interface Nesting {
  /** Somebody asks for a connection. */
  ask(): void
  /** Somebody holds one as long as the work goes on. */
  hold<T>(work: () => Promise<T>): Promise<T>
}

/** Nobody looks. */
export const unwatched: Nesting = { ask() {}, hold: work => work() }

/**
 * Refuses whoever holds a connection of this pool and asks for a second one: as many of them at once as there are connections
 * would wait for each other for ever. It is watched in tests, where a pool is never full and nobody would notice.
 */
export function watched(): Nesting {
  const pool = {}
  return {
    ask() {
      for (let each = held.getStore(); each; each = each.outer) {
        if (each.pool === pool && each.isOpen)
          throw new Error(`inside a transaction another connection is asked for: ${placeOf(new Error())}`)
      }
    },
    async hold(work) {
      const mine: Held = { pool, isOpen: true, outer: held.getStore() }
      try {
        return await held.run(mine, work)
      } finally {
        // What was begun inside and outlives it, a timer say, holds nothing any more.
        mine.isOpen = false
      }
    },
  }
}

/**
 * Lets work inside a transaction ask for a connection of its own after all, and says why no pool can be filled by it.
 *
 * Example: `allowSecond('nobody waits for it', () => announce(…))` is not refused in tests; elsewhere it is the work itself.
 */
export function allowSecond<T>(_reason: string, work: () => T): T {
  return held.run(undefined, work)
}

const ours = /[/](?:database|nesting)[.][jt]s:|node:|<anonymous>/

/** The nearest line of the stack where somebody else stands. */
function placeOf({ stack = '' }: Error): string {
  const lines = stack.split('\n').slice(1)
  return (lines.find(line => !ours.test(line)) ?? lines.at(-1) ?? 'somewhere').trim()
}
