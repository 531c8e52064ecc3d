import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { findParties } from './store.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house?.close())

test('whoever has no keys to be found by gets them, however many were looked at before', async () => {
  const ids = Array.from({ length: 4_500 }, () => house.newId())
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     select p, 'person', case when n % 3 = 0 then '' else 'Wang ' || n end, '{customer}', '{}', '{}', p, $2, $2
     from unnest($1::uuid[]) with ordinality as t (p, n)`,
    [ids, house.clock.now()],
  )
  expect(await house.perform('parties.fill-search-keys')).toEqual({ customers: 3_000 })
  expect(await findParties(house.database, 'wang 4499', 5)).toMatchObject([{ partyId: ids[4498], name: 'Wang 4499' }])
  expect(await house.perform('parties.fill-search-keys')).toEqual({ customers: 0 })
})
