import { boundTo } from '#kernel/access/index.ts'
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
    route(contract.listMerchants, async (house, { caller }) => {
      const own = boundTo(caller)
      const items = await readMerchants(house.database)
      return { items: items.filter(({ merchantId }) => own === null || merchantId === own) }
    }),
    route(contract.saveMerchant, (house, { params, body }) => saveMerchant(house, { ...params, ...body })),
  ],
}
