import { hash } from 'node:crypto'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Waits before each attempt, as Standard Webhooks has them: ten attempts in a little over three days. */
export const waits: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** How long a message may be under way before another worker may take it: an attempt ends after half of it. */
export const leaseFor = 30 * second
export const timeoutAfter = 15 * second

/** An endpoint that has taken nothing for so long when a message runs out of attempts is paused. */
export const deadAfter = 3 * day

/** What happened longer ago than this when it reached us is history, and is not sent as news. */
export const newsFor = 7 * day

/** Deliveries that are done are forgotten after this; the events stay in the log and can be replayed. */
export const keptFor = 30 * day

/**
 * Whether an event of this kind is asked for: by its name, by its family, or because everything is.
 *
 * Example: `points.*` takes `points.earned`, and not `pointsless.said`.
 */
export function isWanted(kind: string, patterns: readonly string[]): boolean {
  return patterns.some(
    pattern => pattern === '*' || pattern === kind || (pattern.endsWith('.*') && kind.startsWith(pattern.slice(0, -1))),
  )
}

/**
 * Whether an event is news to another system. A file of past orders brings years at once, and so does what follows from it; who
 * needs those asks for a replay.
 *
 * Example: a purchase of today by the till is news; one of last month, or any from an import, is not.
 */
export function isNews(
  event: { readonly occurredAt: Date; readonly receivedAt: Date },
  cause: { readonly kind: string },
): boolean {
  return cause.kind !== 'import' && event.receivedAt.getTime() - event.occurredAt.getTime() <= newsFor
}

/**
 * When to try again after so many attempts; undefined when there were enough. Up to a tenth later, by a hash of what is sent, so
 * that what failed together does not come back together.
 *
 * Example: after the second attempt at noon, between 12:05:00 and 12:05:30.
 */
export function nextAttemptAt(tries: number, now: Date, name: string): Date | undefined {
  const wait = waits[tries]
  if (wait === undefined) return undefined
  const share = hash('sha256', `${name} ${tries}`, 'buffer').readUInt32BE(0) / 2 ** 32
  return new Date(now.getTime() + Math.round(wait * (1 + share / 10)))
}

/**
 * How long an endpoint that failed so often in a row is left in peace, whatever waits for it: a receiver that is down costs a
 * few attempts every five minutes, however many messages there are.
 *
 * Example: twice in a row: not at all; five times: 20 seconds; at most five minutes.
 */
export function restAfter(failures: number): number {
  return failures < 3 ? 0 : Math.min(5 * second * 2 ** (failures - 3), 5 * minute)
}

/**
 * What `Retry-After` asks for, in milliseconds, at most an hour; undefined when it asks for nothing that can be understood.
 *
 * Example: `120` is two minutes.
 */
export function askedWait(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * second, hour) : undefined
}
