import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { seeded } from '#statistics/sampling/seeded.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { addUpHouse, readHouseBalances } from './house-balance.ts'
import type { Act, Instruction } from './instruction.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { day, shop } from './testing/memory.ts'
import { verify, verifyLedger } from './verify.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
})
afterAll(() => house?.close())

const hour = 3_600_000
const now = () => house.clock.now().getTime()
const move = (span: number) => house.clock.set(new Date(now() + span))
const author = { actor: 'test' }

async function ask(partyId: string, act: Act): Promise<Outcome> {
  const instruction = { key: house.newId(), partyId, asset: 'points', occurredAt: now(), ...act } as Instruction
  const outcomes = await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [instruction], author }]),
  )
  return outcomes[0]![0]!
}
const issue = (amount: number, more: object = {}): Act => ({
  act: 'issue',
  amount,
  from: 'issuance:shop',
  issuer: 'shop',
  ...more,
})
const balance = async (partyId: string) =>
  (
    await house.database.query('select pending, available, held, debt from ledger.holding where party_id = $1', [
      partyId,
    ])
  )[0]
const postedAt = async (partyId: string) =>
  (
    await house.database.query<{ at: Date }>(
      'select posted_at as at from ledger.transaction where party_id = $1 order by transaction_id',
      [partyId],
    )
  ).map(row => row.at.getTime())
async function expectVerified(): Promise<void> {
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
}

describe('the clock is set back', () => {
  it.each([1, 1000, hour])('by %d ms: it stands still until it has caught up', async back => {
    const party = house.newId()
    const first = now()
    await ask(party, issue(10))
    move(-back)
    await ask(party, issue(10))
    move(back + 1)
    await ask(party, issue(10))
    expect(await postedAt(party)).toEqual([first, first, first + 1])
  })

  it('by more than an hour: it is followed, and nobody waits for a wrong instant in the future', async () => {
    const party = house.newId()
    await ask(party, issue(10))
    move(-hour - 1)
    await ask(party, issue(10))
    expect((await postedAt(party))[1]).toBe(now())
    move(hour + 1)
  })

  it('what has expired, matured or lapsed stays so, and none of it happens twice', async () => {
    const party = house.newId()
    const start = now()
    await ask(party, issue(5, { expiresAt: start + day }))
    await ask(party, issue(6, { maturesAt: start + day }))
    await ask(party, issue(7, { source: 'held' }))
    await ask(party, { act: 'hold', holdId: house.newId(), amount: 7, until: start + day, only: { source: 'held' } })
    move(day)
    await house.perform('ledger.due')
    expect(await balance(party)).toEqual({ pending: 0, available: 13, held: 0, debt: 0 })
    for (const back of [hour, 3 * day]) {
      move(-back)
      await house.perform('ledger.due')
      await ask(party, { act: 'settle' })
      expect(await balance(party)).toEqual({ pending: 0, available: 13, held: 0, debt: 0 })
      move(back)
    }
    await house.perform('ledger.due')
    const codes = await house.database.query<{ code: string; count: number }>(
      `select code, count(*) as count from ledger.posting where party_id = $1 group by code order by code`,
      [party],
    )
    expect(Object.fromEntries(codes.map(row => [row.code, row.count]))).toEqual({
      issue: 3,
      expire: 1,
      mature: 1,
      hold: 1,
      release: 1,
    })
    await expectVerified()
  })
})

describe('a clock that jumps about', () => {
  it('resolves every hold once and expires every lot once, with sweeps at any time', async () => {
    const random = seeded(7)
    const below = (most: number) => Math.floor(random() * most)
    const parties = Array.from({ length: 6 }, () => house.newId())
    for (let step = 0; step < 250; step++) {
      move([0, 0, 1, hour, day, 3 * day, -1, -1000, -hour, -2 * hour, -day][below(11)]!)
      const party = parties[below(6)]!
      const until = now() + below(4) * day + 1
      const kind = below(4)
      if (kind === 0) await house.perform('ledger.due')
      else if (kind === 1)
        await ask(party, issue(1 + below(20), { maturesAt: now() + (below(3) - 1) * day, expiresAt: until + day }))
      else if (kind === 2) await ask(party, { act: 'hold', holdId: house.newId(), amount: 1 + below(5), until })
      else await ask(party, { act: 'spend', holdId: house.newId(), amount: 1 + below(5), to: shop })
    }
    move(60 * day)
    await house.perform('ledger.due')
    for (const party of parties)
      expect((await balance(party)) ?? { held: 0, pending: 0 }).toMatchObject({ held: 0, pending: 0 })
    const twice = await house.database.query(
      `select lot_id from ledger.posting where code in ('mature', 'issue') group by lot_id, code having count(*) > 1`,
    )
    expect(twice).toEqual([])
    await expectVerified()
  })
})

describe('rows that come from another server', () => {
  it('have numbers beyond its own: all is added up anew, once, and verified whole', async () => {
    const party = house.newId()
    await ask(party, issue(10))
    await verify(house, 'whole')
    await house.database.transaction(addUpHouse)
    const before = await readHouseBalances(house.database)
    const [everybody] = await house.database.query<{ count: number }>(
      'select count(distinct party_id) as count from ledger.posting',
    )
    // What a dump out of a server with a longer history looks like here.
    const far = `(xid::text::numeric + 5000000)::text::xid8`
    await house.database.query(`update ledger.posting set xid = ${far}`)
    await house.database.query(`update ledger.house_mark set upto = ${far.replace('xid::', 'upto::')}`)
    await house.database.query(`update ledger.verification set upto = ${far.replace('xid::', 'upto::')}`)
    await ask(party, issue(5))
    await house.perform('ledger.due')
    const issued = (balances: typeof before) => balances.find(each => each.account === 'issuance:shop')!.amount
    expect(issued(await readHouseBalances(house.database))).toBe(issued(before) - 5)
    expect(await verify(house, 'changed')).toMatchObject({ parties: everybody!.count })
    await ask(party, issue(3))
    await house.perform('ledger.due')
    expect(issued(await readHouseBalances(house.database))).toBe(issued(before) - 8)
    const [left] = await house.database.query(
      'select count(*) as count from ledger.posting where xid > pg_snapshot_xmax(pg_current_snapshot())',
    )
    expect(left).toEqual({ count: 0 })
    await expectVerified()
  })
})
