import type { TransactionModel } from '../model.ts'
import { discountedExpectedResidual } from './discounted-residual.ts'
import { expectedPurchases, expectedPurchasesOfNew } from './expected-purchases.ts'
import { type CnbdKFitOptions, fitCnbdK } from './fit.ts'
import { logLikelihood } from './log-likelihood.ts'
import { nextPurchaseQuantile } from './next-purchase-quantile.ts'
import { type CnbdKParameters, type Leaving, parameterNames } from './parameters.ts'
import { probabilityAlive } from './probability-alive.ts'
import { probabilityOfSilence } from './probability-of-silence.ts'
import { purchaseCountProbability } from './purchase-count.ts'
import { residualLifetimeMedian } from './residual-lifetime.ts'
import { discountCnbdK, scoreCnbdK } from './scores.ts'
import { simulate } from './simulate.ts'

export type CnbdKModel = TransactionModel<CnbdKParameters, CnbdKFitOptions>

/**
 * BG/CNBD-k: customers buy in a rhythm of their own, more even than chance where k is above 1, and may leave after each
 * repeat purchase (Platzer & Reutterer 2016). Who never came back counts as alive for ever: see `mbgCnbdK`.
 */
export const bgCnbdK: CnbdKModel = family('bg-cnbd-k', 'bg')

/** MBG/CNBD-k: the same, but the first purchase is a chance to leave like every other. */
export const mbgCnbdK: CnbdKModel = family('mbg-cnbd-k', 'mbg')

function family(name: CnbdKModel['name'], leaving: Leaving): CnbdKModel {
  return {
    name,
    parameterNames,
    fit: (columns, options) => fitCnbdK(leaving, columns, options),
    logLikelihood: (parameters, history) => logLikelihood(leaving, parameters, history),
    probabilityAlive: (parameters, history) => probabilityAlive(leaving, parameters, history),
    expectedPurchases: (parameters, history, horizon) => expectedPurchases(leaving, parameters, history, horizon),
    expectedPurchasesOfNew: (parameters, horizon) => expectedPurchasesOfNew(leaving, parameters, horizon),
    purchaseCountProbability: (parameters, count, horizon) =>
      purchaseCountProbability(leaving, parameters, count, horizon),
    probabilityOfSilence: (parameters, history, horizon) => probabilityOfSilence(leaving, parameters, history, horizon),
    nextPurchaseQuantile,
    discountedExpectedResidual: (parameters, history, rate) =>
      discountedExpectedResidual(leaving, parameters, history, rate),
    residualLifetimeMedian: (parameters, history) => residualLifetimeMedian(leaving, parameters, history),
    simulate: (parameters, window, random) => simulate(leaving, parameters, window, random),
    scores: (parameters, columns, horizon) => scoreCnbdK(leaving, parameters, columns, horizon),
    discountedExpectedResiduals: (parameters, columns, rate) => discountCnbdK(leaving, parameters, columns, rate),
  }
}
