import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, usualRules } from '#financial/points/index.ts'
import { addDays } from '#kernel/clock/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { type Act, type Instruction, post } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { LiabilityAssumptions, LiabilityReport } from './contract.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

let house: TestHouse
let members: string[]
beforeAll(async () => {
  house = await openTestHouse({ start: '2025-01-01T02:00:00Z', business: { zone, currency: 'CNY' } })
  const rules = {
    ...usualRules('CNY', 2),
    earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } }],
    pendingDays: 0,
    expiry: { kind: 'months', months: 12, endOf: 'month' },
  } as Parameters<typeof publish>[1]['rules']
  await publish(house, { rules, startsOn: '2025-01-01', by: 'staff:test' })
  members = Array.from({ length: 150 }, () => house.newId())
  // Fourteen months: everybody buys for 100 and more each month; two in three use part of what they have.
  for (let month = 0; month < 14; month++) {
    const on = `${2025 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-05`
    house.clock.set(`${on}T04:00:00Z`)
    await house.perform('ledger.due')
    await buy(members, on, index => 10_000 + 100 * (index % 7))
    house.clock.set(`${addDays(on, 10)}T04:00:00Z`)
    for (const [index, partyId] of members.entries()) {
      if ((index + month) % 3 === 0 && index % 5 !== 0) {
        await act(partyId, { act: 'spend', holdId: house.newId(), amount: 60 + (index % 40), to: 'redeemed:house' })
      }
    }
  }
  house.clock.set('2026-03-01T04:00:00Z')
  await house.perform('ledger.due')
}, 120_000)
afterAll(() => house?.close())

async function buy(partyIds: readonly string[], on: string, amount: (index: number) => number): Promise<void> {
  const events = partyIds.map(
    (partyId, index): NewEvent => ({
      kind: 'purchase.recorded',
      partyId,
      occurredAt: new Date(`${on}T03:00:00Z`),
      payload: { orderRef: `${on} ${index}`, amountMinor: amount(index), currency: 'CNY', lines: [] },
    }),
  )
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
}

async function act(partyId: string, given: Act): Promise<void> {
  const occurredAt = house.clock.now().getTime()
  const instruction = { key: house.newId(), partyId, asset: 'points', occurredAt, ...given } as Instruction
  const [outcomes] = await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }]),
  )
  expect(outcomes![0]!.state).toBe('posted')
}

async function ask<Reply>(id: string, input: { params?: object; body?: object } = {}, may = ['points.manage']) {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = found
  const caller = { kind: 'staff', id: 'lin', name: 'Lin', permissions: new Set(['liability.read', ...may]) }
  const body = operation.body?.parse(input.body)
  const given = { params: input.params, query: {}, body, caller, language: 'en' }
  const reply = await found.handle(house, given as never)
  return (operation.format ? (reply as unknown) : operation.reply.parse(reply)) as Reply
}
const report = async () => (await ask<{ report: LiabilityReport }>('readLiability')).report
const keep = (asOfOn: string) =>
  ask<{ reportId: string; digest: string; isMonthEnd: boolean }>('keepLiabilityReport', { body: { asOfOn } })
const check = (reportId: string) =>
  ask<{ isSame: boolean; isLedgerSame: boolean }>('checkLiabilityReport', { params: { reportId } })
const nothing: LiabilityAssumptions = {
  worthMinorPer100: null,
  costMinorPer100: null,
  breakagePermille: null,
  reason: null,
  agents: [],
}

/** What must hold of every report. */
function expectSound(found: LiabilityReport): void {
  const { vintages, months, points, sale, granted, owedMinor } = found
  const total = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0)
  // I12: what was issued is used, lost, taken back or still there; I36: revenue and liability are what was allocated.
  expect(points.issued).toBe(points.redeemed + points.expired + points.revoked + points.outstanding)
  expect(sale.allocatedMinor).toBe(sale.recognisedMinor + sale.liabilityMinor)
  expect(owedMinor).toBe(sale.liabilityMinor + granted.liabilityMinor)
  expect(total(vintages.map(each => each.liabilityMinor))).toBe(owedMinor)
  for (const each of vintages) {
    expect(each.expected).toBeGreaterThanOrEqual(each.redeemed)
    expect(each.expected).toBeLessThanOrEqual(each.redeemed + Math.max(0, each.outstanding))
    expect(each.expectedLow).toBeLessThanOrEqual(each.expected)
    expect(each.expectedHigh).toBeGreaterThanOrEqual(each.expected)
  }
  let opening = months[0]!.openingMinor
  for (const each of months) {
    expect(each.openingMinor).toBe(opening)
    const { allocatedMinor, redeemedMinor, breakageMinor, revokedMinor, estimateMinor } = each
    expect(each.closingMinor).toBe(
      opening + allocatedMinor - redeemedMinor - breakageMinor - revokedMinor - estimateMinor,
    )
    opening = each.closingMinor
  }
  expect(months.at(-1)!.closingMinor).toBe(sale.liabilityMinor)
  expect(total(found.journal.lines.map(line => line.debitMinor))).toBe(
    total(found.journal.lines.map(line => line.creditMinor)),
  )
}

