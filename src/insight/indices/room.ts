import { local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { measureJob } from './measure.ts'
import { indicesRoutes } from './routes.ts'

export const indicesRoom: Room = {
  name: 'insight/indices',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'indices.measurement': local, 'indices.mean': local },
  routes: indicesRoutes,
  jobs: [measureJob],
  afterLearning: ['indices.measure'],
  schedules: [{ job: 'indices.measure', cron: '20 19 * * *' }],
}
