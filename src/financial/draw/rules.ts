import { z } from 'zod'

/** Kinds of facts of other rooms that a draw may reward; their payload may name a `count` and the `drawId` they are for. */
export const rewardedKinds = ['coalition.benefit-earned', 'tiers.rose'] as const
export type RewardedKind = (typeof rewardedKinds)[number]

const tickets = z.int().min(1).max(1000)

/** What earns tickets, as data. What is given back takes its tickets with it. */
export const entryRule = z.discriminatedUnion('kind', [
  /** For every full amount of an order: ¥100 each, an order of ¥350 -> 3 times the tickets. */
  z.object({ kind: z.literal('spend'), perMinor: z.int().min(1).max(1e12), tickets }),
  /** For every order of at least an amount. */
  z.object({ kind: z.literal('purchase'), atLeastMinor: z.int().min(0).max(1e12), tickets }),
  /** For every day with an order, however many there are. */
  z.object({ kind: z.literal('visit'), tickets }),
  /** For something else that happened. */
  z.object({ kind: z.literal('event'), event: z.enum(rewardedKinds), tickets }),
])
export type EntryRule = z.infer<typeof entryRule>

const prizeBase = {
  prizeId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: z.string().trim().min(1).max(120),
  count: z.int().min(1).max(10_000),
}
export const prize = z.discriminatedUnion('kind', [
  z.object({ ...prizeBase, kind: z.literal('thing') }),
  /** Posted to the winner's account in the transaction that draws; there is nothing to claim. */
  z.object({
    ...prizeBase,
    kind: z.literal('points'),
    points: z.int().min(1).max(100_000_000),
    usableDays: z.int().min(1).max(3650).default(365),
  }),
])
export type Prize = z.infer<typeof prize>

const isUnique = (ids: readonly string[]) => new Set(ids).size === ids.length

/** Everything that is settled when a draw opens, and never changed afterwards. */
export const drawTerms = z
  .object({
    name: z.string().trim().min(1).max(120),
    terms: z.string().trim().max(5000).default(''),
    /** The first prize first: they are drawn in this order. */
    prizes: z
      .array(prize)
      .min(1)
      .max(50)
      .refine(prizes => isUnique(prizes.map(each => each.prizeId))),
    rules: z.array(entryRule).max(10),
    currency: z.string().regex(/^[A-Z]{3}$/),
    /** How many tickets one customer can have at most. */
    mostTickets: z.int().min(1).max(100_000).nullable(),
    opensAt: z.iso.datetime(),
    closesAt: z.iso.datetime(),
    /** How long a winner has time to come; then the prize goes to the next in the same ranking. */
    claimDays: z.int().min(1).max(365).default(30),
    /**
     * A number that will be published by somebody else after the closing, such as "the closing Shanghai index of 5 January".
     * It is mixed into the draw, so that not even whoever keeps the seed could know the result beforehand.
     */
    publicValueName: z.string().trim().min(3).max(200).nullable().default(null),
  })
  .refine(({ opensAt, closesAt }) => Date.parse(opensAt) < Date.parse(closesAt), { path: ['closesAt'] })
export type DrawTerms = z.infer<typeof drawTerms>

/** The prizes one by one, in the order in which they are drawn. Example: a car and 2 teapots -> car, teapot, teapot. */
export function unitsOf(prizes: readonly Prize[]): Prize[] {
  return prizes.flatMap(each => Array.from({ length: each.count }, () => each))
}
