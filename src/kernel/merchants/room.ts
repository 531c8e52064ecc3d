import { reference } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { readMerchants } from './merchants.ts'

export const merchantsRoom: Room = {
  name: 'kernel/merchants',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'merchants.merchant': reference },
  routes: [
    route(contract.listMerchants, async house => ({ items: await readMerchants(house.database) })),
    route(contract.saveMerchant, async (house, { params, body }) => {
      const merchant = { merchantId: params.merchantId, ...body }
      await house.database.transaction(async transaction => {
        await transaction.query(
          `insert into merchants.merchant (merchant_id, name, is_active, created_at) values ($1, $2, $3, $4)
           on conflict (merchant_id) do update set name = excluded.name, is_active = excluded.is_active`,
          [merchant.merchantId, merchant.name, merchant.isActive, house.clock.now()],
        )
        await house.live.announce(transaction, ['settings'])
      })
      return merchant
    }),
  ],
}
