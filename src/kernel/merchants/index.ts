export type { Merchant } from './contract.ts'
export { readMerchants, requireMerchant } from './merchants.ts'
