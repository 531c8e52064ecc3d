import { localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { post, readHouseBalances } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { author, moneyAsset, oneAtATime, readCalendar } from './ground.ts'
import type { Month } from './period.ts'
import * as store from './store.ts'

/** What stands on the accounts of the coalition: by merchant, and in the pool. Below zero a merchant owes. */
export async function readBalances(
  queryable: Queryable,
  currency: string,
): Promise<{ merchants: Map<string, number>; poolMinor: number }> {
  const asset = moneyAsset(currency)
  const merchants = new Map<string, number>()
  let poolMinor = 0
  for (const { account, amount, asset: of } of await readHouseBalances(queryable)) {
    if (of !== asset) continue
    if (account === 'pool') poolMinor = amount
    if (account.startsWith('settlement:')) merchants.set(account.slice('settlement:'.length), amount)
  }
  return { merchants, poolMinor }
}

/**
 * Notes that a merchant paid or was paid. For a month at most what is due for it; without one into or out of the merchant's
 * deposit, which is nothing but a balance above zero.
 */
export async function recordPayment(
  house: House,
  merchantId: string,
  paid: {
    readonly paymentId: string
    readonly month: Month | null
    readonly direction: 'received' | 'paid'
    readonly amountMinor: number
    readonly reference: string
    readonly paidOn?: string | undefined
    readonly by: string
  },
): Promise<{ paymentId: string; balanceMinor: number }> {
  return await house.database.transaction(async transaction => {
    await oneAtATime(transaction)
    const { paymentId, month, direction, amountMinor, reference, by } = paid
    const { terms, zone, now } = await readCalendar(house, transaction)
    const member = (await store.readMembers(transaction)).find(each => each.merchantId === merchantId)
    if (!member) throw refuse('not-found', 'coalition:refusal.no-statement')
    const { currency } = terms[0]!
    const isReceived = direction === 'received'
    const signed = isReceived ? amountMinor : -amountMinor
    const again = await transaction.query('select 1 from coalition.payment where payment_id = $1', [paymentId])
    if (again.length === 0) {
      if (month !== null) await requireDue(transaction, { month, merchantId, signed })
      const account = `settlement:${merchantId}` as const
      const [outcomes] = await post(house, transaction, [
        {
          author: { ...author, reason: reference },
          instructions: [
            {
              key: `coalition payment ${paymentId}`,
              partyId: member.partyId,
              asset: moneyAsset(currency),
              occurredAt: now.getTime(),
              act: 'book',
              code: 'clear',
              amount: amountMinor,
              from: isReceived ? 'clearing:bank' : account,
              to: isReceived ? account : 'clearing:bank',
            },
          ],
        },
      ])
      const outcome = outcomes![0]!
      if (outcome.state === 'refused') throw refuse('conflict', outcome.code, outcome.details)
      await transaction.query(
        `insert into coalition.payment (payment_id, merchant_id, month, amount_minor, currency, reference, paid_on, recorded_at, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [paymentId, merchantId, month, signed, currency, reference, paid.paidOn ?? localDay(now, zone), now, by],
      )
      await house.live.announce(transaction, ['coalition', 'ledger'])
    }
    const { merchants } = await readBalances(transaction, currency)
    return { paymentId, balanceMinor: merchants.get(merchantId) ?? 0 }
  })
}

async function requireDue(
  queryable: Queryable,
  given: { readonly month: Month; readonly merchantId: string; readonly signed: number },
): Promise<void> {
  const { month, merchantId, signed } = given
  const months = await store.readMonths(queryable)
  if (!months.some(each => each.month === month)) throw refuse('conflict', 'coalition:refusal.not-closed')
  const lines = (await store.readLines(queryable, month)).filter(line => line.merchantId === merchantId)
  const payments = (await store.readPayments(queryable, month)).filter(each => each.merchantId === merchantId)
  const net = lines.reduce((sum, line) => sum + line.amountMinor, 0)
  const due = net - payments.reduce((sum, each) => sum + each.amountMinor, 0)
  if (due === 0) throw refuse('conflict', 'coalition:refusal.paid')
  if (Math.sign(due) !== Math.sign(signed) || Math.abs(signed) > Math.abs(due)) {
    throw refuse('conflict', 'coalition:refusal.more-than-due', { due: Math.abs(due) })
  }
}
