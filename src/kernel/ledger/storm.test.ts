import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, type Transaction } from '#kernel/database/index.ts'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { addUpHouse, readHouseBalances } from './house-balance.ts'
import type { Act, Instruction } from './instruction.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { shop } from './testing/memory.ts'
import { verifyLedger } from './verify.ts'

/**
 * Many at once, on as many connections. Each storm has a control: the way it is usually written, which must break under the
 * same storm, so that we know that it blows. `LEDGER_STORM=1000000` for the long run: so many contended attempts.
 */
const attempts = Number(process.env.LEDGER_STORM ?? 1280)
const timeout = 120_000 + attempts * 20
const rivals = 64

let house: TestHouse
let wide: Database
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  wide = openDatabase(house.connection, { connections: rivals })
  await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
  await house.database.query(
    'create table public.naive (id uuid primary key, points bigint not null); create table public.line (id bigserial primary key, amount bigint not null)',
  )
})
afterEach(async () => {
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
})
afterAll(async () => {
  await wide?.close()
  await house?.close()
})

const author = { actor: 'test' }
const say = (partyId: string, act: Act, key: string = house.newId()) =>
  ({ key, partyId, asset: 'points', occurredAt: house.clock.now().getTime(), ...act }) as Instruction
const issue = (amount: number): Act => ({ act: 'issue', amount, from: 'issuance:shop', issuer: 'shop' })
const postIn = (transaction: Transaction, ...instructions: Instruction[]) =>
  post(
    house,
    transaction,
    instructions.map(each => ({ instructions: [each], author })),
  )
const ask = async (...instructions: Instruction[]): Promise<Outcome[]> =>
  (await wide.transaction(transaction => postIn(transaction, ...instructions))).flat()
const allAtOnce = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))
const available = async (parties: readonly string[]) => {
  const [row] = await house.database.query<{ sum: number }>(
    'select coalesce(sum(available), 0)::bigint as sum from ledger.holding where party_id = any ($1)',
    [parties],
  )
  return row!.sum
}
const tell = (storm: string, figures: object) => console.log(JSON.stringify({ storm, ...figures }))
const countOf = (outcomes: readonly Outcome[], state: Outcome['state']) =>
  outcomes.filter(outcome => outcome.state === state).length

describe('64 redeem one balance at once', { timeout }, () => {
  const rounds = Math.max(1, Math.round(attempts / rivals))

  it('exactly what fits is redeemed', async () => {
    let spent = 0
    for (let round = 0; round < rounds; round++) {
      const party = house.newId()
      await ask(say(party, issue(30)))
      const outcomes = (
        await allAtOnce(rivals, index =>
          ask(say(party, { act: 'spend', holdId: house.newId(), amount: 1 + (index % 3) * (round % 2), to: shop })),
        )
      ).flat()
      const used = outcomes.flatMap(outcome =>
        outcome.state === 'posted' ? outcome.postings.map(each => each.amount) : [],
      )
      expect(used.reduce((sum, each) => sum + each, 0)).toBe(30)
      if (round % 2 === 0) expect(countOf(outcomes, 'posted')).toBe(30)
      expect(await available([party])).toBe(0)
      spent += countOf(outcomes, 'posted')
    }
    tell('one balance', { attempts: rounds * rivals, redeemed: spent, overspent: 0 })
  })

  it('a whole balance is redeemed by one of them', async () => {
    for (let round = 0; round < Math.min(rounds, 40); round++) {
      const party = house.newId()
      await ask(say(party, issue(10)))
      const outcomes = (
        await allAtOnce(rivals, () => ask(say(party, { act: 'spend', holdId: house.newId(), amount: 10, to: shop })))
      ).flat()
      expect([countOf(outcomes, 'posted'), countOf(outcomes, 'refused')]).toEqual([1, rivals - 1])
    }
  })

  it('looking first and writing then overspends', async () => {
    const party = house.newId()
    await house.database.query('insert into public.naive values ($1, 10)', [party])
    const spend = () =>
      wide.transaction(async transaction => {
        const [row] = await transaction.query<{ points: number }>('select points from public.naive where id = $1', [
          party,
        ])
        await transaction.query('select pg_sleep(0.01)')
        if (row!.points < 10) return 0
        await transaction.query('update public.naive set points = points - 10 where id = $1', [party])
        return 1
      })
    const spent = await allAtOnce<number>(rivals, spend)
    expect(spent.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(1)
  })
})

describe('50 tell the same cause at once', { timeout }, () => {
  const rounds = Math.max(1, Math.round(attempts / 8 / 50))

  it('it has one effect, and 49 are told so', async () => {
    for (let round = 0; round < rounds; round++) {
      const party = house.newId()
      const outcomes = (await allAtOnce(50, () => ask(say(party, issue(10), `order ${round} of ${party}`)))).flat()
      expect([countOf(outcomes, 'posted'), countOf(outcomes, 'repeated')]).toEqual([1, 49])
      expect(new Set(outcomes.map(outcome => outcome.state !== 'refused' && outcome.transactionId)).size).toBe(1)
      expect(await available([party])).toBe(10)
    }
    tell('one cause', { attempts: rounds * 50, effects: rounds })
  })

  it('with different contents, or for different parties, one of them stands and all others are refused', async () => {
    for (let round = 0; round < Math.min(rounds, 20); round++) {
      const parties = Array.from({ length: 5 }, () => house.newId())
      const outcomes = (
        await allAtOnce(50, index =>
          ask(say(parties[index % 5]!, issue(10 + (index % 10)), `order ${round} ${parties[0]}`)),
        )
      ).flat()
      expect([countOf(outcomes, 'posted'), countOf(outcomes, 'repeated'), countOf(outcomes, 'refused')]).toEqual([
        1, 4, 45,
      ])
      const winner = outcomes.find(outcome => outcome.state === 'posted') as Extract<Outcome, { state: 'posted' }>
      expect(await available(parties)).toBe(winner.postings[0]!.amount)
    }
  })

  it('looking whether it was told and writing then counts it more than once', async () => {
    await house.database.query('create table public.told (key text, amount bigint)')
    const tellOnce = () =>
      wide.transaction(async transaction => {
        const known = await transaction.query(`select from public.told where key = 'order'`)
        await transaction.query('select pg_sleep(0.01)')
        if (known.length === 0) await transaction.query(`insert into public.told values ('order', 10)`)
      })
    await allAtOnce(50, tellOnce)
    expect((await house.database.query('select from public.told')).length).toBeGreaterThan(1)
  })
})

describe('50 members of a pool give to each other at once', { timeout }, () => {
  const deadlocks = async () => {
    // What a connection counted is told within a second after it rests.
    await pause(1200)
    const [row] = await house.database.query<{ deadlocks: number }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    )
    return row!.deadlocks
  }

  it('nobody waits in a circle, and nothing is lost', async () => {
    const pool = Array.from({ length: 50 }, () => house.newId())
    await ask(...pool.map(party => say(party, issue(100))))
    const before = await deadlocks()
    let given = 0
    const each = Math.max(4, Math.round(attempts / 4 / rivals / 4))
    await allAtOnce(rivals, async rival => {
      for (let turn = 0; turn < each; turn++) {
        const gifts = Array.from({ length: 4 }, (_, index) => {
          const from = (rival * 31 + turn * 17 + index * 13) % 50
          const to = (from + 1 + ((rival + turn * 7 + index) % 49)) % 50
          return say(pool[from]!, { act: 'transfer', toPartyId: pool[to]!, amount: 1 + (turn % 5) })
        })
        const posted = countOf(await ask(...gifts), 'posted')
        given += posted
      }
    })
    const met = (await deadlocks()) - before
    expect(met).toBe(0)
    expect(await available(pool)).toBe(5000)
    tell('crossing gifts', { attempts: rivals * each * 4, given, deadlocks: met })
  })

  it('locking in the order of the gift does', async () => {
    const pool = Array.from({ length: 4 }, () => house.newId())
    await house.database.query('insert into public.naive select *, 100 from unnest($1::uuid[])', [pool])
    let met = 0
    const move = 'update public.naive set points = points + $2 where id = $1'
    const give = async (rival: number) => {
      const client = await wide.pool.connect()
      try {
        await client.query('begin')
        await client.query(move, [pool[rival % 4], -1])
        await client.query('select pg_sleep(0.02)')
        await client.query(move, [pool[(rival + 1 + (rival % 3)) % 4], 1])
        await client.query('commit')
      } catch (error) {
        if ((error as { code?: string }).code === '40P01') met++
        await client.query('rollback')
      } finally {
        client.release()
      }
    }
    await allAtOnce(16, give)
    expect(met).toBeGreaterThan(0)
  })
})

