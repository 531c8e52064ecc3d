import { appendOnly, distributed, local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { fitJob, lookBackJob, refreshJob, revalueJob } from './jobs.ts'
import { refold, thoseJob } from './refold.ts'
import { valueRoutes } from './routes.ts'

export const valueRoom: Room = {
  name: 'insight/value',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'value.model': appendOnly(local),
    'value.snapshot': appendOnly(local),
    'value.bridge': appendOnly(local),
    'value.past': appendOnly(local),
    'value.refresh': local,
    'value.customer': distributed('party_id'),
  },
  refold,
  routes: valueRoutes,
  jobs: [fitJob, revalueJob, lookBackJob, refreshJob, thoseJob],
  afterBulkChange: ['value.refresh'],
  afterLearning: ['value.fit'],
  schedules: [{ job: 'value.refresh', cron: '*/10 * * * *' }],
}
