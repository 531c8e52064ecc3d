import { z } from 'zod'
import { local } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import type { Room } from '#kernel/room.ts'
import { hear } from './outbox.ts'
import { webhooksRoutes } from './routes.ts'
import { keptFor } from './rules.ts'
import { forgetDone } from './store.ts'
import { startCourier } from './work.ts'

const forgetJob = job({
  name: 'webhooks.forget',
  input: z.object({}),
  visible: false,
  async run(house) {
    return { forgotten: await forgetDone(house.database, new Date(house.clock.now().getTime() - keptFor)) }
  },
})

export const webhooksRoom: Room = {
  name: 'kernel/webhooks',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'webhooks.endpoint': local,
    'webhooks.secret': local,
    'webhooks.delivery': local,
    'webhooks.attempt': local,
  },
  listens: 'everything',
  hear,
  // What waits about somebody who was erased is not sent any more, and what receivers answered about them is not kept.
  async forget(_house, transaction, partyId) {
    await transaction.query('delete from webhooks.delivery where party_id = $1', [partyId])
  },
  work: house => (house.name === 'business' ? startCourier(house) : { stop: async () => {} }),
  routes: webhooksRoutes,
  jobs: [forgetJob],
  schedules: [{ job: 'webhooks.forget', cron: '41 3 * * *' }],
}
