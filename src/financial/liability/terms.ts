import type { LiabilityAssumptions } from './contract.ts'
import type { lastAgeOf } from './months.ts'

/** What the programme says of its points, as published. */
export interface Edition {
  readonly rules: {
    readonly currency: string
    readonly worthMinorPer100: number
    readonly expiry: Parameters<typeof lastAgeOf>[1]
  }
  readonly startsAt: Date
  readonly publishedAt: Date
}

interface Told {
  readonly number: number
  readonly told: LiabilityAssumptions
  readonly toldAt: Date
}

/** What was known and assumed at an instant. */
export interface Terms {
  readonly currency: string
  readonly worthMinorPer100: number
  readonly costMinorPer100: number
  readonly breakagePermille: number | null
  readonly reason: string | null
  readonly agents: ReadonlyMap<string, number>
  readonly assumptionNumber: number | null
  readonly expiry: Edition['rules']['expiry']
}

/**
 * The terms in force at an instant: what the owner had told by then, and where nothing was told, the programme as published by
 * then. What is told later changes no earlier month. Editions in the order in which they begin.
 *
 * Example: worth told in May as 90 where the programme says 100 -> April 100, May 90.
 */
export function termsAt(at: Date, editions: readonly Edition[], assumptions: readonly Told[]): Terms {
  const published = editions.filter(edition => edition.publishedAt <= at)
  const known = published.length > 0 ? published : editions.slice(0, 1)
  const { rules } = known.findLast(edition => edition.startsAt <= at) ?? known[0]!
  const latest = assumptions.findLast(each => each.toldAt <= at)
  const told = latest?.told
  const worthMinorPer100 = told?.worthMinorPer100 ?? rules.worthMinorPer100
  return {
    currency: rules.currency,
    worthMinorPer100,
    costMinorPer100: told?.costMinorPer100 ?? worthMinorPer100,
    breakagePermille: told?.breakagePermille ?? null,
    reason: told?.breakagePermille == null ? null : (told.reason ?? null),
    agents: new Map(told?.agents.map(agent => [agent.issuer, agent.marginPermille])),
    assumptionNumber: latest?.number ?? null,
    expiry: rules.expiry,
  }
}
