import { recorded } from '../audit-log/index.ts'
import type { House } from '../house.ts'
import type { Language } from '../locale/languages.ts'
import type { Caller, Operation, Route, UploadedFile } from '../operation.ts'
import { hideIn } from './hide.ts'
import { requireOwnMerchant, whyNotAtMerchant } from './merchant-slots.ts'
import type { Permission } from './permissions.ts'
import { whyNotPermitted } from './rules.ts'

export interface Asking {
  readonly caller: Caller
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
  readonly language: Language
  readonly idempotencyKey?: string
  readonly file?: UploadedFile
}

/**
 * Answers one operation for one caller, whichever door they came through: whether they may, whether the merchant they name is
 * theirs, then the answer, held to the contract and without what they may not see. The input has been read against the contract.
 *
 * Example: `answerAs(house, route, { caller: frontDesk, query, language })` of `listCustomers` has no amounts in it.
 */
export async function answerAs(house: House, { operation, handle }: Route, asking: Asking): Promise<unknown> {
  const given = await recorded(house, operation, asking, async seen => {
    requirePermitted(operation, asking)
    return handle(seen, asking as never)
  })
  return operation.format === undefined ? shownTo(operation, asking.caller, given) : given
}

/** Refuses who may not ask this, or who names a merchant that is not theirs. */
export function requirePermitted(
  operation: Operation,
  { caller, params, query, body }: Omit<Asking, 'language'>,
): void {
  const refusal = whyNotPermitted(caller, operation.permission) ?? whyNotAtMerchant(caller, operation.id)
  if (refusal) throw refusal
  requireOwnMerchant(caller, params, query, body)
}

/** An answer held to its contract, without what this caller may not see. One that breaks it is a fault of ours. */
export function shownTo(operation: Operation, caller: Caller, given: unknown): unknown {
  const checked = operation.reply.safeParse(given)
  if (!checked.success) {
    const places = checked.error.issues.slice(0, 5).map(issue => `${issue.path.join('.')}: ${issue.code}`)
    throw new Error(`the answer of ${operation.id} breaks its contract at ${places.join(', ')}`)
  }
  // Members see all that their own operations answer; what is public has nothing to hide.
  if (caller.kind === 'member' || operation.permission === 'public') return checked.data
  return hideIn(operation.reply, checked.data, caller.kind === 'nobody' ? nothing : caller.permissions)
}

const nothing: ReadonlySet<Permission> = new Set()
