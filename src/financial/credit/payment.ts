import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { digest, type Instruction, ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { bonusIssuer, lockInStore, moneyAsset, readRules } from './in-store.ts'
import { splitOf } from './rules.ts'

export interface Paying {
  readonly partyId: string
  readonly currency: string
  readonly amountMinor: number
  /** Names the payment for ever; its refunds are found by it. */
  readonly paymentId: string
  /** What is not there is taken as far as there is any, and the rest is named by the answer. */
  readonly asFarAsThere?: true
}

interface Part {
  readonly holdId: string
  readonly amount: number
  readonly issuers: readonly string[]
}

export interface PlannedPayment extends Paying {
  readonly parts: readonly Part[]
  readonly bonusMinor: number
  readonly missingMinor: number
}

/** A payment lies on up to two holds of the ledger: one on what was paid in, one on what came on top. */
export const holdsOf = (paymentId: string) =>
  ({ paid: digest(`${paymentId} paid`), bonus: digest(`${paymentId} bonus`) }) as const

/**
 * Says from which lots a payment comes, by the stated order, and keeps others from them until the transaction ends. The instructions that
 * do it follow from the plan, so that a till can post them together with others.
 */
export async function planPayment(house: House, transaction: Transaction, paying: Paying): Promise<PlannedPayment> {
  const { partyId, currency, amountMinor, paymentId, asFarAsThere } = paying
  const rules = await readRules(house, transaction)
  if (!rules || rules.currency !== currency) throw refuse('conflict', 'credit:refusal.closed')
  const have = await lockInStore(house, transaction, { partyId, asset: moneyAsset(currency) })
  const available = have.paidMinor + have.bonusMinor
  if (amountMinor > available && !asFarAsThere) {
    throw refuse('conflict', 'ledger:refusal.insufficient', { have: available, need: amountMinor })
  }
  const split = splitOf(rules, have, Math.min(amountMinor, available))
  const others = new Set(have.lots.map(lot => lot.issuer).filter(issuer => issuer !== bonusIssuer))
  const ids = holdsOf(paymentId)
  const paid: Part = { holdId: ids.paid, amount: split.paidMinor, issuers: [...others].sort() }
  const bonus: Part = { holdId: ids.bonus, amount: split.bonusMinor, issuers: [bonusIssuer] }
  const parts = (rules.spendFirst === 'bonus' ? [bonus, paid] : [paid, bonus]).filter(part => part.amount > 0)
  return { ...paying, parts, bonusMinor: split.bonusMinor, missingMinor: Math.max(0, amountMinor - available) }
}

interface Said {
  readonly partyId: string
  readonly asset: string
  readonly occurredAt: number
}

const base = (house: House, { partyId, currency }: Pick<Paying, 'partyId' | 'currency'>): Said => ({
  partyId,
  asset: moneyAsset(currency),
  occurredAt: house.clock.now().getTime(),
})

export function spendPlanned(house: House, planned: PlannedPayment, to: `redeemed:${string}`): Instruction[] {
  return planned.parts.map(({ holdId, amount, issuers }) => ({
    ...base(house, planned),
    key: `credit spend ${holdId}`,
    act: 'spend',
    holdId,
    amount,
    to,
    only: { issuers },
  }))
}

export function holdPlanned(house: House, planned: PlannedPayment, until: Date): Instruction[] {
  return planned.parts.map(({ holdId, amount, issuers }) => ({
    ...base(house, planned),
    key: `credit hold ${holdId}`,
    act: 'hold',
    holdId,
    amount,
    until: until.getTime(),
    only: { issuers },
  }))
}

interface HoldRow {
  readonly holdId: string
  readonly amount: number
  readonly captured: number
  readonly returned: number
  readonly state: 'open' | 'captured' | 'released' | 'lapsed'
}

/** The holds of a payment, those first that are used first. */
async function readHolds(house: House, queryable: Queryable, payment: Payment): Promise<HoldRow[]> {
  const rules = await readRules(house, queryable)
  const ids = holdsOf(payment.paymentId)
  const order = rules?.spendFirst === 'bonus' ? [ids.bonus, ids.paid] : [ids.paid, ids.bonus]
  return await queryable.query<HoldRow>(
    `select hold_id as "holdId", amount, captured, returned, state from ledger.hold
     where party_id = ${ofPerson('$1')} and hold_id = any ($2) and asset = $3 order by array_position($2, hold_id)`,
    [payment.partyId, order, moneyAsset(payment.currency)],
  )
}

export type Payment = Pick<Paying, 'partyId' | 'currency' | 'paymentId'>

/** Uses of a held payment so much, in the stated order; the rest is free again. */
export async function captureHeld(
  house: House,
  transaction: Transaction,
  payment: Payment & { readonly amountMinor: number; readonly to: `redeemed:${string}` },
): Promise<Instruction[]> {
  const { amountMinor, to } = payment
  const holds = await readHolds(house, transaction, payment)
  const held = holds.reduce((sum, each) => sum + each.amount, 0)
  if (amountMinor > held) {
    throw refuse('conflict', 'ledger:refusal.more-than-held', { have: held, need: amountMinor })
  }
  let left = amountMinor
  return holds.map(({ holdId, amount }) => {
    const part = Math.min(left, amount)
    left -= part
    const said = base(house, payment)
    return part > 0
      ? { ...said, key: `credit capture ${holdId}`, act: 'capture', holdId, amount: part, to }
      : { ...said, key: `credit release ${holdId}`, act: 'release', holdId }
  })
}

export async function releaseHeld(house: House, transaction: Transaction, payment: Payment): Promise<Instruction[]> {
  const holds = await readHolds(house, transaction, payment)
  return holds.map(({ holdId }) => ({
    ...base(house, payment),
    key: `credit release ${holdId}`,
    act: 'release',
    holdId,
  }))
}

/** How a payment stands. */
export async function paymentState(house: House, queryable: Queryable, payment: Payment) {
  const holds = await readHolds(house, queryable, payment)
  const ids = holdsOf(payment.paymentId)
  const sum = (of: 'captured' | 'returned') => holds.reduce((total, each) => total + each[of], 0)
  return {
    isKnown: holds.length > 0,
    capturedMinor: sum('captured'),
    returnedMinor: sum('returned'),
    bonusMinor: holds.find(each => each.holdId === ids.bonus)?.captured ?? 0,
  }
}

/** Puts so much of a payment back to the lots it came from: what was used last returns first. */
export async function returnPaid(
  house: House,
  transaction: Transaction,
  payment: Payment & { readonly amountMinor: number; readonly requestId: string },
): Promise<Instruction[]> {
  const { amountMinor, requestId, partyId, currency } = payment
  await lockInStore(house, transaction, { partyId, asset: moneyAsset(currency) })
  const holds = (await readHolds(house, transaction, payment)).toReversed()
  if (holds.length === 0) throw refuse('not-found', 'credit:refusal.no-such-payment')
  const spent = holds.reduce((sum, each) => sum + each.captured - each.returned, 0)
  if (amountMinor > spent) {
    throw refuse('conflict', 'ledger:refusal.more-than-redeemed', { have: spent, need: amountMinor })
  }
  let left = amountMinor
  return holds.flatMap(({ holdId, captured, returned }): Instruction[] => {
    const part = Math.min(left, captured - returned)
    left -= part
    if (part === 0) return []
    return [
      { ...base(house, payment), key: `credit return ${requestId} ${holdId}`, act: 'return', holdId, amount: part },
    ]
  })
}
