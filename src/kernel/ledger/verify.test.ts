import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Transaction } from '#kernel/database/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { askForAdjustment, decideAdjustment } from './adjust.ts'
import { claims } from './claims.ts'
import { addUpHouse } from './house-balance.ts'
import type { Act, Instruction } from './instruction.ts'
import { declareAsset, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { findFaults, verify, verifyLedger } from './verify.ts'

const day = 86_400_000
let house: TestHouse
let wang: string
let li: string

/** A small ledger in which everything has happened once, so that every claim has something to say. */
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  wang = house.newId()
  li = house.newId()
  await house.database.transaction(async transaction => {
    await declareAsset(house, transaction, 'points', 'points')
    await declareAsset(house, transaction, 'money:CNY', 'money')
  })
  const now = house.clock.now().getTime()
  const spent = house.newId()
  const from = { from: 'issuance:shop', issuer: 'shop' } as const
  await ask(wang, { act: 'issue', amount: 40, source: 'order 1', expiresAt: now + 90 * day, ...from })
  await ask(wang, { act: 'issue', amount: 9, source: 'order 2', maturesAt: now + 9 * day, ...from })
  await ask(wang, { act: 'issue', amount: 5, expiresAt: now - day, ...from })
  await ask(wang, { act: 'spend', amount: 12, holdId: spent, to: 'redeemed:shop' })
  await ask(wang, { act: 'return', amount: 4, holdId: spent })
  await ask(wang, { act: 'hold', amount: 6, holdId: house.newId(), until: now + day })
  await ask(wang, { act: 'transfer', amount: 7, toPartyId: li })
  await ask(wang, { act: 'revoke', source: 'order 1', numerator: 1, denominator: 7 })
  await ask(li, { act: 'issue', amount: 3, source: 'order 3', ...from })
  await ask(li, { act: 'spend', amount: 10, holdId: house.newId(), to: 'redeemed:shop' })
  await ask(li, { act: 'revoke', source: 'order 3', numerator: 1, denominator: 1 })
  await ask(wang, { act: 'issue', amount: 500, from: 'clearing:bank', issuer: 'shop' }, 'money:CNY')
  const asked = { partyId: wang, asset: 'points', amount: 1500, reason: 'a broken teapot', requestKey: '1' }
  const { adjustmentId } = await askForAdjustment(house, staff('ann'), asked)
  await decideAdjustment(house, staff('bo'), { partyId: wang, adjustmentId, isApproved: true })
  // Only what no transaction anywhere on the server can still precede is added up; others may be running beside this test.
  const left = async () => {
    await house.database.transaction(addUpHouse)
    return await house.database.query('select 1 from ledger.posting, ledger.house_mark where xid >= upto limit 1')
  }
  await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 60_000 })
})
afterAll(() => house?.close())

const staff = (id: string): Caller => ({ kind: 'staff', id, name: id, permissions: new Set() })

async function ask(partyId: string, act: Act, asset = 'points'): Promise<void> {
  const instruction = {
    key: house.newId(),
    partyId,
    asset,
    occurredAt: house.clock.now().getTime(),
    ...act,
  } as Instruction
  const [outcome] = await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }]),
  )
  expect(outcome).toMatchObject([{ state: 'posted' }])
}

/** Which claims find something after the rows were altered by hand; the alteration is undone. */
async function foundAfter(...statements: string[]): Promise<string[]> {
  let found: string[] = []
  const undo = new Error('undo')
  const work = async (transaction: Transaction) => {
    for (const statement of statements) {
      if (statement.startsWith('alter')) {
        await transaction.query(statement)
        continue
      }
      const changed = await transaction.query(`${statement} returning 1`)
      expect(changed.length, statement).toBeGreaterThan(0)
    }
    found = (await findFaults(transaction)).filter(finding => finding.faults > 0).map(finding => finding.id)
    throw undo
  }
  await house.byHand.transaction(work).catch(error => {
    if (error !== undo) throw error
  })
  return found
}

