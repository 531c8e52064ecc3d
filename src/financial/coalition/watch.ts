import { z } from 'zod'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { openTask, withdrawTasks } from '#kernel/tasks/index.ts'
import { workOut } from './close.ts'
import { type Calendar, readCalendar } from './ground.ts'
import { readBalances } from './payment.ts'
import { monthAfter, monthOf } from './period.ts'
import { lastTerms } from './settlement.ts'
import * as store from './store.ts'

/**
 * Looks every day at the merchants that pay ahead: where what is left of a deposit, after the months that are not closed yet, is below
 * what was agreed, somebody is asked to see to it; once, until it is filled up again.
 */
export const watchJob = job({
  name: 'coalition.watch',
  input: z.object({}),
  visible: false,
  run: async house => ({ low: await house.database.transaction(transaction => watch(house, transaction)) }),
})

async function watch(house: House, transaction: Transaction): Promise<number> {
  const calendar = await readCalendar(house, transaction)
  if (calendar.openMonth === null) return 0
  const { currency } = calendar.terms[0]!
  const { merchants } = await readBalances(transaction, currency)
  const running = await unsettled(transaction, calendar)
  let low = 0
  for (const { merchantId, partyId, lowTaskId } of await store.readMembers(transaction)) {
    const { termsId } = lastTerms(calendar.terms, merchantId, calendar.today) ?? {}
    const terms = calendar.terms.find(each => each.termsId === termsId)
    const leftMinor = (merchants.get(merchantId) ?? 0) - (running.get(merchantId) ?? 0)
    const isLow = terms?.payment === 'prepaid' && leftMinor < terms.depositMinor
    if (isLow) low += 1
    if (isLow === (lowTaskId !== null)) continue
    if (lowTaskId !== null) await withdrawTasks(transaction, house, [{ partyId, taskId: lowTaskId }])
    const taskId = isLow
      ? await openTask(transaction, house, {
          partyId,
          programme: 'coalition',
          wordsKey: 'coalition:task.low',
          words: {
            left: { amountMinor: leftMinor, currency },
            least: { amountMinor: terms.depositMinor, currency },
          },
          suggestionKey: 'coalition:task.fill-up',
          ownerId: null,
          dueOn: calendar.today,
        })
      : null
    await transaction.query('update coalition.merchant set low_task_id = $2 where merchant_id = $1', [
      merchantId,
      taskId,
    ])
  }
  return low
}

/** What merchants owe (above zero) for the months that are not closed. */
async function unsettled(transaction: Transaction, calendar: Calendar): Promise<Map<string, number>> {
  const owed = new Map<string, number>()
  for (let month = calendar.openMonth!; month <= monthOf(calendar.today); month = monthAfter(month)) {
    const { settlement } = await workOut(transaction, calendar, { month, upto: null })
    for (const [merchantId, net] of settlement.nets) owed.set(merchantId, (owed.get(merchantId) ?? 0) + net)
  }
  return owed
}
