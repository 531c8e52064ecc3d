import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCardLink } from '#kernel/access/index.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { allRooms, cookieOf, openTestServer, type TestServer } from '../../http/testing/open-server.ts'

const address = '/api/member/privacy-requests'
let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms })
})
afterAll(() => server?.close())

/** Somebody with their own card open. */
async function member(phone: string): Promise<{ partyId: string; cookie: string }> {
  const { house } = server
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, house.newId(), [{ identifiers: [{ kind: 'phone', value: phone }] }]),
  )
  const link = await makeCardLink(house, { partyId: partyIds[0]!, by: { kind: 'nobody' } })
  const opened = await server.ask({ method: 'POST', url: '/api/member/session/link', payload: { token: link!.token } })
  return { partyId: partyIds[0]!, cookie: cookieOf(opened) }
}
const ask = (cookie: string, kind: string) =>
  server.ask({ method: 'POST', url: address, headers: { cookie }, payload: { kind } })

test('a member asks for their data once, sees the day by which it is answered, and nobody else sees it', async () => {
  const [wang, li] = [await member('13800005521'), await member('13900005522')]
  const first = await ask(wang.cookie, 'access')
  expect(first.statusCode).toBe(200)
  const [asked] = first.json().items
  expect(asked).toMatchObject({ kind: 'access', state: 'open' })
  expect(Date.parse(asked.dueOn) - Date.parse(asked.askedAt.slice(0, 10))).toBeLessThanOrEqual(31 * 86_400_000)
  expect((await ask(wang.cookie, 'access')).json().items).toEqual([asked])
  expect((await ask(wang.cookie, 'erasure')).json().items).toHaveLength(2)
  expect((await server.ask({ url: address, headers: { cookie: li.cookie } })).json()).toEqual({ items: [] })
  const rows = await server.house.database.query(
    'select party_id as "partyId", asked_by as by from privacy.request order by request_id',
  )
  expect(rows).toEqual([
    { partyId: wang.partyId, by: 'member' },
    { partyId: wang.partyId, by: 'member' },
  ])
})

test('without a card nothing is asked, and a kind that does not exist is refused', async () => {
  expect((await server.ask({ url: address })).statusCode).toBe(401)
  const { cookie } = await member('13700005523')
  expect((await ask(cookie, 'everything')).statusCode).toBe(400)
  const key = await server.key('privacy.manage')
  expect((await server.ask({ url: address, headers: key })).statusCode).toBe(401)
})
