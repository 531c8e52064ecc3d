import { InvalidInput } from '../invalid-input.ts'
import { checkValues, rankedBy } from './ranked.ts'

/**
 * What share of an amount the best customers hold: the best by the amount itself ("our best 10 % bring 45 % of sales"), or
 * by somebody's prediction of it ("those we called the best 10 % brought 39 %"). A border that runs through a customer
 * takes its part of her.
 *
 * Example: 1 2 3 4, share .25 -> .4; the same ranked by 4 3 2 1 -> .1.
 */
export function shareOfTop(values: ArrayLike<number>, share = 0.1, scores: ArrayLike<number> = values): number {
  checkValues({ values, scores }, { notNegative: ['values'] })
  if (!(share > 0 && share <= 1)) throw new InvalidInput([`share must lie in (0, 1], found ${share}`])
  const ranked = rankedBy(scores, values)
  const wanted = share * ranked.length
  let total = 0
  let held = 0
  for (let row = 0; row < ranked.length; row++) {
    total += ranked[row]!
    held += ranked[row]! * Math.min(1, Math.max(0, wanted - row))
  }
  return total > 0 ? held / total : share
}
