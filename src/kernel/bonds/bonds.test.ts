import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveParties } from '#kernel/parties/index.ts'
import { act, listTasks } from '#kernel/tasks/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { addRelation, changeCare, forgetBonds, readBonds, removeRelation } from './bonds.ts'
import { otherSide, relationKinds } from './contract.ts'

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
  await house.database.transaction(transaction => removeRelation(transaction, other, back!.relationId))
  expect([(await bonds(one)).relations, (await bonds(other)).relations]).toEqual([[], []])
  for (const kind of relationKinds) expect(otherSide[otherSide[kind]]).toBe(kind)
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
