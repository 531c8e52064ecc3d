import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

export const merchantId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/)

export const merchant = z.object({
  merchantId,
  name: z.string().trim().min(1).max(120),
  /** One that has left stays known, because the ledger speaks of it. */
  isActive: z.boolean(),
})
export type Merchant = z.infer<typeof merchant>

export const listMerchants = operation({
  id: 'listMerchants',
  method: 'GET',
  path: '/api/merchants',
  summary: 'The shops, branches and partners of this business',
  permission: 'signed-in',
  reply: z.object({ items: z.array(merchant) }),
})

export const saveMerchant = operation({
  id: 'saveMerchant',
  method: 'PUT',
  path: '/api/merchants/{merchantId}',
  summary: 'Adds a merchant or changes its name; one that left is kept as inactive',
  permission: 'settings.manage',
  params: z.object({ merchantId }),
  body: merchant.omit({ merchantId: true }),
  reply: merchant,
})
