import { z } from 'zod'

const points = z.int().min(0).max(100_000_000)
const day = z.iso.date()
const minor = z.int().min(1).max(1_000_000_000_000)

/** The shop's own words, in the languages it speaks with its customers; at least one. */
const inWords = (longest: number) =>
  z
    .object({
      en: z.string().trim().min(1).max(longest).optional(),
      'zh-CN': z.string().trim().min(1).max(longest).optional(),
    })
    .strict()
export type InWords = z.infer<ReturnType<typeof inWords>>

/** Pictures that need no upload: one of these stands for the reward wherever it is shown. */
export const icons = [
  'gift',
  'leaf',
  'coffee',
  'drink',
  'cake',
  'meal',
  'ticket',
  'tag',
  'percent',
  'bag',
  'sparkles',
  'bed',
  'car',
  'parcel',
  'flower',
  'heart',
] as const
export type Icon = (typeof icons)[number]

const priceOfTier = z.object({ tierId: z.string().min(1).max(60), price: points })

/** All that a reward promises, as data. Whoever has taken it keeps what it promised then. */
export const rewardTerms = z
  .object({
    name: inWords(80).refine(given => Object.keys(given).length > 0),
    description: inWords(600),
    icon: z.enum(icons),
    /** In points; 0 is a present. Null is for the tiers named below alone, or for stamp cards alone where none is named. */
    price: points.nullable(),
    /** Whoever has reached a tier pays at most its price. */
    tierPrices: z.array(priceOfTier).max(10),
    /** How many may be out in all; null is without limit. What is given back may be taken again. */
    stock: z.int().min(0).max(100_000_000).nullable(),
    /** Where it can be used; none named is everywhere. */
    merchants: z.array(z.string().min(1).max(60)).max(500),
    /** The first and the last day on which it can be taken. */
    fromOn: day.nullable(),
    untilOn: day.nullable(),
    perMember: z.int().min(1).max(1000).nullable(),
    /** Until the end of how many days after it was taken it can be used; null is for ever. */
    validDays: z.int().min(0).max(3650).nullable(),
  })
  .refine(({ fromOn, untilOn }) => fromOn === null || untilOn === null || fromOn <= untilOn, { path: ['untilOn'] })
  .refine(({ tierPrices }) => new Set(tierPrices.map(each => each.tierId)).size === tierPrices.length, {
    path: ['tierPrices'],
  })
export type RewardTerms = z.infer<typeof rewardTerms>

/** What earns a stamp: a purchase, a day with a purchase, or every whole unit of an item. */
export const stampsPer = ['purchase', 'day', 'item'] as const

/** A card of stamps 集点卡: so many of them are one reward. Its rules never change; other rules are another card. */
export const cardTerms = z
  .object({
    name: inWords(80).refine(given => Object.keys(given).length > 0),
    rewardId: z.guid(),
    stamps: z.int().min(2).max(100),
    per: z.enum(stampsPer),
    /** A purchase below this gives none. */
    atLeast: z.object({ amountMinor: minor, currency: z.string().regex(/^[A-Z]{3}$/) }).nullable(),
    /** Only purchases with such a product count, and only such products where each one counts; none named is all. */
    categories: z.array(z.string().min(1).max(200)).max(100),
    skus: z.array(z.string().min(1).max(200)).max(200),
    /** Where a purchase counts; none named is everywhere. */
    merchants: z.array(z.string().min(1).max(60)).max(500),
    startsOn: day,
    /** Until the end of how many days after the purchase a stamp counts; null is for ever. */
    stampDays: z.int().min(1).max(3650).nullable(),
  })
  .strict()
export type CardTerms = z.infer<typeof cardTerms>

/**
 * What somebody pays who has reached these tiers: the lowest of the price for all and the prices of their tiers. Null where it is
 * not for them.
 *
 * Example: 500 for all, gold 400, jade 300; a gold member, who has reached silver and gold -> 400.
 */
