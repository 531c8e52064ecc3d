import { describe, expect, it } from 'vitest'
import { InvalidInput } from '../invalid-input.ts'
import type { FitWarning } from './fit.ts'
import type { ModelName } from './model.ts'
import { summarise } from './summarise.ts'
import { chooseModel, compareOnHoldout } from './time-split.ts'

/** A result by what the choice looks at: error, forecast total (of 100 real purchases), what the fit says of itself. */
function result(model: ModelName, meanAbsoluteError: number, predictedTotal: number, ...warnings: FitWarning[]) {
  const fit = {
    parameters: {},
    logLikelihood: 0,
    standardErrors: {},
    logCovariance: new Float64Array(),
    iterations: 1,
    gradientNorm: 0,
    converged: true,
    customers: 1,
    warnings,
  }
  return { model, fit, meanAbsoluteError, predictedTotal, actualTotal: 100, rootMeanSquaredError: 1 }
}

describe('the model to use', () => {
  it.each<[string, ReturnType<typeof result>[], ModelName | undefined]>([
    ['the smallest error wins', [result('nbd', 1.2, 100), result('pareto-nbd', 1, 150)], 'pareto-nbd'],
    ['at 2 % the nearer total wins', [result('nbd', 1.02, 95), result('pareto-nbd', 1, 80)], 'nbd'],
    ['beyond 2 % it does not', [result('nbd', 1.021, 100), result('pareto-nbd', 1, 80)], 'pareto-nbd'],
    ['too many is as far as too few', [result('nbd', 1, 121), result('pareto-nbd', 1, 80)], 'pareto-nbd'],
    [
      'a fit without identified drop-out is not chosen',
      [result('nbd', 2, 300), result('pareto-nbd', 1, 100, 'dropout-not-identified')],
      'nbd',
    ],
    ['nor one that did not converge', [result('nbd', 1, 100, 'not-converged')], undefined],
    ['a warning about few customers does not stop a choice', [result('nbd', 1, 100, 'too-few-customers')], 'nbd'],
    ['nothing comes of nothing', [], undefined],
  ])('%s', (_, results, expected) => expect(chooseModel(results)).toBe(expected))
})

describe('refusals', () => {
  it('names everything that is missing at once', () => {
    const summary = summarise({ customer: [1], day: [1] })
    expect(() => compareOnHoldout(summary, [])).toThrow(InvalidInput)
    expect(() => compareOnHoldout(summary, [])).toThrow(/no holdout.*no models/)
  })

  it('refuses a holdout without length', () => {
    const summary = summarise({ customer: [1], day: [1] }, { calibrationEnd: 1 })
    expect(() => compareOnHoldout(summary, [])).toThrow(/no length/)
  })
})
