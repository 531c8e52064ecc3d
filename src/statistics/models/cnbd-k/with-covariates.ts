import type { Columns } from '../columns.ts'
import { withCovariates } from '../covariate-model.ts'
import { covariateObjective } from './covariate-objective.ts'
import { type CnbdKFitOptions, fitCnbdK, searchBox } from './fit.ts'
import { parameterNames } from './parameters.ts'

/**
 * MBG/CNBD-k where alpha_i = alpha exp(-gamma' z_i) and a_i = a exp(delta' z_i): traits shift the rate of buying and the odds
 * of leaving after a purchase. (Fader & Hardie 2007 let b have coefficients of its own too; a and b moved together would leave
 * the mean chance to leave where it is, and moved apart they say hardly more than a alone but no longer what one unit does.)
 * Example: customers of a channel who buy twice as often -> transaction coefficient ln 2 = 0.693.
 */
export const mbgCnbdKWithCovariates = withCovariates({
  parameterNames,
  shifts: { transaction: { name: 'alpha', sign: -1 }, lifetime: { name: 'a', sign: 1 } },
  atBoundary: {
    k: 'k-at-boundary',
    r: 'rates-at-boundary',
    alpha: 'rates-at-boundary',
    a: 'dropout-not-identified',
    b: 'dropout-not-identified',
  },
  fit: (columns: Columns, options: CnbdKFitOptions) => fitCnbdK('mbg', columns, options),
  box: (columns, { k }) => searchBox(columns, k),
  stage: (columns, covariates, _box, customers) => ({ customers, objective: covariateObjective(columns, covariates) }),
})
