import { distributed, local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { hear, heardKinds, refold } from './hear.ts'
import { stageRoutes } from './routes.ts'
import { rebuildJob, tellJob } from './tell.ts'

export const stageRoom: Room = {
  name: 'insight/stage',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'stage.change': distributed('party_id'),
    'stage.standing': distributed('party_id'),
    'stage.epoch': local,
  },
  listens: heardKinds,
  hear,
  refold,
  routes: stageRoutes,
  jobs: [tellJob, rebuildJob],
  afterBulkChange: ['stage.tell'],
  afterLearning: ['stage.tell'],
  schedules: [{ job: 'stage.tell', cron: '*/10 * * * *' }],
}
