import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openingProgramme } from '#financial/opening/index.ts'
import { sharingProgramme } from '#financial/sharing/index.ts'
import { systemSource } from '#kernel/events/index.ts'
import { declareAsset, verifyLedger } from '#kernel/ledger/index.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/**
 * A tea shop changes its system on 1 March: what customers had comes along (financial/opening), a mother gives to her
 * daughter and they keep one pool (financial/sharing), and what is not used expires on the day it
 * always would have.
 */
let house: TestHouse
let mother: string
let daughter: string
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  const people = ['C-1', 'C-2'].map(value => ({ name: value, identifiers: [{ kind: 'customer_id' as const, value }] }))
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, systemSource.sourceId, people),
  )
  ;[mother, daughter] = partyIds as [string, string]
  await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
})
afterAll(() => house?.close())

const rooms = [openingProgramme, sharingProgramme]
const staff = { kind: 'staff', id: '0190a000-0000-7000-8000-00000000000a', name: 'Ann', permissions: new Set() }

async function ask(id: string, input: { params?: object; body?: object; file?: object } = {}) {
  const { operation, handle } = rooms.flatMap(room => room.routes ?? []).find(each => each.operation.id === id)!
  const request = { ...input, body: operation.body?.parse(input.body ?? {}), caller: staff, language: 'en' }
  // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
  return operation.reply.parse(await handle(house, request as never)) as any
}

async function has(partyId: string): Promise<number> {
  const [row] = await house.database.query<{ available: number }>(
    `select available from ledger.holding where party_id = $1 and asset = 'points'`,
    [partyId],
  )
  return row?.available ?? 0
}

it('what customers had comes along, is given, pooled and spent, and expires on the day it always would have', async () => {
  const text = 'Member No,Points,Earn date,Expiry date\nC-1,300,2025-01-05,2026-06-30\nC-1,200,2025-09-01,2027-08-31\n'
  const file = { name: 'Old till.csv', stream: Readable.from([Buffer.from(text)]) }
  const { importId } = await ask('uploadOpening', { file })
  for (const step of ['checkOpening', 'runOpening']) {
    await ask(step, { params: { importId } })
    await house.performWaiting()
  }
  expect(await has(mother)).toBe(500)

  // The first to expire is given first: 100 of those that end in June.
  const to = { by: 'identifier', kind: 'customer_id', value: 'C-2' }
  await ask('giveForParty', { params: { partyId: mother }, body: { amount: 100, to } })
  expect([await has(mother), await has(daughter)]).toEqual([400, 100])

  const asMother = { params: { partyId: mother } }
  await ask('changeHousehold', { ...asMother, body: { act: 'found', name: 'home' } })
  await ask('changeHousehold', { ...asMother, body: { act: 'add', memberId: daughter } })
  await ask('changeHousehold', { ...asMother, body: { act: 'contribute', amount: 400 } })
  await ask('spendFromPool', { params: { partyId: daughter }, body: { amount: 50 } })

  house.clock.set('2026-06-30T16:00:00Z')
  await house.perform('ledger.due')
  expect(await has(daughter)).toBe(0)
  await ask('changeHousehold', { params: { partyId: mother }, body: { act: 'close' } })
  expect(await has(mother)).toBe(200)

  const kinds = await house.database.query<{ kind: string; events: number }>(
    'select kind, count(*) as events from events.event group by kind order by kind',
  )
  expect(kinds.map(({ kind, events }) => [kind, events])).toEqual([
    ['sharing.gift-given', 1],
    ['sharing.gift-received', 1],
    ['sharing.joined', 2],
    ['sharing.left', 2],
    ['sharing.spent', 1],
  ])
  const movedOut = await house.database.query<{ account: string; amount: number }>(
    `select to_account as account, sum(amount)::bigint as amount from ledger.posting
     where to_account like 'breakage%' or to_account like 'redeemed%' group by 1 order by 1`,
  )
  expect(movedOut).toEqual([
    { account: 'breakage:points', amount: 250 },
    { account: 'redeemed:house', amount: 50 },
  ])
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
})
