import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Act, Instruction } from './instruction.ts'
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
    await expect(house.byHand.query(sql)).rejects.toThrow(/violates check constraint/)
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
