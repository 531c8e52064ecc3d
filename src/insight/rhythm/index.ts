export { type CustomersAlike, crossCorrected } from './calibration.ts'
export { isOfTypeSql, typeOf } from './customer-type.ts'
export { countCustomers } from './customers.ts'
export type { DueDays } from './due-days.ts'
export type { RhythmModel } from './model.ts'
export {
  type Predicted,
  readHorizon,
  readPredictions,
  readSituation,
  type Situation,
  writeHorizon,
} from './predictions.ts'
export { purchaseDaysOf as readPurchaseDays } from './purchase-days.ts'
export { type PurchaseSums, pagesOfPurchaseSums } from './purchase-sums.ts'
export { rhythmRoom } from './room.ts'
export {
  readLearnable,
  readNewestDay,
  readNewestModels,
  readSample,
  type SampledCustomer,
  whoIsLate,
} from './sample.ts'
export { currentModel, readModels } from './store.ts'
export { dueDaysBy, type PurchaseFacts } from './type-days.ts'
