import { withCovariates } from '../covariate-model.ts'
import { sortBase } from './base.ts'
import { covariateObjective } from './covariate-objective.ts'
import { boxAround, fitParetoNbd, stageOf } from './fit.ts'
import { parameterNames } from './parameters.ts'

/**
 * Pareto/NBD where alpha_i = alpha exp(-gamma' z_i) and beta_i = beta exp(-delta' z_i): traits shift the rates of buying and
 * of leaving. Example: customers of a channel who buy twice as often -> transaction coefficient ln 2 = 0.693.
 */
export const paretoNbdWithCovariates = withCovariates({
  parameterNames,
  shifts: { transaction: { name: 'alpha', sign: -1 }, lifetime: { name: 'beta', sign: -1 } },
  atBoundary: {
    r: 'rates-at-boundary',
    alpha: 'rates-at-boundary',
    s: 'dropout-not-identified',
    beta: 'dropout-not-identified',
  },
  fit: fitParetoNbd,
  box: columns => boxAround(sortBase(columns)),
  stage: (columns, covariates, box, customers) => stageOf(customers, covariateObjective(columns, covariates), box),
})
