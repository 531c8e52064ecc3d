import { z } from 'zod'
import { appendOnly, local } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import type { Programme } from '#kernel/room.ts'
import { liabilityAssumptions } from './contract.ts'
import { keepReport, lastDayOver } from './estimate.ts'
import { liabilityRoutes } from './routes.ts'

/** Keeps a report of every day once it is over; asked every hour, because days end where the business is. */
const keepJob = job({
  name: 'liability.keep',
  input: z.object({}),
  visible: false,
  async run(house) {
    const asOfOn = await lastDayOver(house)
    const kept = asOfOn === null ? null : await keepReport(house, { asOfOn, by: 'job:liability.keep' })
    return kept ? { digest: kept.digest } : undefined
  },
})

/** What the points in customers' hands are estimated to cost, for the owner and the accountant. */
export const liabilityProgramme: Programme = {
  name: 'financial/liability',
  level: 'financial',
  needs: ['points'],
  discretionary: false,
  config: liabilityAssumptions,
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'liability.assumption': local, 'liability.report': appendOnly(local) },
  routes: liabilityRoutes,
  jobs: [keepJob],
  schedules: [{ job: 'liability.keep', cron: '25 * * * *' }],
}
