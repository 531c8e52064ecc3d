import { distributed } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { partiesMemberRoutes } from './member-routes.ts'
import { partiesRoutes } from './routes.ts'

export const partiesRoom: Room = {
  name: 'kernel/parties',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'parties.party': distributed('party_id'),
    'parties.identifier': distributed('value_key'),
    'parties.consent': distributed('party_id'),
  },
  routes: [...partiesRoutes, ...partiesMemberRoutes],
}
