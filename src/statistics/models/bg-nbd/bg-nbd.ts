import type { FitOptions } from '../fit.ts'
import type { ModelName, TransactionModel } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { aheadOf, countProbability, logLikelihoodOf, medianOf, oddsOfHavingLeft } from './customer.ts'
import { fitBgNbd } from './fit.ts'
import type { EarlyChances } from './objective.ts'
import { type BgNbdParameters, bgNbdParameterNames } from './parameters.ts'
import { discountBgNbd, scoreBgNbd } from './scores.ts'
import { simulateBgNbd } from './simulate.ts'

/**
 * BG/NBD: customers buy at rates that are Gamma(r, alpha) and may leave after each repeat purchase, with chances that are
 * Beta(a, b) (Fader, Hardie & Lee 2005, "Counting Your Customers the Easy Way"). Who never came back counts as alive for
 * ever, so P(alive) says nothing about one-timers: see `mbgNbd`.
 */
export const bgNbd: TransactionModel<BgNbdParameters> = family('bg-nbd', 0)

/**
 * MBG/NBD: the same, but the first purchase is a chance to leave like every other (Batislam, Denizel & Filiztekin 2007),
 * so that one-timers may have left too.
 */
export const mbgNbd: TransactionModel<BgNbdParameters> = family('mbg-nbd', 1)

function family(name: ModelName, early: EarlyChances): TransactionModel<BgNbdParameters, FitOptions> {
  const nobodyKnown = { purchases: 0, recency: 0, observed: 0 }
  const model: TransactionModel<BgNbdParameters, FitOptions> = {
    name,
    parameterNames: bgNbdParameterNames,
    fit: (columns, options = {}) => fitBgNbd(columns, options, early),
    logLikelihood(parameters, history) {
      checkQuestion(parameters, { history })
      return logLikelihoodOf(parameters, history, early)
    },
    probabilityAlive(parameters, history) {
      checkQuestion(parameters, { history })
      return 1 / (1 + oddsOfHavingLeft(parameters, history, early))
    },
    expectedPurchases(parameters, history, horizon) {
      checkQuestion(parameters, { history, horizon })
      const ahead = aheadOf(parameters, history.purchases, early).expected(history.observed, horizon)
      return ahead / (1 + oddsOfHavingLeft(parameters, history, early))
    },
    expectedPurchasesOfNew: (parameters, horizon) => model.expectedPurchases(parameters, nobodyKnown, horizon),
    purchaseCountProbability(parameters, count, horizon) {
      checkQuestion(parameters, { count, horizon })
      return countProbability(parameters, count, horizon, early)
    },
    probabilityOfSilence(parameters, history, horizon) {
      checkQuestion(parameters, { history, horizon })
      const odds = oddsOfHavingLeft(parameters, history, early)
      const shape = parameters.r + history.purchases
      const quiet = Math.exp(-shape * Math.log1p(horizon / (parameters.alpha + history.observed)))
      return 1 / (1 + 1 / odds) + quiet / (1 + odds)
    },
    nextPurchaseQuantile(parameters, history, p) {
      checkQuestion(parameters, { history, p })
      const odds = Math.expm1(-Math.log1p(-p) / (parameters.r + history.purchases))
      return Math.min(odds * (parameters.alpha + history.recency), Number.MAX_VALUE)
    },
    discountedExpectedResidual(parameters, history, rate) {
      checkQuestion(parameters, { history, rate })
      const ahead = aheadOf(parameters, history.purchases, early).discounted(history.observed, rate)
      return ahead / (1 + oddsOfHavingLeft(parameters, history, early))
    },
    residualLifetimeMedian(parameters, history) {
      checkQuestion(parameters, { history })
      return medianOf(aheadOf(parameters, history.purchases, early), history.observed)
    },
    simulate: (parameters, window, random) => simulateBgNbd(parameters, window, random, early),
    scores: (parameters, columns, horizon) => scoreBgNbd(parameters, columns, horizon, early),
    discountedExpectedResiduals: (parameters, columns, rate) => discountBgNbd(parameters, columns, rate, early),
  }
  return model
}
