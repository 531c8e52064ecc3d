import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { ingest } from './ingest.ts'
import { listProblems } from './problem.ts'
import { repairsFor } from './repair.ts'
import { replayAll, replayOne } from './replay.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T09:00:00Z' })
})
afterAll(() => house.close())
beforeEach(() => house.database.query('truncate events.problem'))

const page = { sourceId: '0195a000-0000-7000-8000-0000000000b1', kind: 'browser' } as const
const till = { sourceId: '0195a000-0000-7000-8000-0000000000b2', kind: 'key' } as const
const staff: Caller = { kind: 'staff', id: '0195a000-0000-7000-8000-0000000000b3', name: 'Mei', permissions: new Set() }
const said = (message: object) => ({ messageId: randomUUID(), timestamp: '2026-03-01T08:00:00Z', ...message })
const fromPage = (...messages: object[]) => ingest(house, page, messages.map(said))
const fromTill = (...messages: object[]) => ingest(house, till, messages.map(said))
const problems = async () => (await listProblems(house.database, { state: 'waiting' }, 50)).items
const identify = (userId: string | undefined, anonymousId: string | undefined, traits: object = {}) => ({
  type: 'identify',
  ...(userId && { userId }),
  ...(anonymousId && { anonymousId }),
  traits,
})
const anonymous = (name: string) => identify(undefined, `tab-${name}`, { email: `thief-${name}@example.com` })

/** By what the person is known who is known by this. */
async function knownBy(value: string): Promise<string[]> {
  const rows = await house.database.query<{ value: string }>(
    `select value from parties.identifier where party_id in (select party_id from parties.identifier where value = $1) order by 1`,
    [value],
  )
  return rows.map(row => row.value)
}

describe('what a web page says of money is not believed', () => {
  const order = { order_id: 'A-1', total: 100, currency: 'CNY' }

  test('orders and what is said about them wait with their reason, and nothing follows from them', async () => {
    await fromPage(
      { type: 'track', event: 'Order Completed', userId: 'thief', properties: order },
      { type: 'track', event: 'Purchase', userId: 'thief', properties: { ...order, currency: 'RMB' } },
      { type: 'track', event: 'Order Updated', userId: 'thief', properties: { ...order, total: 1 } },
      { type: 'track', event: 'Order Refunded', properties: order },
      { type: 'track', event: 'Order Canceled', properties: order },
      { type: 'group', userId: 'thief', groupId: 'bank' },
      { type: 'alias', userId: 'thief', previousId: 'C-next' },
    )
    const waiting = await problems()
    expect(waiting.map(({ code }) => code)).toEqual(Array(7).fill('events:problem.from-browser'))
    expect(await house.database.query(`select from events.event where kind <> 'client.tracked'`)).toEqual([])
    expect(await knownBy('thief')).toEqual([])
    expect(repairsFor('events:problem.from-browser')).toEqual([])
    await expect(replayAll(house, { code: 'events:problem.from-browser', repair: 'as-it-is' })).rejects.toMatchObject({
      code: 'events:refusal.one-by-one',
    })
  })

  test('whoever works here may send one again, and it is recorded as said by them', async () => {
    await fromPage({
      type: 'track',
      event: 'Order Completed',
      userId: 'buyer',
      properties: { ...order, order_id: 'A-2' },
    })
    const [problem] = await problems()
    await expect(replayOne(house, { kind: 'nobody' }, problem!.problemId)).rejects.toMatchObject({ kind: 'forbidden' })
    expect(await replayOne(house, staff, problem!.problemId)).toEqual({ outcome: 'accepted' })
    expect(
      await house.database.query(
        `select s.kind, e.source_id from events.event e join events.source s using (source_id) where e.kind = 'purchase.recorded'`,
      ),
    ).toEqual([{ kind: 'staff', source_id: staff.kind === 'staff' ? staff.id : '' }])
    expect(await problems()).toEqual([])
  })

  test('another problem of a page is no way round: edited into an order, it is still not believed', async () => {
    await fromPage({ type: 'track', userId: 'sly' })
    const [problem] = await problems()
    const edited = JSON.stringify({ type: 'track', event: 'Order Completed', userId: 'sly', properties: order })
    expect(await replayOne(house, staff, problem!.problemId, edited)).toMatchObject({
      outcome: 'problem',
      code: 'events:problem.from-browser',
    })
  })
})

