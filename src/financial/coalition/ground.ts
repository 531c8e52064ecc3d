import { z } from 'zod'
import { localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { type Month, monthAfter, monthOf, type Period, periodOf } from './period.ts'
import * as store from './store.ts'

export const author = { actor: 'financial/coalition' }
export const pointsAsset = 'points'
/** What the programme itself and the house issue is nobody's to fund: the coalition's margin pays where it is used. */
export const ownIssuers: readonly string[] = ['points', 'house']

export const moneyAsset = (currency: string) => `money:${currency}`

const settingsName = 'coalition'
const settingsSchema = z.object({
  disputeDays: z.int().min(1).max(180).catch(14).default(14),
  /** The party in whose name margin and breakage are booked. */
  partyId: z.uuid().nullable().catch(null).default(null),
})

export async function readSettings(house: House, queryable?: Queryable) {
  return await house.settings.read(settingsName, settingsSchema, queryable)
}

export async function changeSettings(
  house: House,
  transaction: Transaction,
  change: Partial<z.output<typeof settingsSchema>>,
): Promise<void> {
  await house.settings.write(transaction, settingsName, { ...(await readSettings(house, transaction)), ...change })
}

/** Closing and agreeing stand in one line, so that no terms slip into a month while it is settled. */
export async function oneAtATime(transaction: Transaction): Promise<void> {
  await transaction.query('lock table coalition.month in share row exclusive mode')
}

/** The party of a merchant, made when it joins. */
export async function joinedParty(
  house: House,
  transaction: Transaction,
  merchant: { readonly merchantId: string; readonly name: string },
): Promise<string> {
  const { merchantId, name } = merchant
  const [known] = await transaction.query<{ partyId: string }>(
    'select party_id as "partyId" from coalition.merchant where merchant_id = $1',
    [merchantId],
  )
  if (known) return known.partyId
  const partyId = await organisation(house, transaction, name)
  await transaction.query('insert into coalition.merchant (merchant_id, party_id, joined_at) values ($1, $2, $3)', [
    merchantId,
    partyId,
    house.clock.now(),
  ])
  return partyId
}

/** The coalition's own party, made with its first terms. */
export async function ownParty(house: House, transaction: Transaction): Promise<string> {
  const { partyId } = await readSettings(house, transaction)
  if (partyId !== null) return partyId
  const { name } = await house.settings.business(transaction)
  const made = await organisation(house, transaction, name === '' ? 'Coalition' : name)
  await changeSettings(house, transaction, { partyId: made })
  return made
}

async function organisation(house: House, transaction: Transaction, name: string): Promise<string> {
  const { partyIds } = await resolveParties(transaction, house, systemSource.sourceId, [
    { identifiers: [], kind: 'organisation', name, roles: ['merchant'] },
  ])
  return partyIds[0]!
}

/** Where the coalition stands in time: its closed months, the one that is next, and today. */
export interface Calendar {
  readonly zone: string
  readonly today: string
  readonly now: Date
  readonly terms: readonly store.StoredTerms[]
  readonly months: readonly store.StoredMonth[]
  readonly firstMonth: Month | null
  /** The earliest month that is not closed; null before the first terms. */
  readonly openMonth: Month | null
  readonly firstAt: Date
}

export async function readCalendar(house: House, queryable: Queryable): Promise<Calendar> {
  const { zone } = await house.settings.business(queryable)
  const now = house.clock.now()
  const terms = await store.readTerms(queryable)
  const months = await store.readMonths(queryable)
  const first = terms.map(each => each.fromOn).sort()[0]
  const firstMonth = months[0]?.month ?? (first === undefined ? null : monthOf(first))
  const last = months.at(-1)
  return {
    zone,
    now,
    today: localDay(now, zone),
    terms,
    months,
    firstMonth,
    openMonth: last ? monthAfter(last.month) : firstMonth,
    firstAt: months[0]?.startsAt ?? (firstMonth === null ? now : periodOf(firstMonth, zone).startsAt),
  }
}

/** A month as it was closed, or as the calendar has it. */
export function periodIn(calendar: Calendar, month: Month): Period {
  const closed = calendar.months.find(each => each.month === month)
  const period = periodOf(month, closed?.zone ?? calendar.zone)
  return closed ? { ...period, startsAt: closed.startsAt, endsAt: closed.endsAt } : period
}
