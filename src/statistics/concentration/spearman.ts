import { checkValues } from './ranked.ts'

/**
 * Rank correlation (Spearman 1904): whether two columns put the customers in the same order. 1: the same, -1: reversed; 0 also
 * where one column knows no order at all. Equal values share the mean of their ranks.
 *
 * Example: 1 2 3 4 against 10 20 40 30 -> 0.8.
 */
export function spearman(first: ArrayLike<number>, second: ArrayLike<number>): number {
  checkValues({ first, second })
  const firstRanks = centredRanks(first)
  const secondRanks = centredRanks(second)
  let product = 0
  let firstSquares = 0
  let secondSquares = 0
  for (let row = 0; row < firstRanks.length; row++) {
    product += firstRanks[row]! * secondRanks[row]!
    firstSquares += firstRanks[row]! ** 2
    secondSquares += secondRanks[row]! ** 2
  }
  const scale = Math.sqrt(firstSquares) * Math.sqrt(secondSquares)
  return scale > 0 ? product / scale : 0
}

/** Ranks less their mean. */
function centredRanks(values: ArrayLike<number>): Float64Array {
  const rows = values.length
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  order.sort((one, other) => values[one]! - values[other]!)
  const ranks = new Float64Array(rows)
  for (let from = 0; from < rows; ) {
    let to = from
    while (to < rows && values[order[to]!] === values[order[from]!]) to++
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + to - rows) / 2
    from = to
  }
  return ranks
}
