import { z } from 'zod'
import { local } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import type { Room } from '#kernel/room.ts'
import { receiversRoutes } from './routes.ts'

const keptDays = 30

/** What was said is known for ever by its effect; the list of deliveries is for people, who look at the last days. */
const forgetJob = job({
  name: 'receivers.forget',
  input: z.object({}),
  visible: false,
  async run(house) {
    const before = new Date(house.clock.now().getTime() - keptDays * 86_400_000)
    const rows = await house.database.query('delete from receivers.delivery where received_at < $1 returning 1', [
      before,
    ])
    return { forgotten: rows.length }
  },
})

export const receiversRoom: Room = {
  name: 'kernel/receivers',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'receivers.receiver': local,
    'receivers.secret': local,
    'receivers.delivery': local,
    'receivers.tally': local,
  },
  routes: receiversRoutes,
  jobs: [forgetJob],
  schedules: [{ job: 'receivers.forget', cron: '41 3 * * *' }],
}
