import { brierScore, expectedCalibrationError, wilsonInterval } from '#statistics/index.ts'
import type { Reliability, ReliabilityBin } from './contract.ts'

/** One customer: the chance to come back as the model said it, as it was shown, and what happened. */
export interface Answered {
  readonly raw: number
  readonly said: number
  readonly cameBack: boolean
}

/** Groups of fewer customers say more about chance than about the model. */
const fewestInBin = 20
const mostBins = 10

/**
 * Whether what was said came true: groups of about equal size in the order of what was said, with the share that came back
 * and the range in which chance alone would leave it.
 *
 * Example: 100 customers told 0.7, 68 of whom came back -> one group, said .7, happened .68 [.58, .76].
 */
export function reliabilityOf(answered: readonly Answered[]): Reliability {
  const raw = answered.map(each => each.raw)
  const said = answered.map(each => each.said)
  const outcomes = answered.map(each => (each.cameBack ? 1 : 0))
  return {
    customers: answered.length,
    said: mean(said),
    happened: mean(outcomes),
    brierRaw: brierScore(raw, outcomes),
    brier: brierScore(said, outcomes),
    errorRaw: expectedCalibrationError(raw, outcomes),
    error: expectedCalibrationError(said, outcomes),
    errorByChance: calibrationErrorByChance(said),
    bins: binsOf(answered),
  }
}

/**
 * What the calibration error of perfectly right chances would be on average: in each of the ten bins the sum of p - outcome
 * has variance sum p (1 - p), and a normal of that variance lies sqrt(2 / pi) of its deviation from 0.
 *
 * Example: 100 customers at 0.5 -> sqrt(2 / pi) x 5 / 100 = 0.040.
 */
export function calibrationErrorByChance(said: readonly number[], bins = 10): number {
  const variance = new Float64Array(bins)
  for (const p of said) variance[Math.min(bins - 1, Math.floor(p * bins))]! += p * (1 - p)
  const scatter = variance.reduce((sum, value) => sum + Math.sqrt(value), 0)
  return (Math.sqrt(2 / Math.PI) * scatter) / said.length
}

function binsOf(answered: readonly Answered[]): ReliabilityBin[] {
  const order = [...answered].sort((one, other) => one.said - other.said)
  const size = Math.max(fewestInBin, Math.ceil(order.length / mostBins))
  const groups: Answered[][] = []
  for (const each of order) {
    const group = groups.at(-1)
    if (!group || (group.length >= size && group.at(-1)!.said !== each.said)) groups.push([each])
    else group.push(each)
  }
  // A last group too small to say anything joins its neighbour.
  if (groups.length > 1 && groups.at(-1)!.length < size / 2) groups.at(-2)!.push(...groups.pop()!)
  return groups.map(group => {
    const cameBack = group.filter(each => each.cameBack).length
    const { estimate, low, high } = wilsonInterval(cameBack, group.length)
    return {
      customers: group.length,
      raw: mean(group.map(each => each.raw)),
      said: mean(group.map(each => each.said)),
      cameBack,
      happened: estimate,
      low,
      high,
    }
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
