import { type Interval, levelFaults } from '../intervals/interval.ts'
import { InvalidInput, refuseAll } from '../invalid-input.ts'
import type { Fit } from '../models/fit.ts'
import { normalDraw } from '../sampling/draws.ts'
import type { RandomSource } from '../sampling/random-source.ts'
import { middleOf, type ResamplingOptions } from './bootstrap.ts'

type FitToDraw<Parameters> = Pick<Fit<Parameters>, 'parameters' | 'logCovariance'>

/**
 * Parameters the data would also have allowed: the logarithms of the fitted ones, moved by a draw from their normal
 * distribution. A fit without standard errors has no such distribution and is refused.
 *
 * Example: r 2 with a log-variance of .01 -> 2 times e^(.1 z), so mostly between 1.64 and 2.43.
 */
export function drawParameters<Parameters extends object>(
  fit: FitToDraw<Parameters>,
  random: RandomSource,
): Parameters {
  return drawerOf(fit)(random)
}

/**
 * An interval of whatever is computed from the parameters: the answer at the fit, and the middle of the answers at drawn
 * parameters. It covers what is uncertain about the parameters, not the luck of single customers.
 *
 * Example: `parameterInterval(fit, p => model.expectedPurchasesOfNew(p, 52), random)`.
 */
export function parameterInterval<Parameters extends object>(
  fit: FitToDraw<Parameters>,
  answer: (parameters: Parameters) => number,
  random: RandomSource,
  { replicates = 1000, level = 0.95 }: ResamplingOptions = {},
): Interval {
  const messages = levelFaults(level)
  if (!(Number.isInteger(replicates) && replicates >= 1)) {
    messages.push(`replicates must be a whole number of at least 1, found ${replicates}`)
  }
  refuseAll(messages)
  const draw = drawerOf(fit)
  const answers = Float64Array.from({ length: replicates }, () => answer(draw(random)))
  return middleOf(answers, answer(fit.parameters), level)
}

function drawerOf<Parameters extends object>({ parameters, logCovariance }: FitToDraw<Parameters>) {
  const entries = Object.entries(parameters) as [string, number][]
  const size = entries.length
  if (logCovariance.length !== size * size || !logCovariance.every(Number.isFinite)) {
    throw new InvalidInput(['the fit has no standard errors, so its parameters cannot be drawn'])
  }
  const root = choleskyRoot(logCovariance, size)
  return (random: RandomSource) => {
    const normal = Float64Array.from({ length: size }, () => normalDraw(random))
    const drawn = entries.map(([name, value], i) => {
      let moved = 0
      for (let j = 0; j <= i; j++) moved += root[i * size + j]! * normal[j]!
      return [name, value * Math.exp(moved)]
    })
    return Object.fromEntries(drawn) as Parameters
  }
}

/** Lower root of a covariance; a parameter that is held (variance 0) stays where it is. */
function choleskyRoot(covariance: Float64Array, size: number): Float64Array {
  const root = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i * size + j]!
      for (let l = 0; l < j; l++) rest -= root[i * size + l]! * root[j * size + l]!
      if (i === j) root[i * size + j] = Math.sqrt(Math.max(rest, 0))
      else root[i * size + j] = root[j * size + j]! > 0 ? rest / root[j * size + j]! : 0
    }
  }
  return root
}
