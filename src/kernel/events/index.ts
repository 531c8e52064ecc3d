export type { EventLog, EventSource, NewEvent, RecordedEvent, Recording } from './contract.ts'
export { clientTracked, type PurchaseLine, purchaseRecorded, refundRecorded } from './vocabulary.ts'
