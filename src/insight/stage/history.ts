import { type DueDays, type PurchaseFacts, typeOf } from '#insight/rhythm/index.ts'
import { addDays, type Day, daysBetween } from '#kernel/clock/index.ts'
import type { ChangeReason, Stage } from './contract.ts'

/** A stretch of days of which one model speaks; it ends where the next begins. The first has no beginning. */
export interface Segment {
  readonly fromOn: Day | null
  readonly dueDays: (facts: PurchaseFacts) => DueDays
}

/** One step of a customer's way: on that day another stage was reached than the day before. */
export interface Move {
  readonly on: Day
  readonly from: Stage
  readonly to: Stage
  readonly reason: ChangeReason
  /** The silence that made or ended it; null for the first purchase and where the rhythm was learned anew. */
  readonly days: number | null
  /** On how many days the customer had bought by then. */
  readonly purchaseDays: number
}

/** Where a customer stands after some purchases, and when silence alone will move them on. */
export interface Standing {
  readonly facts: PurchaseFacts
  readonly stage: Stage
  readonly sinceOn: Day
  readonly nextOn: Day | null
}

const unknown: DueDays = { lateOn: null, dormantOn: null, lostOn: null }

/**
 * The first day after `afterOn` on which a customer who buys nothing stands elsewhere: a late, dormant or lost day by the
 * model that speaks of it, or the day on which another model begins to speak and sees things differently.
 *
 * Example: loyal, late on 10 March by the only model -> drifting on 10 March, silent.
 */
export function nextMove(
  { facts, stage }: Pick<Standing, 'facts' | 'stage'>,
  segments: readonly Segment[],
  afterOn: Day,
): Move | undefined {
  for (const [index, segment] of segments.entries()) {
    const endsOn = segments[index + 1]?.fromOn ?? null
    if (endsOn !== null && endsOn <= afterOn) continue
    const due = segment.dueDays(facts)
    const days = [segment.fromOn, due.lateOn, due.dormantOn, due.lostOn]
      .filter(day => day !== null)
      .filter(day => day > afterOn && (segment.fromOn === null || day >= segment.fromOn))
      .filter(day => endsOn === null || day < endsOn)
      .sort()
    for (const on of days) {
      const to = typeOf({ ...due, purchaseDays: facts.purchaseDays }, on)
      if (to === stage) continue
      const silent = on === due.lateOn || on === due.dormantOn || on === due.lostOn
      return {
        on,
        from: stage,
        to,
        reason: silent ? 'silent' : 'learned-anew',
        days: silent ? daysBetween(facts.lastOn, on) : null,
        purchaseDays: facts.purchaseDays,
      }
    }
  }
  return undefined
}

/** Where silence leads from a standing, up to and including a day; `nextOn` then lies after it. */
export function pass(standing: Standing, segments: readonly Segment[], throughOn: Day): Told {
  const moves: Move[] = []
  let { stage, sinceOn } = standing
  let afterOn = standing.facts.lastOn > sinceOn ? standing.facts.lastOn : sinceOn
  for (;;) {
    const move = nextMove({ facts: standing.facts, stage }, segments, afterOn)
    if (!move || move.on > throughOn) {
      return { standing: { facts: standing.facts, stage, sinceOn, nextOn: move?.on ?? null }, moves }
    }
    moves.push(move)
    stage = move.to
    sinceOn = afterOn = move.on
  }
}

export interface Told {
  readonly standing: Standing
  readonly moves: readonly Move[]
}

/**
 * Takes purchase days in, oldest first: the silence before each, then the purchase itself. Days up to the last purchase
 * were taken in before and change nothing; `mustTellAnew` says which others cannot be taken in this way.
 *
 * Example: purchases on 1 January, 1 February and 1 June, late after 60 days -> first-time, building, drifting, building.
 */
export function advance(before: Standing | undefined, days: readonly Day[], segments: readonly Segment[]): Told {
  const moves: Move[] = []
  let standing = before
  for (const on of days) {
    if (standing && on <= standing.facts.lastOn) continue
    if (standing) {
      const passed = pass(standing, segments, addDays(on, -1))
      moves.push(...passed.moves)
      standing = passed.standing
    }
    const facts: PurchaseFacts = {
      purchaseDays: (standing?.facts.purchaseDays ?? 0) + 1,
      firstOn: standing?.facts.firstOn ?? on,
      lastOn: on,
    }
    const from = standing?.stage ?? 'prospect'
    // Nobody is late on the day of a purchase, whatever the model.
    const to = typeOf({ ...unknown, purchaseDays: facts.purchaseDays }, on)
    if (to !== from) {
      const days = standing ? daysBetween(standing.facts.lastOn, on) : null
      moves.push({ on, from, to, reason: reasonOfPurchase(from), days, purchaseDays: facts.purchaseDays })
    }
    standing = { facts, stage: to, sinceOn: to === from ? standing!.sinceOn : on, nextOn: null }
  }
  return {
    standing: { ...standing!, nextOn: nextMove(standing!, segments, afterOnOf(standing!))?.on ?? null },
    moves,
  }
}

const afterOnOf = ({ facts, sinceOn }: Standing): Day => (facts.lastOn > sinceOn ? facts.lastOn : sinceOn)

function reasonOfPurchase(from: Stage): ChangeReason {
  if (from === 'prospect') return 'first-purchase'
  return from === 'first-time' || from === 'building' || from === 'loyal' ? 'bought-again' : 'came-back'
}

/** A whole history from its purchase days, up to and including a day. */
export function tell(days: readonly Day[], segments: readonly Segment[], throughOn: Day): Told {
  const bought = advance(undefined, days, segments)
  const passed = pass(bought.standing, segments, throughOn)
  return { standing: passed.standing, moves: [...bought.moves, ...passed.moves] }
}

/**
 * True when a purchase lies among days that were told already: before the last purchase, or before a step that silence
 * made since. Then only the whole log gives the answer.
 */
export function mustTellAnew({ facts, sinceOn }: Standing, days: readonly Day[]): boolean {
  return days.some(day => day < facts.lastOn || (day > facts.lastOn && day <= sinceOn))
}
