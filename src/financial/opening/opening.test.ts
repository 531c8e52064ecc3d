import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemSource } from '#kernel/events/index.ts'
import { post, verifyLedger } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import * as contract from './contract.ts'
import { openingProgramme } from './programme.ts'

let house: TestHouse
let members: readonly string[]
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  const sightings = Array.from({ length: 40 }, (_, index) => ({
    name: `M${index}`,
    identifiers: [{ kind: 'customer_id' as const, value: `C-${index}` }],
  }))
  const resolved = await house.database.transaction(transaction =>
    resolveParties(transaction, house, systemSource.sourceId, sightings),
  )
  members = resolved.partyIds
})
afterAll(() => house?.close())

const staff: Caller = { kind: 'staff', id: '0190a000-0000-7000-8000-00000000000a', name: 'Ann', permissions: new Set() }

async function ask(operation: { id: string }, input: Record<string, unknown> = {}) {
  const route = openingProgramme.routes!.find(each => each.operation.id === operation.id)!
  const { params, body, reply, format } = route.operation
  const answer = await route.handle(house, {
    ...input,
    params: params?.parse(input.params ?? {}),
    body: body?.parse(input.body ?? {}),
    caller: staff,
    language: 'en',
  } as never)
  // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
  return (format ? answer : reply.parse(answer)) as any
}

const upload = (text: string, name = 'Old till.csv') =>
  ask(contract.uploadOpening, { file: { name, stream: Readable.from([Buffer.from(text)]) } })
const read = (importId: string) => ask(contract.readOpening, { params: { importId } })

async function step(operation: { id: string }, importId: string) {
  await ask(operation, { params: { importId } })
  await house.performWaiting()
  return read(importId)
}

async function lotsOf(partyId: string) {
  return house.database.query<{ issued: number; available: number; expires: string | null; occurred: string }>(
    `select l.issued, l.available, l.expires_at::text as expires, p.occurred_at::text as occurred
     from ledger.lot l join ledger.posting p on p.party_id = l.party_id and p.lot_id = l.lot_id and p.code = 'open'
     where l.party_id = $1 order by l.lot_id`,
    [partyId],
  )
}

const header = 'Member No,Points,Earn date,Expiry date\n'