export function priceFor(terms: Pick<RewardTerms, 'price' | 'tierPrices'>, reached: readonly string[]): number | null {
  const prices = terms.tierPrices.filter(({ tierId }) => reached.includes(tierId)).map(({ price }) => price)
  if (terms.price !== null) prices.push(terms.price)
  return prices.length === 0 ? null : Math.min(...prices)
}

/** Why somebody cannot take a reward now; in the order in which it is said. */
export const whyNot = [
  'archived',
  'not-yet',
  'over',
  'stamps-only',
  'tier',
  'sold-out',
  'had-enough',
  'points',
] as const
export type WhyNot = (typeof whyNot)[number]

/** What is known of the person and of the moment when somebody asks for a reward. */
export interface Asking {
  readonly today: string
  readonly isActive: boolean
  /** Left of the stock; null is without limit. */
  readonly left: number | null
  /** Ids of the tiers that the person has reached. */
  readonly reached: readonly string[]
  /** How many the person took and did not give back. */
  readonly had: number
  readonly points: number
}

/**
 * Whether somebody can take a reward now, at which price, and if not, why not and how many points are missing.
 *
 * Example: a reward of 500 points and a member who has 320 -> price 500, why not `points`, missing 180.
 */
export function offerOf(
  terms: RewardTerms,
  asking: Asking,
): { readonly price: number | null; readonly whyNot: WhyNot | null; readonly missing: number } {
  const price = priceFor(terms, asking.reached)
  const missing = Math.max(0, (price ?? 0) - asking.points)
  const isCardOnly = terms.price === null && terms.tierPrices.length === 0
  const reasons: Readonly<Record<WhyNot, boolean>> = {
    archived: !asking.isActive,
    'not-yet': terms.fromOn !== null && asking.today < terms.fromOn,
    over: terms.untilOn !== null && asking.today > terms.untilOn,
    'stamps-only': isCardOnly,
    tier: price === null,
    'sold-out': asking.left !== null && asking.left <= 0,
    'had-enough': terms.perMember !== null && asking.had >= terms.perMember,
    points: missing > 0,
  }
  return { price, whyNot: whyNot.find(reason => reasons[reason]) ?? null, missing }
}

/** Whether a reward can be used at a merchant. Example: ([], 'airport') -> true; (['airport'], null) -> false. */
export function isValidAt(merchants: readonly string[], merchant: string | null): boolean {
  return merchants.length === 0 || (merchant !== null && merchants.includes(merchant))
}

/**
 * Three rewards to begin with, priced by what a point is worth: something small soon, a treat worth coming for, and a present
 * for the best. The shop changes them to what it has.
 *
 * Example: 100 points are worth ¥1 -> 800, 3,000 and 12,000 points.
 */
export function usualRewards(pointsOf: (units: number) => number): RewardTerms[] {
  const usual = {
    tierPrices: [],
    merchants: [],
    fromOn: null,
    untilOn: null,
    perMember: null,
    stock: null,
    validDays: 30,
  }
  return [
    {
      ...usual,
      icon: 'leaf',
      name: { en: 'A drink on the house', 'zh-CN': '请你喝一杯' },
      description: { en: 'Any drink of the day, hot or iced.', 'zh-CN': '当日饮品任选一杯，冷热皆可。' },
      price: pointsOf(8),
    },
    {
      ...usual,
      icon: 'tag',
      name: { en: 'A voucher for your next visit', 'zh-CN': '下次光临抵用券' },
      description: { en: 'Taken off the bill on your next visit.', 'zh-CN': '下次结账时直接抵扣。' },
      price: pointsOf(30),
      validDays: 60,
    },
    {
      ...usual,
      icon: 'gift',
      name: { en: 'The gift box', 'zh-CN': '礼盒一份' },
      description: { en: 'Packed for you; collect it in the shop.', 'zh-CN': '为你备好，到店领取。' },
      price: pointsOf(120),
      stock: 50,
      perMember: 1,
      validDays: 90,
    },
  ]
}
