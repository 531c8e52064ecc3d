import { actingFor } from '#kernel/access/index.ts'
import type { EventSource } from '#kernel/events/index.ts'
import { actorOf, digest } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { assert } from '#kernel/refusal.ts'

/** Who asks for something, as the ledger and the log know them. */
export interface Asker {
  readonly actor: string
  readonly source: EventSource
}

export function askerOf(caller: Caller): Asker {
  assert(caller.kind !== 'nobody', 'whoever takes or uses a reward is known')
  return { actor: actorOf(caller), source: { sourceId: caller.id, kind: caller.kind } }
}

/**
 * The id of what a request asks for: the same request of the same caller has the same id, so that however often it is sent, and
 * even where the answer was lost, it is done once. A request without a name is one of its own.
 */
export function requestId(caller: Caller, what: string, key: string | undefined, newId: () => string): string {
  return key === undefined ? newId() : digest(`${actorOf(caller)} ${what} ${key}`)
}

/** Where something happens: who is bound to one merchant speaks for that merchant alone. */
export const merchantOf: (caller: Caller, asked: string | undefined) => string | null = actingFor
