import type { RandomSource } from '../../sampling/random-source.ts'
import type { Columns } from '../columns.ts'
import type { History } from '../history.ts'
import type { SimulationWindow } from '../model.ts'
import { type CnbdKFitOptions, fitCnbdK } from './fit.ts'
import { logLikelihood } from './log-likelihood.ts'
import { nextPurchaseQuantile } from './next-purchase-quantile.ts'
import { type CnbdKParameters, type Leaving, parameterNames } from './parameters.ts'
import { probabilityAlive } from './probability-alive.ts'
import { probabilityOfSilence } from './probability-of-silence.ts'
import { simulate } from './simulate.ts'

function cnbdK<Name extends string>(name: Name, leaving: Leaving) {
  return {
    name,
    parameterNames,
    fit: (columns: Columns, options?: CnbdKFitOptions) => fitCnbdK(leaving, columns, options),
    logLikelihood: (parameters: CnbdKParameters, history: History) => logLikelihood(leaving, parameters, history),
    probabilityAlive: (parameters: CnbdKParameters, history: History) => probabilityAlive(leaving, parameters, history),
    probabilityOfSilence: (parameters: CnbdKParameters, history: History, horizon: number) =>
      probabilityOfSilence(leaving, parameters, history, horizon),
    nextPurchaseQuantile,
    simulate: (parameters: CnbdKParameters, window: SimulationWindow, random: RandomSource) =>
      simulate(leaving, parameters, window, random),
  }
}

export const bgCnbdK = cnbdK('bg-cnbd-k', 'bg')
export const mbgCnbdK = cnbdK('mbg-cnbd-k', 'mbg')
