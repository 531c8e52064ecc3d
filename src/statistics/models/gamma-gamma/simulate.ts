import { refuseAll } from '../../invalid-input.ts'
import { gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import type { NumberColumn } from '../columns.ts'
import { checkPositive } from '../history.ts'
import type { GammaGammaParameters, SpendColumns } from './parameters.ts'

/**
 * Invents what customers spend on average who made so many purchases each; 0 where there were none. Every customer draws a
 * level of spending of her own.
 */
export function simulate(
  parameters: GammaGammaParameters,
  purchases: NumberColumn,
  random: RandomSource,
): Required<SpendColumns> & { readonly meanSpend: Float64Array } {
  checkPositive(parameters)
  if (purchases.some((count: number) => !(count >= 0 && Number.isInteger(count)))) {
    refuseAll(['purchases must be whole numbers of at least 0'])
  }
  const { p, q, gamma } = parameters
  const meanSpend = Float64Array.from(purchases, count => {
    const level = gamma / Math.max(gammaDraw(q, random), 1e-300)
    return count === 0 ? 0 : (level * gammaDraw(p * count, random)) / count
  })
  return { purchases, meanSpend, weights: new Float64Array(purchases.length).fill(1) }
}
