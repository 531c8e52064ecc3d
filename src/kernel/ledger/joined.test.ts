import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Act, Instruction } from './instruction.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { joinProfiles, partProfiles } from './profiles.ts'
import { ledgerRoom } from './room.ts'
import { verifyLedger } from './verify.ts'

let house: TestHouse
let one: string
let other: string
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
})
afterAll(async () => {
  const findings = await verifyLedger(house.database)
  expect(findings.filter(finding => finding.faults > 0)).toEqual([])
  await house.close()
})

async function ask(partyId: string, act: Act): Promise<Outcome> {
  const instruction = {
    key: house.newId(),
    partyId,
    asset: 'points',
    occurredAt: house.clock.now().getTime(),
    ...act,
  } as Instruction
  const request = { instructions: [instruction], author: { actor: 'test' } }
  const [outcomes] = await house.database.transaction(transaction => post(house, transaction, [request]))
  return outcomes![0]!
}

const issue = (amount: number, more: object = {}): Act => ({
  ...{ act: 'issue', amount, from: 'issuance:shop', issuer: 'shop' },
  ...more,
})
const spend = (amount: number): Act => ({ act: 'spend', holdId: house.newId(), amount, to: 'redeemed:shop' })

async function accounts(partyId: string) {
  const [row] = await house.database.query<{ available: number; held: number; debt: number }>(
    'select available, held, debt from ledger.holding where party_id = $1',
    [partyId],
  )
  return [row?.available ?? 0, row?.held ?? 0, row?.debt ?? 0]
}
const both = async () => [await accounts(one), await accounts(other)]

const join = () => house.database.transaction(tx => joinProfiles(house, tx, [one, other], one))
const part = () =>
  house.database.transaction(tx =>
    partProfiles(
      house,
      tx,
      [
        { holderId: one, profileIds: [one] },
        { holderId: other, profileIds: [other] },
      ],
      `undo ${house.newId()}`,
    ),
  )

/** Two profiles of one person, with what each has of its own. */
async function twoWith(own: number, others: number): Promise<void> {
  one = house.newId()
  other = house.newId()
  await ask(one, issue(own))
  await ask(other, issue(others, { source: 'order 1', expiresAt: Date.parse('2027-01-01') }))
}

describe('profiles of one person', () => {
  it('joining and parting moves nothing', async () => {
    await twoWith(30, 50)
    await join()
    expect(await both()).toEqual([
      [30, 0, 0],
      [50, 0, 0],
    ])
    await part()
    expect(await both()).toEqual([
      [30, 0, 0],
      [50, 0, 0],
    ])
  })

  it('one brings over from the other exactly what is missing, and no more than both have', async () => {
    await twoWith(30, 50)
    await join()
    expect(await ask(one, spend(90))).toMatchObject({ state: 'refused', details: { have: 80, need: 90 } })
    expect((await ask(one, spend(70))).state).toBe('posted')
    expect(await both()).toEqual([
      [0, 0, 0],
      [10, 0, 0],
    ])
    await part()
    expect(await both()).toEqual([
      [0, 0, 0],
      [10, 0, 0],
    ])
  })

  it('what was brought over and not used goes back when they are parted', async () => {
    await twoWith(30, 50)
    await join()
    const holdId = house.newId()
    await ask(one, { act: 'hold', holdId, amount: 60, until: house.clock.now().getTime() + 60_000 })
    expect(await both()).toEqual([
      [0, 60, 0],
      [20, 0, 0],
    ])
    await ask(one, { act: 'release', holdId })
    await part()
    expect(await both()).toEqual([
      [30, 0, 0],
      [50, 0, 0],
    ])
    const lots = await house.database.query(
      'select source, expires_at from ledger.lot where party_id = $1 and available > 0',
      [other],
    )
    expect(lots).toEqual([
      { source: 'order 1', expires_at: new Date('2027-01-01') },
      { source: 'order 1', expires_at: new Date('2027-01-01') },
    ])
  })

  it('a hold is captured where it lies, whichever profile is asked', async () => {
    await twoWith(30, 50)
    const holdId = house.newId()
    await ask(other, { act: 'hold', holdId, amount: 20, until: house.clock.now().getTime() + 60_000 })
    await join()
    expect((await ask(one, { act: 'capture', holdId, amount: 20, to: 'redeemed:shop' })).state).toBe('posted')
    expect((await ask(one, { act: 'return', holdId, amount: 5 })).state).toBe('posted')
    expect(await both()).toEqual([
      [30, 0, 0],
      [35, 0, 0],
    ])
  })

  it('what one owes is paid from what the other has, whoever comes first', async () => {
    await twoWith(100, 50)
    await ask(other, spend(50))
    await join()
    await ask(one, { act: 'revoke', source: 'order 1', numerator: 1, denominator: 1 })
    expect(await both()).toEqual([
      [50, 0, 0],
      [0, 0, 0],
    ])
    await ask(one, spend(50))
    await ask(other, { act: 'overdraw', amount: 10, to: 'redeemed:shop', most: 100 })
    expect((await accounts(other))[2]).toBe(10)
    await ask(one, issue(25))
    expect(await both()).toEqual([
      [15, 0, 0],
      [0, 0, 0],
    ])
  })

  it('what one may not use for itself is not brought over either', async () => {
    await twoWith(0 + 1, 50)
    await join()
    const asked: Act = { ...(spend(20) as Act & { act: 'spend' }), only: { issuers: ['bakery'] } }
    expect(await ask(one, asked)).toMatchObject({ state: 'refused', details: { have: 0 } })
  })

  it('many at once never use more than both have', async () => {
    await twoWith(50, 50)
    await join()
    const outcomes = await Promise.all(Array.from({ length: 15 }, (_, at) => ask(at % 2 ? one : other, spend(10))))
    expect(outcomes.filter(outcome => outcome.state === 'posted')).toHaveLength(10)
    expect(await both()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })
})
