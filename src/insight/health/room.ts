import { appendOnly, distributed, local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { checkJob } from './check.ts'
import { healthRoutes } from './routes.ts'
import { forgetForecasts } from './store.ts'

export const healthRoom: Room = {
  name: 'insight/health',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'health.review': appendOnly(local),
    'health.finding': local,
    'health.request': local,
    'health.snapshot': local,
    'health.forecast': distributed('party_id'),
  },
  /** What was foretold of people from events that were taken back was foretold from nothing. */
  refold: (_, transaction, partyIds) => forgetForecasts(transaction, partyIds),
  routes: healthRoutes,
  jobs: [checkJob],
  schedules: [{ job: 'health.check', cron: '10 19 * * *' }],
  afterLearning: ['health.check'],
}
