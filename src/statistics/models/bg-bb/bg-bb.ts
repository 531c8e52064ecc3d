import {
  discountedExpectedResidual,
  expectedPurchases,
  expectedPurchasesOfBase,
  expectedPurchasesOfNew,
  probabilityOfSilence,
  purchaseCountProbability,
} from './expectation.ts'
import { fit } from './fit.ts'
import { logLikelihood, probabilityAlive } from './likelihood.ts'
import { bgBbNames } from './parameters.ts'
import { simulate } from './simulate.ts'

/**
 * Buying at fixed opportunities (beta-geometric / beta-binomial, Fader, Hardie & Shang 2010): a yearly gift, a season ticket, a
 * weekly box. Everybody takes opportunities with a chance of her own and leaves for good, unseen, with another. The answers
 * are those of the models in continuous time, with opportunities for time.
 *
 * Example: on the donors of the paper `bgBb.fit(columns).parameters` -> alpha 1.204, beta .750, gamma .657, delta 2.783.
 */
export const bgBb = {
  name: 'bg-bb',
  parameterNames: bgBbNames,
  fit,
  logLikelihood,
  probabilityAlive,
  expectedPurchases,
  expectedPurchasesOfBase,
  expectedPurchasesOfNew,
  purchaseCountProbability,
  probabilityOfSilence,
  discountedExpectedResidual,
  simulate,
} as const
