import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from '#testing/ask.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

let house: TestHouse
let wang: string
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T09:00:00Z' })
  wang = (await ask<{ partyId: string }>(house, 'createParty', { body: { name: '王晓洁' } })).partyId
})
afterAll(() => house?.close())

interface Contacts {
  readonly items: readonly { readonly way: string; readonly note: string | null; readonly at: string }[]
}

const note = (body: object, more: object = {}) =>
  ask<{ contactId: string }>(house, 'noteContact', { params: { partyId: wang }, body, ...more })
const noted = async () => (await ask<Contacts>(house, 'listContacts', { params: { partyId: wang } })).items

it('a contact is noted once under one name, and read newest first', async () => {
  const earlier = { way: 'visit', note: 'Tasted the new Longjing.', at: '2026-02-27T10:00:00+08:00' }
  const first = await note({ way: 'call', note: 'Asked about spring tea.' }, { idempotencyKey: 'a' })
  expect(await note({ way: 'call', note: 'Asked about spring tea.' }, { idempotencyKey: 'a' })).toEqual(first)
  await note(earlier)
  expect(await noted()).toMatchObject([
    { way: 'call', note: 'Asked about spring tea.', at: '2026-03-01T09:00:00.000Z' },
    { way: 'visit', note: 'Tasted the new Longjing.', at: '2026-02-27T02:00:00.000Z' },
  ])
})

it('what was said is no part of the event, and can be erased without it', async () => {
  const [event] = await house.events.history(house.database, [wang], ['contact.noted'])
  expect(event!.payload).toEqual({ way: 'visit' })
  await house.database.query('delete from events.property where party_id = $1', [wang])
  expect((await noted()).map(each => [each.way, each.note])).toEqual([
    ['call', null],
    ['visit', null],
  ])
})

it('what has not happened yet is no contact, and nobody unknown has one', async () => {
  await expect(note({ way: 'call', note: 'Later', at: '2026-03-02T09:00:00Z' })).rejects.toMatchObject({
    code: 'tasks:refusal.not-yet',
  })
  const params = { partyId: house.newId() }
  await expect(ask(house, 'noteContact', { params, body: { way: 'note', note: 'Who?' } })).rejects.toMatchObject({
    code: 'tasks:refusal.customer-unknown',
  })
})
