import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PointsRules, publish, usualRules } from '#financial/points/index.ts'
import { addDays, type Day, localInstant } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { type Act, type Instruction, post, readHouseBalances, verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * Two months of a coalition of three shops under one card, told day by day. Earned at the tea house, redeemed at the bakery, refunded at
 * the tea house after that; points expire; a purchase is told a month late; one line is disputed and put right in the next month. Every line
 * of every statement is stated, and none other may be there.
 */

const zone = 'Asia/Shanghai'
/** One point for each yuan, usable at once, for one month. */
const rules: PointsRules = {
  ...usualRules('CNY', 2),
  earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } }],
  pendingDays: 0,
  expiry: { kind: 'months', months: 1, endOf: 'day' },
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-01-01T01:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house?.close())

const staff = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin', permissions: new Set() }
const bakeryKey = { kind: 'key', id: '01900000-0000-7000-8000-00000000000b', name: 'till', merchantId: 'bakery' }

async function ask<Reply>(id: string, given: { params?: object; query?: object; body?: object; caller?: object } = {}) {
  const { operation, handle } = house.rooms.flatMap(room => room.routes ?? []).find(each => each.operation.id === id)!
  const input = {
    params: operation.params?.parse(given.params),
    query: operation.query?.parse(given.query ?? {}),
    body: operation.body?.parse(given.body),
    caller: given.caller ?? staff,
    language: 'en',
  }
  return operation.reply.parse(await handle(house, input as never)) as Reply
}

