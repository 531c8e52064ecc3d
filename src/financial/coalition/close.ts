import { z } from 'zod'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { type Act, type Instruction, post } from '#kernel/ledger/index.ts'
import { assert, refuse } from '#kernel/refusal.ts'
import { countPoints, cutOf, flowsOf, readMarks } from './count.ts'
import {
  author,
  type Calendar,
  moneyAsset,
  oneAtATime,
  ownIssuers,
  ownParty,
  periodIn,
  readCalendar,
  readSettings,
} from './ground.ts'
import type { Month } from './period.ts'
import { type Counted, type Line, type Settlement, settle } from './settlement.ts'
import * as store from './store.ts'

/** What a month comes to now: counted and settled, but booked by nobody. */
export async function workOut(
  queryable: Queryable,
  calendar: Calendar,
  given: { readonly month: Month; readonly upto: string | null },
): Promise<{ counted: Counted[]; settlement: Settlement }> {
  const cut = cutOf(calendar, given.month, given.upto)
  const counted = await countPoints(queryable, cut)
  const closed = calendar.months.find(each => each.month === given.month)
  const corrections = closed
    ? await store.correctionsOf(queryable, given.month)
    : await store.correctionsBefore(queryable, cut.endsAt)
  const settlement = settle(calendar.terms, counted, corrections)
  return { counted, settlement }
}

/** What moved where no terms were in force, but for what the house itself issues. */
export function outsideOf({ outside }: Settlement): store.Outside[] {
  const sums = new Map<string, store.Outside>()
  for (const { merchantId, kind, points } of outside) {
    if (ownIssuers.includes(merchantId)) continue
    const key = `${merchantId} ${kind}`
    sums.set(key, { merchantId, kind, points: (sums.get(key)?.points ?? 0) + points })
  }
  return [...sums.values()]
}

/**
 * Settles a month that is over, once and for good: its statements are written, and each line is booked between the merchant's
 * account and the pool. Months are closed in their order; a month that is closed already is answered as it is.
 */
export async function closeMonth(house: House, month: Month, by: string): Promise<store.StoredMonth> {
  return await house.database.transaction(async transaction => {
    await oneAtATime(transaction)
    const calendar = await readCalendar(house, transaction)
    const known = calendar.months.find(each => each.month === month)
    if (known) return known
    if (calendar.openMonth === null || month < calendar.openMonth)
      throw refuse('conflict', 'coalition:refusal.no-terms')
    if (month > calendar.openMonth)
      throw refuse('conflict', 'coalition:refusal.earlier-open', { month: calendar.openMonth })
    const period = periodIn(calendar, month)
    if (calendar.now < period.endsAt) throw refuse('conflict', 'coalition:refusal.not-over', { lastDay: period.endsOn })
    const fromXid = calendar.months.at(-1)?.nextXid ?? '0'
    const marks = await readMarks(transaction, { fromXid, endsAt: period.endsAt })
    const { counted, settlement } = await workOut(transaction, calendar, { month, upto: marks.upto })
    const { currency } = calendar.terms[0]!
    const { disputeDays } = await readSettings(house, transaction)
    const closed: store.StoredMonth = {
      ...marks,
      month,
      zone: calendar.zone,
      currency,
      startsAt: period.startsAt,
      endsAt: period.endsAt,
      closedAt: calendar.now,
      closedBy: by,
      poolMinor: settlement.poolMinor,
      marginMinor: settlement.marginMinor,
      breakageMinor: settlement.breakageMinor,
      disputesUntil: new Date(calendar.now.getTime() + disputeDays * 86_400_000),
      flows: flowsOf(counted),
      outside: outsideOf(settlement),
    }
    await store.insertMonth(transaction, closed)
    const entries = await bookMonth(house, transaction, { closed, settlement })
    await store.insertLines(
      transaction,
      settlement.lines.map(line => ({ ...line, month, transactionId: entries.get(nameOf(line)) ?? null })),
    )
    await store.bookCorrections(
      transaction,
      month,
      settlement.lines.flatMap(line => line.disputeId ?? []),
    )
    await house.live.announce(transaction, ['coalition', 'ledger'])
    return closed
  })
}

const nameOf = ({ merchantId, lineId }: Pick<Line, 'merchantId' | 'lineId'>) => `${merchantId} ${lineId}`

/** Books every line under its own key, so that each leads to its entry and back. Answers the entries by line. */
async function bookMonth(
  house: House,
  transaction: Transaction,
  { closed, settlement }: { closed: store.StoredMonth; settlement: Settlement },
): Promise<Map<string, string>> {
  const { month, currency, endsAt } = closed
  const parties = new Map((await store.readMembers(transaction)).map(each => [each.merchantId, each.partyId]))
  const own = await ownParty(house, transaction)
  const names: string[] = []
  const instructions: Instruction[] = []
  const say = (name: string, partyId: string, act: Act) => {
    names.push(name)
    instructions.push({
      key: `coalition ${month} ${name}`,
      partyId,
      asset: moneyAsset(currency),
      occurredAt: endsAt.getTime() - 1,
      ...act,
    })
  }
  for (const line of settlement.lines) {
    const account = `settlement:${line.merchantId}` as const
    const amount = Math.abs(line.amountMinor)
    if (amount === 0) continue
    say(
      nameOf(line),
      parties.get(line.merchantId)!,
      line.amountMinor > 0
        ? { act: 'book', code: 'fund', amount, from: account, to: 'pool' }
        : { act: 'book', code: 'reimburse', amount, from: 'pool', to: account },
    )
  }
  const keep = (to: 'margin' | 'breakage', gain: number) => {
    if (gain === 0) return
    const amount = Math.abs(gain)
    const [from, into] = gain > 0 ? (['pool', to] as const) : ([to, 'pool'] as const)
    say(to, own, { act: 'book', code: 'keep', amount, from, to: into })
  }
  keep('margin', settlement.marginMinor)
  keep('breakage', settlement.breakageMinor)
  if (instructions.length === 0) return new Map()
  const [outcomes] = await post(house, transaction, [{ instructions, author }])
  return new Map(
    outcomes!.map((outcome, index) => {
      assert(outcome.state === 'posted', `a month is booked (${JSON.stringify(outcome)})`)
      return [names[index]!, outcome.transactionId]
    }),
  )
}

/** Closes what is over; run again it finds nothing to do. Leaves an hour for what was still being written at midnight. */
export const closeJob = job({
  name: 'coalition.close',
  input: z.object({}),
  visible: false,
  async run(house) {
    let closed = 0
    for (;;) {
      const calendar = await readCalendar(house, house.database)
      if (calendar.openMonth === null) break
      const { endsAt } = periodIn(calendar, calendar.openMonth)
      if (calendar.now.getTime() < endsAt.getTime() + 3_600_000) break
      await closeMonth(house, calendar.openMonth, 'financial/coalition')
      closed += 1
    }
    return { closed }
  },
})
