import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** What is looked at, in the order in which it is shown. */
export const checks = [
  'node',
  'pages',
  'database',
  'durability',
  'checksums',
  'append-only',
  'disk',
  'clock',
  'zones',
  'migrations',
  'queue',
  'backup',
  'ledger',
  'log',
] as const

const values = z.record(z.string(), z.union([z.string(), z.number()]))

export const finding = z
  .object({
    check: z.enum(checks),
    state: z.enum(['good', 'warn', 'bad']),
    /** Translation key of what was found, with its values. */
    foundKey: z.string(),
    values,
    /** Translation key of what to do; null when nothing is wrong. */
    mendKey: z.string().nullable(),
  })
  .meta({ id: 'DoctorFinding' })

export type Finding = z.infer<typeof finding>

export const examine = operation({
  id: 'examine',
  method: 'GET',
  path: '/api/doctor',
  summary: 'Looks at everything Guanxi stands on, and says how to mend what is wrong',
  permission: 'settings.manage',
  world: 'business',
  reply: z.object({ examinedAt: z.iso.datetime(), items: z.array(finding) }),
})
