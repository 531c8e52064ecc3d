import { refuseAll } from '../invalid-input.ts'

/** Refuses scores and outcomes that cannot be compared, all faults at once; answers the row numbers, ready to be sorted. */
export function checkScores(given: {
  scores: ArrayLike<number>
  outcomes: ArrayLike<number>
  weights?: ArrayLike<number> | undefined
  /** Scores must be probabilities. */
  probabilities?: boolean
  /** Both outcomes must occur. */
  needsBoth?: boolean
}): Uint32Array {
  const { scores, outcomes, weights } = given
  const rows = scores.length
  const messages: string[] = []
  if (rows === 0) messages.push('there are no scores')
  if (outcomes.length !== rows) messages.push(`outcomes has ${outcomes.length} rows where scores has ${rows}`)
  if (weights && weights.length !== rows) messages.push(`weights has ${weights.length} rows where scores has ${rows}`)
  refuseAll(messages)
  const faults = new Map<string, number>()
  const note = (fault: string) => faults.set(fault, (faults.get(fault) ?? 0) + 1)
  let positive = 0
  let negative = 0
  for (let row = 0; row < rows; row++) {
    const score = scores[row]!
    const weight = weights ? weights[row]! : 1
    if (given.probabilities ? !(score >= 0 && score <= 1) : Number.isNaN(score)) {
      note(given.probabilities ? 'scores must be probabilities' : 'scores must be numbers')
    }
    if (outcomes[row] === 1) positive += weight
    else if (outcomes[row] === 0) negative += weight
    else note('outcomes must be 0 or 1')
    if (!(weight >= 0 && weight < Infinity)) note('weights must be finite numbers of at least 0')
  }
  for (const [fault, times] of faults) messages.push(`${fault}: ${times} rows`)
  if (messages.length === 0 && given.needsBoth && !(positive > 0 && negative > 0)) {
    messages.push('both outcomes must occur')
  }
  if (messages.length === 0 && !(positive + negative > 0)) messages.push('all weights are 0')
  refuseAll(messages)
  return Uint32Array.from({ length: rows }, (_, row) => row)
}
