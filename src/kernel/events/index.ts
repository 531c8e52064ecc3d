export type { EventLog, EventSource, NewEvent, RecordedEvent, Recording } from './event.ts'
export { clientTracked, type PurchaseLine, purchaseRecorded, refundRecorded } from './vocabulary.ts'
