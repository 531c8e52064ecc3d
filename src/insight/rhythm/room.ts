import { appendOnly, distributed, local, reference } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { becameLate, cyclePassed, dueJob } from './due.ts'
import { fitJob } from './fit.ts'
import { foldedKinds } from './fold.ts'
import { hear, refold } from './hear.ts'
import { rebuildJob } from './rebuild.ts'
import { rhythmRoutes } from './routes.ts'

export const rhythmRoom: Room = {
  name: 'insight/rhythm',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'rhythm.state': distributed('party_id'),
    'rhythm.cycle_due': distributed('party_id'),
    'rhythm.cycle_rule': reference,
    'rhythm.model': appendOnly(local),
  },
  vocabulary: { 'rhythm.became-late': becameLate, 'rhythm.cycle-passed': cyclePassed },
  listens: foldedKinds,
  hear,
  refold,
  routes: rhythmRoutes,
  jobs: [fitJob, dueJob, rebuildJob],
  afterBulkChange: ['rhythm.due'],
  schedules: [
    { job: 'rhythm.due', cron: '*/10 * * * *' },
    { job: 'rhythm.fit', cron: '40 18 * * *' },
  ],
}
