import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemSource } from '#kernel/events/index.ts'
import { declareAsset, type Instruction, post, verifyLedger } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import * as contract from './contract.ts'
import { poolOf } from './households.ts'
import { sharingRoutes } from './routes.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z' })
  await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
})
afterAll(() => house?.close())

const staff: Caller = { kind: 'staff', id: '0190a000-0000-7000-8000-00000000000a', name: 'Ann', permissions: new Set() }
const member = (id: string): Caller => ({ kind: 'member', id, name: '', permissions: new Set() })

/** Asks as the door does: input and answer go through the contract. */
async function ask(operation: { id: string }, caller: Caller, input: Record<string, unknown> = {}) {
  const route = sharingRoutes.find(each => each.operation.id === operation.id)!
  const { params, query, body, reply } = route.operation
  const answer = await route.handle(house, {
    ...input,
    params: params?.parse(input.params ?? {}),
    query: query?.parse(input.query ?? {}),
    body: body?.parse(input.body ?? {}),
    caller,
    language: 'en',
  } as never)
  // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
  return reply.parse(answer) as any
}

const day = 86_400_000
let phones = 0
let keys = 0
async function person(name: string, points = 0, days = 100): Promise<{ id: string; phone: string }> {
  const phone = `+86138${String(10_000_000 + ++phones)}`
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, systemSource.sourceId, [
      { name, identifiers: [{ kind: 'phone', value: phone }] },
    ]),
  )
  const id = partyIds[0]!
  if (points > 0) await earn(id, points, days)
  return { id, phone }
}

async function say(instruction: Instruction) {
  const [[outcome] = []] = await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }]),
  )
  expect(outcome!.state).toBe('posted')
}
const earn = (partyId: string, amount: number, days: number, source?: string) =>
  say({
    act: 'issue',
    key: `test ${++keys}`,
    partyId,
    asset: 'points',
    amount,
    from: 'issuance:points',
    issuer: 'points',
    occurredAt: house.clock.now().getTime(),
    expiresAt: house.clock.now().getTime() + days * day,
    ...(source && { source }),
  })

async function has(partyId: string): Promise<number> {
  const [row] = await house.database.query<{ available: number }>(
    `select coalesce(sum(available), 0)::bigint as available from ledger.lot
     where party_id = $1 and asset = 'points' and (expires_at is null or expires_at > $2)`,
    [partyId, house.clock.now()],
  )
  return row!.available
}

const toPhone = (phone: string) => ({ by: 'identifier', kind: 'phone', value: phone })
const link = { by: 'link' }
const soundLedger = async () =>
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])

