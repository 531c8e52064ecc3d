import { keyTaken } from '#http/problem.ts'
import type { Answered } from './judge.ts'
import { outOfReach } from './out-of-reach.ts'

/** Counts what was answered, by operation. */
export function tally() {
  const statuses = new Map<number, number>()
  const accepted = new Set<string>()
  const laid = new Set<string>()
  const milliseconds = new Map<string, number>()
  const keysTaken = new Map<string, number>()
  const notNow = new Map<string, number>()
  let slowest = { milliseconds: 0, operation: '' }
  const count = <Key>(counts: Map<Key, number>, key: Key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by)

  return {
    note(operation: string, answered: Answered): void {
      count(statuses, answered.status)
      count(milliseconds, operation, answered.milliseconds)
      if (answered.status < 300) accepted.add(operation)
      const { code } = (answered.body ?? {}) as { code?: unknown }
      if (code === keyTaken) count(keysTaken, operation)
      if (answered.status === 503) count(notNow, `${operation} ${String(code)}`)
      if (answered.milliseconds > slowest.milliseconds) {
        slowest = { milliseconds: Math.round(answered.milliseconds), operation }
      }
    },
    /** Accepted because the table asked for it. */
    noteLaid(operation: string): void {
      laid.add(operation)
    },
    figures(operations: readonly string[]) {
      const never = operations.filter(each => !accepted.has(each))
      const reached = operations.filter(each => !(each in outOfReach))
      return {
        accepted: `${operations.length - never.length} of ${operations.length}`,
        acceptedShare: Math.round((1000 * reached.filter(each => accepted.has(each)).length) / reached.length) / 1000,
        neverAccepted: never,
        askedByTheTable: laid.size,
        statuses: Object.fromEntries([...statuses].sort(([one], [other]) => one - other)),
        slowest,
        mostSeconds: Object.fromEntries(
          [...milliseconds]
            .sort(([, one], [, other]) => other - one)
            .slice(0, 12)
            .map(([operation, each]) => [operation, Math.round(each / 1000)]),
        ),
        keysTaken: Object.fromEntries(keysTaken),
        notNow: Object.fromEntries(notNow),
      }
    },
  }
}
