import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { apply } from './apply.ts'
import { emptyHolding, type Holding } from './holding.ts'
import { addUpHouse, readHouseBalances } from './house-balance.ts'
import type { Act, Instruction, Posting } from './instruction.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { verifyLedger } from './verify.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  await house.database.transaction(async transaction => {
    await declareAsset(house, transaction, 'points', 'points')
    await declareAsset(house, transaction, 'tier-points', 'qualifying')
  })
})
afterAll(() => house?.close())

const passTime = (milliseconds: number) => house.clock.set(new Date(house.clock.now().getTime() + milliseconds))

const author = { actor: 'test' }
const shop = 'redeemed:tea-house' as const

function say(partyId: string, key: string, act: Act, asset = 'points'): Instruction {
  return { key, partyId, asset, occurredAt: house.clock.now().getTime(), ...act } as Instruction
}

async function ask(...instructions: Instruction[]): Promise<Outcome[]> {
  const outcomes = await house.database.transaction(transaction =>
    post(
      house,
      transaction,
      instructions.map(each => ({ instructions: [each], author })),
    ),
  )
  return outcomes.flat()
}

const issue = (amount: number, more: object = {}): Act => ({
  act: 'issue',
  amount,
  from: 'issuance:tea-house',
  issuer: 'tea-house',
  ...more,
})

async function balance(partyId: string, asset = 'points') {
  const [row] = await house.database.query(
    'select pending, available, held, debt from ledger.holding where party_id = $1 and asset = $2',
    [partyId, asset],
  )
  return row
}

async function expectVerified(): Promise<void> {
  const findings = await verifyLedger(house.database)
  expect(findings.filter(finding => finding.faults > 0)).toEqual([])
}

describe('a cause has one effect', () => {
  it('asked again it does nothing, and says what it did', async () => {
    const party = house.newId()
    const [first] = await ask(say(party, `order ${party}`, issue(10)))
    const [again] = await ask(say(party, `order ${party}`, issue(10)))
    expect(first).toMatchObject({ state: 'posted' })
    expect(again).toEqual({ state: 'repeated', transactionId: (first as { transactionId: string }).transactionId })
    expect(await balance(party)).toMatchObject({ available: 10 })
  })

  it('and with another content it is refused', async () => {
    const party = house.newId()
    await ask(say(party, `order ${party}`, issue(10)))
    const [other] = await ask(say(party, `order ${party}`, issue(11)))
    expect(other).toMatchObject({ state: 'refused', code: 'ledger:refusal.key-used' })
    const [stranger] = await ask(say(house.newId(), `order ${party}`, issue(10)))
    expect(stranger).toMatchObject({ state: 'refused', code: 'ledger:refusal.key-used' })
  })

  it('however many ask at once', async () => {
    const party = house.newId()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ask(say(party, `at once ${party}`, issue(10)))))
    expect(outcomes.flat().filter(outcome => outcome.state === 'posted')).toHaveLength(1)
    expect(outcomes.flat().filter(outcome => outcome.state === 'repeated')).toHaveLength(19)
    expect(await balance(party)).toMatchObject({ available: 10 })
  })
})

describe('a batch', () => {
  it('shows the effects of one instruction to the next, and refuses alone what cannot be', async () => {
    const party = house.newId()
    const outcomes = await ask(
      say(party, `1 ${party}`, issue(10)),
      say(party, `2 ${party}`, { act: 'spend', holdId: house.newId(), amount: 8, to: shop }),
      say(party, `3 ${party}`, { act: 'spend', holdId: house.newId(), amount: 8, to: shop }),
      say(party, `4 ${party}`, { act: 'spend', holdId: house.newId(), amount: 2, to: shop }),
    )
    expect(outcomes.map(outcome => outcome.state)).toEqual(['posted', 'posted', 'refused', 'posted'])
    expect(outcomes[2]).toMatchObject({ code: 'ledger:refusal.insufficient', details: { have: 2, need: 8 } })
  })

  it('does linked instructions all or none', async () => {
    const party = house.newId()
    const [outcomes] = await house.database.transaction(transaction =>
      post(house, transaction, [
        {
          author,
          instructions: [
            say(party, `points ${party}`, issue(10)),
            say(party, `tier ${party}`, issue(10), 'tier-points'),
            say(party, `spend ${party}`, { act: 'spend', holdId: house.newId(), amount: 11, to: shop }),
          ],
        },
      ]),
    )
    expect(outcomes!.map(outcome => outcome.state)).toEqual(['refused', 'refused', 'refused'])
    expect(await balance(party)).toMatchObject({ available: 0 })
    expect(await balance(party, 'tier-points')).toMatchObject({ available: 0 })
  })

  it('refuses a kind of value that nobody declared', async () => {
    const party = house.newId()
    const [outcome] = await ask(say(party, `x ${party}`, issue(10), 'moon-dust'))
    expect(outcome).toMatchObject({ state: 'refused', code: 'ledger:refusal.no-such-asset' })
  })
})

