import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)

/** What counts toward a tier: money spent and kept, days with a purchase that was kept, or points earned and kept. */
export const measures = ['spend', 'visits', 'points'] as const
export type Measure = (typeof measures)[number]

export const tier = z.object({
  tierId: id,
  name: z.string().trim().min(1).max(60),
  /** In minor units, days or points, as the measure says. Whoever has exactly this much has reached it. */
  atLeast: z.int().min(1).max(1_000_000_000_000),
  /** What the tier gives, in the words of the business; other programmes read them by their id. */
  rights: z.array(z.object({ rightId: id, name: z.string().trim().min(1).max(120) })).max(20),
})
export type Tier = z.infer<typeof tier>

export const calendarWindows = ['calendar-quarter', 'calendar-half-year', 'calendar-year'] as const

/**
 * A rolling purchase counts from its day up to the day before the same day so many months later. In calendar quarters, half
 * years or years, the better of this one and the last counts, so that what was reached in one is good to the end of the next.
 */
export const tierWindow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rolling'), months: z.int().min(1).max(60) }),
  z.object({ kind: z.enum(calendarWindows) }),
])

export const tierRules = z
  .object({
    measure: z.enum(measures),
    currency: z.string().regex(/^[A-Z]{3}$/),
    window: tierWindow,
    /** From the lowest up. */
    tiers: z.array(tier).min(1).max(10),
    /** Days that a tier is kept after its condition is no longer met. */
    graceDays: z.int().min(0).max(365),
    /** Down one step at a time, each with its own grace, or at once to where the condition says. */
    softLanding: z.boolean(),
    /** Days before a drop on which the customer is told what is missing. */
    noticeDays: z.int().min(0).max(180),
  })
  .refine(({ tiers }) => tiers.every((each, index) => index === 0 || each.atLeast > tiers[index - 1]!.atLeast))
  .refine(({ tiers }) => new Set(tiers.map(each => each.tierId)).size === tiers.length)
export type TierRules = z.infer<typeof tierRules>
