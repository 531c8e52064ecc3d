import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { post } from '#kernel/ledger/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { openTestHouseOn } from '#testing/house.ts'
import { captureReward, giveBack, reserveReward, takeReward, voidReward } from './take.ts'
import { by, openShop, type Shop } from './testing/shop.ts'
import { redeem } from './use.ts'

let shop: Shop
/** Several servers of one business, each with connections of its own, so that everybody really comes at once. */
let servers: (House & { close(): Promise<void> })[]
beforeAll(async () => {
  shop = await openShop()
  const { connection, clock, rooms } = shop.house
  servers = await Promise.all(
    Array.from({ length: 6 }, () => openTestHouseOn(connection, { clock, rooms, isMigrated: true })),
  )
}, 60_000)
afterAll(async () => {
  await Promise.all(servers?.map(server => server.close()) ?? [])
  await shop?.house.close()
})

/** Lets so many do something at the same moment; answers what became of each: the result, or the code of the refusal. */
async function atOnce<Result>(
  count: number,
  act: (server: House, transaction: Transaction, index: number) => Promise<Result>,
): Promise<{ done: Result[]; refused: string[] }> {
  const done: Result[] = []
  const refused: string[] = []
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const server = servers[index % servers.length]!
      try {
        done.push(await server.database.transaction(transaction => act(server, transaction, index)))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        refused.push(error.code)
      }
    }),
  )
  return { done, refused }
}

const take = (server: House, transaction: Transaction, partyId: string, rewardId: string, takenId = server.newId()) =>
  takeReward(server, transaction, { partyId, rewardId, takenId, merchant: null, by })
const customers = (count: number, points: number) =>
  Promise.all(Array.from({ length: count }, () => shop.customer(points)))
const taken = async (partyId: string, rewardId: string) =>
  shop.house.database.transaction(transaction => take(shop.house, transaction, partyId, rewardId))

describe('64 come at the same moment', () => {
  test.each([
    [1, 63],
    [10, 54],
  ])('for %i of them there is one, and %i are told that none is left', async (stock, without) => {
    const [people, tea] = [await customers(64, 100), await shop.reward({ stock })]
    const { done, refused } = await atOnce(64, (server, transaction, index) =>
      take(server, transaction, people[index]!, tea),
    )
    expect(done).toHaveLength(stock)
    expect(refused).toEqual(Array(without).fill('rewards:refusal.sold-out'))
    const kept = await Promise.all(people.map(partyId => shop.points(partyId)))
    expect(kept.filter(points => points === 100)).toHaveLength(without)
    expect(await shop.faults()).toEqual([])
  })

  test('the control: who looks first and writes afterwards sells the last one many times', async () => {
    const { database } = shop.house
    await database.query('create table public.shelf (only_row boolean primary key, stock int, gone int)')
    await database.query('insert into public.shelf values (true, 1, 0)')
    const { done } = await atOnce(64, async (_, transaction) => {
      const [shelf] = await transaction.query<{ left: number }>('select stock - gone as left from public.shelf')
      if (shelf!.left < 1) throw new Refusal('conflict', 'sold-out')
      await transaction.query('update public.shelf set gone = gone + 1')
    })
    const [shelf] = await database.query<{ gone: number }>('select gone from public.shelf')
    expect(done.length).toBeGreaterThan(1)
    expect(shelf!.gone).toBe(done.length)
    await database.query('drop table public.shelf')
  })

  test('a place whose time was over has one winner, be it captured late or taken by another', async () => {
    for (let round = 0; round < 5; round++) {
      const tea = await shop.reward({ stock: 1 })
      const [wang, ...people] = await customers(33, 100)
      const until = new Date(shop.house.clock.now().getTime() + 60_000)
      const reserved = await shop.house.database.transaction(transaction =>
        reserveReward(
          shop.house,
          transaction,
          { partyId: wang!, rewardId: tea, takenId: shop.house.newId(), merchant: null, by },
          until,
        ),
      )
      // One server's clock is a moment behind: for it the place is still reserved.
      const late = {
        ...servers[0]!,
        clock: { ...servers[0]!.clock, now: () => new Date(until.getTime() - 1) },
      } as unknown as House
      shop.house.clock.set(until)
      const { done } = await atOnce(33, (server, transaction, index) =>
        index === 16
          ? captureReward(late, transaction, { partyId: wang!, takenId: reserved.takenId, by })
          : take(server, transaction, people[index > 16 ? index - 1 : index]!, tea),
      )
      expect(done).toHaveLength(1)
      await shop.house.perform('rewards.due')
      await shop.house.perform('ledger.due')
      expect(await shop.faults()).toEqual([])
    }
  }, 60_000)
})