describe('a gift by phone', () => {
  it('arrives at once, with the time it has left, once for each request', async () => {
    const [wang, li] = [await person('王小明', 100, 30), await person('李娜')]
    const asked = { body: { amount: 60, to: toPhone(li.phone) }, idempotencyKey: 'tea' }
    const first = await ask(contract.giveAsMember, member(wang.id), asked)
    expect(first).toMatchObject({ state: 'given', receiver: '李**', code: null })
    expect((await ask(contract.giveAsMember, member(wang.id), asked)).giftId).toBe(first.giftId)
    expect([await has(wang.id), await has(li.id)]).toEqual([40, 60])
    await expect(
      ask(contract.giveAsMember, member(wang.id), { ...asked, body: { amount: 61, to: toPhone(li.phone) } }),
    ).rejects.toMatchObject({ code: 'ledger:refusal.key-used' })
    const lots = await house.database.query<{ expires: Date }>(
      'select distinct expires_at as expires from ledger.lot where party_id = any ($1)',
      [[wang.id, li.id]],
    )
    expect(lots).toHaveLength(1)
    expect((await ask(contract.memberGifts, member(li.id))).items).toMatchObject([
      { direction: 'received', amount: 60, other: '王**' },
    ])
  })

  it('is not given on for some days, then it is', async () => {
    const [wang, li, zhao] = [await person('王', 100), await person('李', 10), await person('赵')]
    await ask(contract.giveAsMember, member(wang.id), { body: { amount: 100, to: toPhone(li.phone) } })
    const on = (amount: number) =>
      ask(contract.giveAsMember, member(li.id), { body: { amount, to: toPhone(zhao.phone) } })
    await expect(on(11)).rejects.toMatchObject({ code: 'sharing:refusal.received-lately', details: { have: 10 } })
    await on(10)
    house.clock.advanceDays(7)
    await on(90)
    expect(await has(zhao.id)).toBe(100)
  })

  it('to a number that is nobody’s is refused, and after ten tries so is looking', async () => {
    const wang = await person('王', 100)
    const attempt = () =>
      ask(contract.giveAsMember, member(wang.id), { body: { amount: 1, to: toPhone('+8613999999999') } })
    for (let tries = 0; tries < 10; tries++)
      await expect(attempt()).rejects.toMatchObject({ code: 'sharing:refusal.nobody' })
    await expect(attempt()).rejects.toMatchObject({ code: 'sharing:refusal.too-many-misses' })
    await expect(
      ask(contract.giveForParty, staff, {
        params: { partyId: wang.id },
        body: { amount: 1, to: toPhone('+8613999999999') },
      }),
    ).rejects.toMatchObject({ code: 'sharing:refusal.nobody' })
    await expect(ask(contract.giveAsMember, member(wang.id), { body: { amount: 1, to: link } })).resolves.toMatchObject(
      { state: 'waiting' },
    )
  })

  it('waits after the profile was changed, unless staff see who stands there', async () => {
    const [wang, li] = [await person('王', 100), await person('李')]
    house.clock.advanceDays(1)
    await house.database.query('update parties.party set changed_at = $2 where party_id = $1', [
      wang.id,
      house.clock.now(),
    ])
    const body = { amount: 5, to: toPhone(li.phone) }
    await expect(ask(contract.giveAsMember, member(wang.id), { body })).rejects.toMatchObject({
      code: 'sharing:refusal.cooling-off',
    })
    await ask(contract.giveForParty, staff, { params: { partyId: wang.id }, body })
    house.clock.advanceDays(1)
    await ask(contract.giveAsMember, member(wang.id), { body })
    expect(await has(li.id)).toBe(10)
  })

  it('of 16 at once keeps the limits of the day', async () => {
    const [wang, li] = [await person('王', 1000), await person('李')]
    const all = await Promise.allSettled(
      Array.from({ length: 16 }, () =>
        ask(contract.giveAsMember, member(wang.id), { body: { amount: 10, to: toPhone(li.phone) } }),
      ),
    )
    expect(all.filter(each => each.status === 'fulfilled')).toHaveLength(5)
    expect(await has(li.id)).toBe(50)
  })
})

describe('a gift by code', () => {
  it('is set aside at once and claimed by one of many at the same moment', async () => {
    const wang = await person('王', 100)
    const { code, giftId } = await ask(contract.giveAsMember, member(wang.id), { body: { amount: 70, to: link } })
    expect(await has(wang.id)).toBe(30)
    const others = await Promise.all(Array.from({ length: 8 }, () => person('客')))
    const typed = code.toLowerCase().replaceAll('-', ' ')
    const all = await Promise.allSettled(
      others.map(({ id }) => ask(contract.claimAsMember, member(id), { body: { code: typed } })),
    )
    const won = all.findIndex(each => each.status === 'fulfilled')
    expect(all.filter(each => each.status === 'fulfilled')).toHaveLength(1)
    expect(await has(others[won]!.id)).toBe(70)
    expect(await ask(contract.claimAsMember, member(others[won]!.id), { body: { code } })).toMatchObject({ giftId })
    expect(await has(others[won]!.id)).toBe(70)
    await expect(ask(contract.takeBackAsMember, member(wang.id), { params: { giftId } })).rejects.toMatchObject({
      code: 'sharing:refusal.code-used',
    })
  })

  it('comes back by itself when nobody claims it, and can be taken back before', async () => {
    const [wang, li] = [await person('王', 100), await person('李')]
    const one = await ask(contract.giveAsMember, member(wang.id), { body: { amount: 30, to: link } })
    const two = await ask(contract.giveAsMember, member(wang.id), { body: { amount: 30, to: link } })
    await ask(contract.takeBackAsMember, member(wang.id), { params: { giftId: two.giftId } })
    expect(await has(wang.id)).toBe(70)
    house.clock.set(one.until)
    await house.perform('ledger.due')
    expect(await has(wang.id)).toBe(100)
    for (const { code } of [one, two]) {
      await expect(ask(contract.claimAsMember, member(li.id), { body: { code } })).rejects.toMatchObject({
        code: 'sharing:refusal.code-used',
      })
    }
    await expect(ask(contract.claimAsMember, member(li.id), { body: { code: 'NOTACODE' } })).rejects.toMatchObject({
      code: 'sharing:refusal.no-such-code',
    })
  })

  it('never promises longer than what was set aside lives', async () => {
    const wang = await person('王', 100, 2)
    const { until } = await ask(contract.giveAsMember, member(wang.id), { body: { amount: 30, to: link } })
    expect(new Date(until).getTime()).toBe(house.clock.now().getTime() + 2 * day)
  })
})

