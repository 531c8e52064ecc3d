import { logBeta } from '../functions/log-beta.ts'
import { countFaults, type Interval, levelFaults } from '../intervals/interval.ts'
import { refuseAll } from '../invalid-input.ts'
import { narrowestAt } from './normal-mixture-bound.ts'

/**
 * An interval for a share that stays valid however often one looks (Howard, Ramdas, McAuliffe & Sekhon 2021, the
 * beta-binomial mixture): a share p stays in while the data are not 1/alpha times likelier under a Beta spread around p
 * than under p itself. Exact at every n, not only for large ones; sharpest near n = `sharpestAt`.
 *
 * Example: 700 of 1,000, sharpest at 100, level .95 -> [.651629, .745949] (Wilson, for a single look: [.671, .728]).
 */
export function proportionConfidenceSequence(
  successes: number,
  n: number,
  { level = 0.95, sharpestAt = 1000 }: { level?: number; sharpestAt?: number } = {},
): Interval {
  const messages = [...countFaults('', successes, n), ...levelFaults(level)]
  if (!(sharpestAt >= 1 && sharpestAt < Infinity)) {
    messages.push(`sharpestAt must be a number of at least 1, found ${sharpestAt}`)
  }
  refuseAll(messages)
  const alpha = 1 - level
  const strength = Math.max(sharpestAt / narrowestAt(alpha) - 1, 1e-3)
  const estimate = successes / n
  const failures = n - successes
  const excess = (share: number) => {
    const a = strength * share
    const b = strength * (1 - share)
    const plain = (successes > 0 ? successes * Math.log(share) : 0) + (failures > 0 ? failures * Math.log1p(-share) : 0)
    return logBeta(a + successes, b + failures) - logBeta(a, b) - plain + Math.log(alpha)
  }
  return {
    estimate,
    low: successes === 0 ? 0 : crossing(excess, estimate, 0),
    high: failures === 0 ? 1 : crossing(excess, estimate, 1),
  }
}

/** Where the evidence against a share, none at `inside` and endless at `outside`, reaches the threshold. */
function crossing(excess: (share: number) => number, inside: number, outside: number): number {
  let within = inside
  let without = outside
  for (let halving = 0; halving < 200; halving++) {
    const middle = (within + without) / 2
    if (middle === within || middle === without) break
    if (excess(middle) < 0) within = middle
    else without = middle
  }
  return (within + without) / 2
}
