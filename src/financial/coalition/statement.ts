import { hash } from 'node:crypto'
import { localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { outsideOf, workOut } from './close.ts'
import type { CoalitionMonth, MerchantRow, Statement, StatementLine } from './contract.ts'
import { countPoints, cutOf, flowsOf, type TracedPosting, tracePostings } from './count.ts'
import { readDisputes } from './dispute.ts'
import { type Calendar, periodIn, readCalendar, readSettings } from './ground.ts'
import { readBalances } from './payment.ts'
import { type Month, monthAfter, monthOf } from './period.ts'
import { type Counted, type Line, type LineKind, lastTerms, rulingTerms, termsOn } from './settlement.ts'
import * as store from './store.ts'
import { shownTerms } from './terms.ts'

/** A month as it was closed, or as it stands now. */
interface Reading {
  readonly calendar: Calendar
  readonly month: Month
  readonly closed: store.StoredMonth | undefined
  readonly lines: readonly (Line & { readonly transactionId: string | null })[]
  readonly payments: readonly store.Payment[]
  readonly own: { readonly poolMinor: number; readonly marginMinor: number; readonly breakageMinor: number }
  readonly flows: readonly store.Flow[]
  readonly outside: readonly store.Outside[]
}

async function readMonth(queryable: Queryable, calendar: Calendar, month: Month): Promise<Reading> {
  const closed = calendar.months.find(each => each.month === month)
  const payments = await store.readPayments(queryable, month)
  if (closed) {
    const lines = await store.readLines(queryable, month)
    return { calendar, month, closed, lines, payments, own: closed, flows: closed.flows, outside: closed.outside }
  }
  const { counted, settlement } = await workOut(queryable, calendar, { month, upto: null })
  return {
    calendar,
    month,
    closed,
    lines: settlement.lines.map(line => ({ ...line, transactionId: null })),
    payments,
    own: settlement,
    flows: flowsOf(counted),
    outside: outsideOf(settlement),
  }
}

function monthsOf(calendar: Calendar): { month: Month; state: 'running' | 'ended' | 'closed' }[] {
  const { firstMonth, today } = calendar
  if (firstMonth === null) return []
  const months = []
  const last = [monthOf(today), firstMonth].sort().at(-1)!
  for (let month = firstMonth; month <= last; month = monthAfter(month)) {
    const isClosed = calendar.months.some(each => each.month === month)
    const isOver = periodIn(calendar, month).endsOn < today
    months.push({ month, state: isClosed ? ('closed' as const) : isOver ? ('ended' as const) : ('running' as const) })
  }
  return months
}

/** How a statement stands: still growing, waiting for money one way or the other, or done. */
function stateOf(
  reading: Reading,
  given: { readonly merchantId: string; readonly netMinor: number; readonly isPrepaid: boolean },
): MerchantRow['state'] {
  const { merchantId, netMinor, isPrepaid } = given
  if (!reading.closed) return 'running'
  if (netMinor === 0) return 'nothing-due'
  const paid = reading.payments.filter(each => each.merchantId === merchantId)
  if (paid.reduce((sum, each) => sum + each.amountMinor, 0) === netMinor) return 'paid'
  if (netMinor > 0 && isPrepaid) return 'from-deposit'
  return netMinor > 0 ? 'to-pay' : 'to-be-paid'
}

const sumOf = (lines: readonly Line[], kind: LineKind) =>
  lines.reduce((sum, line) => (line.kind === kind ? sum + line.points : sum), 0)
const netOf = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + line.amountMinor, 0)

/** The latest terms of a merchant as of the end of a month. */
function latestTerms(calendar: Calendar, merchantId: string, endsOn: string): store.StoredTerms | undefined {
  const { termsId } = lastTerms(calendar.terms, merchantId, endsOn) ?? {}
  return calendar.terms.find(each => each.termsId === termsId)
}

