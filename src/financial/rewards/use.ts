import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { because } from '#kernel/ledger/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { type Refusal, refuse } from '#kernel/refusal.ts'
import type { Asker } from './asker.ts'
import { hashOf, readCode, readSecret } from './code.ts'
import { isValidAt } from './rules.ts'
import * as store from './store.ts'
import { ofRight, postOrRefuse, requireTaken, stateAt, tell } from './take.ts'

export interface Use {
  readonly partyId: string
  readonly takenId: string
  /** The id of this use, made from the request. */
  readonly useId: string
  readonly merchant: string | null
  readonly by: Asker
}

/** Uses what was taken: once, whoever asks at the same moment and however often. */
export async function redeem(house: House, transaction: Transaction, use: Use): Promise<store.StoredTaken> {
  const { partyId, takenId, useId, merchant, by } = use
  const now = house.clock.now()
  const taken = await requireTaken(transaction, partyId, takenId)
  if (taken.state === 'used' && taken.useId === useId) return taken
  const state = stateAt(taken, now)
  if (state !== 'taken') throw notUsable(taken, state)
  if (merchant !== null) await requireMerchant(transaction, merchant)
  if (!isValidAt(taken.merchants, merchant)) throw refuse('conflict', 'rewards:refusal.not-here')
  const used = { ...taken, state: 'used' as const, useId, usedAt: now, usedBy: by.actor, usedMerchant: merchant }
  const spend = {
    ...ofRight(used, `use ${useId}`),
    act: 'spend' as const,
    holdId: useId,
    amount: 1,
    to: `redeemed:${merchant ?? 'house'}` as const,
    only: { source: takenId },
    occurredAt: now.getTime(),
  }
  await postOrRefuse(house, transaction, [spend], { ...by, reason: because('reward-used') })
  await store.updateTaken(transaction, used)
  await tell(house, transaction, used, { kind: 'reward.used', by })
  await house.live.announce(transaction, ['rewards'])
  return used
}

function notUsable(taken: store.StoredTaken, state: string): Refusal {
  return refuse('conflict', 'rewards:refusal.not-usable', {
    state,
    ...(taken.usedAt && { at: taken.usedAt.toISOString() }),
  })
}

const undoMs = 10 * 60_000

/** Takes back a use made by mistake: only by whoever made it, and only for some minutes, so that nothing is used twice over. */
export async function undoUse(
  house: House,
  transaction: Transaction,
  { partyId, takenId, by }: Pick<Use, 'partyId' | 'takenId' | 'by'>,
): Promise<store.StoredTaken> {
  const now = house.clock.now()
  const used = await requireTaken(transaction, partyId, takenId)
  if (used.state === 'taken') return used
  const { useId, usedAt } = used
  const isOwn = used.state === 'used' && used.usedBy === by.actor
  if (!isOwn || !useId || !usedAt || now.getTime() - usedAt.getTime() > undoMs) {
    throw refuse('conflict', 'rewards:refusal.too-late-to-undo', { minutes: undoMs / 60_000 })
  }
  const back = {
    ...ofRight(used, `undo ${useId}`),
    act: 'return' as const,
    holdId: useId,
    amount: 1,
    occurredAt: now.getTime(),
  }
  await postOrRefuse(house, transaction, [back], { ...by, reason: because('reward-use-undone') })
  const taken = { ...used, state: 'taken' as const, useId: null, usedAt: null, usedBy: null, usedMerchant: null }
  await store.updateTaken(transaction, taken)
  await tell(house, transaction, used, { kind: 'reward.use-undone', by })
  await house.live.announce(transaction, ['rewards'])
  return taken
}

/** Wrong codes that one caller may try in a quarter of an hour. */
const triesAtMost = 10
const triesMs = 15 * 60_000

/**
 * Whose a code is. Whatever is wrong with one that is not ours, the answer is the same; whoever asks for too many of those waits.
 * Only wrong codes count, or many tills with one key would wait for each other; guessing many at the same moment helps nobody, since
 * a code has 112 bits.
 */
export async function findByCode(
  house: House,
  typed: string,
  by: Asker,
): Promise<{ partyId: string; takenId: string }> {
  const now = house.clock.now()
  const since = new Date(now.getTime() - triesMs)
  const [counted] = await house.database.query<{ tries: number; since: Date }>(
    'select tries, since from rewards.wrong_code where actor = $1 and since > $2',
    [by.actor, since],
  )
  if (counted && counted.tries >= triesAtMost) {
    const seconds = Math.ceil((counted.since.getTime() + triesMs - now.getTime()) / 1000)
    throw refuse('too-many', 'rewards:refusal.too-many-codes', { seconds })
  }
  const code = readCode(await readSecret(house.database), typed)
  const found = code === null ? undefined : await store.findCode(house.database, hashOf(code))
  if (found) return found
  await house.database.query(
    `insert into rewards.wrong_code as w (actor, since, tries) values ($1, $2, 1)
     on conflict (actor) do update set tries = case when w.since <= $3 then 1 else w.tries + 1 end,
       since = case when w.since <= $3 then $2 else w.since end`,
    [by.actor, now, since],
  )
  throw refuse('not-found', 'rewards:refusal.no-such-code')
}

/** Uses a code, wherever its owner is: in one step for a till, whose answer says what to hand over. */
export async function redeemCode(
  house: House,
  { code, ...use }: Omit<Use, 'partyId' | 'takenId'> & { readonly code: string },
): Promise<store.StoredTaken> {
  const found = await findByCode(house, code, use.by)
  return house.database.transaction(transaction => redeem(house, transaction, { ...found, ...use }))
}

/** What somebody can use at a merchant now, the first to expire first. */
export async function usableBy(
  house: House,
  queryable: Queryable,
  partyId: string,
  merchant: string | null,
): Promise<store.StoredTaken[]> {
  const now = house.clock.now()
  const ends = (taken: store.StoredTaken) => taken.expiresAt?.getTime() ?? Infinity
  return (await store.readTakenOf(queryable, partyId))
    .filter(taken => stateAt(taken, now) === 'taken' && isValidAt(taken.merchants, merchant))
    .sort((one, other) => ends(one) - ends(other))
}