describe('a web page ties no number to an address or to another number', () => {
  beforeEach(() => fromTill(identify('C-9', undefined, { email: 'nine@example.com', phone: '13800000009' })))

  test('what somebody did before signing in becomes theirs', async () => {
    await fromPage({ type: 'page', anonymousId: 'tab-1' }, identify('W-1', 'tab-1', { name: 'Wei' }))
    expect(await knownBy('tab-1')).toEqual(['W-1', 'tab-1'])
    expect(await problems()).toEqual([])
  })

  test('an address of somebody else stays theirs, however it is written, and people are asked', async () => {
    await fromPage(identify('W-2', 'tab-2'))
    await fromPage(identify('W-2', 'tab-2', { email: 'NINE@example.com', phone: '+86 138 0000 0009' }))
    await fromPage(identify(undefined, 'tab-3', { phone: '138-0000-0009' }))
    expect(await knownBy('W-2')).toEqual(['W-2', 'tab-2'])
    expect(await knownBy('tab-3')).toEqual(['tab-3'])
    expect(await knownBy('C-9')).toEqual(['13800000009', 'C-9', 'nine@example.com'])
    expect((await problems()).map(({ code }) => code)).toEqual(['events:problem.two-profiles'])
  })

  test.each([
    ['at once', (n: string) => [identify(`F-${n}`, `tab-${n}`, { email: `thief-${n}@example.com` })]],
    ['the address first', (n: string) => [anonymous(n), identify(`F-${n}`, `tab-${n}`)]],
    ['the number first', (n: string) => [identify(`F-${n}`, `tab-${n}`), anonymous(n)]],
    ['in two batches', (n: string) => [anonymous(n), 'and then', identify(`F-${n}`, `tab-${n}`)]],
    ['in two batches, the number first', (n: string) => [identify(`F-${n}`, `tab-${n}`), 'and then', anonymous(n)]],
  ])('who says an address and the number of a customer to come gets nothing of theirs: %s', async (way, messages) => {
    const name = way.replaceAll(/\W/g, '')
    const batches: object[][] = [[]]
    for (const message of messages(name)) {
      if (typeof message === 'string') batches.push([])
      else batches.at(-1)!.push(message)
    }
    for (const batch of batches) await fromPage(...batch)
    await fromTill(identify(`F-${name}`, undefined, { email: `real-${name}@example.com` }))
    const known = await knownBy(`F-${name}`)
    expect(known).toContain(`real-${name}@example.com`)
    expect(known).not.toContain(`thief-${name}@example.com`)
  })

  test('of two addresses beside each other one is taken: the other would be tied to whoever has it', async () => {
    await fromPage(identify(undefined, undefined, { email: 'nine@example.com', phone: '13911112222' }))
    expect(await knownBy('C-9')).toEqual(['13800000009', 'C-9', 'nine@example.com'])
  })

  test('a browser that said one number ties no second one to it', async () => {
    await fromPage(identify('W-5', 'tab-5'))
    await fromPage(identify('N-5', 'tab-5'))
    expect(await knownBy('N-5')).toEqual(['N-5'])
    // Both at once go down two lanes, and whoever is first has it.
    await fromPage(identify('W-6', 'tab-6'), identify('N-6', 'tab-6'))
    const both = [await knownBy('W-6'), await knownBy('N-6')]
    expect(both.filter(known => known.includes('tab-6'))).toHaveLength(1)
  })

  test('birthdays and consents are no matter of a page', async () => {
    await fromPage(identify('W-7', 'tab-7', { name: 'Wu', birthday: '1990-03-10', consent: { 'offers-email': true } }))
    expect(
      await house.database.query(
        `select p.birthday, (select count(*)::int from parties.consent c where c.party_id = p.party_id) as consents
         from parties.party p join parties.identifier i using (party_id) where i.value = 'W-7'`,
      ),
    ).toEqual([{ birthday: null, consents: 0 }])
  })
})
