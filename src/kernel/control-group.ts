import { createHash } from 'node:crypto'
import { refuse } from './refusal.ts'

/**
 * Something that is done for customers. Discretionary: it is offered freely, and nobody has a claim to it, such as a call or
 * double points for a week. Not discretionary is what is owed: earned points, rights of a tier, a broken promise.
 */
export interface Act {
  readonly programme: string
  /** Which of the programme's acts: `call`, or a campaign. */
  readonly treatment: string
  readonly discretionary: boolean
}

/** What a programme draws its lots with: `isHeldOut(partyId, saltOf(act), share)` is what `enrol` does. Example: 'points/double-week'. */
export function saltOf({ programme, treatment }: Pick<Act, 'programme' | 'treatment'>): string {
  return `${programme}/${treatment}`
}

/**
 * Whether a customer belongs to those who are left out, so that an effect can be seen. A stable hash: the same customer is held
 * out today and in three years, on every machine, and nobody chooses.
 *
 * Example: with a share of 0.1, about one in ten ids; with 0 nobody.
 */
export function isHeldOut(partyId: string, salt: string, share: number): boolean {
  const hash = createHash('sha256').update(`${salt} ${partyId}`).digest().readUInt32BE(0)
  return hash / 2 ** 32 < share
}

/**
 * What is owed is never held back. Every way in which somebody can be held out passes here.
 *
 * Example: earned points with nobody held out -> fine; with one in ten -> refused.
 */
export function requireDiscretionary({ programme, treatment, discretionary }: Act): void {
  if (!discretionary) throw refuse('forbidden', 'effect:refusal.owed', { programme, treatment })
}
