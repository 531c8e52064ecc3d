import { distributed, local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { fileJobs, fileSchedules } from './jobs.ts'
import { fileRoutes } from './routes.ts'

export const filesRoom: Room = {
  name: 'kernel/files',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'files.import': local,
    'files.recorded_order': distributed('order_key'),
    'files.unattributed_order': distributed('order_key'),
    'files.named_party': distributed('party_id'),
    'files.rejected_row': local,
    'files.set_aside_line': local,
    'files.staged_line': local,
    'files.staged_customer': local,
    'files.staged_product': local,
    'files.staged_order': local,
  },
  routes: fileRoutes,
  jobs: fileJobs,
  schedules: fileSchedules,
}
