import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { askForCardCode } from '../access/index.ts'
import { recogniseParties, recogniseProfiles, resolveParties } from './resolve.ts'

let house: TestHouse
let partyId: string
const phone = (value: string) => [{ identifiers: [{ kind: 'phone' as const, value }] }]
beforeAll(async () => {
  house = await openTestHouse({ business: { zone: 'Europe/London', currency: 'GBP' } })
  const [given] = phone('+44 20 7946 0958')
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, house.newId(), [{ ...given!, name: 'Claire Bell' }]),
  )
  partyId = partyIds[0]!
})
afterAll(() => house?.close())

const lin = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin', permissions: new Set() } as const

test.each(['020 7946 0958', '+442079460958', '0044 20 7946 0958'])('who has %s is known in London', async written => {
  expect(await recogniseParties(house, house.database, phone(written))).toEqual([partyId])
  expect(await recogniseProfiles(house, house.database, phone(written))).toEqual([partyId])
})

test('the till finds them by the number as it is dialled at home', async () => {
  const { operation, handle } = house.routes.find(route => route.operation.id === 'findMember')!
  const input = { params: {}, query: {}, body: { text: '020 7946 0958' }, caller: lin, language: 'en' }
  expect(operation.reply.parse(await handle(house, input as never))).toEqual({
    isCertain: false,
    items: [{ partyId, name: 'Claire B.', hint: '•••• 0958' }],
  })
})

test('a code for the card is for them', async () => {
  await askForCardCode(house, '020 7946 0958')
  expect(await house.database.query('select party_id as "partyId" from access.member_code')).toEqual([{ partyId }])
})
