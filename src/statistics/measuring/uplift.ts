import { InvalidInput, refuseAll } from '../invalid-input.ts'

/** A randomised act and a score that claims to know on whom it works; one row per customer. */
export interface UpliftColumns {
  /** Higher: more is expected of treating this customer. */
  readonly scores: ArrayLike<number>
  /** What the customer did: 0 or 1, or for the two curves any number (money spent). */
  readonly outcomes: ArrayLike<number>
  /** 1 where the customer was treated, 0 where held out. */
  readonly treated: ArrayLike<number>
}

/** Points of a curve from (0, 0): what the first so many customers by score gained. Equal scores are one step. */
export interface GainCurve {
  readonly customers: Float64Array
  readonly gain: Float64Array
}

/** Running sums at every distinct score, best score first. */
interface Steps {
  readonly customers: Float64Array
  readonly treated: Float64Array
  readonly treatedOutcome: Float64Array
  readonly heldOutOutcome: Float64Array
}

/**
 * Qini curve (Radcliffe 2007): among the first customers by score, the outcomes of the treated less those of the held-out,
 * the latter scaled to the number of treated. Definitions throughout are those of scikit-uplift 0.5.
 *
 * Example: scores 3 2 1 0, outcomes 1 0 1 0, treated 1 0 1 0 -> gain 0 1 1 2 2.
 */
export function qiniCurve(columns: UpliftColumns): GainCurve {
  return qiniOf(stepsOf(checked(columns), columns.scores, columns))
}

/**
 * Uplift curve: the mean outcome of the treated less that of the held-out among the first customers by score, times their
 * number.
 *
 * Example: scores 3 2 1 0, outcomes 1 0 1 0, treated 1 0 1 0 -> gain 0 1 2 3 4.
 */
export function upliftCurve(columns: UpliftColumns): GainCurve {
  return upliftOf(stepsOf(checked(columns), columns.scores, columns))
}

/**
 * Qini coefficient: the area between the Qini curve and the straight line of treating at random, as a share of the same
 * area under the best possible order (treated buyers first, held-out buyers last). 0: no better than chance; 1: as good
 * as an order made with hindsight, so real scores stay far below it. Outcomes are 0 or 1.
 *
 * Example: on Hillstrom's women's mail against none, visits, "womens flag, then history" -> .06169.
 */
export function qiniCoefficient(columns: UpliftColumns): number {
  const order = checked(columns, true)
  const { outcomes, treated } = columns
  const best = Float64Array.from(order, (_, row) => (treated[row] === 1 ? outcomes[row]! : -outcomes[row]!))
  return areaShare(qiniOf(stepsOf(order, columns.scores, columns)), qiniOf(stepsOf(order, best, columns)))
}

/**
 * The same share for the uplift curve (scikit-uplift: uplift AUC). The best order takes treated buyers, then held-out
 * customers who did not buy, then the rest.
 *
 * Example: on Hillstrom's women's mail against none, visits, "womens flag, then history" -> .02823.
 */
export function upliftCoefficient(columns: UpliftColumns): number {
  const order = checked(columns, true)
  const { outcomes, treated } = columns
  let heldOutBuyers = 0
  let treatedWithout = 0
  for (let row = 0; row < order.length; row++) {
    if (outcomes[row] === 1 && treated[row] === 0) heldOutBuyers++
    if (outcomes[row] === 0 && treated[row] === 1) treatedWithout++
  }
  const next = heldOutBuyers > treatedWithout ? outcomes : treated
  const best = Float64Array.from(order, (_, row) => 2 * Number(outcomes[row] === treated[row]) + next[row]!)
  return areaShare(upliftOf(stepsOf(order, columns.scores, columns)), upliftOf(stepsOf(order, best, columns)))
}

/**
 * What the act gained among the best-scored `share` of the treated against the best-scored `share` of the held-out. Where
 * the border runs through equal scores, each of them counts with its part, so that the order of the rows never matters.
 *
 * Example: on Hillstrom's women's mail against none, visits, "womens flag, then history", share .3 -> .07055.
 */
export function upliftAtShare(columns: UpliftColumns, share = 0.3): number {
  const order = checked(columns)
  if (!(share > 0 && share <= 1)) throw new InvalidInput([`share must lie in (0, 1], found ${share}`])
  const { scores, outcomes, treated } = columns
  order.sort((one, other) => scores[other]! - scores[one]!)
  const group = (flag: number) =>
    topMean(
      order.filter(row => treated[row] === flag),
      scores,
      outcomes,
      share,
    )
  return group(1) - group(0)
}

