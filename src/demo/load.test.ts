import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { bytesFrom } from './chance.ts'
import { tellTeaShop } from './load.ts'

let house: TestHouse
const steps: number[] = []

async function told(telling: (done: number) => Promise<void>): Promise<TestHouse> {
  const world = await openTestHouse({ start: '2026-11-21T03:00:00Z', chance: bytesFrom(1) })
  const perform = async (job: string) => {
    await world.perform(job)
  }
  await tellTeaShop({ house: world, clock: world.clock, perform }, 'zh-CN', telling)
  return world
}

beforeAll(async () => {
  house = await told(async done => {
    steps.push(done)
  })
}, 240_000)

afterAll(async () => house.close())

const count = async (sql: string) => (await house.database.query<{ count: number }>(sql))[0]!.count

describe('the demo world', () => {
  it('ends at the instant at which it is loaded', () => {
    expect(house.clock.now().toISOString()).toBe('2026-11-21T03:00:00.000Z')
  })

  it('tells how far it is, step by step to the end', () => {
    expect(steps).toEqual(steps.toSorted((left, right) => left - right))
    expect(steps.length).toBeGreaterThan(40)
  })

  it('holds customers with names, birthdays and orders', async () => {
    expect(await count('select count(*) as count from parties.party')).toBeGreaterThan(1150)
    expect(await count('select count(*) as count from parties.party where birthday is not null')).toBeGreaterThan(400)
    expect(await count(`select count(*) as count from events.event where kind = 'purchase.recorded'`)).toBeGreaterThan(
      15_000,
    )
    expect(await count(`select count(*) as count from events.event where kind = 'refund.recorded'`)).toBeGreaterThan(
      100,
    )
  })

  it('leaves a handful of calls for today, and a past of answered ones', async () => {
    const open = await count(`select count(*) as count from tasks.task where state = 'open'`)
    expect(open).toBeGreaterThanOrEqual(8)
    expect(open).toBeLessThanOrEqual(20)
    expect(await count(`select count(*) as count from tasks.task where state = 'done'`)).toBeGreaterThan(150)
  })

  it('has programmes that ran for weeks: points of each shop, promises kept and paid for, settled months, a draw', async () => {
    const issuers = await house.database.query<{ issuer: string }>(
      `select distinct issuer from ledger.lot where asset = 'points' order by 1`,
    )
    expect(issuers.map(each => each.issuer)).toEqual(expect.arrayContaining(['jinli', 'kuanzhai', 'wenshu']))
    expect(await count(`select count(*) as count from guarantee.promise_case where state = 'kept'`)).toBeGreaterThan(
      150,
    )
    const broken = await count(`select count(*) as count from guarantee.promise_case where state = 'broken'`)
    expect(broken).toBeGreaterThan(10)
    const paid = `select count(*) as count from ledger.posting where code = 'compensate' and to_account = 'available'`
    expect(await count(paid)).toBe(broken)
    expect(await count(`select count(*) as count from coalition.month where closed_at is not null`)).toBeGreaterThan(1)
    expect(await count(`select count(*) as count from draw.award`)).toBe(6)
    expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
  })

  it('has enough past warnings of both kinds, answered and held out, for their effect to be read', async () => {
    const arms = await house.database.query<{ held: boolean; customers: number; returned: number }>(
      `select held_out as held, count(*) as customers, count(*) filter (where returned_on is not null) as returned
       from warnings.alert where selected_at < $1 group by 1`,
      [new Date(house.clock.now().getTime() - 60 * 86_400_000)],
    )
    for (const held of [false, true]) {
      const { customers, returned } = arms.find(each => each.held === held)!
      expect(customers).toBeGreaterThan(30)
      expect(returned).toBeGreaterThan(10)
      expect(returned).toBeLessThan(customers)
    }
  })

  it('comes out the same every time it is told on one day', { timeout: 240_000 }, async () => {
    const seen = (world: TestHouse) =>
      world.database.query(
        `select party_id, gap_start_on, held_out, state, outcome, returned_on from warnings.alert order by 1, 2`,
      )
    const again = await told(async () => {})
    try {
      expect(await seen(again)).toEqual(await seen(house))
    } finally {
      await again.close()
    }
  })
})