const one = (table: string, where: string) => `ctid = (select ctid from ledger.${table} where ${where} limit 1)`
const earned = one('posting', `code = 'issue' and asset = 'points' and to_account = 'available'`)

/** One row altered, and the only claim that can see it. */
const faults: readonly [fault: string, claim: string, ...statements: string[]][] = [
  ['a debt grows by itself', 'accounts-are-their-postings', `update ledger.holding set debt = debt + 1 where debt > 0`],
  [
    'a lot and its name on the postings are gone',
    'accounts-are-their-lots',
    `update ledger.posting set lot_id = null where lot_id in (select lot_id from ledger.lot where asset = 'money:CNY')`,
    `delete from ledger.lot where asset = 'money:CNY'`,
  ],
  [
    'a lot says revoked where it expired',
    'lots-are-their-postings',
    `update ledger.lot set revoked = revoked + expired, expired = 0 where expired > 0`,
  ],
  [
    'a redemption names another lot',
    'lots-are-their-holds',
    `update ledger.hold h set parts = jsonb_set(parts, '{0,lotId}', to_jsonb((
       select l.lot_id from ledger.lot l where l.party_id = h.party_id and l.captured + l.held = 0 limit 1)))
     where ${one('hold', `state = 'captured' and returned > 0`)}`,
  ],
  [
    'a redemption was of another asset',
    'lots-are-their-holds',
    `update ledger.hold set asset = 'money:CNY' where ${one('hold', `state = 'captured'`)}`,
  ],
  [
    'a used lot went to somebody else',
    'lots-are-their-postings',
    `update ledger.lot l set party_id = (select party_id from ledger.holding h where h.party_id <> l.party_id limit 1)
     where ${one('lot', 'expired > 0')}`,
  ],
  [
    'a used lot was of another asset',
    'lots-are-their-postings',
    `update ledger.lot set asset = 'money:CNY' where ${one('lot', 'expired > 0')}`,
  ],
  ['a hold is larger than its parts', 'holds-are-their-parts', `update ledger.hold set amount = amount + 1`],
  [
    'a part gave back more than it used',
    'holds-are-their-parts',
    `update ledger.hold set parts = parts || '[{"lotId": "00000000-0000-7000-8000-000000000000", "amount": 0, "captured": 0, "returned": 0}, {"lotId": "00000000-0000-7000-8000-000000000000", "amount": 0, "captured": -1, "returned": -1}]', captured = captured - 1, returned = returned - 1
     where ${one('hold', 'returned > 1')}`,
  ],
  [
    'a gift outlives what it came from',
    'children-come-from-parents',
    `update ledger.lot set expires_at = expires_at + interval '1 day' where parent_id is not null`,
  ],
  [
    'a gift has no parent',
    'children-come-from-parents',
    `update ledger.lot set parent_id = null where parent_id is not null`,
  ],
  [
    'a refund took one point too many',
    'refunds-take-their-share',
    `update ledger.source set revoked = revoked + 1 where source = 'order 1'`,
  ],
  [
    'a refund was larger',
    'refunds-take-their-share',
    `update ledger.source set numerator = 3 where source = 'order 1'`,
  ],
  [
    'an order was issued under another name',
    'refunds-take-their-share',
    `update ledger.lot set source = 'x' where source = 'order 3'`,
  ],
  [
    'a gift arrives in another transaction',
    'nothing-is-on-its-way',
    `update ledger.posting p set position = 99, transaction_id = (
       select transaction_id from ledger.transaction t where t.party_id = p.party_id and t.act = 'issue' limit 1)
     where from_account = 'transit'`,
    `update ledger.transaction t set postings = (
       select count(*) from ledger.posting p where p.party_id = t.party_id and p.transaction_id = t.transaction_id)`,
  ],
  [
    'a posting is dated otherwise than its transaction',
    'postings-have-their-transaction',
    `update ledger.posting set posted_at = posted_at - interval '1 day' where ${earned}`,
  ],
  [
    'a transaction and its key are gone',
    'postings-have-their-transaction',
    `delete from ledger.key where transaction_id in (select transaction_id from ledger.transaction where act = 'revoke' and party_id = (
       select party_id from ledger.source where source = 'order 1'))`,
    `delete from ledger.transaction where act = 'revoke' and party_id = (select party_id from ledger.source where source = 'order 1')`,
  ],
  [
    'a transaction had one posting more',
    'postings-have-their-transaction',
    `update ledger.transaction set postings = postings + 1 where ${one('transaction', 'postings > 0')}`,
  ],
  [
    'a gift came from another merchant',
    'children-come-from-parents',
    `update ledger.lot set issuer = 'inn' where parent_id is not null`,
  ],
  [
    'a gift takes the key of who gave it',
    'causes-and-keys',
    `update ledger.transaction set is_cause = true where not is_cause`,
  ],
  ['a key is gone', 'causes-and-keys', `delete from ledger.key where ${one('key', 'true')}`],
  [
    'the key of a gift is gone',
    'causes-and-keys',
    `delete from ledger.key where transaction_id = (select transaction_id from ledger.transaction where act = 'transfer' limit 1)`,
  ],
  [
    'a key stands for another cause',
    'causes-and-keys',
    `update ledger.key set key = md5('x')::uuid where ${one('key', 'true')}`,
  ],
  ['a cause was renamed', 'causes-and-keys', `update ledger.transaction set key = key || ' again' where act = 'hold'`],
  [
    'a posting says another reason',
    'value-moves-as-it-may',
    `update ledger.posting set code = 'deposit' where ${earned}`,
  ],
  [
    'a posting says a reason that there is none',
    'value-moves-as-it-may',
    `update ledger.posting set code = 'toString' where ${earned}`,
  ],
  [
    'tier points were spent',
    'kinds-keep-their-promise',
    `update ledger.asset set kind = 'qualifying' where asset = 'points'`,
  ],
  [
    'money was made from nothing',
    'kinds-keep-their-promise',
    `update ledger.asset set kind = 'money' where asset = 'points'`,
  ],
  [
    'nobody will look when points expire',
    'time-is-not-missed',
    `update ledger.holding set due_at = null where due_at is not null`,
  ],
  [
    'somebody will look too late',
    'time-is-not-missed',
    `update ledger.holding set due_at = due_at + interval '100 days' where due_at is not null`,
  ],
  [
    'a large adjustment that nobody approved',
    'adjustments-have-two-pairs-of-eyes',
    `update ledger.transaction set approved_by = null where approved_by is not null`,
  ],
  [
    'an adjustment that says it was posted and was not',
    'adjustments-have-two-pairs-of-eyes',
    `update ledger.adjustment set transaction_id = null`,
  ],
  [
    'a house account was topped up',
    'house-is-added-up',
    `update ledger.house_balance set amount = amount + 1 where account = 'redeemed:shop'`,
  ],
  [
    'a house account was forgotten',
    'house-is-added-up',
    `delete from ledger.house_balance where account = 'breakage:shop'`,
  ],
]

