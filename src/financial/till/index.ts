export { type OfflineQueue, offlineQueue } from './offline-queue.ts'
export { tillProgramme } from './programme.ts'