/** The whole coalition in a month; for the key of one merchant its own row alone. */
export async function readCoalition(
  house: House,
  asked: { readonly month: Month | undefined; readonly only: string | null },
): Promise<CoalitionMonth> {
  const { database } = house
  const calendar = await readCalendar(house, database)
  const { disputeDays } = await readSettings(house, database)
  const months = monthsOf(calendar)
  const business = await house.settings.business()
  const currency = calendar.terms[0]?.currency ?? business.currency
  const shown = months.find(each => each.month === asked.month) ?? months.at(-1)
  if (asked.month !== undefined && shown?.month !== asked.month)
    throw refuse('not-found', 'coalition:refusal.no-statement')
  const base = { months, disputeDays, currency, zone: calendar.zone, todayOn: calendar.today }
  if (!shown) {
    const nothing = { startsOn: null, endsOn: null, closedAt: null, disputesUntilOn: null, own: null }
    return { ...base, ...nothing, month: null, state: 'running', merchants: [], flows: [], outside: [] }
  }
  const { month } = shown
  const period = periodIn(calendar, month)
  const reading = await readMonth(database, calendar, month)
  const balances = await readBalances(database, currency)
  const disputes = await readDisputes(database, { month })
  const isMine = (merchantId: string) => asked.only === null || asked.only === merchantId
  const members = (await store.readMembers(database)).filter(({ merchantId }) => isMine(merchantId))
  const merchants = members.map(({ merchantId, name }): MerchantRow => {
    const lines = reading.lines.filter(line => line.merchantId === merchantId)
    const terms = latestTerms(calendar, merchantId, period.endsOn)
    const netMinor = netOf(lines)
    return {
      merchantId,
      name,
      issued: sumOf(lines, 'issued'),
      revoked: sumOf(lines, 'revoked'),
      redeemed: sumOf(lines, 'redeemed'),
      returned: sumOf(lines, 'returned'),
      expired: sumOf(lines, 'expired'),
      netMinor,
      balanceMinor: balances.merchants.get(merchantId) ?? 0,
      payment: terms?.payment ?? null,
      depositMinor: terms?.depositMinor ?? 0,
      state: stateOf(reading, { merchantId, netMinor, isPrepaid: terms?.payment === 'prepaid' }),
      disputes: disputes.filter(each => each.merchantId === merchantId && each.state === 'open').length,
    }
  })
  return {
    ...base,
    month,
    state: shown.state,
    startsOn: period.startsOn,
    endsOn: period.endsOn,
    closedAt: reading.closed?.closedAt.toISOString() ?? null,
    disputesUntilOn: lastDayToDispute(reading.closed),
    merchants,
    flows: reading.flows.filter(({ issuer, redeemer }) => asked.only === null || (isMine(issuer) && isMine(redeemer))),
    outside: reading.outside.filter(({ merchantId }) => isMine(merchantId)),
    own: asked.only === null ? await ownOf(database, reading, balances.poolMinor) : null,
  }
}

/** The pool beside what it would cost if every point that customers hold were redeemed at the dearest rate. */
async function ownOf(queryable: Queryable, { calendar, own, month: shown }: Reading, poolNowMinor: number) {
  const outstandingPoints = await outstanding(queryable)
  let poolOpenMinor = 0
  for (const { month, state } of monthsOf(calendar)) {
    if (state === 'closed') continue
    const { settlement } =
      month === shown ? { settlement: own } : await workOut(queryable, calendar, { month, upto: null })
    poolOpenMinor += settlement.poolMinor
  }
  const { poolMinor, marginMinor, breakageMinor } = own
  return {
    poolMinor,
    marginMinor,
    breakageMinor,
    poolNowMinor,
    poolOpenMinor,
    outstandingPoints,
    outstandingMinor: costOf(calendar, outstandingPoints),
  }
}

async function outstanding(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ points: number }>(
    `select coalesce(sum(pending + available + held), 0)::bigint as points from ledger.holding where asset = 'points'`,
  )
  return row!.points
}

function costOf({ terms, today }: Calendar, points: number): number {
  const inForce = terms.filter(each => termsOn(terms, each.merchantId, today)?.termsId === each.termsId)
  const dearest = Math.max(0, ...inForce.map(each => each.redeemMinorPer100))
  return Number((BigInt(points) * BigInt(dearest) + 99n) / 100n)
}

