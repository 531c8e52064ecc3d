import { countCustomers, readSituation } from '#insight/rhythm/index.ts'
import { dayNumber } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { type Route, route } from '#kernel/operation.ts'
import { Refusal } from '#kernel/refusal.ts'
import { auditApart } from './audit-apart.ts'
import * as contract from './contract.ts'
import { merchantsOf, transactionsOf } from './event-log.ts'
import { isStillTrue, Kept } from './kept.ts'

export const auditRoutes: readonly Route[] = [route(contract.readAudit, (house, { query }) => readAudit(house, query))]

const kept = new WeakMap<House, Kept<contract.BaseAudit | null>>()

async function readAudit(house: House, filter: contract.AuditFilter) {
  const { asOfOn, history, zone, currency } = await readSituation(house)
  const merchants = await merchantsOf(house.database)
  const { all } = await countCustomers(house)
  const answers = kept.get(house) ?? new Kept<contract.BaseAudit | null>()
  kept.set(house, answers)
  const key = JSON.stringify([filter, asOfOn, zone, currency])
  const audit = await answers.get(key, {
    now: house.clock.now(),
    isTrue: since => isStillTrue(house.database, since),
    find: () => compute(house, filter, { asOfOn, zone, currency }),
  })
  return {
    audit,
    reading: { asOfOn, history },
    merchants,
    types: [...contract.auditedType.options],
    anybody: all > 0,
  }
}

async function compute(
  house: House,
  filter: contract.AuditFilter,
  place: { readonly asOfOn: string; readonly zone: string; readonly currency: string },
): Promise<contract.BaseAudit | null> {
  const transactions = await house.database.transaction(transaction => transactionsOf(transaction, place, filter))
  const { name } = await house.settings.business()
  try {
    return await auditApart(transactions, {
      name,
      currency: place.currency,
      // Nothing is known of days to come, and eight thousand years of months would fill the memory.
      to: dayNumber(filter.to !== undefined && filter.to < place.asOfOn ? filter.to : place.asOfOn),
      ...(filter.from && { from: dayNumber(filter.from) }),
    })
  } catch (error) {
    // A filter that fits nobody is no fault: the screen says so.
    if (error instanceof Refusal && error.code === 'audit:refusal.no-orders') return null
    throw error
  }
}
