import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { because, type Instruction } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { bonusSource, lockInStore, moneyAsset, postAll, readRules, topUpSource } from './in-store.ts'
import { type PaidBack, payBack, type ToppedUp } from './rules.ts'
import { pointsBack } from './top-up.ts'

export interface Withdrawing {
  readonly partyId: string
  readonly withdrawalId: string
  readonly amountMinor: number
  readonly method: string
  readonly actor: string
}

type Terms = ToppedUp & { readonly bonusPoints: number }

/** All top-ups of which money may be left, oldest first, as they stand; nobody can change them before the transaction ends. */
async function lockTopUps(
  house: House,
  transaction: Transaction,
  { partyId, currency }: { readonly partyId: string; readonly currency: string },
): Promise<Terms[]> {
  const asset = moneyAsset(currency)
  await lockInStore(house, transaction, { partyId, asset })
  const rows = await transaction.query<{
    topUpId: string
    bonusPoints: number
    issued: number
    takenBack: number
    available: number
    bonusIssued: number | null
    bonusAvailable: number | null
    bonusEndsAt: Date | null
  }>(
    `select t.top_up_id as "topUpId", t.bonus_points as "bonusPoints", p.issued, p.revoked as "takenBack", p.available,
       b.issued as "bonusIssued", b.available as "bonusAvailable", b.expires_at as "bonusEndsAt"
     from credit.top_up t
     join ledger.lot p on p.party_id = t.party_id and p.source = 'topup:' || t.top_up_id and p.asset = $2 and p.parent_id is null
     left join ledger.lot b on b.party_id = t.party_id and b.source = 'topup:' || t.top_up_id || ':bonus' and b.asset = $2
       and b.parent_id is null
     where t.party_id = $1 and p.available > 0 order by p.lot_id`,
    [partyId, asset],
  )
  const now = house.clock.now()
  return rows.map(
    ({ topUpId, bonusPoints, issued, takenBack, available, bonusIssued, bonusAvailable, bonusEndsAt }) => ({
      topUpId,
      bonusPoints,
      paid: { issued, takenBack, available },
      bonus:
        bonusIssued === null
          ? null
          : { issued: bonusIssued, available: bonusAvailable!, isOver: bonusEndsAt !== null && bonusEndsAt <= now },
    }),
  )
}

/** What would be paid back now, and of which top-ups. Only what was paid in can be: never a bonus, nor what others gave. */
async function plan(house: House, transaction: Transaction, asked: Omit<Withdrawing, 'actor' | 'withdrawalId'>) {
  const rules = await readRules(house, transaction)
  if (!rules) throw refuse('conflict', 'credit:refusal.closed')
  const { currency, approvalAboveMinor } = rules
  const topUps = await lockTopUps(house, transaction, { ...asked, currency })
  const have = topUps.reduce((sum, each) => sum + each.paid.available, 0)
  if (asked.amountMinor > have) {
    throw refuse('conflict', 'credit:refusal.not-so-much-paid-in', { have, need: asked.amountMinor, currency })
  }
  const parts = payBack(topUps, asked.amountMinor)
  const sum = (of: 'moneyMinor' | 'keptMinor' | 'bonusMinor') => parts.reduce((total, each) => total + each[of], 0)
  const sums = { moneyMinor: sum('moneyMinor'), keptMinor: sum('keptMinor'), bonusMinor: sum('bonusMinor') }
  return { currency, approvalAboveMinor, topUps, parts, sums }
}

export async function tryWithdrawal(house: House, asked: Withdrawing) {
  const { sums } = await house.database.transaction(transaction => plan(house, transaction, asked))
  return { withdrawalId: asked.withdrawalId, state: 'trial' as const, ...sums }
}

/** Pays money back, or lets it wait for a second pair of eyes where it is more than the rules let one person pay. */
export async function withdraw(house: House, asked: Withdrawing) {
  const { partyId, withdrawalId, amountMinor, method, actor } = asked
  return await house.database.transaction(async transaction => {
    const planned = await plan(house, transaction, asked)
    const [fresh] = await transaction.query(
      `insert into credit.withdrawal (party_id, withdrawal_id, currency, amount_minor, method, threshold, state, asked_by,
         asked_at) values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8) on conflict do nothing returning 1`,
      [
        partyId,
        withdrawalId,
        planned.currency,
        amountMinor,
        method,
        planned.approvalAboveMinor,
        actor,
        house.clock.now(),
      ],
    )
    if (!fresh) {
      const known = await lock(transaction, partyId, withdrawalId)
      if (known.amountMinor !== amountMinor) throw refuse('conflict', 'ledger:refusal.key-used')
      const { moneyMinor, keptMinor, bonusMinor } = known
      const state = known.state === 'posted' ? ('posted' as const) : ('waiting' as const)
      return {
        withdrawalId,
        state,
        moneyMinor: moneyMinor ?? 0,
        keptMinor: keptMinor ?? 0,
        bonusMinor: bonusMinor ?? 0,
      }
    }
    await house.live.announce(transaction, ['credit', 'ledger'])
    if (amountMinor > planned.approvalAboveMinor) return { withdrawalId, state: 'waiting' as const, ...planned.sums }
    await carryOut(house, transaction, { asked, planned, author: { actor } })
    return { withdrawalId, state: 'posted' as const, ...planned.sums }
  })
}

