import type { Queryable } from './database.ts'

/**
 * What changes once a month and is asked for by many rooms in one transaction is read there once. Outside of a transaction it is read
 * each time. Whoever writes it forgets what was read.
 *
 * Example: a sale at the till asks nine times for settings, and reads them once.
 */
export function oncePerTransaction<Value>(read: (queryable: Queryable) => Promise<Value>) {
  const known = new WeakMap<Queryable, Promise<Value>>()
  return {
    read(queryable: Queryable): Promise<Value> {
      // Only a transaction ends by itself; anything else would remember for as long as the process lives.
      if (!('prepared' in queryable)) return read(queryable)
      const value = known.get(queryable) ?? read(queryable)
      known.set(queryable, value)
      return value
    },
    forget: (queryable: Queryable) => known.delete(queryable),
  }
}

/**
 * Those who ask the same before the question is sent share its answer, which is never older than their asking: a page asks for its
 * parts at once, and each part for the same session and the same settings.
 */
export function askedTogether<Value>(ask: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const waiting = new Map<string, Promise<Value>>()
  return key => {
    const known = waiting.get(key)
    if (known !== undefined) return known
    const answer = new Promise(resolve => setImmediate(resolve)).then(() => {
      waiting.delete(key)
      return ask(key)
    })
    waiting.set(key, answer)
    return answer
  }
}
