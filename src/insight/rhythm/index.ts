export type { CustomersAlike } from './calibration.ts'
export {
  type Predicted,
  readHorizon,
  readPredictions,
  readSituation,
  type Situation,
  writeHorizon,
} from './predictions.ts'
export { purchaseDaysOf as readPurchaseDays } from './purchase-days.ts'
export { rhythmRoom } from './room.ts'