describe('a sound ledger', () => {
  it('keeps every claim', async () => {
    const findings = await verifyLedger(house.database)
    expect(findings.filter(finding => finding.faults > 0)).toEqual([])
    expect(findings).toHaveLength(claims.length)
  })
})

describe('one claim alone finds that', () => {
  it.each(faults)('%s: %s', async (_, claim, ...statements) => {
    expect(await foundAfter(...statements)).toEqual([claim])
  })

  it('and no claim is without a fault that it alone finds', () => {
    expect(new Set(faults.map(([, claim]) => claim))).toEqual(new Set(claims.map(claim => claim.id)))
  })
})

describe('large amounts are weighed too', () => {
  it.each([4_194_303, 4_194_304, 12_345_678_901, 999_999_999_999])('%d', async amount => {
    const larger = [
      `update ledger.lot set issued = issued + ${amount}, available = available + ${amount} where asset = 'money:CNY'`,
      `update ledger.holding set available = available + ${amount} where asset = 'money:CNY'`,
      `update ledger.house_balance set amount = amount - ${amount} where asset = 'money:CNY'`,
      `update ledger.posting set amount = amount + ${amount} where asset = 'money:CNY'`,
    ]
    expect(await foundAfter(...larger)).toEqual([])
    expect(await foundAfter(...larger.slice(1))).toEqual(['accounts-are-their-lots', 'lots-are-their-postings'])
    expect(await foundAfter(larger[0]!, ...larger.slice(2))).toEqual([
      'accounts-are-their-postings',
      'accounts-are-their-lots',
    ])
  })
})

