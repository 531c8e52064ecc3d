import { z } from 'zod'
import { appendOnly, distributed, local, reference } from '#kernel/database/index.ts'
import type { Programme } from '#kernel/room.ts'
import { spendKinds } from './award.ts'
import { closeJob } from './close.ts'
import { benefitKinds } from './contract.ts'
import { forgetDisputes } from './forget.ts'
import { catchUpJob, hear, refold } from './hear.ts'
import { coalitionRoutes } from './routes.ts'
import { watchJob } from './watch.ts'

/** What somebody earned, or lost again, in a window of spend; a draw gives entries for it. */
const benefitTold = z.object({
  benefitId: z.uuid(),
  kind: z.enum(benefitKinds),
  count: z.int(),
  window: z.string().max(40),
  drawId: z.guid().optional(),
})

/** Several merchants under one card: what they owe each other, and what their customers earn at all of them together. */
export const coalitionProgramme: Programme = {
  name: 'financial/coalition',
  level: 'financial',
  needs: ['points', 'draw'],
  discretionary: false,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'coalition.merchant': reference,
    'coalition.terms': reference,
    'coalition.benefit': reference,
    'coalition.month': local,
    'coalition.line': local,
    'coalition.dispute': local,
    'coalition.payment': appendOnly(local),
    'coalition.member': distributed('party_id'),
    'coalition.award': distributed('party_id'),
  },
  vocabulary: { 'coalition.benefit-earned': benefitTold, 'coalition.benefit-lost': benefitTold },
  listens: spendKinds,
  hear,
  refold,
  routes: coalitionRoutes,
  forget: forgetDisputes,
  jobs: [closeJob, watchJob, catchUpJob],
  schedules: [
    { job: 'coalition.close', cron: '20 * * * *' },
    { job: 'coalition.watch', cron: '40 * * * *' },
  ],
}
