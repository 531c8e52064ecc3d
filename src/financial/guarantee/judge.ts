import type { Case } from './cases.ts'
import type { Compensation, PromiseTerms } from './terms.ts'

type Instant = number
const minute = 60_000

export type CaseState = 'open' | 'kept' | 'broken' | 'void'

/**
 * The first instant at which a case may be judged broken: after its deadline, and not before its start had been known for the
 * grace. So a history that is told at once is not taken for a morning of broken promises.
 *
 * Example: due on Wednesday 10:00, heard of on Monday, an hour of grace -> Wednesday 11:00; heard of on Friday -> Friday, an hour later.
 */
export function judgeAt(
  theirs: Pick<Case, 'dueAt' | 'startedAt' | 'startReceivedAt'>,
  terms: Pick<PromiseTerms, 'graceMinutes'>,
): Instant {
  // A promise without a clock is broken by the event itself: there is nothing to wait for.
  if (theirs.dueAt === null) return theirs.startedAt
  return Math.max(theirs.dueAt, theirs.startReceivedAt) + terms.graceMinutes * minute
}

/**
 * Where a case stands at an instant. Whoever stopped at the deadline itself kept the promise.
 *
 * Example: due 10:00, stopped 10:00:00 -> kept; nothing heard, an hour of grace, 10:59 -> open; 11:00 -> broken.
 */
export function stateOf(theirs: Case, terms: Pick<PromiseTerms, 'graceMinutes'>, now: Instant): CaseState {
  if (theirs.isVoid) return 'void'
  if (theirs.dueAt !== null && theirs.stoppedAt !== null && theirs.stoppedAt <= theirs.dueAt) return 'kept'
  return now >= judgeAt(theirs, terms) ? 'broken' : 'open'
}

/** By how much it is too late: until it was stopped, or until now. */
export function lateMinutesOf({ dueAt, stoppedAt }: Pick<Case, 'dueAt' | 'stoppedAt'>, now: Instant): number | null {
  return dueAt === null ? null : Math.max(0, Math.ceil(((stoppedAt ?? now) - dueAt) / minute))
}

/** What is owed, in numbers: of points and rights so many, of money so many minor units; `worthMinor` is what it costs the house. */
export interface Owed {
  readonly kind: 'points' | 'money' | 'right' | 'apology'
  readonly asset: string | null
  readonly amount: number
  readonly worthMinor: number
  readonly currency: string | null
  /** Given at once, owed as money that leaves the house, or a call that somebody makes. */
  readonly by: 'at-once' | 'transfer' | 'call'
}

/**
 * What breaking a promise gives for an order. A share is rounded up to whole minor units, and never below the least.
 *
 * Example: 10 % of ¥880.05, at most ¥200 -> ¥88.01; of ¥5,000 -> ¥200; of an order that is not known -> the least.
 */
export function owedFor(compensation: Compensation, order: Case['order']): Owed {
  switch (compensation.kind) {
    case 'points': {
      const { points, worthMinor, currency } = compensation
      return { kind: 'points', asset: 'points', amount: points, worthMinor, currency, by: 'at-once' }
    }
    case 'money':
      return moneyOwed(compensation.amountMinor, compensation)
    case 'percent': {
      const { percent, leastMinor, mostMinor, currency } = compensation
      const share = order?.currency === currency ? Math.ceil((order.amountMinor * percent) / 100) : 0
      return moneyOwed(Math.min(mostMinor, Math.max(leastMinor, share)), compensation)
    }
    case 'right': {
      const { rewardId, worthMinor, currency } = compensation
      return { kind: 'right', asset: `reward:${rewardId}`, amount: 1, worthMinor, currency, by: 'at-once' }
    }
    case 'apology':
      return { kind: 'apology', asset: null, amount: 0, worthMinor: 0, currency: null, by: 'call' }
  }
}

function moneyOwed(amount: number, { currency, by }: { currency: string; by: 'credit' | 'transfer' }): Owed {
  const asset = `money:${currency}`
  return { kind: 'money', asset, amount, worthMinor: amount, currency, by: by === 'credit' ? 'at-once' : 'transfer' }
}

export interface Claimed {
  /** The case that the facts make of what is claimed, as it is kept; null where they know nothing of it. */
  readonly known: { readonly state: CaseState; readonly dueAt: Instant | null } | null
  readonly by: 'customer' | 'staff'
  readonly now: Instant
  readonly worthMinor: number
  /** How often this customer was believed within a year. */
  readonly believed: number
}

/**
 * What becomes of a claim. Facts that agree grant it, also within the grace; facts that contradict send it to a person, with
 * the evidence; what they cannot decide is believed, up to an amount and so many times a year. The house believes its own people.
 *
 * Example: an order that was delivered in time -> ask; one of which nothing is known, ¥20 at most ¥50 believed -> grant.
 */
export function judgeClaim(
  { known, by, now, worthMinor, believed }: Claimed,
  { claims, judged }: Pick<PromiseTerms, 'claims' | 'judged'>,
): 'known' | 'running' | 'grant' | 'ask' {
  if (known?.state === 'broken') return 'known'
  if (known?.state === 'kept' || known?.state === 'void') return 'ask'
  if (known && known.dueAt !== null) return now <= known.dueAt ? 'running' : 'grant'
  if (by === 'staff') return judged.kind === 'state' ? 'grant' : within(worthMinor, believed, claims)
  return within(worthMinor, believed, claims)
}

function within(worthMinor: number, believed: number, claims: PromiseTerms['claims']): 'grant' | 'ask' {
  return worthMinor <= claims.believeUpToMinor && believed < claims.believedPerYear ? 'grant' : 'ask'
}
