import { reference } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { readMerchants, saveMerchant } from './merchants.ts'

export const merchantsRoom: Room = {
  name: 'kernel/merchants',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'merchants.merchant': reference },
  routes: [
    route(contract.listMerchants, async house => ({ items: await readMerchants(house.database) })),
    route(contract.saveMerchant, (house, { params, body }) => saveMerchant(house, { ...params, ...body })),
  ],
}
