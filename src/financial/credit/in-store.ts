import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { declareAsset, type Instruction, ofPerson, type Posting, post } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { type CreditRules, creditRules } from './rules.ts'

/** Names the programme in the ledger, and says which of its lots were given on top. */
export const programme = 'financial/credit'
export const bonusIssuer = 'bonus'
export const paidIssuer = 'house'
export const settingsName = 'credit'

export const moneyAsset = (currency: string) => `money:${currency}`
export const visitsAsset = (cardId: string) => `visits:${cardId}`
export const topUpSource = (topUpId: string) => `topup:${topUpId}`
export const bonusSource = (topUpId: string) => `topup:${topUpId}:bonus`
export const soldCardSource = (soldCardId: string) => `card:${soldCardId}`

/** The rules in force; null where stored money was never begun. */
export async function readRules(house: House, queryable?: Queryable): Promise<CreditRules | null> {
  return await house.settings.read(settingsName, creditRules.nullable().catch(null), queryable)
}

/** Begins stored money, or changes by which rules it is paid in. */
export async function changeRules(house: House, rules: CreditRules): Promise<CreditRules> {
  await house.database.transaction(async transaction => {
    await declareAsset(house, transaction, moneyAsset(rules.currency), 'money')
    await house.settings.write(transaction, settingsName, rules)
    await house.live.announce(transaction, ['credit'])
  })
  return rules
}

export interface StoredLot {
  readonly lotId: string
  readonly issuer: string
  readonly source: string | null
  readonly isOwn: boolean
  readonly issued: number
  readonly available: number
  readonly held: number
  readonly revoked: number
  readonly expiresAt: Date | null
}

export interface InStore {
  readonly lots: readonly StoredLot[]
  readonly paidMinor: number
  readonly bonusMinor: number
  readonly owedMinor: number
}

/** What of an asset can be used now, and of which lots: what has expired is not, whether or not the calendar's job came by. */
export async function readInStore(queryable: Queryable, partyId: string, asset: string, now: Date): Promise<InStore> {
  const lots = await queryable.query<StoredLot>(
    `select lot_id as "lotId", issuer, source, parent_id is null as "isOwn", issued, available, held, revoked,
       expires_at as "expiresAt"
     from ledger.lot where party_id = ${ofPerson('$1')} and asset = $2 and is_alive order by expires_at nulls last, lot_id`,
    [partyId, asset],
  )
  const [holding] = await queryable.query<{ debt: number }>(
    `select coalesce(sum(debt), 0)::bigint as debt from ledger.holding where party_id = ${ofPerson('$1')} and asset = $2`,
    [partyId, asset],
  )
  const usable = lots.filter(lot => lot.expiresAt === null || lot.expiresAt > now)
  const sum = (isBonus: boolean) =>
    usable.reduce((total, lot) => ((lot.issuer === bonusIssuer) === isBonus ? total + lot.available : total), 0)
  return { lots, paidMinor: sum(false), bonusMinor: sum(true), owedMinor: holding?.debt ?? 0 }
}

/**
 * The same, and nobody else can change it before the transaction ends. What time has done meanwhile is booked first: what was set
 * aside for too long is free again.
 */
export async function lockInStore(
  house: House,
  transaction: Transaction,
  given: { readonly partyId: string; readonly asset: string },
): Promise<InStore> {
  const { partyId, asset } = given
  const now = house.clock.now()
  const [locked] = await transaction.query<{ dueAt: Date | null }>(
    'select due_at as "dueAt" from ledger.holding where party_id = $1 and asset = $2 for no key update',
    [partyId, asset],
  )
  if (locked?.dueAt && locked.dueAt <= now) {
    const key = `settle ${partyId} ${asset} ${locked.dueAt.toISOString()} ${now.toISOString()}`
    await postAll(house, transaction, {
      actor: programme,
      instructions: [{ act: 'settle', key, partyId, asset, occurredAt: locked.dueAt.getTime() }],
    })
  }
  return await readInStore(transaction, partyId, asset, now)
}

/** Posts instructions together or not at all; a refusal of the ledger refuses the whole. Answers what moved. */
export async function postAll(
  house: House,
  transaction: Transaction,
  given: {
    readonly actor: string
    readonly approvedBy?: string
    readonly reason?: string
    readonly instructions: readonly Instruction[]
  },
): Promise<readonly Posting[]> {
  const { instructions, ...author } = given
  if (instructions.length === 0) return []
  const [outcomes] = await post(house, transaction, [{ instructions, author }])
  const refused = outcomes!.find(outcome => outcome.state === 'refused')
  if (refused?.state === 'refused') {
    const kind = /refusal\.no-such-/.test(refused.code) ? 'not-found' : 'conflict'
    throw refuse(kind, refused.code, refused.details)
  }
  return outcomes!.flatMap(outcome => (outcome.state === 'posted' ? outcome.postings : []))
}
