export { type AuditOptions, auditOf } from './audit.ts'
export type { Transactions } from './base.ts'
export type { BaseAudit } from './contract.ts'
export { gatherOrders } from './gather-orders.ts'
