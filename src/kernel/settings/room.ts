import { local } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { settingsRoutes } from './routes.ts'

export const settingsRoom: Room = {
  name: 'kernel/settings',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'settings.setting': local },
  routes: settingsRoutes,
}