describe('balances of an older system', () => {
  let importId: string
  const text = `${header}C-0,100,2025-01-01,2026-12-31
C-0,50,2025-06-01,
C-1,30,2024-01-01,2026-02-28
C-2,70,2025-02-03,2027-02-03
C-2,0,2025-02-03,2027-02-03
nobody,10,2025-01-01,2027-01-01
C-3,half,2025-01-01,2027-01-01
`

  it('are understood and checked before anything happens', async () => {
    const mapped = await upload(text)
    importId = mapped.importId
    expect(mapped).toMatchObject({ state: 'mapped', questions: [], dateOrder: 'ymd', asset: 'points' })
    await expect(ask(contract.runOpening, { params: { importId } })).rejects.toMatchObject({
      code: 'opening:refusal.not-checked',
    })
    const checked = await step(contract.checkOpening, importId)
    expect(checked.totals).toEqual({
      rows: 7,
      members: 3,
      unknownRows: 1,
      problems: 2,
      expired: 1,
      assets: [{ asset: 'points', lots: 3, amount: 220, expiredAmount: 30 }],
    })
    expect(await lotsOf(members[0]!)).toEqual([])
  })

  it('hand back the rows that cannot be taken, as they stood, with the reason', async () => {
    let file = ''
    for await (const piece of await ask(contract.openingProblems, { params: { importId } })) file += piece
    expect(file.replace('\uFEFF', '').trim().split('\r\n')).toEqual([
      'row,problem,Member No,Points,Earn date,Expiry date',
      '7,unknown-member,nobody,10,2025-01-01,2027-01-01',
      '8,not-an-amount,C-3,half,2025-01-01,2027-01-01',
    ])
  })

  it('are taken over with their dates, once, however often the job runs', async () => {
    const done = await step(contract.runOpening, importId)
    expect(done).toMatchObject({ state: 'done', posted: 3 })
    await house.perform('opening.run', { importId })
    expect(await lotsOf(members[0]!)).toEqual([
      { issued: 100, available: 100, expires: '2026-12-31 16:00:00+00', occurred: '2024-12-31 16:00:00+00' },
      { issued: 50, available: 50, expires: null, occurred: '2025-05-31 16:00:00+00' },
    ])
    const [account] = await house.database.query<{ amount: number }>(
      `select sum(amount)::bigint as amount from ledger.posting where from_account = 'opening:old-till'`,
    )
    expect(account!.amount).toBe(220)
  })

  it('are not taken over twice from the same file', async () => {
    const again = await upload(text, 'The same.csv')
    await step(contract.checkOpening, again.importId)
    await expect(ask(contract.runOpening, { params: { importId: again.importId } })).rejects.toMatchObject({
      code: 'opening:refusal.same-file',
      details: { name: 'Old till.csv' },
    })
  })

  it('are taken back as long as nothing was used of them; what was used stays and is counted', async () => {
    await house.database.transaction(transaction =>
      post(house, transaction, [
        {
          author: { actor: 'test' },
          instructions: [
            {
              act: 'spend',
              key: 'tea',
              partyId: members[0]!,
              asset: 'points',
              amount: 1,
              holdId: house.newId(),
              to: 'redeemed:house',
              occurredAt: house.clock.now().getTime(),
            },
          ],
        },
      ]),
    )
    const undone = await step(contract.undoOpening, importId)
    expect(undone).toMatchObject({ state: 'undone', posted: 3, takenBack: 2, kept: 1 })
    expect((await lotsOf(members[0]!)).map(lot => lot.available)).toEqual([99, 0])
    expect((await lotsOf(members[2]!)).map(lot => lot.available)).toEqual([0])
    expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
  })
})

it('what only a person can say is asked for', async () => {
  const { importId, questions } = await upload('Who,Points,Earn date\nC-1,5,03/04/2025\n', 'Dates.csv')
  expect(questions).toEqual(['identifier', 'date-order'])
  await expect(ask(contract.checkOpening, { params: { importId } })).rejects.toMatchObject({
    code: 'opening:refusal.open-questions',
  })
  const mapped = await ask(contract.mapOpening, {
    params: { importId },
    body: {
      columns: [
        { column: 0, field: 'customer_id' },
        { column: 1, field: 'amount' },
        { column: 2, field: 'earnedOn' },
      ],
      asset: 'points',
      dateOrder: 'dmy',
      encoding: 'utf-8',
    },
  })
  expect(mapped.questions).toEqual([])
  expect((await step(contract.checkOpening, importId)).totals).toMatchObject({ members: 1, problems: 0 })
})

it('two processes that run the same import at once take each row over once', async () => {
  const rows = Array.from({ length: 3000 }, (_, index) => `C-${index % 40},${1 + (index % 9)},2025-01-01,2027-01-01`)
  const { importId } = await upload(`${header}${rows.join('\n')}\n`, 'Many.csv')
  const { totals } = await step(contract.checkOpening, importId)
  await ask(contract.runOpening, { params: { importId } })
  await Promise.all(Array.from({ length: 3 }, () => house.perform('opening.run', { importId })))
  const done = await read(importId)
  expect(done).toMatchObject({ state: 'done', posted: 3000 })
  const [sum] = await house.database.query<{ lots: number; amount: number }>(
    `select count(*) as lots, sum(issued)::bigint as amount from ledger.lot where source like $1`,
    [`opening ${importId} row %`],
  )
  expect(sum).toEqual({ lots: 3000, amount: totals.assets[0].amount })
  await house.performWaiting()
  const back = await step(contract.undoOpening, importId)
  expect(back).toMatchObject({ state: 'undone', takenBack: 3000, kept: 0 })
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
}, 60_000)
