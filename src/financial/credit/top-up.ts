import { localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { because, declareAsset, type Instruction, ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { requireParty } from './asker.ts'
import {
  bonusIssuer,
  bonusSource,
  lockInStore,
  moneyAsset,
  paidIssuer,
  postAll,
  readRules,
  topUpSource,
} from './in-store.ts'
import { bonusFor, endAfterMonths, methods } from './rules.ts'

export interface ToppingUp {
  readonly partyId: string
  readonly topUpId: string
  readonly amountMinor: number
  readonly method: string
  readonly merchantId: string | null
  readonly actor: string
  /** When the money was taken, where that was before now: it lies in the drawer, so no limit can refuse it any more. */
  readonly takenAt?: Date
}

export interface ToppedUpNow {
  readonly topUpId: string
  readonly amountMinor: number
  readonly bonusMinor: number
  readonly bonusPoints: number
  readonly availableMinor: number
}

const pointsAsset = 'points'

/**
 * A customer pays in. What they paid comes from the account of its way of paying, what comes on top is an expense of the house; both
 * in one step, under one name. The same top-up again changes nothing.
 */
export async function topUp(house: House, transaction: Transaction, asked: ToppingUp): Promise<ToppedUpNow> {
  const { partyId, topUpId, amountMinor, method, merchantId, actor, takenAt } = asked
  if (!methods.some(known => known === method)) throw refuse('invalid', 'credit:refusal.unknown-method', { method })
  const rules = await readRules(house, transaction)
  if (!rules?.isOpen) throw refuse('conflict', 'credit:refusal.closed')
  await requireParty(transaction, partyId)
  const { currency, largestTopUpMinor, largestBalanceMinor } = rules
  if (!takenAt && largestTopUpMinor !== null && amountMinor > largestTopUpMinor) {
    throw refuse('conflict', 'credit:refusal.too-much-at-once', { most: largestTopUpMinor, currency })
  }
  const asset = moneyAsset(currency)
  await declareAsset(house, transaction, asset, 'money')
  const now = house.clock.now()
  const occurredAt = takenAt ?? now
  const { bonusMinor, bonusPoints } = bonusFor(rules, amountMinor)
  const fresh = await transaction.query(
    `insert into credit.top_up (party_id, top_up_id, currency, amount_minor, bonus_minor, bonus_points, method, merchant,
       occurred_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
    [partyId, topUpId, currency, amountMinor, bonusMinor, bonusPoints, method, merchantId, occurredAt],
  )
  if (fresh.length === 0) return await readTopUp(house, transaction, asked)
  const before = await lockInStore(house, transaction, { partyId, asset })
  const after = before.paidMinor + before.bonusMinor + amountMinor + bonusMinor
  if (!takenAt && largestBalanceMinor !== null && after > largestBalanceMinor) {
    throw refuse('conflict', 'credit:refusal.too-much-in-store', { most: largestBalanceMinor, currency })
  }
  const { zone } = await house.settings.business(transaction)
  const bonusEnds =
    rules.bonusMonths === null ? null : endAfterMonths(localDay(occurredAt, zone), rules.bonusMonths, zone)
  const said = { partyId, occurredAt: occurredAt.getTime(), act: 'issue' } as const
  const given = {
    ...said,
    from: 'expense:bonus',
    issuer: bonusIssuer,
    source: bonusSource(topUpId),
    ...(bonusEnds && { expiresAt: bonusEnds.getTime() }),
  } as const
  const instructions: Instruction[] = [
    {
      ...said,
      key: `credit top-up ${topUpId}`,
      asset,
      amount: amountMinor,
      from: `clearing:${method}`,
      issuer: paidIssuer,
      source: topUpSource(topUpId),
    },
  ]
  if (bonusMinor > 0) instructions.push({ ...given, key: `credit bonus ${topUpId}`, asset, amount: bonusMinor })
  if (bonusPoints > 0) {
    instructions.push({ ...given, key: `credit points ${topUpId}`, asset: pointsAsset, amount: bonusPoints })
  }
  await postAll(house, transaction, { actor, reason: because('top-up'), instructions })
  await house.live.announce(transaction, ['credit', 'ledger'])
  return { topUpId, amountMinor, bonusMinor, bonusPoints, availableMinor: await availableIn(house, transaction, asked) }
}

/** What was done under this name before; another amount under it is refused. */
async function readTopUp(house: House, transaction: Transaction, asked: ToppingUp): Promise<ToppedUpNow> {
  const { partyId, topUpId, amountMinor } = asked
  const [known] = await transaction.query<{ amountMinor: number; bonusMinor: number; bonusPoints: number }>(
    `select amount_minor as "amountMinor", bonus_minor as "bonusMinor", bonus_points as "bonusPoints"
     from credit.top_up where party_id = ${ofPerson('$1')} and top_up_id = $2`,
    [partyId, topUpId],
  )
  if (known?.amountMinor !== amountMinor) throw refuse('conflict', 'ledger:refusal.key-used')
  return { topUpId, ...known, availableMinor: await availableIn(house, transaction, asked) }
}

async function availableIn(house: House, queryable: Queryable, { partyId }: { partyId: string }): Promise<number> {
  return (await creditOf(house, queryable, partyId)).availableMinor
}

/** What a customer could pay with now, in the currency of stored money. */
export async function creditOf(house: House, queryable: Queryable, partyId: string) {
  const rules = await readRules(house, queryable)
  if (!rules) return { isOpen: false, currency: null, availableMinor: 0, bonusMinor: 0 }
  const [sum] = await queryable.query<{ available: number; bonus: number }>(
    `select coalesce(sum(available), 0)::bigint as available,
       coalesce(sum(available) filter (where issuer = $4), 0)::bigint as bonus
     from ledger.lot where party_id = ${ofPerson('$1')} and asset = $2 and is_alive and (expires_at is null or expires_at > $3)`,
    [partyId, moneyAsset(rules.currency), house.clock.now(), bonusIssuer],
  )
  return { isOpen: true, currency: rules.currency, availableMinor: sum!.available, bonusMinor: sum!.bonus }
}

/** A top-up of which nothing was used is taken back whole, by counter-entries: the money to where it came from. */
export async function undoTopUp(
  house: House,
  transaction: Transaction,
  { partyId, topUpId, actor }: { readonly partyId: string; readonly topUpId: string; readonly actor: string },
): Promise<{ availableMinor: number }> {
  const [known] = await transaction.query<{
    currency: string
    amountMinor: number
    bonusMinor: number
    bonusPoints: number
    method: string
  }>(
    `select currency, amount_minor as "amountMinor", bonus_minor as "bonusMinor", bonus_points as "bonusPoints", method
     from credit.top_up where party_id = ${ofPerson('$1')} and top_up_id = $2 for update`,
    [partyId, topUpId],
  )
  if (!known) throw refuse('not-found', 'credit:refusal.no-such-top-up')
  const asset = moneyAsset(known.currency)
  const { lots } = await lockInStore(house, transaction, { partyId, asset })
  const paid = lots.find(lot => lot.source === topUpSource(topUpId))
  const bonus = lots.find(lot => lot.source === bonusSource(topUpId))
  const isWhole = paid?.available === known.amountMinor && (bonus?.available ?? 0) === known.bonusMinor
  if (!isWhole) throw refuse('conflict', 'credit:refusal.used-already')
  const said = { partyId, occurredAt: house.clock.now().getTime() }
  const instructions: Instruction[] = [
    {
      ...said,
      key: `credit undo top-up ${topUpId}`,
      asset,
      act: 'debit',
      amount: known.amountMinor,
      to: `clearing:${known.method}`,
      only: { source: topUpSource(topUpId) },
    },
  ]
  if (bonus) {
    instructions.push({
      ...said,
      key: `credit undo bonus ${topUpId}`,
      asset,
      act: 'debit',
      amount: bonus.available,
      to: 'adjustment:bonus',
      only: { source: bonusSource(topUpId) },
    })
  }
  if (known.bonusPoints > 0) instructions.push(pointsBack(said, topUpId, { numerator: 1, denominator: 1 }))
  await postAll(house, transaction, { actor, reason: because('top-up-back'), instructions })
  await house.live.announce(transaction, ['credit', 'ledger'])
  return { availableMinor: await availableIn(house, transaction, { partyId }) }
}

/** Of the points that came on top the same share goes back; what of them was used is owed. */
export function pointsBack(
  said: { readonly partyId: string; readonly occurredAt: number },
  topUpId: string,
  share: { readonly numerator: number; readonly denominator: number },
): Instruction {
  return {
    ...said,
    ...share,
    key: `credit points back ${topUpId} ${share.numerator}`,
    asset: pointsAsset,
    act: 'revoke',
    source: bonusSource(topUpId),
  }
}
