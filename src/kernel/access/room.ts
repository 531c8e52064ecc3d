import { local } from '../database/index.ts'
import type { Room } from '../room.ts'
import { accessRoutes } from './routes.ts'

export const accessRoom: Room = {
  name: 'kernel/access',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'access.staff': local,
    'access.session': local,
    'access.sign_in_link': local,
    'access.api_key': local,
  },
  routes: accessRoutes,
}
