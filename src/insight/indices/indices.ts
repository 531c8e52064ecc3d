import type { FactName, IndexName } from './contract.ts'

/** What is known of one customer. Null, or nothing at all, means that nobody asked or looked: it is never taken for zero. */
export interface Facts {
  /** Chance of a purchase within the horizon, by the rhythm and as past forecasts bore it out. */
  readonly returning: number | null
  readonly horizonDays: number
  readonly usualDays: number | null
  readonly silentDays: number | null
  /** Days since the first purchase; null before it. */
  readonly tenureDays: number | null
  /** Answers to what we asked, from 0 to 1, newest first. */
  readonly ratings: readonly number[]
  readonly promisesKept: number
  readonly promisesBreached: number
  readonly complaintsOpened: number | null
  readonly complaintsClosed: number
  /** Days with a purchase within the last year; null before the first. */
  readonly visits: number | null
  readonly contacts: number
  readonly replies: number
  readonly reviews: number | null
  readonly referrals: number | null
  readonly boughtMinor: number
  /** Null where the business records no refunds at all. */
  readonly refundedMinor: number | null
  readonly deliveries: number
  readonly lateDeliveries: number
}

/** How much each fact says of each index: the only place where they are weighed. Each row adds up to one. */
export const weights: Readonly<Record<IndexName, Readonly<Partial<Record<FactName, number>>>>> = {
  loyalty: { returning: 0.5, rhythm: 0.3, tenure: 0.2 },
  satisfaction: { ratings: 1 },
  trust: { promises: 0.6, 'closed-complaints': 0.4 },
  participation: { visits: 0.4, replies: 0.2, reviews: 0.2, referrals: 0.2 },
  experience: { refunds: 0.5, complaints: 0.25, deliveries: 0.25 },
}

/** The last answers count; what somebody said ten visits ago was about another shop. */
export const answersThatCount = 5

/** An index is told when at least a third of its weight is known: tenure alone says nothing of loyalty. */
export const leastKnown = 1 / 3

/** How many times make half of what could be: the fifth visit of a year adds less than the second. */
const half = { tenureDays: 365, visits: 4, reviews: 1, referrals: 1 } as const

const saturating = (count: number | null, middle: number) => (count === null ? null : count / (count + middle))
const shareOf = (part: number, all: number) => (all === 0 ? null : Math.min(1, part / all))

/**
 * Each fact as a number from 0 to 1, never falling where the fact is better: chances and shares as they are, counts by
 * n / (n + half), complaints by 1 / (1 + n). The rhythm kept is the usual gap over the present silence, at most 1.
 *
 * Example: usually every 30 days, silent for 75 -> rhythm 0.4.
 */
export function scoresOf(facts: Facts): Readonly<Record<FactName, number | null>> {
  const { usualDays, silentDays, complaintsOpened } = facts
  const ratings = facts.ratings.slice(0, answersThatCount)
  return {
    returning: facts.returning,
    rhythm: usualDays === null || silentDays === null ? null : Math.min(1, usualDays / Math.max(1, silentDays)),
    tenure: saturating(facts.tenureDays, half.tenureDays),
    ratings: ratings.length === 0 ? null : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length,
    promises: shareOf(facts.promisesKept, facts.promisesKept + facts.promisesBreached),
    'closed-complaints': shareOf(facts.complaintsClosed, complaintsOpened ?? 0),
    visits: saturating(facts.visits, half.visits),
    replies: shareOf(facts.replies, facts.contacts),
    reviews: saturating(facts.reviews, half.reviews),
    referrals: saturating(facts.referrals, half.referrals),
    refunds: kept(facts.refundedMinor, facts.boughtMinor),
    complaints: complaintsOpened === null ? null : 1 / (1 + complaintsOpened),
    deliveries: facts.deliveries === 0 ? null : 1 - Math.min(1, facts.lateDeliveries / facts.deliveries),
  }
}

function kept(refundedMinor: number | null, boughtMinor: number): number | null {
  return refundedMinor === null || boughtMinor <= 0 ? null : 1 - Math.min(1, Math.max(0, refundedMinor) / boughtMinor)
}

export interface IndexValue {
  /** From 0 to 100; null where too little is known. */
  readonly value: number | null
  /** Share of the weights that is known. */
  readonly restsOn: number
}

/**
 * The weighted mean of what is known, times a hundred.
 *
 * Example: loyalty of returning 0.8, rhythm 1, tenure not known -> 100 x (0.5 x 0.8 + 0.3 x 1) / 0.8 = 87.5.
 */
export function indexOf(index: IndexName, scores: Readonly<Record<FactName, number | null>>): IndexValue {
  let known = 0
  let sum = 0
  for (const [fact, weight] of Object.entries(weights[index]) as [FactName, number][]) {
    const score = scores[fact]
    if (score === null) continue
    known += weight
    sum += weight * score
  }
  const restsOn = Math.min(1, known)
  return { restsOn, value: known < leastKnown ? null : Math.min(100, (100 * sum) / known) }
}
