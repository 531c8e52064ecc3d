import type { TransactionModel } from '../model.ts'
import {
  discountedExpectedResidual,
  expectedPurchases,
  expectedPurchasesOfNew,
  nextPurchaseQuantile,
  residualLifetimeMedian,
} from './expectation.ts'
import { fitParetoNbd } from './fit.ts'
import { logLikelihood, probabilityAlive, probabilityOfSilence } from './likelihood.ts'
import { type ParetoNbdParameters, parameterNames } from './parameters.ts'
import { purchaseCountProbability } from './purchase-count.ts'
import { discountedExpectedResiduals, scores } from './scores.ts'
import { simulate } from './simulate.ts'

/**
 * Pareto/NBD (Schmittlein, Morrison & Colombo 1987): customers buy at their own rate and may leave at any moment, unseen.
 * Example: `paretoNbd.fit(columns).parameters` of the CDNOW sample in weeks -> r .553, alpha 10.58, s .606, beta 11.67.
 */
export const paretoNbd: TransactionModel<ParetoNbdParameters> = {
  name: 'pareto-nbd',
  parameterNames,
  fit: fitParetoNbd,
  logLikelihood,
  probabilityAlive,
  expectedPurchases,
  expectedPurchasesOfNew,
  purchaseCountProbability,
  probabilityOfSilence,
  nextPurchaseQuantile,
  discountedExpectedResidual,
  residualLifetimeMedian,
  simulate,
  scores,
  discountedExpectedResiduals,
}
