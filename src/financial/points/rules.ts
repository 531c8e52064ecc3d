import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
const points = z.int().min(1).max(1_000_000)
const minor = z.int().min(1).max(1_000_000_000_000)
const day = z.iso.date()
const names = z.array(z.string().min(1).max(200)).min(1).max(200)

/** Which items count: all, those of these numbers, or those of these groups. */
export const itemMatch = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('sku'), values: names }),
  z.object({ kind: z.literal('category'), values: names }),
])
export type ItemMatch = z.infer<typeof itemMatch>

const weekdays = z.array(z.int().min(1).max(7)).max(7)
export const periods = ['month', 'quarter', 'year'] as const
export type Period = (typeof periods)[number]

/** One way to earn. Weekdays run from 1, Monday, to 7, Sunday; none named means every day. */
export const earningRule = z.discriminatedUnion('kind', [
  /** `points` for every `perMinor` spent, rounded down once over the order. */
  z.object({ kind: z.literal('spend'), ruleId: id, points, perMinor: minor, match: itemMatch }),
  /** `points` for every whole unit of an item. */
  z.object({ kind: z.literal('item'), ruleId: id, points, match: itemMatch }),
  /** Once for each day with a purchase. */
  z.object({ kind: z.literal('visit'), ruleId: id, points, weekdays }),
  /** Once, for the first purchase ever that was kept. */
  z.object({ kind: z.literal('first'), ruleId: id, points }),
  /** Once a year, for the first purchase in the month of the birthday. */
  z.object({ kind: z.literal('birthday'), ruleId: id, points }),
  /** For every `months` calendar months in a row with a purchase in each. */
  z.object({ kind: z.literal('regularity'), ruleId: id, points, months: z.int().min(2).max(60) }),
  /** For spending at least so much within one calendar month, quarter or year. */
  z.object({ kind: z.literal('volume'), ruleId: id, points, atLeastMinor: minor, per: z.enum(periods) }),
])
export type EarningRule = z.infer<typeof earningRule>

/** More points for a while: 200 per cent doubles what spending and items earn on matching days. */
export const campaign = z
  .object({
    ruleId: id,
    name: z.string().trim().min(1).max(80),
    percent: z.int().min(101).max(2000),
    fromOn: day,
    untilOn: day,
    weekdays,
    onlyBirthMonth: z.boolean(),
    /** So many in a hundred customers do not get it, by lot, so that its effect can be seen. They are owed nothing by it. */
    holdOutPercent: z.int().min(0).max(50).optional(),
    /** It ends for everybody when so many extra points were given. */
    budgetPoints: z.int().min(1).max(1_000_000_000_000).nullable(),
  })
  .refine(({ fromOn, untilOn }) => fromOn <= untilOn)
export type Campaign = z.infer<typeof campaign>

/**
 * Points never expire; or at the end of the day, month, quarter or year that lies so many months after they were earned; or
 * so many months after the last purchase, so that whoever keeps buying keeps them. Always the end of a day in the zone of the
 * business. A purchase that was given back kept them alive all the same.
 */
export const expiry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('never') }),
  z.object({
    kind: z.literal('months'),
    months: z.int().min(1).max(120),
    endOf: z.enum(['day', 'month', 'quarter', 'year']),
  }),
  z.object({
    kind: z.literal('activity'),
    months: z.int().min(1).max(120),
    endOf: z.enum(['day', 'month', 'quarter', 'year']),
  }),
])
export type Expiry = z.infer<typeof expiry>

const most = z.int().min(1).max(1_000_000_000_000).nullable()

/** All that a programme of points promises, as data. A published edition of it is never changed. */
export const pointsRules = z
  .object({
    /** Only purchases in this currency earn. */
    currency: z.string().regex(/^[A-Z]{3}$/),
    earning: z.array(earningRule).min(1).max(30),
    campaigns: z.array(campaign).max(50),
    /** What of an order does not earn. */
    exclude: z.object({
      tax: z.boolean(),
      paidWithPoints: z.boolean(),
      paidWithGiftCard: z.boolean(),
      /** Gift cards, for example: what is bought with them earns later. */
      items: itemMatch.nullable(),
    }),
    /** At most so many points for one customer in a day and in a month, for all customers together in a month. */
    caps: z.object({ perDay: most, perMonth: most, everybodyPerMonth: most }),
    /** Days after the purchase until points can be used: the return window. */
    pendingDays: z.int().min(0).max(365),
    expiry,
    /** A purchase told so late that its points would be over already: they live so many days from then. */
    lateGraceDays: z.int().min(0).max(365),
    /** What a hundred points are worth, in minor units. */
    worthMinorPer100: z.int().min(0).max(1_000_000_000),
  })
  .refine(rules => {
    const ids = [...rules.earning, ...rules.campaigns].map(rule => rule.ruleId)
    return new Set(ids).size === ids.length
  })
export type PointsRules = z.infer<typeof pointsRules>

/**
 * A sensible beginning: a point for each unit of the currency, a hundred of them worth one, usable after a week, and good
 * until the end of the month a year later.
 *
 * Example: `usualRules('CNY', 2)`: 1 point per ¥1, so that 100 points are worth ¥1.
 */
export function usualRules(currency: string, digits: number): PointsRules {
  const unit = 10 ** digits
  return {
    currency,
    earning: [
      { kind: 'spend', ruleId: 'spend', points: 1, perMinor: unit, match: { kind: 'all' } },
      { kind: 'first', ruleId: 'welcome', points: 50 },
      { kind: 'birthday', ruleId: 'birthday', points: 100 },
    ],
    campaigns: [],
    exclude: { tax: false, paidWithPoints: true, paidWithGiftCard: false, items: null },
    caps: { perDay: null, perMonth: null, everybodyPerMonth: null },
    pendingDays: 7,
    expiry: { kind: 'months', months: 12, endOf: 'month' },
    lateGraceDays: 30,
    worthMinorPer100: unit,
  }
}

export function worthOf(points: number, rules: Pick<PointsRules, 'worthMinorPer100'>): number {
  return Math.round((points * rules.worthMinorPer100) / 100)
}
