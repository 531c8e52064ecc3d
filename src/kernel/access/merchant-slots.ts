import type { Caller } from '../operation.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { actingFor, boundTo } from './rules.ts'

/**
 * What stays with the house though its permission is held at a merchant's counter: it names something that was done without saying
 * at whose counter, or shows what a customer has everywhere. At a merchant, the operations under `/api/till` do the same for what
 * was sold there.
 */
export const wholeHouseOnly: ReadonlySet<string> = new Set([
  'memberCredit',
  'undoTopUp',
  'refundPayment',
  'giveBackVisit',
  'partyRewards',
  'captureReward',
  'voidReward',
  'giveBackReward',
  'useTakenReward',
  'undoUseOfReward',
  'memberBenefits',
  'claimAward',
  'spendFromPool',
  'returnToPool',
])

export function whyNotAtMerchant(caller: Caller, operationId: string): Refusal | undefined {
  if (boundTo(caller) === null || !wholeHouseOnly.has(operationId)) return undefined
  return refuse('forbidden', 'access:refusal.whole-house')
}

/** Under these names an input names a merchant, wherever it stands. */
const names = new Set(['merchantId', 'merchant', 'fromMerchantId', 'toMerchantId'])

/**
 * Refuses the merchants of others, wherever the input of any operation names one: for a caller who is bound to a merchant they
 * do not exist (404). What belongs to a merchant without naming it (a sale, a hold) is for its own room to refuse.
 *
 * Example: staff of `tea-house` with `{ body: { lines: [{ merchantId: 'cake-shop' }] } }` -> refused.
 */
export function requireOwnMerchant(caller: Caller, ...parts: readonly unknown[]): void {
  if (boundTo(caller) === null) return
  for (const part of parts) look(caller, part, 0)
}

function look(caller: Caller, value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 8) return
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && names.has(key)) actingFor(caller, inner)
    else look(caller, inner, depth + 1)
  }
}