describe('the id of a key follows its text', () => {
  const idOf = (key: string) =>
    createHash('sha256')
      .update(key)
      .digest('hex')
      .slice(0, 32)
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

  it.each(['', 'order 7', '关系 é 🎉', String.raw`a\b\\101 \x41 \101`, '\n\u007f'])('%j', async key => {
    let id: unknown
    const undo = new Error('undo')
    await house.byHand
      .transaction(async transaction => {
        const [row] = await transaction.query<{ id: string }>(
          `update ledger.transaction set key = $1 where ${one('transaction', 'true')} returning key_id as id`,
          [key],
        )
        id = row!.id
        throw undo
      })
      .catch(error => error === undo || Promise.reject(error))
    expect(id).toBe(idOf(key))
  })

  it('and nobody can write it', async () => {
    await expect(house.byHand.query('update ledger.transaction set key_id = transaction_id')).rejects.toThrow()
  })

  it('so where it does not, the texts themselves are asked', async () => {
    const freed = 'alter table ledger.transaction alter column key_id drop expression'
    expect(await foundAfter(freed)).toEqual([])
    const renamed = `update ledger.transaction set key = key || ' again' where act = 'hold'`
    expect(await foundAfter(freed, renamed)).toEqual(['causes-and-keys'])
    const both = (table: string, column: string) => `update ledger.${table} set ${column} = md5('x')::uuid
      where transaction_id = (select transaction_id from ledger.transaction where act = 'hold' limit 1)`
    expect(await foundAfter(freed, both('transaction', 'key_id'), both('key', 'key'))).toEqual(['causes-and-keys'])
  })
})

describe('no single row can go', () => {
  it.each([
    ['posting', 'true'],
    ['lot', 'available > 0'],
    ['lot', 'captured > 0'],
    ['holding', 'available > 0'],
    ['holding', 'debt > 0'],
    ['hold', 'true'],
    ['transaction', 'true'],
    ['key', 'true'],
    ['house_balance', 'true'],
  ])('%s where %s', async (table, where) => {
    expect(await foundAfter(`delete from ledger.${table} where ${one(table, where)}`)).not.toEqual([])
  })
})

describe('verified again', () => {
  it('it looks only at those for whom something was posted since', async () => {
    await verify(house, 'whole')
    expect(await verify(house, 'changed')).toMatchObject({ scope: 'changed', parties: 0 })
    await ask(li, { act: 'issue', amount: 20, from: 'issuance:shop', issuer: 'shop' })
    const again = await verify(house, 'changed')
    expect(again).toMatchObject({ scope: 'changed', parties: 1 })
    expect(again.findings.every(finding => finding.faults === 0)).toBe(true)
  })

  it('and finds the fault of one of them', async () => {
    await ask(li, { act: 'issue', amount: 1, from: 'issuance:shop', issuer: 'shop' })
    await house.database.query(`update ledger.holding set available = available + 1 where party_id = $1`, [li])
    const { findings } = await verify(house, 'changed')
    const found = findings.filter(finding => finding.faults > 0)
    expect(found.map(finding => finding.id)).toEqual(['accounts-are-their-postings', 'accounts-are-their-lots'])
    expect(found[0]!.examples).toEqual([{ party_id: li, asset: 'points' }])
    await house.database.query(`update ledger.holding set available = available - 1 where party_id = $1`, [li])
  })
})
