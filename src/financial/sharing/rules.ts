import { z } from 'zod'

const amount = z.int().min(1).max(1e12)

/** What may be given by one customer to another, and what protects them from those who have their phone. */
export const sharingSettings = z.object({
  gifts: z
    .object({
      isActive: z.boolean().default(true),
      assets: z.array(z.string().max(80)).max(20).default(['points']),
      smallest: amount.default(1),
      /** What one customer may give in 24 hours, of each asset, and how often. */
      mostPerDay: amount.default(10_000),
      giftsPerDay: z.int().min(1).max(1000).default(5),
      /** What was received as a gift cannot be given on for so long. */
      onwardDays: z.int().min(0).max(365).default(7),
      /** How long a gift link waits. */
      linkDays: z.int().min(1).max(90).default(7),
      /** After a profile was changed its owner cannot give for so long: a thief changes the phone number first. */
      coolingOffHours: z.int().min(0).max(720).default(24),
    })
    .prefault({}),
  households: z
    .object({
      isActive: z.boolean().default(true),
      assets: z.array(z.string().max(80)).max(20).default(['points']),
      mostMembers: z.int().min(2).max(50).default(6),
      /** What one member may spend from the pool in 24 hours; null: all of it. */
      mostPerDay: amount.nullable().default(null),
      invitationDays: z.int().min(1).max(90).default(7),
    })
    .prefault({}),
})
export type SharingSettings = z.infer<typeof sharingSettings>
export type GiftSettings = SharingSettings['gifts']