let messages = 0
async function tell(userId: string, event: string, properties: object, on?: Day): Promise<void> {
  const timestamp = (on ? localInstant(on, 12 * 3600, zone) : house.clock.now()).toISOString()
  const message = { type: 'track', userId, messageId: `m${++messages}`, event, properties, timestamp }
  await ingest(house, { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' }, [message])
}
const buy = (userId: string, affiliation: string, order_id: string, total: number, on?: Day) =>
  tell(userId, 'Order Completed', { order_id, total, affiliation }, on)

async function act(userId: string, given: Act): Promise<void> {
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = $1`,
    [userId],
  )
  const base = {
    key: `till ${++messages}`,
    partyId: row!.partyId,
    asset: 'points',
    occurredAt: house.clock.now().getTime(),
  }
  const instruction = { ...base, ...given } as Instruction
  const [outcomes] = await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }]),
  )
  expect(outcomes![0]!.state).toBe('posted')
}

const agree = (merchantId: string, said: object) =>
  ask('publishTerms', {
    body: { merchantId, fromOn: '2026-01-01', currency: 'CNY', payment: 'postpaid', ...said },
  })

interface Statement {
  readonly state: string
  readonly netMinor: number
  readonly lines: { lineId: string; points: number; amountMinor: number; transactionId: string | null }[]
}
const statement = (month: string, merchantId: string) =>
  ask<Statement>('readStatement', { params: { month, merchantId } })
const told = async (month: string) => {
  const lines: string[] = []
  for (const merchantId of ['bakery', 'bookshop', 'tea-house']) {
    const { lines: theirs, netMinor } = await statement(month, merchantId)
    lines.push(...theirs.map(each => `${merchantId} ${each.lineId} ${each.points} ${each.amountMinor}`))
    lines.push(`${merchantId} net ${netMinor}`)
  }
  return lines
}
const dispute = (merchantId: string, lineId: string, reason: string, caller: object = staff) =>
  ask<{ disputeId: string }>('openDispute', { body: { month: '2026-01', merchantId, lineId, reason }, caller })

let disputed: string
const story: Record<Day, () => Promise<void>> = {
  '2026-01-01': async () => {
    for (const [merchantId, name] of [
      ['tea-house', '清和茶馆'],
      ['bakery', '麦田面包'],
      ['bookshop', '南山书店'],
    ])
      await ask('saveMerchant', { params: { merchantId }, body: { name, isActive: true } })
    await agree('tea-house', {
      fundMinorPer100: 100,
      redeemMinorPer100: 90,
      breakage: { merchant: 50, pool: 20, coalition: 30 },
    })
    await agree('bakery', {
      fundMinorPer100: 120,
      redeemMinorPer100: 95,
      payment: 'prepaid',
      depositMinor: 5000,
      breakage: { merchant: 0, pool: 100, coalition: 0 },
    })
    await agree('bookshop', {
      fundMinorPer100: 100,
      redeemMinorPer100: 90,
      breakage: { merchant: 100, pool: 0, coalition: 0 },
    })
    await publish(house, { rules, startsOn: '2026-01-01', by: 'staff:lin' })
    await ask('recordPayment', {
      params: { merchantId: 'bakery' },
      body: { direction: 'received', amountMinor: 5000, reference: 'deposit' },
    })
  },
  '2026-01-05': () => buy('lan', 'tea-house', 'A1', 1000),
  '2026-01-08': () => buy('mei', 'bakery', 'B1', 505),
  '2026-01-12': () => act('lan', { act: 'spend', holdId: house.newId(), amount: 600, to: 'redeemed:bakery' }),
  // 700 of 1000 come back though only 400 are left: 300 are owed.
  '2026-01-20': () => tell('lan', 'Order Refunded', { order_id: 'A1', total: 700, affiliation: 'tea-house' }),
  '2026-01-25': () => buy('bo', 'bookshop', 'C1', 333),
  '2026-01-26': () => act('bo', { act: 'spend', holdId: cup, amount: 33, to: 'redeemed:tea-house' }),
  '2026-01-27': () => buy('kai', 'tea-house', 'A2', 200),
  '2026-02-02': async () => {
    await act('bo', { act: 'return', holdId: cup, amount: 33 })
    // Bought in January, told in February.
    await buy('lan', 'bookshop', 'C2', 50, '2026-01-30')
  },
  '2026-02-03': async () => {
    disputed = (await dispute('bakery', 'redeemed-1', 'A redemption of 100 points is missing', bakeryKey)).disputeId
    const { disputeId } = await dispute('tea-house', 'revoked-1', 'The refund was ours to decide')
    await expect(dispute('tea-house', 'revoked-1', 'Again')).rejects.toThrow('coalition:refusal.disputed')
    const answer = 'It was refunded on the 20th, order A1'
    await ask('answerDispute', { params: { disputeId }, body: { decision: 'reject', answer } })
  },
  '2026-02-04': async () => {
    const pay = (amountMinor: number) =>
      ask('recordPayment', {
        params: { merchantId: 'tea-house' },
        body: { month: '2026-01', direction: 'received', amountMinor, reference: 'wire 88' },
      })
    await expect(pay(471)).rejects.toThrow('coalition:refusal.more-than-due')
    await pay(470)
    expect((await statement('2026-01', 'tea-house')).state).toBe('paid')
    await expect(pay(1)).rejects.toThrow('coalition:refusal.paid')
  },
  '2026-02-06': async () => {
    const body = { decision: 'correct', answer: 'Paid out after all', amountMinor: 95 }
    await ask('answerDispute', { params: { disputeId: disputed }, body })
    await expect(ask('answerDispute', { params: { disputeId: disputed }, body })).rejects.toThrow(
      'coalition:refusal.answered',
    )
  },
  '2026-02-20': () =>
    expect(dispute('bookshop', 'issued-1', 'Too late by days')).rejects.toThrow('coalition:refusal.too-late'),
}
const cup = '01900000-0000-7000-8000-0000000000c1'

const january = [
  // 505 points at 120 per 100; 600 of the tea house's points at 95.
  'bakery issued-1 505 606',
  'bakery redeemed-1 600 -570',
  'bakery net 36',
  'bookshop issued-1 333 333',
  'bookshop net 333',
  'tea-house issued-1 1200 1200',
  'tea-house revoked-1 700 -700',
  // 29.7, and the sum 470.3 is rounded once.
  'tea-house redeemed-1 33 -30',
  'tea-house net 470',
]

test('two months of three merchants: every line of their statements, and nothing else', async () => {
  for (let on: Day = '2026-01-01'; on <= '2026-03-01'; on = addDays(on, 1)) {
    house.clock.set(localInstant(on, 10 * 3600, zone))
    await house.perform('ledger.due')
    await house.settled()
    await house.perform('coalition.close')
    await story[on]?.()
    if (on === '2026-02-01') expect(await told('2026-01')).toEqual(january)
  }
  // Late facts, disputes and payments changed nothing in the month that was closed.
  expect(await told('2026-01')).toEqual(january)
  expect(await told('2026-02')).toEqual([
    // The expired points of the bakery stay in the pool; its dispute is put right.
    'bakery expired-1 505 0',
    `bakery correction-${disputed} 0 -95`,
    'bakery net -95',
    'bookshop issued-1 50 50',
    'bookshop expired-1 333 -333',
    'bookshop net -283',
    'tea-house returned-1 33 30',
    'tea-house expired-1 200 -100',
    'tea-house net -70',
  ])
  const months = await house.database.query(
    `select month, pool_minor, margin_minor, breakage_minor from coalition.month order by month`,
  )
  expect(months).toEqual([
    // 600 points at 100 - 95, and 33 at 100 - 90, are the margin.
    { month: '2026-01', pool_minor: 806, margin_minor: 33, breakage_minor: 0 },
    { month: '2026-02', pool_minor: -505, margin_minor: -3, breakage_minor: 60 },
  ])
  const money = (await readHouseBalances(house.database)).filter(each => each.asset === 'money:CNY')
  expect(Object.fromEntries(money.map(each => [each.account, each.amount]))).toEqual({
    breakage: 60,
    'clearing:bank': -5470,
    margin: 30,
    pool: 301,
    'settlement:bakery': 5059,
    'settlement:bookshop': -50,
    'settlement:tea-house': 70,
  })
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
})

test('anybody works the statements out again from the journal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-statement-'))
  try {
    const journal = join(folder, 'journal.csv')
    const { handle } = house.rooms
      .flatMap(room => room.routes ?? [])
      .find(each => each.operation.id === 'exportJournal')!
    let text = ''
    for await (const part of (await handle(house, { query: {}, caller: staff } as never)) as AsyncIterable<string>)
      text += part
    await writeFile(journal, text)
    const check = async (month: string, merchantId: string, change: (said: Statement) => Statement = said => said) => {
      const path = join(folder, `${month}-${merchantId}.json`)
      await writeFile(path, JSON.stringify(change(await statement(month, merchantId))))
      const script = join(import.meta.dirname, '../docs/tools/settlement-check.mjs')
      return execFileSync(process.execPath, [script, journal, path], { encoding: 'utf8', stdio: 'pipe' })
    }
    for (const month of ['2026-01', '2026-02']) {
      for (const merchantId of ['bakery', 'bookshop', 'tea-house'])
        expect(await check(month, merchantId)).toContain('agrees')
    }
    const falsified = (said: Statement) => ({
      ...said,
      lines: said.lines.map(line => ({ ...line, points: line.points + 1 })),
    })
    await expect(check('2026-01', 'tea-house', falsified)).rejects.toThrow('1201')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
