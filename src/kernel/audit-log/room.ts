import { appendOnly, local } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { exportActs } from './export.ts'
import { actorsIn, forgetContent, pageOf } from './store.ts'

export const auditLogRoom: Room = {
  name: 'kernel/audit-log',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'audit_log.act': appendOnly(local), 'audit_log.content': local },
  forget: (_house, transaction, partyId) => forgetContent(transaction, partyId),
  routes: [
    route(contract.listActs, (house, { query }) => pageOf(house, query, query)),
    route(contract.readActors, house => actorsIn(house.database)),
    route(contract.exportActs, async (house, { query }) => exportActs(house, query)),
  ],
}
