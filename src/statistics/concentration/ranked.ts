import { refuseAll } from '../invalid-input.ts'

/**
 * The values in the order of their scores, highest score first. Customers with equal scores share the mean of their values,
 * because nobody ranked them: so no answer depends on the order in which the rows came.
 *
 * Example: scores 1 2 1, values 10 20 30 -> 20 20 20 (the customer with score 2 first, then twice the mean of 10 and 30).
 */
export function rankedBy(scores: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  const rows = scores.length
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  order.sort((one, other) => scores[other]! - scores[one]!)
  const ranked = new Float64Array(rows)
  for (let from = 0; from < rows; ) {
    let to = from
    let sum = 0
    while (to < rows && scores[order[to]!] === scores[order[from]!]) sum += values[order[to++]!]!
    ranked.fill(sum / (to - from), from, to)
    from = to
  }
  return ranked
}

/** Refuses columns of unequal length, empty ones, and values that are no finite numbers; `notNegative` names columns of amounts. */
export function checkValues(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  { notNegative = [] }: { notNegative?: readonly string[] } = {},
): void {
  const messages: string[] = []
  const entries = Object.entries(columns)
  const [firstName, first] = entries[0]!
  for (const [name, column] of entries) {
    if (column.length === 0) messages.push(`${name} is empty`)
    else if (column.length !== first.length) {
      messages.push(`${name} has ${column.length} rows where ${firstName} has ${first.length}`)
    }
    const floor = notNegative.includes(name) ? 0 : -Infinity
    let unsound = 0
    for (let row = 0; row < column.length; row++) {
      const value = column[row]!
      if (!(value >= floor && value > -Infinity && value < Infinity)) unsound++
    }
    if (unsound > 0) {
      messages.push(`${name} must hold finite numbers${floor === 0 ? ' of at least 0' : ''}: ${unsound} rows do not`)
    }
  }
  refuseAll(messages)
}
