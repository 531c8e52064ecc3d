import { afterAll, beforeAll, expect, test } from 'vitest'
import { ingest } from '#kernel/events/index.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { act, listTasks } from '#kernel/tasks/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { addRelation, changeCare, forgetBonds, readBonds, removeRelation } from './bonds.ts'
import { otherSide, relationKinds } from './contract.ts'
import { refoldJoined } from './joined.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-02T02:00:00Z' })
})
afterAll(() => house.close())

async function somebody(name: string, birthday?: string): Promise<string> {
  const identifiers = [{ kind: 'customer_id' as const, value: name }]
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, house.newId(), [{ identifiers, name, birthday }]),
  )
  return partyIds[0]!
}
const bonds = (partyId: string) => readBonds(house, house.database, partyId)
const care = (partyId: string, everyDays: number | null) =>
  house.database.transaction(transaction => changeCare(transaction, house, partyId, { ownerId: null, everyDays }))
const open = async (partyId: string) =>
  (await listTasks(house.database, { state: 'open', partyId, limit: 10 }, '2026-12-31')).items

test('a duty becomes one task on the day it is due, and speaking to the customer begins the days anew', async () => {
  const party = await somebody('duty')
  await care(party, 30)
  expect(await bonds(party)).toMatchObject({ everyDays: 30, dueOn: '2026-04-01' })
  house.clock.advanceDays(29)
  await house.perform('bonds.open-due-contacts')
  expect(await open(party)).toEqual([])
  house.clock.advanceDays(3)
  await house.perform('bonds.open-due-contacts')
  await house.perform('bonds.open-due-contacts')
  const [task, none] = await open(party)
  expect(task).toMatchObject({ programme: 'bonds', dueOn: '2026-04-01' })
  expect(none).toBeUndefined()
  await act(house, { kind: 'nobody' }, party, task!.taskId, { kind: 'close', outcome: 'reached' })
  expect((await bonds(party)).dueOn).toBe('2026-05-03')
  await care(party, null)
  expect(await bonds(party)).toMatchObject({ everyDays: null, dueOn: null })
})

test('a relation is read from both sides, each in its own words, and goes from both', async () => {
  const [one, other] = [await somebody('one'), await somebody('other')]
  const relate = () =>
    house.database.transaction(transaction =>
      addRelation(transaction, house, one, { kind: 'dealer-of', otherPartyId: other }),
    )
  await relate()
  await relate()
  expect((await bonds(one)).relations).toEqual([
    { relationId: expect.any(String), kind: 'dealer-of', partyId: other, name: 'other' },
  ])
  const [back] = (await bonds(other)).relations
  expect(back).toMatchObject({ kind: 'supplied-dealer', partyId: one })
  await house.database.transaction(transaction => removeRelation(transaction, house, other, back!.relationId))
  expect([(await bonds(one)).relations, (await bonds(other)).relations]).toEqual([[], []])
  for (const kind of relationKinds) expect(otherSide[otherSide[kind]]).toBe(kind)
})

test('who is said to belong to an organisation does so on both pages, until it is withdrawn or taken away', async () => {
  const source = { sourceId: house.newId(), kind: 'key' } as const
  const group = (userId: string, groupId: string) => ({
    type: 'group',
    userId,
    groupId,
    traits: { name: `${groupId} Ltd` },
  })
  await ingest(house, source, [group('ann', 'acme'), group('ann', 'acme'), group('bob', 'acme'), group('ann', 'tea')])
  const idOf = async (value: string) => {
    const [row] = await house.database.query<{ id: string }>(
      'select party_id as id from parties.identifier where value = $1',
      [value],
    )
    return row!.id
  }
  const [ann, bob, acme] = [await idOf('ann'), await idOf('bob'), await idOf('group:acme')]
  const shown = async (partyId: string) => (await bonds(partyId)).relations.map(({ kind, name }) => `${kind} ${name}`)
  expect(await shown(ann)).toEqual(['member-of acme Ltd', 'member-of tea Ltd'])
  expect(await shown(acme)).toEqual(['member ann', 'member bob'])

  const [first] = (await bonds(ann)).relations
  await house.database.transaction(transaction => removeRelation(transaction, house, ann, first!.relationId))
  await house.database.transaction(transaction => refoldJoined(house, transaction, [ann, bob]))
  expect(await shown(ann)).toEqual(['member-of tea Ltd'])
  expect(await shown(acme)).toEqual(['member bob'])
  await house.database.transaction(transaction =>
    addRelation(transaction, house, ann, { kind: 'member-of', otherPartyId: acme }),
  )
  expect(await shown(acme)).toEqual(['member ann', 'member bob'])

  await house.database.transaction(transaction => house.events.withdraw(transaction, source.sourceId, [ann, bob]))
  expect([await shown(ann), await shown(bob), await shown(acme)]).toEqual([[], [], []])
})

test('nobody is related to themselves, and whoever is forgotten stands on nobody else’s page', async () => {
  const [one, other] = [await somebody('gone', 'lunar:--08-15'), await somebody('kept')]
  expect((await bonds(one)).nextBirthdayOn).toBe('2026-09-25')
  const relate = (otherPartyId: string) =>
    house.database.transaction(transaction => addRelation(transaction, house, one, { kind: 'spouse', otherPartyId }))
  await expect(relate(one)).rejects.toMatchObject({ code: 'bonds:refusal.related-to-self' })
  await relate(other)
  await house.database.transaction(transaction => forgetBonds(house, transaction, one))
  expect((await bonds(other)).relations).toEqual([])
})
