import type { Room } from '#kernel/room.ts'
import { auditRoutes } from './routes.ts'

export const auditRoom: Room = { name: 'insight/audit', routes: auditRoutes }