describe('one customer, from many tills at once', () => {
  test('takes as often as the points are enough for', async () => {
    const [wang, tea] = [await shop.customer(350), await shop.reward()]
    const { done, refused } = await atOnce(32, (server, transaction) => take(server, transaction, wang, tea))
    expect([done.length, new Set(refused)]).toEqual([3, new Set(['ledger:refusal.insufficient'])])
    expect(await shop.points(wang)).toBe(50)
    expect(await shop.faults()).toEqual([])
  })

  test('has no more presents than one may have', async () => {
    const [wang, gift] = [await shop.customer(), await shop.reward({ price: 0, perMember: 2 })]
    const until = new Date(shop.house.clock.now().getTime() + 60_000)
    const { done } = await atOnce(32, (server, transaction, index) => {
      const wish = { partyId: wang, rewardId: gift, takenId: server.newId(), merchant: null, by }
      return index % 2 ? takeReward(server, transaction, wish) : reserveReward(server, transaction, wish, until)
    })
    expect(done).toHaveLength(2)
    expect(await shop.faults()).toEqual([])
  })

  test('sends one request many times: it is one taking', async () => {
    const [wang, tea, takenId] = [await shop.customer(500), await shop.reward(), shop.house.newId()]
    const { done } = await atOnce(32, (server, transaction) => take(server, transaction, wang, tea, takenId))
    expect(new Set(done.map(each => each.takenId))).toEqual(new Set([takenId]))
    expect([done.length, await shop.points(wang)]).toEqual([32, 400])
    expect(await shop.faults()).toEqual([])
  })

  test('uses a right once, however many try', async () => {
    const [wang, tea] = [await shop.customer(200), await shop.reward()]
    await taken(wang, tea)
    const { takenId } = await taken(wang, tea)
    const { done, refused } = await atOnce(64, (server, transaction) =>
      redeem(server, transaction, { partyId: wang, takenId, useId: server.newId(), merchant: null, by }),
    )
    expect([done.length, refused.length]).toEqual([1, 63])
    // The other one, of the same reward, is untouched.
    expect(await shop.spendable(wang, `reward:${tea}`)).toBe(1)
    expect(await shop.faults()).toEqual([])
  })

  test('uses it or gives it back, captures it or lets it go: one of the two', async () => {
    for (let round = 0; round < 5; round++) {
      const [wang, tea] = [await shop.customer(200), await shop.reward({ stock: 2 })]
      const { takenId } = await taken(wang, tea)
      const until = new Date(shop.house.clock.now().getTime() + 60_000)
      const reserved = await shop.house.database.transaction(transaction =>
        reserveReward(
          shop.house,
          transaction,
          { partyId: wang, rewardId: tea, takenId: shop.house.newId(), merchant: null, by },
          until,
        ),
      )
      const ends = await atOnce(16, async (server, transaction, index) =>
        index % 2
          ? redeem(server, transaction, {
              partyId: wang,
              takenId,
              useId: 'a'.repeat(8) + takenId.slice(8),
              merchant: null,
              by,
            })
          : giveBack(server, transaction, { partyId: wang, takenId, by }),
      )
      expect(new Set(ends.done.map(each => each.state)).size).toBe(1)
      const held = await atOnce(16, async (server, transaction, index) =>
        index % 2
          ? captureReward(server, transaction, { partyId: wang, takenId: reserved.takenId, by })
          : voidReward(server, transaction, { partyId: wang, takenId: reserved.takenId, by }),
      )
      expect(new Set(held.done.map(each => each.state)).size).toBe(1)
      expect(await shop.faults()).toEqual([])
    }
  }, 60_000)

  test('cannot give back what a till holds, and keeps the other one', async () => {
    const { house } = shop
    const [wang, tea] = [await shop.customer(200), await shop.reward()]
    const [{ takenId }] = [await taken(wang, tea), await taken(wang, tea)]
    const hold = {
      act: 'hold' as const,
      key: house.newId(),
      partyId: wang,
      asset: `reward:${tea}`,
      occurredAt: house.clock.now().getTime(),
      holdId: house.newId(),
      amount: 1,
      until: house.clock.now().getTime() + 60_000,
      only: { source: takenId },
    }
    await house.database.transaction(transaction =>
      post(house, transaction, [{ instructions: [hold], author: { actor: 'test' } }]),
    )
    const back = await atOnce(4, (server, transaction) => giveBack(server, transaction, { partyId: wang, takenId, by }))
    expect(back).toEqual({ done: [], refused: Array(4).fill('ledger:refusal.insufficient') })
    expect(await shop.points(wang)).toBe(0)
    expect(await shop.faults()).toEqual([])
  })

  test('is told of thirty purchases at once: each stamp counts once, and three are one reward', async () => {
    const [wang, card] = [await shop.customer(), await shop.card()]
    await Promise.all(Array.from({ length: 31 }, (_, index) => shop.purchase(wang, `order ${index}`)))
    const [{ completed } = { completed: -1 }] = await shop.house.database.query<{ completed: number }>(
      'select count(*) as completed from rewards.taken where party_id = $1 and card_id = $2',
      [wang, card],
    )
    expect([completed, await shop.spendable(wang, `stamps:${card}`)]).toEqual([10, 1])
    expect(await shop.faults()).toEqual([])
  })
})
