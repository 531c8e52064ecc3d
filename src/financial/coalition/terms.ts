import { addDays, type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { declareAsset } from '#kernel/ledger/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { NewTerms, ShownTerms } from './contract.ts'
import { joinedParty, moneyAsset, oneAtATime, ownIssuers, ownParty, pointsAsset, readCalendar } from './ground.ts'
import { termsOn } from './settlement.ts'
import * as store from './store.ts'

/**
 * Agrees terms with a merchant. Nothing that is in force is changed: later terms begin tomorrow at the earliest, and only the
 * first may begin in the past, in a month that is not closed. All are in one currency, or they could not be settled together.
 */
export async function publishTerms(house: House, given: NewTerms, by: string): Promise<ShownTerms> {
  return await house.database.transaction(async transaction => {
    await oneAtATime(transaction)
    const { name } = await requireMerchant(transaction, given.merchantId)
    const calendar = await readCalendar(house, transaction)
    const theirs = calendar.terms.filter(each => each.merchantId === given.merchantId)
    const earliest =
      theirs.length > 0
        ? addDays(calendar.today, 1)
        : calendar.months.length > 0
          ? `${calendar.openMonth}-01`
          : addDays(calendar.today, -366)
    if (given.fromOn < earliest) throw refuse('invalid', 'coalition:refusal.starts-too-early', { earliest })
    const { currency } = calendar.terms[0] ?? (await house.settings.business(transaction))
    if (given.currency !== currency) throw refuse('invalid', 'coalition:refusal.currency', { currency })
    await joinedParty(house, transaction, { merchantId: given.merchantId, name })
    await ownParty(house, transaction)
    await declareAsset(house, transaction, moneyAsset(currency), 'money')
    await declareAsset(house, transaction, pointsAsset, 'points')
    const terms: store.StoredTerms = {
      ...given,
      termsId: house.newId(),
      number: Math.max(0, ...theirs.map(each => each.number)) + 1,
      publishedAt: calendar.now,
      publishedBy: by,
    }
    await store.insertTerms(transaction, terms)
    await house.live.announce(transaction, ['coalition'])
    return shownTerms(terms, [...calendar.terms, terms], calendar.today)
  })
}

export function shownTerms(terms: store.StoredTerms, all: readonly store.StoredTerms[], today: Day): ShownTerms {
  const { publishedAt, publishedBy: _, ...said } = terms
  const isNow = termsOn(all, terms.merchantId, today)?.termsId === terms.termsId
  const state = isNow ? 'in-force' : terms.fromOn > today ? 'coming' : 'past'
  return { ...said, publishedAt: publishedAt.toISOString(), state }
}

/**
 * Whose points a merchant takes at an instant, for the ledger's `only.issuers`; undefined where there is no restriction: no
 * coalition, or terms that take everybody's. A merchant whose terms have ended takes nobody's.
 *
 * Example: terms that accept `['bakery']` at the bookshop -> `['bakery', 'bookshop', 'points', 'house']`.
 */
export async function acceptedIssuers(
  house: Pick<House, 'settings' | 'clock'>,
  queryable: Queryable,
  merchantId: string,
  at: Date = house.clock.now(),
): Promise<readonly string[] | undefined> {
  const terms = await store.readTerms(queryable)
  if (!terms.some(each => each.merchantId === merchantId)) return undefined
  const { zone } = await house.settings.business(queryable)
  const current = termsOn(terms, merchantId, localDay(at, zone))
  if (!current) return []
  const { accepts } = terms.find(each => each.termsId === current.termsId)!
  return accepts === null ? undefined : [...new Set([...accepts, merchantId, ...ownIssuers])]
}
