import { findRoot } from '../../functions/find-root.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { weightAhead } from './expected-purchases.ts'
import type { CnbdKParameters, Leaving } from './parameters.ts'

/** So many times what is known of her: nobody is promised more. */
const LONGEST = 1e9

/**
 * Given that she has not left: the span after which she has, with probability 1/2. She leaves at a purchase, so it is where
 * the probabilities of the purchases to come, each times that of leaving there, add up to 1/2. Beyond a billion times
 * alpha + T the largest number there is stands for "practically for ever".
 * Example: MBG/CNBD-2 of the grocery data in weeks (1.3292, 2.8126, .4247, .7900), x = 5, t_x = 12, T = 14 -> 80.3 weeks.
 */
export function residualLifetimeMedian(leaving: Leaving, parameters: CnbdKParameters, history: History): number {
  checkQuestion(parameters, { history })
  const hasLeft = weightAhead(leaving, parameters, history, 'the-last')
  const short = (logSpan: number) => hasLeft(Math.exp(logSpan)) - 0.5
  let lower = Math.log(parameters.alpha + history.observed)
  const longest = lower + Math.log(LONGEST)
  let step = 1
  let upper = lower
  if (short(lower) > 0) {
    while (short(lower) > 0) {
      upper = lower
      lower -= step
      step *= 2
    }
  } else {
    while (short(upper) <= 0) {
      if (upper >= longest) return Number.MAX_VALUE
      lower = upper
      upper = Math.min(upper + step, longest)
      step *= 2
    }
  }
  return Math.exp(findRoot(short, lower, upper))
}