describe('24 write to one account of the house at once', { timeout }, () => {
  const writers = 24
  const each = Math.max(10, Math.round(attempts / 4 / writers))

  it('what was added up and what came since is the truth whenever one looks', async () => {
    let left = writers
    let samples = 0
    const write = async (writer: number) => {
      for (let turn = 0; turn < each; turn++) {
        await wide.transaction(async transaction => {
          await postIn(transaction, say(house.newId(), { ...issue(1 + (turn % 3)), from: 'issuance:hot' } as Act))
          if ((turn + writer) % 3 === 0) await transaction.query('select pg_sleep(random() * 0.02)')
        })
      }
      left--
    }
    const look = async () => {
      while (left > 0) {
        await house.database.transaction(addUpHouse)
        await house.database.transaction(async transaction => {
          await transaction.query('set transaction isolation level repeatable read, read only')
          const [truth] = await transaction.query<{ sum: number }>(
            `select coalesce(-sum(amount), 0)::bigint as sum from ledger.posting where from_account = 'issuance:hot'`,
          )
          const told = (await readHouseBalances(transaction)).find(balance => balance.account === 'issuance:hot')
          expect(told?.amount ?? 0).toBe(truth!.sum)
        })
        samples++
      }
    }
    await Promise.all([allAtOnce(writers, write), look()])
    await house.database.transaction(addUpHouse)
    tell('house account', { postings: writers * each, samples, lost: 0 })
    expect(samples).toBeGreaterThan(3)
  })

  it('adding up all above the last number loses what commits late', async () => {
    let left = writers
    let folded = 0
    let last = 0
    const write = async () => {
      for (let turn = 0; turn < 15; turn++) {
        await wide.transaction(async transaction => {
          await transaction.query('insert into public.line (amount) values (1)')
          await transaction.query('select pg_sleep(random() * 0.02)')
        })
      }
      left--
    }
    const fold = async () => {
      const [row] = await house.database.query<{ last: number; sum: number }>(
        'select coalesce(max(id), $1)::bigint as last, coalesce(sum(amount), 0)::bigint as sum from public.line where id > $1',
        [last],
      )
      last = row!.last
      folded += row!.sum
    }
    const look = async () => {
      while (left > 0) await fold()
      await fold()
    }
    await Promise.all([allAtOnce(writers, write), look()])
    expect(folded).toBeLessThan(writers * 15)
  })
})
