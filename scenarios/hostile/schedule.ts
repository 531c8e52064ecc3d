/** Whose turn it is: as often as it is cheap, so that what is slow and brings no more than the rest does not take its time. */
export interface Schedule<Operation> {
  next(): Operation
  /** What a turn of it took altogether, in milliseconds. */
  note(operation: Operation, milliseconds: number): void
}

/** How much more than the usual turn one may cost before it has to wait for the others. */
const patience = 3
const roundsAtMost = 12

/**
 * All in turn; whoever cost `n` times as much as is usual waits `n / 3` rounds, at most twelve.
 *
 * Example: where a turn takes 30 ms as a rule, one of 900 ms comes again after ten rounds.
 */
export function scheduleOf<Operation>(operations: readonly Operation[]): Schedule<Operation> {
  const waits = new Map<Operation, number>()
  let turns = 0
  let logs = 0
  let at = -1
  return {
    next() {
      for (;;) {
        at = (at + 1) % operations.length
        const operation = operations[at]!
        const left = waits.get(operation) ?? 0
        if (left <= 0) return operation
        waits.set(operation, left - 1)
      }
    },
    note(operation, milliseconds) {
      turns++
      // The geometric mean, which the slow ones hardly move.
      logs += Math.log(Math.max(milliseconds, 1))
      const times = milliseconds / Math.exp(logs / turns)
      waits.set(operation, Math.min(roundsAtMost, Math.floor(times / patience)))
    },
  }
}