describe('what the database itself refuses', () => {
  it.each([
    ['an account below zero', `update ledger.holding set available = -1`],
    ['a lot that does not add up', `update ledger.lot set available = available + 1`],
    ['value available beside a debt', `update ledger.holding set debt = 5, available = 5`],
    ['one person as author and second pair of eyes', `update ledger.transaction set approved_by = actor`],
    ['a posting of nothing', `update ledger.posting set amount = 0`],
  ])('%s', async (_, sql) => {
    const party = house.newId()
    await ask(say(party, `there ${party}`, issue(1)))
    await expect(house.database.query(sql)).rejects.toThrow(/violates check constraint/)
  })
})

describe('many at once', () => {
  // `LEDGER_STORM=300x16` for the long run.
  const [parties, rivals] = (process.env.LEDGER_STORM ?? '12x8').split('x').map(Number) as [number, number]
  /** Rivals for the same points stand next to each other, so that they meet. */
  const rivalsOf = (everybody: readonly string[]) => everybody.flatMap(party => Array<string>(rivals).fill(party))
  /** Some hundred at once: whoever waits longer than ten seconds for a connection gives up. */
  const allAtOnce = async <T>(everybody: readonly string[], work: (party: string) => Promise<T>): Promise<T[]> => {
    const answers: T[] = []
    for (let first = 0; first < everybody.length; first += 20) {
      answers.push(...(await Promise.all(rivalsOf(everybody.slice(first, first + 20)).map(work))))
    }
    return answers
  }

  it('spend every point once', { timeout: 120_000 }, async () => {
    const everybody = Array.from({ length: parties }, () => house.newId())
    await ask(...everybody.map(party => say(party, `start ${party}`, issue(10))))
    const spend = (party: string) =>
      ask(say(party, house.newId(), { act: 'spend', holdId: house.newId(), amount: 10, to: shop }))
    const outcomes = await allAtOnce(everybody, spend)
    expect(outcomes.flat().filter(outcome => outcome.state === 'posted')).toHaveLength(parties)
    for (const party of everybody) expect(await balance(party)).toMatchObject({ available: 0 })
  })

  // The obvious way, so that we know that the test above could fail: look first, then write.
  it('and looking first and writing then does not', { timeout: 120_000 }, async () => {
    await house.database.query('create table if not exists public.naive (party_id uuid primary key, points bigint)')
    const everybody = Array.from({ length: parties }, () => house.newId())
    await house.database.query('insert into public.naive select *, 10 from unnest($1::uuid[])', [everybody])
    const naive = (party: string) =>
      house.database.transaction(async transaction => {
        const [row] = await transaction.query<{ points: number }>(
          'select points from public.naive where party_id = $1',
          [party],
        )
        await transaction.query('select pg_sleep(0.01)')
        if (row!.points < 10) return 0
        await transaction.query('update public.naive set points = points - 10 where party_id = $1', [party])
        return 1
      })
    const spent = await allAtOnce(everybody, naive)
    expect(spent.reduce<number>((sum, each) => sum + each, 0)).toBeGreaterThan(parties)
  })

  it('give to each other in circles without a deadlock, and nothing is lost', async () => {
    const circle = Array.from({ length: 6 }, () => house.newId())
    await ask(...circle.map(party => say(party, `start ${party}`, issue(100))))
    await Promise.all(
      Array.from({ length: 60 }, (_, turn) => {
        const from = circle[turn % 6]!
        const toPartyId = circle[(turn * 5 + 1) % 6]!
        return ask(say(from, house.newId(), { act: 'transfer', toPartyId, amount: 1 + (turn % 7) }))
      }),
    )
    const rows = await house.database.query<{ sum: number }>(
      'select sum(available)::bigint as sum from ledger.holding where party_id = any ($1)',
      [circle],
    )
    expect(rows[0]!.sum).toBe(600)
    await expectVerified()
  })

  it('the accounts of the house are added up without losing what commits late', async () => {
    const before = await readHouseBalances(house.database)
    const issued = (balances: typeof before) =>
      balances.find(each => each.account === 'issuance:late' && each.asset === 'points')?.amount ?? 0
    const work = Array.from({ length: 40 }, () =>
      house.database.transaction(async transaction => {
        const act = { ...issue(1), from: 'issuance:late' as const } as Act
        await post(house, transaction, [{ author, instructions: [say(house.newId(), house.newId(), act)] }])
        await transaction.query('select pg_sleep(random() * 0.02)')
      }),
    )
    for (let look = 0; look < 10; look++) {
      await house.database.transaction(addUpHouse)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await Promise.all(work)
    expect(issued(await readHouseBalances(house.database)) - issued(before)).toBe(-40)
    await house.database.transaction(addUpHouse)
    expect(issued(await readHouseBalances(house.database)) - issued(before)).toBe(-40)
    await expectVerified()
  })
})

describe('time', () => {
  it('is booked by the job for who is due, and for nobody else', async () => {
    const party = house.newId()
    const now = house.clock.now().getTime()
    await ask(say(party, `p ${party}`, issue(10, { maturesAt: now + 1000, expiresAt: now + 5000 })))
    expect(await balance(party)).toMatchObject({ pending: 10 })
    passTime(2000)
    await house.perform('ledger.due')
    expect(await balance(party)).toMatchObject({ pending: 0, available: 10 })
    passTime(4000)
    expect(await house.perform('ledger.due')).toMatchObject({ settled: 1 })
    expect(await balance(party)).toMatchObject({ available: 0 })
    expect(await house.perform('ledger.due')).toMatchObject({ settled: 0 })
    await expectVerified()
  })
})

describe('the database and the rules in memory', () => {
  const day = 86_400_000
  const amount = fc.integer({ min: 1, max: 12 })
  const name = fc.constantFrom('a', 'b')
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 6 }),
    party: fc.nat(1),
    made: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(amount, name, fc.integer({ min: 0, max: 20 })).map(made => ['issue', ...made]) },
      fc.tuple(name, amount).map(made => ['hold', ...made]),
      fc.tuple(name, amount).map(made => ['capture', ...made]),
      fc.tuple(name, amount).map(made => ['spend', ...made]),
      fc.tuple(name, amount).map(made => ['return', ...made]),
      fc.tuple(name, fc.nat(5)).map(made => ['revoke', ...made]),
      fc.tuple(amount).map(made => ['transfer', ...made]),
    ) as fc.Arbitrary<[string, ...(string | number)[]]>,
  })

  it('agree after every random story', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async story => {
        const parties = [house.newId(), house.newId()] as const
        const holdIds = new Map<string, string>()
        const holdId = (party: string, of: string) => {
          const known = holdIds.get(party + of) ?? house.newId()
          holdIds.set(party + of, known)
          return known
        }
        const memory = new Map<string, Holding>(parties.map(id => [id, emptyHolding(id, 'points', 'points')]))
        for (const { wait, party, made } of story) {
          passTime(wait * day)
          const now = house.clock.now().getTime()
          const from = parties[party]!
          const [kind, one, two, three] = made as [string, never, never, never]
          const act: Act =
            kind === 'issue'
              ? issue(one, { source: two, maturesAt: now + (three % 5) * day, expiresAt: now + three * day })
              : kind === 'hold'
                ? { act: 'hold', holdId: holdId(from, one), amount: two, until: now + 3 * day }
                : kind === 'capture'
                  ? { act: 'capture', holdId: holdId(from, one), amount: two, to: shop }
                  : kind === 'spend'
                    ? { act: 'spend', holdId: holdId(from, `s${one}`), amount: two, to: shop }
                    : kind === 'return'
                      ? { act: 'return', holdId: holdId(from, `s${one}`), amount: two }
                      : kind === 'revoke'
                        ? { act: 'revoke', source: one, numerator: two, denominator: 5 }
                        : { act: 'transfer', toPartyId: parties[1 - party]!, amount: one }
          const instruction = say(from, house.newId(), act)
          const kept = structuredClone(memory)
          let expected: 'posted' | 'refused' = 'posted'
          try {
            const ground = { now, newId: house.newId, holdingOf: (id: string) => memory.get(id)! }
            apply(
              { transactionId: 'any', postings: [] as Posting[], extended: [] },
              memory.get(from)!,
              instruction,
              ground,
            )
          } catch {
            expected = 'refused'
            for (const [id, holding] of kept) memory.set(id, holding)
          }
          const [outcome] = await ask(instruction)
          expect(outcome!.state).toBe(expected)
          for (const id of parties) {
            const { pending, available, held, debt } = memory.get(id)!
            expect((await balance(id)) ?? { pending: 0, available: 0, held: 0, debt: 0 }).toEqual({
              pending,
              available,
              held,
              debt,
            })
          }
        }
      }),
      { numRuns: 40 },
    )
    await expectVerified()
  })
})
