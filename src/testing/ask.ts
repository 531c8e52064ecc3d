import { type Permission, permissions, shownTo } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'

/** Staff who may do everything; name one to have two people. */
export function staffCaller(
  id = '01900000-0000-7000-8000-0000000000aa',
  may: readonly Permission[] = permissions,
): Caller {
  return { kind: 'staff', id, name: 'Lin', permissions: new Set(may) }
}

/** A customer on their own card. */
export function memberCaller(partyId: string): Caller {
  return { kind: 'member', id: partyId, name: '', permissions: new Set() }
}

/**
 * Asks a house for an operation by its id, as the door would: what is sent and what is answered are held to the contract.
 *
 * Example: `await ask(house, 'memberPoints', { params: { partyId } })`.
 */
export async function ask<Reply>(
  house: House & { readonly rooms: readonly Room[] },
  id: string,
  asked: {
    readonly params?: object
    readonly query?: object
    readonly body?: object
    readonly caller?: Caller
    readonly idempotencyKey?: string
  } = {},
): Promise<Reply> {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)
  if (!found) throw new Error(`no room offers ${id}`)
  const { operation } = found
  const { caller = staffCaller(), idempotencyKey } = asked
  const input = {
    params: operation.params?.parse(asked.params ?? {}),
    query: operation.query?.parse(asked.query ?? {}),
    body: operation.body?.parse(asked.body ?? {}),
    caller,
    language: 'en',
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
  return shownTo(operation, caller, await found.handle(house, input as never)) as Reply
}
