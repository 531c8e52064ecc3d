import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Merchant } from './contract.ts'

/** All that were ever known, by name; small shared data. */
export async function readMerchants(queryable: Queryable): Promise<Merchant[]> {
  return await queryable.query<Merchant>(
    `select merchant_id as "merchantId", name, is_active as "isActive" from merchants.merchant order by name, merchant_id`,
  )
}

/** Refuses a merchant that is not known or has left. */
export async function requireMerchant(queryable: Queryable, merchantId: string): Promise<Merchant> {
  const [merchant] = await queryable.query<Merchant>(
    `select merchant_id as "merchantId", name, is_active as "isActive" from merchants.merchant where merchant_id = $1`,
    [merchantId],
  )
  if (!merchant?.isActive) throw refuse('not-found', 'merchants:refusal.unknown', { merchant: merchantId })
  return merchant
}

/** Adds a merchant, or changes its name or whether it is active. */
export async function saveMerchant(house: House, merchant: Merchant): Promise<Merchant> {
  const { merchantId, name, isActive } = merchant
  await house.database.transaction(async transaction => {
    await transaction.query(
      `insert into merchants.merchant (merchant_id, name, is_active, created_at) values ($1, $2, $3, $4)
       on conflict (merchant_id) do update set name = excluded.name, is_active = excluded.is_active`,
      [merchantId, name, isActive, house.clock.now()],
    )
    await house.live.announce(transaction, ['settings'])
  })
  return merchant
}