describe('the report of fourteen months', () => {
  test('adds up, and its points are those of the lots', async () => {
    const found = await report()
    expectSound(found)
    expect(found.redemption).toMatchObject({ from: 'history', monthsSeen: 14, members: 150 })
    expect(found.owedLowMinor!).toBeLessThanOrEqual(found.owedMinor)
    expect(found.owedHighMinor!).toBeGreaterThanOrEqual(found.owedMinor)
    const [lots] = await house.database.query<LiabilityReport['points']>(
      `select sum(issued)::int8 as issued, sum(captured)::int8 as redeemed, sum(expired)::int8 as expired,
         sum(revoked)::int8 as revoked, sum(pending + available + held)::int8 as outstanding from ledger.lot`,
    )
    expect(found.points).toEqual(lots)
    expect(found.points.expired).toBeGreaterThan(0)
    const january = found.vintages.find(each => each.month === '2025-01')!
    expect(january).toMatchObject({ outstanding: 0, liabilityMinor: 0, considerationMinor: 150 * 10_000 + 44_400 })
    expect(january.recognisedMinor).toBe(january.allocatedMinor)
    expect(january.expected).toBe(january.redeemed)
  })

  test('a kept report is the same to the byte however often and however late it is worked out again (I39)', async () => {
    const kept = await keep('2026-01-31')
    expect(kept.isMonthEnd).toBe(true)
    expect(await keep('2026-01-31')).toEqual(kept)
    // Later sales, refunds, uses, gifts and assumptions touch no earlier report.
    await buy(members.slice(0, 20), '2026-01-20', () => 50_000)
    await act(members[1]!, { act: 'spend', holdId: house.newId(), amount: 50, to: 'redeemed:house' })
    await act(members[2]!, { act: 'transfer', toPartyId: members[3]!, amount: 30 })
    await ask('changeLiabilityAssumptions', { body: { ...nothing, worthMinorPer100: 77 } })
    expect(await check(kept.reportId)).toMatchObject({ isSame: true, isLedgerSame: true })
    expectSound(await ask<LiabilityReport>('readLiabilityReport', { params: { reportId: kept.reportId } }))
    expectSound(await report())
    expect((await report()).terms.worthMinorPer100).toBe(77)
  })

  test('a report that somebody altered, or whose ledger was, is found', async () => {
    const kept = await keep('2026-02-10')
    await house.byHand.query('update liability.report set body = replace(body, $2, $3) where report_id = $1', [
      kept.reportId,
      '"owedMinor":',
      '"owedMinor":1',
    ])
    expect(await check(kept.reportId)).toMatchObject({ isSame: false, isLedgerSame: true })
    await house.byHand.query(
      `update ledger.posting set amount = amount + 1 where posted_at = (select min(posted_at) from ledger.posting)`,
    )
    expect(await check(kept.reportId)).toMatchObject({ isSame: false, isLedgerSame: false })
    await house.byHand.query(
      `update ledger.posting set amount = amount - 1 where posted_at = (select min(posted_at) from ledger.posting)`,
    )
  })

  test('a day that is not over is not kept', async () => {
    await expect(keep('2026-03-01')).rejects.toThrow('liability:refusal.not-over')
  })

  test('the hourly job keeps yesterday, once', async () => {
    await house.perform('liability.keep')
    await house.perform('liability.keep')
    const rows = await house.database.query(`select from liability.report where as_of_at = '2026-02-28T15:59:59.999Z'`)
    expect(rows).toHaveLength(1)
  })

  test('points given away stay in the vintage they came from', async () => {
    const before = (await report()).vintages.map(({ month, kind, issued }) => ({ month, kind, issued }))
    await act(members[4]!, { act: 'transfer', toPartyId: members[5]!, amount: 40 })
    await act(members[5]!, { act: 'transfer', toPartyId: members[6]!, amount: 35 })
    await act(members[6]!, { act: 'spend', holdId: house.newId(), amount: 30, to: 'redeemed:house' })
    const found = await report()
    expectSound(found)
    expect(found.vintages.map(({ month, kind, issued }) => ({ month, kind, issued }))).toEqual(before)
  })

  test('points without a sale are a cost of marketing, apart', async () => {
    const before = await report()
    await act(members[7]!, { act: 'issue', amount: 1000, from: 'adjustment', issuer: 'points' })
    const found = await report()
    expectSound(found)
    expect(found.sale).toEqual(before.sale)
    expect(found.granted.outstanding).toBe(before.granted.outstanding + 1000)
    expect(found.granted.liabilityMinor).toBeGreaterThan(before.granted.liabilityMinor)
  })

  test('what the owner assumes moves this month and no earlier one, and needs a reason', async () => {
    const before = await report()
    await expect(ask('changeLiabilityAssumptions', { body: { ...nothing, breakagePermille: 100 } })).rejects.toThrow()
    await ask('changeLiabilityAssumptions', { body: { ...nothing, breakagePermille: 100, reason: 'a new app' } })
    const found = await report()
    expectSound(found)
    expect(found.redemption).toMatchObject({ from: 'assumption', share: 0.9, low: null })
    expect(found.months.slice(0, -1)).toEqual(before.months.slice(0, -1))
    await expect(ask('changeLiabilityAssumptions', { body: nothing }, [])).rejects.toThrow('may-not-assume')
  })

  test('an agent keeps its margin of what is allocated', async () => {
    await ask('changeLiabilityAssumptions', {
      body: { ...nothing, agents: [{ issuer: 'points', marginPermille: 100 }] },
    })
    await buy(members.slice(0, 10), '2026-03-01', () => 100_000)
    const found = await report()
    expectSound(found)
    const march = found.vintages.find(each => each.month === '2026-03' && each.kind === 'sale')!
    expect(march.isAgent).toBe(true)
    expect(march.allocatedMinor).toBeLessThan(10 * 100_000 * 0.01 * 0.1 + 5)
  })

  test('the file for the accountant carries every month and what it stands on', async () => {
    const [file] = await ask<readonly string[]>('exportLiability')
    const lines = file!.trim().split('\r\n')
    expect(lines).toHaveLength((await report()).months.length + 2)
    expect(lines.at(-1)).toContain((await report()).fingerprint.hash)
  })
})