/** Mean outcome of the first `share` of sorted rows, a tie at the border counted in part. */
function topMean(rows: Uint32Array, scores: ArrayLike<number>, outcomes: ArrayLike<number>, share: number): number {
  const wanted = Math.max(1, Math.floor(rows.length * share))
  let sum = 0
  for (let from = 0; from < wanted; ) {
    let to = from
    let tied = 0
    while (to < rows.length && scores[rows[to]!] === scores[rows[from]!]) tied += outcomes[rows[to++]!]!
    sum += tied * Math.min(1, (wanted - from) / (to - from))
    from = to
  }
  return sum / wanted
}

function stepsOf(rows: Uint32Array, scores: ArrayLike<number>, { outcomes, treated }: UpliftColumns): Steps {
  const order = rows.slice().sort((one, other) => scores[other]! - scores[one]!)
  const customers = [0]
  const treatedSum = [0]
  const treatedOutcome = [0]
  const heldOutOutcome = [0]
  let inTreatment = 0
  let outcomeTreated = 0
  let outcomeHeldOut = 0
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!
    if (treated[row] === 1) {
      inTreatment++
      outcomeTreated += outcomes[row]!
    } else outcomeHeldOut += outcomes[row]!
    if (at + 1 < order.length && scores[order[at + 1]!] === scores[row]) continue
    customers.push(at + 1)
    treatedSum.push(inTreatment)
    treatedOutcome.push(outcomeTreated)
    heldOutOutcome.push(outcomeHeldOut)
  }
  return {
    customers: Float64Array.from(customers),
    treated: Float64Array.from(treatedSum),
    treatedOutcome: Float64Array.from(treatedOutcome),
    heldOutOutcome: Float64Array.from(heldOutOutcome),
  }
}

function qiniOf({ customers, treated, treatedOutcome, heldOutOutcome }: Steps): GainCurve {
  const gain = customers.map((count, step) => {
    const heldOut = count - treated[step]!
    return treatedOutcome[step]! - (heldOut > 0 ? (heldOutOutcome[step]! * treated[step]!) / heldOut : 0)
  })
  return { customers, gain }
}

function upliftOf({ customers, treated, treatedOutcome, heldOutOutcome }: Steps): GainCurve {
  const gain = customers.map((count, step) => {
    const heldOut = count - treated[step]!
    const treatedMean = treated[step]! > 0 ? treatedOutcome[step]! / treated[step]! : 0
    return (treatedMean - (heldOut > 0 ? heldOutOutcome[step]! / heldOut : 0)) * count
  })
  return { customers, gain }
}

function areaShare(actual: GainCurve, best: GainCurve): number {
  const possible = areaAboveChance(best)
  return possible > 0 ? areaAboveChance(actual) / possible : 0
}

/** Trapezoids under the curve, less the triangle under the straight line to its last point. */
function areaAboveChance({ customers, gain }: GainCurve): number {
  let area = 0
  for (let step = 1; step < customers.length; step++) {
    area += ((gain[step]! + gain[step - 1]!) / 2) * (customers[step]! - customers[step - 1]!)
  }
  return area - (gain.at(-1)! * customers.at(-1)!) / 2
}

/** Refuses columns that are no experiment, all faults at once; answers the row numbers, ready to be sorted. */
function checked({ scores, outcomes, treated }: UpliftColumns, binary = false): Uint32Array {
  const rows = scores.length
  const messages: string[] = []
  if (rows === 0) messages.push('there are no customers')
  if (outcomes.length !== rows) messages.push(`outcomes has ${outcomes.length} rows where scores has ${rows}`)
  if (treated.length !== rows) messages.push(`treated has ${treated.length} rows where scores has ${rows}`)
  refuseAll(messages)
  const faults = new Map<string, number>()
  const note = (fault: string) => faults.set(fault, (faults.get(fault) ?? 0) + 1)
  let inTreatment = 0
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(scores[row])) note('scores must be finite numbers')
    const outcome = outcomes[row]!
    if (binary ? outcome !== 0 && outcome !== 1 : !Number.isFinite(outcome)) {
      note(binary ? 'outcomes must be 0 or 1' : 'outcomes must be finite numbers')
    }
    if (treated[row] === 1) inTreatment++
    else if (treated[row] !== 0) note('treated must be 0 or 1')
  }
  for (const [fault, times] of faults) messages.push(`${fault}: ${times} rows`)
  if (messages.length === 0 && (inTreatment === 0 || inTreatment === rows)) {
    messages.push('both treated and held-out customers must occur')
  }
  refuseAll(messages)
  return Uint32Array.from({ length: rows }, (_, row) => row)
}
