import type { FactName } from './contract.ts'

/** Things that a business may or may not record at all. */
export const seenThings = ['refunds', 'reviews', 'referrals', 'complaints'] as const
export type Seen = (typeof seenThings)[number]

interface Meaning {
  readonly facts: readonly FactName[]
  /** That this was recorded once shows that the business records such things. */
  readonly seen?: Seen
}

/**
 * Which facts each kind of event speaks of. `promise.*`, `complaint.*`, `delivery.*` and `referral.made` are heard as soon
 * as a room records them; until then there is nothing to judge and the indices say so.
 */
const kinds: Readonly<Record<string, Meaning>> = {
  'purchase.recorded': { facts: ['visits'] },
  'refund.recorded': { facts: ['refunds'], seen: 'refunds' },
  'task.closed': { facts: ['replies'] },
  'task.reopened': { facts: [] },
  'promise.kept': { facts: ['promises'] },
  'promise.breached': { facts: ['promises'] },
  'complaint.opened': { facts: ['complaints', 'closed-complaints'], seen: 'complaints' },
  'complaint.closed': { facts: ['closed-complaints'], seen: 'complaints' },
  'delivery.arrived': { facts: ['deliveries'] },
  'referral.made': { facts: ['referrals'], seen: 'referrals' },
}

/** Events of shops that speak Segment's commerce language, kept by name: what they mean to the indices. */
const names: Readonly<Record<string, Meaning & { readonly rating?: Rating }>> = {
  'Product Reviewed': { facts: ['reviews'], seen: 'reviews', rating: { property: 'rating', worst: 1, best: 5 } },
  'Survey Answered': { facts: [], rating: { property: 'score', worst: 0, best: 10 } },
  'Product Shared': { facts: ['referrals'], seen: 'referrals' },
  'Invite Sent': { facts: ['referrals'], seen: 'referrals' },
}

interface Rating {
  readonly property: string
  readonly worst: number
  readonly best: number
}

export const kindsHeard: readonly string[] = [...Object.keys(kinds), 'client.tracked']

export function meaningOf(kind: string, name: string | null): Meaning | undefined {
  return kind === 'client.tracked' ? names[name ?? ''] : kinds[kind]
}

/**
 * What somebody answered, from 0 to 1; undefined where nothing was answered, or outside of the scale that was asked.
 *
 * Example: `Product Reviewed` with `rating: "4"` -> 0.75.
 */
export function ratingOf(
  kind: string,
  name: string | null,
  properties: Readonly<Record<string, unknown>>,
): number | undefined {
  const asked = kind === 'client.tracked' ? names[name ?? '']?.rating : undefined
  const given = asked && properties[asked.property]
  if (!asked || (typeof given !== 'number' && typeof given !== 'string') || String(given).trim() === '')
    return undefined
  const value = Number(given)
  if (!(value >= asked.worst && value <= asked.best)) return undefined
  return (value - asked.worst) / (asked.best - asked.worst)
}
