import { logBeta } from '../../functions/log-beta.ts'
import { logRising } from '../../functions/log-rising.ts'
import type { TransactionModel } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { fitNbd } from './fit.ts'
import { type NbdParameters, nbdParameterNames } from './parameters.ts'
import { discountNbd, scoreNbd } from './scores.ts'
import { simulateNbd } from './simulate.ts'

/**
 * NBD: customers buy at rates that are Gamma(r, alpha) over the base and never leave (Ehrenberg 1959). The model without a
 * story of leaving: what any other must beat, and the honest choice where leaving cannot be seen. P(alive) is 1 and the
 * rest of the relationship has no median (Infinity), because that is what the model says.
 */
export const nbd: TransactionModel<NbdParameters> = {
  name: 'nbd',
  parameterNames: nbdParameterNames,
  fit: (columns, options = {}) => fitNbd(columns, options),
  /** ln (r)_x + r ln(alpha / (alpha + T)) - x ln(alpha + T). */
  logLikelihood(parameters, history) {
    checkQuestion(parameters, { history })
    const { r, alpha } = parameters
    const { purchases: x, observed } = history
    return logRising(r, x) - x * Math.log(alpha + observed) - r * Math.log1p(observed / alpha)
  },
  probabilityAlive(parameters, history) {
    checkQuestion(parameters, { history })
    return 1
  },
  /** (r + x) t / (alpha + T): her own rate, shrunk toward that of the base. */
  expectedPurchases(parameters, history, horizon) {
    checkQuestion(parameters, { history, horizon })
    return ((parameters.r + history.purchases) * horizon) / (parameters.alpha + history.observed)
  },
  expectedPurchasesOfNew(parameters, horizon) {
    checkQuestion(parameters, { horizon })
    return (parameters.r * horizon) / parameters.alpha
  },
  purchaseCountProbability(parameters, count, horizon) {
    checkQuestion(parameters, { count, horizon })
    const { r, alpha } = parameters
    const none = -r * Math.log1p(horizon / alpha)
    if (count === 0) return Math.exp(none)
    return Math.exp(none - count * Math.log1p(alpha / horizon) - Math.log(count) - logBeta(count, r))
  },
  probabilityOfSilence(parameters, history, horizon) {
    checkQuestion(parameters, { history, horizon })
    const shape = parameters.r + history.purchases
    return Math.exp(-shape * Math.log1p(horizon / (parameters.alpha + history.observed)))
  },
  nextPurchaseQuantile(parameters, history, p) {
    checkQuestion(parameters, { history, p })
    const odds = Math.expm1(-Math.log1p(-p) / (parameters.r + history.purchases))
    return Math.min(odds * (parameters.alpha + history.recency), Number.MAX_VALUE)
  },
  discountedExpectedResidual(parameters, history, rate) {
    checkQuestion(parameters, { history, rate })
    return (parameters.r + history.purchases) / (parameters.alpha + history.observed) / rate
  },
  residualLifetimeMedian(parameters, history) {
    checkQuestion(parameters, { history })
    return Infinity
  },
  simulate: simulateNbd,
  scores: scoreNbd,
  discountedExpectedResiduals: discountNbd,
}