function lastDayToDispute(closed: store.StoredMonth | undefined): string | null {
  return closed ? localDay(new Date(closed.disputesUntil.getTime() - 1), closed.zone) : null
}

/** One merchant's statement, with the terms by which it can be worked out again. */
export async function readStatement(house: House, month: Month, merchantId: string): Promise<Statement> {
  const { database } = house
  const calendar = await readCalendar(house, database)
  const member = (await store.readMembers(database)).find(each => each.merchantId === merchantId)
  const isKnown = monthsOf(calendar).some(each => each.month === month)
  if (!member || !isKnown) throw refuse('not-found', 'coalition:refusal.no-statement')
  const reading = await readMonth(database, calendar, month)
  const period = periodIn(calendar, month)
  const lines = reading.lines.filter(line => line.merchantId === merchantId)
  const netMinor = netOf(lines)
  const terms = calendar.terms.filter(each => each.merchantId === merchantId && each.fromOn <= period.endsOn)
  const isPrepaid = latestTerms(calendar, merchantId, period.endsOn)?.payment === 'prepaid'
  const { currency } = calendar.terms[0]!
  const balances = await readBalances(database, currency)
  return {
    month,
    state: stateOf(reading, { merchantId, netMinor, isPrepaid }),
    merchantId,
    merchantName: member.name,
    currency,
    zone: reading.closed?.zone ?? calendar.zone,
    startsAt: period.startsAt.toISOString(),
    endsAt: period.endsAt.toISOString(),
    endsOn: period.endsOn,
    closedAt: reading.closed?.closedAt.toISOString() ?? null,
    disputesUntilOn: lastDayToDispute(reading.closed),
    todayOn: calendar.today,
    lines: lines.map((line): StatementLine => {
      const { lineId, kind, termsId, points, rateMinorPer100, percent, amountMinor, disputeId, transactionId } = line
      const termsNumber = terms.find(each => each.termsId === termsId)?.number ?? null
      return { lineId, kind, termsNumber, points, rateMinorPer100, percent, amountMinor, disputeId, transactionId }
    }),
    netMinor,
    balanceMinor: balances.merchants.get(merchantId) ?? 0,
    terms: terms.map(each => shownTerms(each, calendar.terms, calendar.today)),
    payments: reading.payments
      .filter(each => each.merchantId === merchantId)
      .map(({ paymentId, amountMinor, reference, paidOn }) => ({ paymentId, amountMinor, reference, paidOn })),
    disputes: await readDisputes(database, { month, merchantId }),
  }
}

/** The postings that a line is made of. */
export async function traceLine(
  house: House,
  asked: { readonly month: Month; readonly merchantId: string; readonly lineId: string },
  page: {
    readonly after?: { readonly transactionId: string; readonly position: number } | undefined
    readonly limit: number
  },
): Promise<TracedPosting[]> {
  const { database } = house
  const calendar = await readCalendar(house, database)
  const { month, merchantId, lineId } = asked
  if (calendar.firstMonth === null) throw refuse('not-found', 'coalition:refusal.no-statement')
  const [, kind, number] = /^(issued|revoked|redeemed|returned|expired)-(\d+)$/.exec(lineId) ?? []
  const terms = calendar.terms.find(each => each.merchantId === merchantId && each.number === Number(number))
  // A correction comes from a dispute and not from postings.
  if (kind === undefined || !terms) return []
  const cut = cutOf(calendar, month, null)
  const days = (await countPoints(database, cut))
    .filter(each => each.kind === kind && each.merchantId === merchantId)
    .filter(each => rulingTerms(calendar.terms, each)?.termsId === terms.termsId)
    .map(each => each.on)
  return await tracePostings(database, cut, { kind: kind as Counted['kind'], merchantId, days, ...page })
}

/** The shared card's number, or where there is none a name that only this merchant's statements use. */
export function cardOf(merchantId: string, { card, partyId }: Pick<TracedPosting, 'card' | 'partyId'>): string {
  return card ?? `~${hash('sha256', `coalition ${merchantId} ${partyId}`).slice(0, 10)}`
}
