import { distributed, local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { searchJob } from './candidates.ts'
import { gatherJob } from './gather.ts'
import { mergesRoutes } from './routes.ts'
import { hearSaidToBeOne, joinVisitJob } from './said.ts'
import { forgetMerges } from './store.ts'

export const mergesRoom: Room = {
  name: 'kernel/merges',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'merges.merge': local,
    'merges.candidate': local,
    'merges.block': distributed('party_id'),
    'merges.looked': local,
  },
  routes: mergesRoutes,
  listens: ['client.said-to-be-one'],
  hear: hearSaidToBeOne,
  forget: (_, transaction, partyId) => forgetMerges(transaction, partyId),
  jobs: [searchJob, gatherJob, joinVisitJob],
  schedules: [
    { job: 'merges.search', cron: '17 * * * *' },
    { job: 'merges.gather', cron: '*/10 * * * *' },
  ],
  afterBulkChange: ['merges.search'],
}
