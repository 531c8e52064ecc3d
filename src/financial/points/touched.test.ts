import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { changeParty } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { earningsOf } from './earn.ts'
import { moneyKinds, purchasesOf } from './facts.ts'
import { publish } from './publish.ts'
import { editionsFrom } from './reconcile.ts'
import { type EarningRule, type PointsRules, usualRules } from './rules.ts'
import { birthdays, readEditions } from './store.ts'
import { touchedFrom } from './touched.ts'

const zone = 'Asia/Shanghai'
const usual = usualRules('CNY', 2)
const spend: EarningRule = { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } }
const volume: EarningRule = { kind: 'volume', ruleId: 'volume', points: 40, atLeastMinor: 30_000, per: 'quarter' }
const edition = (rules: Partial<PointsRules>, more: object = {}) => ({
  editionId: 'one',
  startsAt: 0,
  zone,
  rules: { ...usual, ...rules },
  ...more,
})
const bought = { kind: 'purchase.recorded', payload: {}, occurredAt: new Date('2026-05-20T04:00:00Z') }

test.each([
  ['the month', [edition({})], [bought], '2026-05-01'],
  [
    'the month of the earliest',
    [edition({})],
    [bought, { ...bought, occurredAt: new Date('2026-03-31T16:00:00Z') }],
    '2026-04-01',
  ],
  ['the longest period that a rule looks at', [edition({ earning: [spend, volume] })], [bought], '2026-04-01'],
  [
    'all: months in a row',
    [edition({ earning: [{ kind: 'regularity', ruleId: 'r', points: 1, months: 2 }] })],
    [bought],
    null,
  ],
  [
    'all: groups of products',
    [edition({ earning: [{ ...spend, match: { kind: 'category', values: ['tea'] } }] })],
    [bought],
    null,
  ],
  [
    'all: points that live by purchases',
    [edition({ expiry: { kind: 'activity', months: 3, endOf: 'day' } })],
    [bought],
    null,
  ],
  ['all: two zones', [edition({}), edition({}, { zone: 'Europe/Berlin' })], [bought], null],
  ['all: a refund', [edition({})], [bought, { ...bought, kind: 'refund.recorded' }], null],
  ['all: a correction', [edition({})], [{ ...bought, payload: { replaces: 'other' } }], null],
  ['all: nothing heard', [edition({})], [], null],
])('a purchase touches %s', (_, editions, heard, from) => {
  expect(touchedFrom(heard, editions)).toBe(from)
})

const programmes: readonly (readonly [string, Partial<PointsRules>])[] = [
  ['spending alone', { earning: [spend] }],
  [
    'first, birthday and volume under a cap',
    { earning: [...usual.earning, volume], caps: { ...usual.caps, perMonth: 130 } },
  ],
  [
    'visits and a campaign in the month of the birthday',
    {
      earning: [
        spend,
        { kind: 'visit', ruleId: 'visit', points: 3, weekdays: [] },
        { kind: 'birthday', ruleId: 'birthday', points: 10 },
      ],
      campaigns: [
        {
          ruleId: 'double',
          name: 'Double',
          percent: 200,
          fromOn: '2025-01-01',
          untilOn: '2026-12-31',
          weekdays: [],
          onlyBirthMonth: true,
          budgetPoints: null,
        },
      ],
    },
  ],
]

const fact = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      what: fc.constant('buy' as const),
      daysAgo: fc.integer({ min: 0, max: 420 }),
      order: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
      amountMinor: fc.integer({ min: 100, max: 40_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('refund' as const),
      daysAgo: fc.integer({ min: 0, max: 420 }),
      order: fc.constantFrom('A', 'B', undefined),
      amountMinor: fc.integer({ min: 100, max: 40_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('correct' as const),
      daysAgo: fc.integer({ min: 0, max: 420 }),
      amountMinor: fc.integer({ min: 0, max: 40_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('told' as const),
      birthday: fc.constantFrom('--03-08', '--06-20', 'lunar:--12-08', '1990-11-05'),
    }),
  },
)

test.each(programmes)('what a purchase cannot touch need not be looked at: %s', async (_, part) => {
  const house: TestHouse = await openTestHouse({ start: '2026-06-20T04:00:00Z', business: { zone, currency: 'CNY' } })
  let looked = 0
  try {
    await publish(house, { rules: { ...usual, ...part }, startsOn: '2025-01-01', by: 'test' })
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 6, maxLength: 12 }), async facts => {
        const partyId = await newParty(house)
        let toldLast = false
        for (const one of facts) {
          house.clock.set(new Date(house.clock.now().getTime() + 1000))
          toldLast = one.what === 'told'
          if (one.what === 'told')
            await house.database.transaction(transaction =>
              changeParty(transaction, house, partyId, { birthday: one.birthday }),
            )
          else await record(house, [await eventOf(house, partyId, one)])
        }
        // What somebody tells of themselves is looked at with their next purchase.
        house.clock.set(new Date(house.clock.now().getTime() + 1000))
        if (toldLast)
          await record(house, [
            await eventOf(house, partyId, { what: 'buy', daysAgo: 0, order: 'Z', amountMinor: 5000 }),
          ])
        expect(await posted(house, partyId)).toEqual(await due(house, partyId))
        const [member] = await house.database.query<{ plainAt: Date | null }>(
          'select plain_at as "plainAt" from points.member where party_id = $1',
          [partyId],
        )
        if (member?.plainAt) looked++
      }),
      { numRuns: 12 },
    )
    expect(looked).toBeGreaterThan(0)
    expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
  } finally {
    await house.close()
  }
})

