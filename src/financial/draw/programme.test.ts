import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemSource } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { openTestHouse, openTestHouseOn, type TestHouse } from '#testing/house.ts'
import { announceDraw } from './announce.ts'
import * as contract from './contract.ts'
import { assetOf, giveTickets } from './enter.ts'
import { makeDraw } from './make.ts'
import { drawRoutes } from './routes.ts'
import { drawTerms } from './rules.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { currency: 'CNY', zone: 'Asia/Shanghai' } })
})
afterAll(() => house?.close())

const staff: Caller = { kind: 'staff', id: '0190a000-0000-7000-8000-00000000000a', name: 'Ann', permissions: new Set() }

/** Asks as the door does: input and answer go through the contract. */
async function ask(operation: { id: string }, input: Record<string, unknown> = {}, caller: Caller = staff) {
  const route = drawRoutes.find(each => each.operation.id === operation.id)!
  const { params, query, body, reply, format } = route.operation
  const answer = await route.handle(house, {
    params: params?.parse(input.params ?? {}),
    query: query?.parse(input.query ?? {}),
    body: body?.parse(input.body ?? {}),
    caller,
    language: 'en',
  } as never)
  // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
  return (format ? answer : reply.parse(answer)) as any
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

const terms = (more: object = {}) =>
  drawTerms.parse({
    name: 'Spring tea',
    prizes: [
      { prizeId: 'teapot', name: 'A teapot', count: 1, kind: 'thing' },
      { prizeId: 'points', name: '500 points', count: 2, kind: 'points', points: 500 },
    ],
    rules: [{ kind: 'spend', perMinor: 100_00, tickets: 1 }],
    currency: 'CNY',
    mostTickets: null,
    opensAt: house.clock.now().toISOString(),
    closesAt: new Date(house.clock.now().getTime() + 10 * 86_400_000).toISOString(),
    ...more,
  })

async function announce(more: object = {}) {
  return (await announceDraw(house, terms(more), { drawId: house.newId(), by: 'staff:ann' })).drawId
}

async function record(kind: string, partyId: string, payload: object, occurredAt = house.clock.now()) {
  await house.events.ensureMonths([occurredAt])
  await house.database.transaction(transaction =>
    house.events.record(transaction, systemSource, [{ kind, partyId, occurredAt, payload }]),
  )
}
const buy = (partyId: string, orderRef: string, amountMinor: number, at?: Date) =>
  record('purchase.recorded', partyId, { orderRef, amountMinor, currency: 'CNY', lines: [] }, at)
const giveBack = (partyId: string, of: string, amountMinor: number, at?: Date) =>
  record('refund.recorded', partyId, { of, amountMinor, currency: 'CNY', lines: [] }, at)

const detail = (drawId: string) => ask(contract.readDraw, { params: { drawId } })
const available = async (partyId: string, asset: string) => {
  const [row] = await house.database.query<{ available: number }>(
    'select available from ledger.holding where party_id = $1 and asset = $2',
    [partyId, asset],
  )
  return row?.available ?? 0
}

describe('tickets', () => {
  it('come with the order, go with what is given back, and are told with the hash of the seed', async () => {
    const drawId = await announce()
    const wang = house.newId()
    await buy(wang, 'w1', 350_00)
    expect(await available(wang, assetOf(drawId))).toBe(3)
    await giveBack(wang, 'w1', 60_00)
    expect(await available(wang, assetOf(drawId))).toBe(2)
    const { draw } = await detail(drawId)
    expect(draw).toMatchObject({ state: 'open', tickets: 2, members: 1 })
    const entered = await house.events.history(house.database, [wang], ['draw.entered'])
    expect(entered.map(event => event.payload)).toEqual([{ drawId, tickets: 3, seedHash: draw.seedHash }])
    await ask(contract.cancelDraw, { params: { drawId }, body: { reason: 'a test' } })
  })

  it('of a refund that came first are the same', async () => {
    const drawId = await announce()
    const li = house.newId()
    await giveBack(li, 'l1', 250_00)
    await buy(li, 'l1', 350_00)
    expect(await available(li, assetOf(drawId))).toBe(1)
    await ask(contract.cancelDraw, { params: { drawId }, body: { reason: 'a test' } })
  })

  it('that another programme gives come once for each key', async () => {
    const drawId = await announce({ rules: [] })
    const li = house.newId()
    const give = () =>
      house.database.transaction(transaction =>
        giveTickets(house, transaction, {
          drawId,
          partyId: li,
          tickets: 2,
          key: 'reward 7',
          occurredAt: house.clock.now(),
        }),
      )
    await give()
    await give()
    expect(await available(li, assetOf(drawId))).toBe(2)
    await ask(contract.cancelDraw, { params: { drawId }, body: { reason: 'a test' } })
  })

  it('cannot be had of a draw that was called off', async () => {
    const drawId = await announce()
    await ask(contract.cancelDraw, { params: { drawId }, body: { reason: 'a flood' } })
    const li = house.newId()
    await buy(li, 'l2', 350_00)
    expect(await available(li, assetOf(drawId))).toBe(0)
    await expect(makeDraw(house, drawId, { by: 'x' })).rejects.toMatchObject({ code: 'draw:refusal.cancelled' })
  })
})

describe('a draw', () => {
  let drawId: string
  const members = Array.from({ length: 6 }, () => '')
  beforeAll(async () => {
    for (const index of members.keys()) members[index] = house.newId()
    drawId = await announce()
    for (const [index, partyId] of members.entries()) await buy(partyId, `o${index}`, (index + 1) * 100_00)
  })

  it('keeps its seed to itself until it is made, wherever one looks', async () => {
    const [{ seed } = { seed: Buffer.alloc(0) }] = await house.database.query<{ seed: Buffer }>(
      'select seed from draw.seed where draw_id = $1',
      [drawId],
    )
    const member: Caller = { kind: 'member', id: members[0]!, name: '', permissions: new Set() }
    const everything = JSON.stringify([
      await ask(contract.listDraws),
      await detail(drawId),
      await ask(contract.drawProof, { params: { drawId } }),
      await ask(contract.partyDraws, { params: { partyId: members[0] } }),
      await ask(contract.memberDraws, {}, member),
      await house.events.history(house.database, members),
    ])
    for (const form of ['hex', 'base64', 'base64url'] as const) expect(everything).not.toContain(seed.toString(form))
    expect((await detail(drawId)).proof).toMatchObject({ seed: null, listHash: null, drawnAt: null })
  })

  it('cannot be made, listed or changed before the closing', async () => {
    await expect(makeDraw(house, drawId, { by: 'x' })).rejects.toMatchObject({ code: 'draw:refusal.not-closed' })
    await expect(ask(contract.drawTickets, { params: { drawId } })).rejects.toMatchObject({
      code: 'draw:refusal.not-closed',
    })
    await expect(ask(contract.changeDraw, { params: { drawId }, body: terms() })).rejects.toMatchObject({
      code: 'draw:refusal.opened',
    })
  })

  it('at the closing takes what was so then: told late counts, given back later costs nothing', async () => {
    const closesAt = new Date((await detail(drawId)).draw.closesAt)
    house.clock.set(new Date(closesAt.getTime() + 30_000))
    await buy(members[0]!, 'late', 100_00, new Date(closesAt.getTime() - 1))
    await buy(members[0]!, 'too late', 100_00, closesAt)
    await giveBack(members[5]!, 'o5', 600_00)
    await giveBack(members[4]!, 'o4', 100_00, new Date(closesAt.getTime() - 1))
    await house.perform('draw.due')
    const { draw, proof } = await detail(drawId)
    expect(draw).toMatchObject({ state: 'closed', tickets: 21 })
    expect(proof.listHash).toMatch(/^[0-9a-f]{64}$/)
    await buy(members[1]!, 'told after', 500_00, new Date(closesAt.getTime() - 2))
    expect((await detail(drawId)).draw.tickets).toBe(21)
    await expect(ask(contract.cancelDraw, { params: { drawId }, body: { reason: 'why' } })).rejects.toMatchObject({
      code: 'draw:refusal.closed',
    })
  })

  it('is made once by two processes at the same moment', async () => {
    const other = await openTestHouseOn(house.connection, { clock: house.clock })
    const both = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => makeDraw(index % 2 ? other : house, drawId, { by: `staff:${index}` })),
    )
    await other.close()
    expect(both.filter(each => each.status === 'fulfilled')).toHaveLength(1)
    for (const each of both) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'draw:refusal.drawn' })
    }
    const { draw, awards } = await detail(drawId)
    expect(draw.state).toBe('drawn')
    expect(awards.map((each: { prizeId: string }) => each.prizeId)).toEqual(['teapot', 'points', 'points'])
    expect(new Set(awards.map((each: { partyId: string }) => each.partyId)).size).toBe(3)
    for (const each of awards.slice(1)) {
      expect(each.state).toBe('posted')
      expect(await available(each.partyId, 'points')).toBe(500)
    }
    const won = await house.events.history(house.database, members, ['draw.won'])
    expect(won).toHaveLength(3)
  })

  it('cannot be made again, not even around the code', async () => {
    await expect(makeDraw(house, drawId, { by: 'x' })).rejects.toMatchObject({ code: 'draw:refusal.drawn' })
    const again = house.database.query(
      `insert into draw.result (draw_id, seed, drawn_at, drawn_by) values ($1, repeat('0', 64), $2, 'x')`,
      [drawId, house.clock.now()],
    )
    await expect(again).rejects.toMatchObject({ constraint: 'result_pkey' })
    const twice = house.database.query(
      `insert into draw.award (draw_id, award_order, serial, party_id, prize_id, state)
       select draw_id, 99, serial, party_id, prize_id, 'waiting' from draw.award where draw_id = $1 limit 1`,
      [drawId],
    )
    await expect(twice).rejects.toMatchObject({ constraint: 'award_once' })
  })

  it('passes a prize that nobody comes for to the next of the same ranking', async () => {
    const { awards } = await detail(drawId)
    const [first] = awards
    house.clock.set(new Date(first.claimUntil))
    await expect(ask(contract.claimAward, { params: { drawId, order: 1 } })).rejects.toMatchObject({
      code: 'draw:refusal.lapsed',
    })
    await house.perform('draw.due')
    await house.perform('draw.due')
    const after = (await detail(drawId)).awards
    expect(after).toHaveLength(4)
    expect(after[0].state).toBe('lapsed')
    expect(after[3]).toMatchObject({ order: 4, prizeId: 'teapot', replaces: 1, state: 'waiting' })
    expect(after.slice(0, 3).map((each: { partyId: string }) => each.partyId)).not.toContain(after[3].partyId)
    expect(await ask(contract.claimAward, { params: { drawId, order: 4 } })).toEqual({ order: 4, state: 'claimed' })
    expect(await ask(contract.claimAward, { params: { drawId, order: 4 } })).toEqual({ order: 4, state: 'claimed' })
    await expect(ask(contract.claimAward, { params: { drawId, order: 2 } })).rejects.toMatchObject({
      code: 'draw:refusal.unknown-award',
    })
  })

  it('is found right by the script that anybody can run, and a changed list or seed is found wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guanxi-draw-'))
    const script = join(import.meta.dirname, '../../../docs/tools/draw-check.mjs')
    const proof = await ask(contract.drawProof, { params: { drawId } })
    const list = await textOf(await ask(contract.drawTickets, { params: { drawId } }))
    expect(list.trim().split('\n')).toHaveLength(22)
    expect(list + JSON.stringify(proof)).not.toContain(members[0])
    const check = (given: object, tickets: string) => {
      writeFileSync(join(folder, 'proof.json'), JSON.stringify(given))
      writeFileSync(join(folder, 'tickets.csv'), tickets)
      return execFileSync(process.execPath, [script, join(folder, 'proof.json'), join(folder, 'tickets.csv')], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
    }
    expect(check(proof, list)).toContain('The draw is right.')
    const seed = proof.seed.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))
    const [one, two] = proof.awards
    const swapped = [
      { ...one, serial: two.serial, ticket: two.ticket },
      { ...two, serial: one.serial, ticket: one.ticket },
    ]
    for (const [given, tickets] of [
      [{ ...proof, seed }, list],
      [proof, `${list}22,0123456789abcdef0123,0123456789abcdef\n`],
      [{ ...proof, awards: [...swapped, ...proof.awards.slice(2)] }, list],
    ]) {
      expect(() => check(given, tickets)).toThrow(/Command failed/)
    }
    rmSync(folder, { recursive: true })
  })

  it('leaves the ledger sound', async () => {
    expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
  })
})

