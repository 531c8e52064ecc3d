import { checkValues, rankedBy } from './ranked.ts'

/** A tenth of the customers, by what was predicted of them. */
export interface Decile {
  /** 1: the tenth of whom most was expected. */
  readonly decile: number
  readonly customers: number
  /** Sum of the predictions. */
  readonly predicted: number
  /** Sum of what came true. */
  readonly actual: number
}

/**
 * Predicted against actual by tenths of the predicted order: whether those called the best were, and whether the numbers
 * themselves were right. Customers with equal predictions share their outcomes, so a border through them is no accident.
 * Fewer than ten customers give fewer tenths.
 *
 * Example: predictions 10 9 ... 1 and outcomes twice as high -> decile 1: predicted 10, actual 20; decile 10: 1 and 2.
 */
export function decileTable(predicted: ArrayLike<number>, actual: ArrayLike<number>): Decile[] {
  checkValues({ predicted, actual })
  const expected = rankedBy(predicted, predicted)
  const cameTrue = rankedBy(predicted, actual)
  const rows = expected.length
  const table: Decile[] = []
  for (let decile = 1; decile <= 10; decile++) {
    const from = Math.floor(((decile - 1) * rows) / 10)
    const to = Math.floor((decile * rows) / 10)
    if (to > from)
      table.push({ decile, customers: to - from, predicted: sum(expected, from, to), actual: sum(cameTrue, from, to) })
  }
  return table
}

/**
 * By how much the tenths were wrong, on average and as a share of what came true: mean |predicted - actual| / actual (Wang,
 * Liu & Miao 2019 call it decile MAPE). A tenth in which nothing came true counts as 1 where something was predicted, and as
 * 0 where nothing was.
 *
 * Example: predictions 10 9 ... 1 and outcomes twice as high -> 0.5.
 */
export function decileCalibrationError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const table = decileTable(predicted, actual)
  const errors = table.map(({ predicted: expected, actual: cameTrue }) => {
    if (cameTrue === 0) return expected === 0 ? 0 : 1
    return Math.abs((expected - cameTrue) / cameTrue)
  })
  return errors.reduce((total, error) => total + error, 0) / table.length
}

function sum(values: Float64Array, from: number, to: number): number {
  let total = 0
  for (let row = from; row < to; row++) total += values[row]!
  return total
}
