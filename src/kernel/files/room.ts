import { distributed, local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { forgetRows, removeSources } from './forget.ts'
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
    'files.mended_row': local,
    'files.said_value': distributed('party_id'),
    'files.saved_mapping': local,
    'files.folder': local,
    'files.folder_file': local,
    'files.set_aside_line': local,
    'files.staged_line': local,
    'files.staged_customer': local,
    'files.staged_product': local,
    'files.staged_order': local,
  },
  routes: fileRoutes,
  forget: forgetRows,
  jobs: [...fileJobs, removeSources],
  schedules: fileSchedules,
}
