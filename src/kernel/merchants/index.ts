export type { Merchant } from './contract.ts'
export { readMerchants, requireMerchant, saveMerchant } from './merchants.ts'
