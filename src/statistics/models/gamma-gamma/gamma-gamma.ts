import { expectedSpend, expectedSpendOfNew, expectedSpends } from './expected-spend.ts'
import { fit } from './fit.ts'
import { logLikelihood } from './likelihood.ts'
import { gammaGammaNames } from './parameters.ts'
import { simulate } from './simulate.ts'

/**
 * What customers spend per purchase (Fader, Hardie & Lee 2005; Fader & Hardie 2013): everybody has a level of spending of her
 * own, and her mean so far is the less to be believed the fewer purchases it comes from. The model takes for granted that
 * how much a customer spends says nothing about how often she buys.
 *
 * Example: on the CDNOW sample `gammaGamma.fit(columns).parameters` -> p 6.25, q 3.74, gamma 15.44.
 */
export const gammaGamma = {
  name: 'gamma-gamma',
  parameterNames: gammaGammaNames,
  fit,
  logLikelihood,
  expectedSpend,
  expectedSpendOfNew,
  expectedSpends,
  simulate,
} as const
