import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ingest } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { listCandidates, searchJob } from './candidates.ts'
import { undoNow } from './merge.ts'
import { listMerges } from './store.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T09:00:00Z' })
})
afterAll(() => house.close())

const source = { sourceId: '0195a000-0000-7000-8000-0000000000c1', kind: 'key' } as const
const tell = (...messages: object[]) =>
  ingest(
    house,
    source,
    messages.map(message => ({ messageId: randomUUID(), timestamp: '2026-03-09T08:00:00Z', ...message })),
  )
const holder = async (value: string) => {
  const [row] = await house.database.query<{ id: string }>(
    `select coalesce(p.canonical_party_id, p.party_id) as id from parties.identifier i join parties.party p using (party_id)
     where i.value = $1`,
    [value],
  )
  return row!.id
}
const problems = () => house.database.query(`select from events.problem where state = 'waiting'`)
const reasons = async () =>
  (await listCandidates(house.database, 20)).items.map(({ evidence }) => evidence.map(({ kind }) => kind))

test('a visit is joined to who signs in, by the house, and comes apart again for good', async () => {
  await tell({ type: 'identify', userId: 'ann', traits: { name: 'Ann' } })
  await tell(
    { type: 'page', anonymousId: 'tab', name: 'Home' },
    { type: 'track', anonymousId: 'tab', event: 'Cart Viewed' },
  )
  await tell({ type: 'identify', userId: 'ann', anonymousId: 'tab' })
  expect(await problems()).toEqual([])
  expect(await house.performWaiting()).toContain('merges.join-visit')
  const ann = await holder('ann')
  expect(await holder('tab')).toBe(ann)
  const seen = await house.events.history(house.database, [ann], ['client.viewed', 'client.tracked'])
  expect(seen).toHaveLength(2)
  expect(await reasons()).toEqual([])
  const [merge] = (await listMerges(house.database, undefined, 5)).items
  expect(merge).toMatchObject({ keptName: 'Ann', evidence: [{ kind: 'said-to-be-one' }], undoneAt: null })

  await undoNow(house, merge!.mergeId, 'staff:test')
  expect(await holder('tab')).not.toBe(ann)
  await tell({ type: 'identify', userId: 'ann', anonymousId: 'tab' })
  await house.performWaiting()
  expect(await holder('tab')).not.toBe(ann)
  expect(await reasons()).toEqual([])
})

test('whoever has something, or of whom something is known, is left to people: as a problem and among those who may be one', async () => {
  await tell({ type: 'identify', userId: 'bob', traits: { name: 'Bob' } })
  await tell({ type: 'identify', anonymousId: 'named', traits: { name: 'Robert' } })
  await tell({ type: 'identify', userId: 'bob', anonymousId: 'named' })
  const order = { order_id: 'g-1', total: 100, currency: 'CNY' }
  await tell({ type: 'track', anonymousId: 'guest', event: 'Order Completed', properties: order })
  await tell({ type: 'identify', userId: 'bob', anonymousId: 'guest' })
  // Known before the alias comes: one who is not yet would simply be bob by a second name.
  await tell({ type: 'identify', userId: 'carl', traits: { name: 'Carl' } })
  await tell({ type: 'alias', userId: 'bob', previousId: 'carl' })
  await house.performWaiting()
  const bob = await holder('bob')
  for (const other of ['named', 'guest', 'carl']) expect(await holder(other)).not.toBe(bob)
  expect(await problems()).toHaveLength(3)
  const said = await reasons()
  expect(said).toHaveLength(3)
  for (const kinds of said) expect(kinds).toContain('said-to-be-one')
  // A look for duplicates finds nothing in common, and leaves what was said.
  await house.perform(searchJob.name)
  expect(await reasons()).toHaveLength(3)
})

test('a browser with points is not joined by itself, even if the log knows only of visits', async () => {
  await tell({ type: 'identify', userId: 'dora', traits: { name: 'Dora' } }, { type: 'page', anonymousId: 'rich' })
  await tell({ type: 'identify', userId: 'dora', anonymousId: 'rich' })
  await house.byHand.query('alter table ledger.holding disable trigger all')
  await house.database.query(
    `insert into ledger.holding (party_id, asset, pending, available, held, debt) values ($1, 'points', 0, 5, 0, 0)`,
    [await holder('rich')],
  )
  await house.performWaiting()
  expect(await holder('rich')).not.toBe(await holder('dora'))
  expect(
    (await listCandidates(house.database, 20)).items.some(({ one, other }) => [one.name, other.name].includes('Dora')),
  ).toBe(true)
})