test('an earlier first purchase, and a birthday that is told later, are looked at all the same', async () => {
  const house: TestHouse = await openTestHouse({ start: '2026-06-20T04:00:00Z', business: { zone, currency: 'CNY' } })
  try {
    await publish(house, { rules: usual, startsOn: '2025-01-01', by: 'test' })
    const partyId = await newParty(house)
    const wait = () => house.clock.set(new Date(house.clock.now().getTime() + 1000))
    const buy = async (daysAgo: number) => {
      wait()
      await record(house, [await eventOf(house, partyId, { what: 'buy', daysAgo, amountMinor: 5000 })])
      expect(await posted(house, partyId)).toEqual(await due(house, partyId))
    }
    for (const daysAgo of [40, 30, 100, 5, 70]) await buy(daysAgo)
    wait()
    await house.database.transaction(transaction => changeParty(transaction, house, partyId, { birthday: '--03-08' }))
    await buy(0)
    expect([...(await posted(house, partyId)).keys()].filter(key => key.startsWith('birthday'))).toHaveLength(1)
  } finally {
    await house.close()
  }
})

async function newParty(house: TestHouse): Promise<string> {
  const partyId = house.newId()
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     values ($1, 'person', 'Lin', '{customer}', '{}', '{}', $2, $3, $3)`,
    [partyId, source.sourceId, house.clock.now()],
  )
  return partyId
}

const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const

interface Told {
  readonly what: 'buy' | 'refund' | 'correct'
  readonly daysAgo: number
  readonly order?: string | undefined
  readonly amountMinor: number
}

async function eventOf(
  house: TestHouse,
  partyId: string,
  { what, daysAgo, order, amountMinor }: Told,
): Promise<NewEvent> {
  const payload = { amountMinor, currency: 'CNY', lines: [] }
  const occurredAt = new Date(house.clock.now().getTime() - daysAgo * 86_400_000)
  const base = { partyId, occurredAt }
  if (what === 'refund')
    return { ...base, kind: 'refund.recorded', payload: { ...payload, ...(order && { of: order }) } }
  if (what === 'buy') return { ...base, kind: 'purchase.recorded', payload: { ...payload, orderRef: order } }
  const [first] = await house.events.history(house.database, [partyId], ['purchase.recorded'])
  return { ...base, kind: 'purchase.recorded', payload: { ...payload, ...(first && { replaces: first.eventId }) } }
}

async function record(house: TestHouse, events: readonly NewEvent[]): Promise<void> {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
}

async function posted(house: TestHouse, partyId: string) {
  const rows = await house.database.query<{ key: string; kept: number }>(
    `select line_key as key, sum(kept)::int4 as kept from points.line where party_id = $1 group by 1 having sum(kept) > 0 order by 1`,
    [partyId],
  )
  return new Map(rows.map(row => [row.key, row.kept]))
}

/** What the rules say of all that the log knows. */
async function due(house: TestHouse, partyId: string) {
  const editions = editionsFrom(await readEditions(house.database))
  const purchases = purchasesOf(await house.events.history(house.database, [partyId], moneyKinds), zone)
  const birthday = (await birthdays(house.database, [partyId])).get(partyId) ?? null
  const earnings = earningsOf({ editions, categoryOf: () => undefined }, { partyId, birthday, purchases })
  return new Map(earnings.flatMap(earning => (earning.kept > 0 ? [[earning.key, earning.kept] as const] : [])))
}
