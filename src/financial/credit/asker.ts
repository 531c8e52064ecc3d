import { actingFor } from '#kernel/access/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { actorOf, digest } from '#kernel/ledger/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'

/** Who asks, and under which name for ever: the same caller's same request has the same id, so that it is done once. */
export interface Asker {
  readonly actor: string
  readonly requestId: string
}

export function askerOf(
  house: Pick<House, 'newId'>,
  { caller, idempotencyKey }: { readonly caller: Caller; readonly idempotencyKey?: string },
): Asker {
  const actor = actorOf(caller)
  return { actor, requestId: digest(`${actor} ${idempotencyKey ?? house.newId()}`) }
}

/**
 * For whom a caller acts: the merchant that they name, or the one that their key is bound to. A bound key does not learn of others:
 * what it names of them is not found.
 *
 * Example: a key of `tea-house` that names nobody -> 'tea-house'; one that names `cake-shop` -> refused; staff naming nobody -> null.
 */
export async function merchantOf(
  queryable: Queryable,
  caller: Caller,
  named: string | undefined,
): Promise<string | null> {
  const merchantId = actingFor(caller, named)
  if (merchantId !== null) await requireMerchant(queryable, merchantId)
  return merchantId
}

/** Where what is redeemed goes in the ledger. */
export function redeemedAt(merchantId: string | null): `redeemed:${string}` {
  return `redeemed:${merchantId ?? 'house'}`
}

/** Nobody pays in for somebody who does not exist. */
export async function requireParty(queryable: Queryable, partyId: string): Promise<{ name: string }> {
  const [known] = await queryable.query<{ name: string }>('select name from parties.party where party_id = $1', [
    partyId,
  ])
  if (!known) throw refuse('not-found', 'parties:refusal.unknown')
  return known
}