it('with a public number can be made with it alone, and the number decides too', async () => {
  const drawId = await announce({ publicValueName: 'The Shanghai index of 21 March' })
  for (let index = 0; index < 5; index++) await buy(house.newId(), `p${index}`, 100_00)
  house.clock.advanceDays(11)
  await expect(makeDraw(house, drawId, { by: 'x' })).rejects.toMatchObject({ code: 'draw:refusal.public-value' })
  await makeDraw(house, drawId, { publicValue: '3214.07', by: 'x' })
  expect((await detail(drawId)).proof).toMatchObject({ publicValue: '3214.07' })
})

it('a draw without a ticket has no winner and is over', async () => {
  const drawId = await announce()
  house.clock.advanceDays(11)
  await makeDraw(house, drawId, { by: 'x' })
  expect(await detail(drawId)).toMatchObject({ draw: { state: 'drawn', tickets: 0 }, awards: [] })
})

it('64 buyers at the closing moment: every ticket is in the list or was refused to all, and serials have no gap', async () => {
  const drawId = await announce()
  const closesAt = new Date((await detail(drawId)).draw.closesAt)
  house.clock.set(closesAt)
  const other = await openTestHouseOn(house.connection, { clock: house.clock })
  const moment = new Date(closesAt.getTime() - 1)
  await house.events.ensureMonths([moment, closesAt])
  const buyers = Array.from({ length: 64 }, (_, index) => ({ index, partyId: house.newId() }))
  const buying = buyers.map(({ index, partyId }) =>
    (index % 2 ? other : house).database.transaction(transaction =>
      (index % 2 ? other : house).events.record(transaction, systemSource, [
        {
          kind: 'purchase.recorded',
          partyId,
          occurredAt: moment,
          payload: { orderRef: `c${index}`, amountMinor: 300_00, currency: 'CNY', lines: [] },
        },
      ]),
    ),
  )
  const closing = [house.perform('draw.due'), makeDraw(other, drawId, { by: 'x' })]
  await Promise.all([...buying, ...closing])
  await other.close()
  const [list] = await house.database.query<{ serials: number; last: number; parties: number }>(
    `select count(*) as serials, coalesce(max(serial), 0) as last, count(distinct party_id) as parties
     from draw.ticket where draw_id = $1`,
    [drawId],
  )
  expect(list!.serials).toBe(list!.last)
  expect(list!.serials).toBe(list!.parties * 3)
  const [posted] = await house.database.query<{ tickets: number }>(
    'select coalesce(sum(issued - revoked), 0)::bigint as tickets from ledger.lot where asset = $1',
    [assetOf(drawId)],
  )
  // What the ledger holds is what is in the list: nobody has a ticket that cannot win.
  expect(posted!.tickets).toBe(list!.serials)
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
})
