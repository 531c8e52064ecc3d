import { z } from 'zod'
import { local } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import { faultOf } from '#kernel/log.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { failureOf, isDue, makeBackup, type Release } from './backups.ts'
import { noteRestore } from './load.ts'
import { recoveryRoutes } from './routes.ts'

/** Backups of the business; the demo is made up and can be made up again. */
export const recoveryRoom = (release: Release): Room => ({
  name: 'kernel/recovery',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'recovery.backup': local },
  routes: recoveryRoutes(release),
  jobs: [
    job({
      name: 'recovery.backup',
      input: z.object({ madeBy: z.enum(['schedule', 'staff']), drill: z.boolean() }),
      visible: true,
      async run(house, input, progress) {
        try {
          const { row } = await makeBackup(house, release, input, progress)
          return { rows: row.rows, bytes: row.sizeBytes }
        } catch (error) {
          // Tried again by the calendar, which looks at the page's own list, and not by the queue.
          house.log.error(faultOf(error), 'a backup failed')
          throw refuse('conflict', failureOf(error))
        }
      },
    }),
    job({
      name: 'recovery.due',
      input: z.object({}),
      visible: false,
      async run(house) {
        if (house.name === 'demo' || !(await isDue(house))) return undefined
        await house.database.transaction(async transaction => {
          await house.jobs.enqueue(
            transaction,
            'recovery.backup',
            { madeBy: 'schedule', drill: false },
            { key: 'backup' },
          )
        })
        return undefined
      },
    }),
  ],
  work(house) {
    const noting = noteRestore(house).catch(error => house.log.error(faultOf(error), 'a restore could not be noted'))
    return { stop: () => noting }
  },
  schedules: [{ job: 'recovery.due', cron: '*/10 * * * *' }],
})
