import { appendOnly, distributed } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { fillAtStart, fillSearchKeys } from './fill.ts'
import { forgetParty } from './forget.ts'
import { partiesMemberRoutes } from './member-routes.ts'
import { partiesRoutes } from './routes.ts'

export const partiesRoom: Room = {
  name: 'kernel/parties',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'parties.party': distributed('party_id'),
    'parties.identifier': distributed('value_key'),
    'parties.identifier_change': distributed('party_id'),
    'parties.search_key': distributed('party_id'),
    'parties.consent': appendOnly(distributed('party_id'), { update: ['evidence', 'language'] }),
  },
  forget: forgetParty,
  jobs: [fillSearchKeys],
  work: fillAtStart,
  routes: [...partiesRoutes, ...partiesMemberRoutes],
}