describe('a household', () => {
  const names = ['a', 'b', 'c'] as const
  let people: Record<(typeof names)[number], string>
  beforeEach(async () => {
    people = { a: '', b: '', c: '' }
    for (const name of names) people[name] = (await person(name, 100)).id
  })
  const act = (name: keyof typeof people, body: object) =>
    ask(contract.changeHousehold, staff, { params: { partyId: people[name] }, body })

  it('is joined by a code that works once, and holds what its members bring', async () => {
    await ask(contract.foundHousehold, member(people.a), { body: { name: '王家', contributes: 'automatically' } })
    const { code } = await ask(contract.inviteToHousehold, member(people.a))
    await ask(contract.joinHousehold, member(people.b), { body: { code } })
    await expect(ask(contract.joinHousehold, member(people.c), { body: { code } })).rejects.toMatchObject({
      code: 'sharing:refusal.code-used',
    })
    await ask(contract.contributeAsMember, member(people.b), { body: { amount: 40 } })
    await earn(people.a, 5, 10)
    await house.perform('sharing.contribute')
    const { household } = await ask(contract.memberHousehold, member(people.b))
    expect(household).toMatchObject({ name: '王家', pool: [{ asset: 'points', available: 145 }] })
    expect(household.members.map((each: { unspent: object[] }) => each.unspent)).toEqual([
      [{ asset: 'points', amount: 105 }],
      [{ asset: 'points', amount: 40 }],
    ])
    await expect(act('b', { act: 'found', name: 'another' })).rejects.toMatchObject({
      code: 'sharing:refusal.in-a-household',
    })
  })

  it('pays from the pool, once for each request and within the limit of a day; what is returned finds its owner', async () => {
    await act('a', { act: 'found', name: 'home' })
    await act('a', { act: 'add', memberId: people.b })
    await act('a', { act: 'contribute', amount: 80 })
    const spend = (amount: number, idempotencyKey: string) =>
      ask(contract.spendFromPool, staff, { params: { partyId: people.b }, body: { amount }, idempotencyKey })
    const first = await spend(50, 'till 1')
    expect(first.left).toBe(30)
    expect(await spend(50, 'till 1')).toEqual(first)
    await ask(contract.changeSharing, staff, { body: { households: { mostPerDay: 60 } } })
    await expect(spend(11, 'till 2')).rejects.toMatchObject({
      code: 'sharing:refusal.pool-day-limit',
      details: { have: 10 },
    })
    await ask(contract.changeSharing, staff, { body: {} })
    await act('a', { act: 'leave' })
    expect(await has(people.a)).toBe(50)
    const { spendingId } = first
    const params = { partyId: people.b, spendingId }
    await ask(contract.returnToPool, staff, { params, body: { amount: 20 }, idempotencyKey: 'back' })
    await ask(contract.returnToPool, staff, { params, body: { amount: 20 }, idempotencyKey: 'back' })
    expect(await has(people.a)).toBe(70)
    await act('b', { act: 'leave' })
    expect(await poolOf(house.database, people.b)).toBeNull()
  })

  it('closed, gives everybody their own', async () => {
    await act('a', { act: 'found', name: 'home' })
    await act('a', { act: 'add', memberId: people.b })
    await act('a', { act: 'contribute', amount: 30 })
    await act('b', { act: 'contribute', amount: 20 })
    await act('a', { act: 'close' })
    expect([await has(people.a), await has(people.b)]).toEqual([100, 100])
  })

  it('whatever its members do: nobody leaves with more than they brought and is unspent, nothing is made or lost, nothing lives longer', async () => {
    const who = fc.constantFrom(...names)
    const amount = fc.integer({ min: 1, max: 60 })
    const step = fc.oneof(
      fc.record({ kind: fc.constant('contribute' as const), who, amount }),
      fc.record({ kind: fc.constant('contribute' as const), who: fc.constantFrom('a' as const, 'b' as const), amount }),
      fc.record({ kind: fc.constant('spend' as const), who, amount }),
      fc.record({ kind: fc.constant('return' as const), who, amount }),
      fc.record({ kind: fc.constant('leave' as const), who, amount }),
      fc.record({ kind: fc.constant('join' as const), who, amount }),
      fc.record({ kind: fc.constant('earn' as const), who, amount }),
      fc.record({ kind: fc.constant('days' as const), who, amount: fc.integer({ min: 1, max: 20 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async steps => {
        for (const name of names) people[name] = (await person(name, 100, 40)).id
        await act('a', { act: 'found', name: 'home' })
        const householdId = (await poolOf(house.database, people.a))!
        await act('a', { act: 'add', memberId: people.b })
        let spent = 0
        let issued = 300
        let lastSpending: string | undefined
        const everybody = () => [householdId, ...names.map(name => people[name])]
        for (const { kind, who, amount } of steps) {
          const partyId = people[who]
          const unspent = async () => {
            const [row] = await house.database.query<{ amount: number }>(
              `select coalesce(sum(available), 0)::bigint as amount from ledger.lot
               where party_id = $1 and source = $2 and expires_at > $3`,
              [householdId, `member ${partyId}`, house.clock.now()],
            )
            return row!.amount
          }
          const before = await has(partyId)
          const own = await unspent()
          try {
            if (kind === 'contribute') await act(who, { act: 'contribute', amount })
            else if (kind === 'spend') {
              const done = await ask(contract.spendFromPool, staff, { params: { partyId }, body: { amount } })
              lastSpending = done.spendingId
              spent += amount
            } else if (kind === 'return' && lastSpending) {
              const params = { partyId, spendingId: lastSpending }
              await ask(contract.returnToPool, staff, { params, body: { amount } })
              spent -= amount
            } else if (kind === 'leave') {
              await act(who, { act: 'leave' })
              expect(await has(partyId)).toBe(before + own)
              expect(await unspent()).toBe(0)
            } else if (kind === 'join') {
              const inside = await house.database.query<{ partyId: string }>(
                `select party_id as "partyId" from sharing.household_member where household_id = $1 and left_at is null`,
                [householdId],
              )
              const host = names.find(name => inside.some(each => each.partyId === people[name]))
              if (host) await act(host, { act: 'add', memberId: partyId })
            } else if (kind === 'earn') {
              await earn(partyId, amount, 30)
              issued += amount
            } else if (kind === 'days') house.clock.advanceDays(amount)
          } catch (error) {
            // What is refused changes nothing: the claims below hold all the same.
            if (!(error as { code?: string }).code?.includes(':refusal.')) throw error
          }
          const [sum] = await house.database.query<{
            live: number
            expired: number
            outlived: number
            strangers: number
          }>(
            `select coalesce(sum(l.available), 0)::bigint as live, coalesce(sum(l.expired), 0)::bigint as expired,
               count(*) filter (where p.expires_at < l.expires_at) as outlived,
               count(*) filter (where l.party_id = $2 and l.source not like 'member %') as strangers
             from ledger.lot l left join ledger.lot p on p.lot_id = l.parent_id where l.party_id = any ($1)`,
            [everybody(), householdId],
          )
          expect(sum!.live + sum!.expired + spent).toBe(issued)
          expect(sum).toMatchObject({ outlived: 0, strangers: 0 })
        }
      }),
      { numRuns: 25 },
    )
    await soundLedger()
  }, 60_000)
})