/** Somebody else agrees or declines; what is paid back is worked out anew from what is there now. */
export async function decide(
  house: House,
  given: {
    readonly partyId: string
    readonly withdrawalId: string
    readonly isApproved: boolean
    readonly decidedBy: string
  },
): Promise<{ withdrawalId: string; state: 'posted' | 'declined' }> {
  const { partyId, withdrawalId, isApproved, decidedBy } = given
  return await house.database.transaction(async transaction => {
    const known = await lock(transaction, partyId, withdrawalId)
    if (known.state !== 'waiting') throw refuse('conflict', 'credit:refusal.decided', { state: known.state })
    if (known.askedBy === decidedBy) throw refuse('forbidden', 'credit:refusal.second-pair-of-eyes')
    await transaction.query(
      `update credit.withdrawal set state = $3, decided_by = $4, decided_at = $5 where party_id = $1 and withdrawal_id = $2`,
      [partyId, withdrawalId, isApproved ? 'posted' : 'declined', decidedBy, house.clock.now()],
    )
    await house.live.announce(transaction, ['credit', 'ledger'])
    if (!isApproved) return { withdrawalId, state: 'declined' }
    const asked = { partyId, withdrawalId, amountMinor: known.amountMinor, method: known.method, actor: known.askedBy }
    const planned = await plan(house, transaction, asked)
    await carryOut(house, transaction, { asked, planned, author: { actor: known.askedBy, approvedBy: decidedBy } })
    return { withdrawalId, state: 'posted' }
  })
}

async function lock(transaction: Transaction, partyId: string, withdrawalId: string) {
  const [known] = await transaction.query<{
    state: 'waiting' | 'posted' | 'declined'
    amountMinor: number
    method: string
    askedBy: string
    moneyMinor: number | null
    keptMinor: number | null
    bonusMinor: number | null
  }>(
    `select state, amount_minor as "amountMinor", method, asked_by as "askedBy", money_minor as "moneyMinor",
       kept_minor as "keptMinor", bonus_minor as "bonusMinor"
     from credit.withdrawal where party_id = $1 and withdrawal_id = $2 for update`,
    [partyId, withdrawalId],
  )
  if (!known) throw refuse('not-found', 'credit:refusal.no-such-withdrawal')
  return known
}

async function carryOut(
  house: House,
  transaction: Transaction,
  given: {
    readonly asked: Withdrawing
    readonly planned: Awaited<ReturnType<typeof plan>>
    readonly author: { readonly actor: string; readonly approvedBy?: string }
  },
): Promise<void> {
  const { asked, planned, author } = given
  const { partyId, withdrawalId, method } = asked
  const { parts, topUps, sums, currency } = planned
  const said = { partyId, asset: moneyAsset(currency), occurredAt: house.clock.now().getTime() }
  const debit = (name: string, part: PaidBack, amount: number, isBonus = false): Instruction[] =>
    amount === 0
      ? []
      : [
          {
            ...said,
            key: `credit withdrawal ${withdrawalId} ${name} ${part.topUpId}`,
            act: 'debit',
            amount,
            to: name === 'money' ? `clearing:${method}` : 'adjustment:bonus',
            only: { source: isBonus ? bonusSource(part.topUpId) : topUpSource(part.topUpId) },
          },
        ]
  const instructions = parts.flatMap(part => {
    const { paid, bonusPoints } = topUps.find(each => each.topUpId === part.topUpId)!
    const takenBack = paid.takenBack + part.moneyMinor + part.keptMinor
    return [
      ...debit('money', part, part.moneyMinor),
      ...debit('kept', part, part.keptMinor),
      ...debit('bonus', part, part.bonusMinor, true),
      ...(bonusPoints > 0 ? [pointsBack(said, part.topUpId, { numerator: takenBack, denominator: paid.issued })] : []),
    ]
  })
  await postAll(house, transaction, { ...author, reason: because('top-up-back'), instructions })
  await transaction.query(
    `update credit.withdrawal set state = 'posted', money_minor = $3, kept_minor = $4, bonus_minor = $5
     where party_id = $1 and withdrawal_id = $2`,
    [partyId, withdrawalId, sums.moneyMinor, sums.keptMinor, sums.bonusMinor],
  )
}
