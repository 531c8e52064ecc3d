import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { allRooms, cookieOf, openTestServer, type TestServer } from './testing/open-server.ts'

let server: TestServer
let demo: TestHouse
let loaded: TestHouse | undefined

beforeAll(async () => {
  demo = Object.assign(await openTestHouse({ business: { name: 'Demo shop' } }), { name: 'demo' as const })
})
afterAll(() => demo.close())
afterEach(() => server.close())

const open = async () => {
  loaded = demo
  server = await openTestServer({ rooms: allRooms, houses: { demo: () => loaded } })
}

async function customer(house: TestHouse = server.house, phone = '138 0000 5521', name = '王小姐'): Promise<string> {
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, house.newId(), [{ name, identifiers: [{ kind: 'phone', value: phone }] }]),
  )
  return partyIds[0]!
}

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  server.ask({ method: 'POST', url, headers, payload })
const get = (url: string, headers: Record<string, string>) => server.ask({ url, headers })

async function linkFor(partyId: string, headers: Record<string, string> = {}): Promise<string> {
  const key = await server.key('customers.write')
  const made = await post(`/api/parties/${partyId}/card-links`, {}, { ...key, ...headers })
  expect(made.statusCode).toBe(201)
  return made.json().token
}

async function cardOf(partyId: string, headers: Record<string, string> = {}) {
  const followed = await post('/api/member/session/link', { token: await linkFor(partyId, headers) })
  expect(followed.statusCode).toBe(200)
  return { cookie: cookieOf(followed) }
}

const asks = (identifier: string, from = '192.0.2.1') =>
  post('/api/member/session/code', { identifier }, { 'x-forwarded-for': from })

describe('opening a card', () => {
  test('the link answers nothing but a cookie that scripts cannot read; the card is asked for next', async () => {
    await open()
    const token = await linkFor(await customer())
    const followed = await post('/api/member/session/link', { token })
    expect(followed.json()).toEqual({ opened: true })
    expect(String(followed.headers['set-cookie'])).toMatch(
      /^guanxi_card=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const card = await get('/api/member/card', { cookie: cookieOf(followed) })
    expect(card.json()).toMatchObject({ name: '王小姐', number: null, world: 'business' })
    expect(card.headers['cache-control']).toBe('no-store')
    expect((await post('/api/member/session/link', { token })).json()).toMatchObject({
      status: 409,
      code: 'access:refusal.card-link-used',
    })
  })

  test('over https the cookie is Secure and bound to this host', async () => {
    await open()
    const token = await linkFor(await customer())
    const headers = { 'x-forwarded-proto': 'https', host: 'shop.example' }
    expect(String((await post('/api/member/session/link', { token }, headers)).headers['set-cookie'])).toMatch(
      /^__Host-guanxi_card=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  test('opening begins a new session and ends the one that the browser had', async () => {
    await open()
    const before = await cardOf(await customer())
    const other = await customer(server.house, '139 0000 1234', '李先生')
    const followed = await post('/api/member/session/link', { token: await linkFor(other) }, before)
    expect((await get('/api/member/card', before)).statusCode).toBe(401)
    expect((await get('/api/member/card', { cookie: cookieOf(followed) })).json().name).toBe('李先生')
  })

  test('a code that staff read out opens it; the answer to asking tells nobody whom we know', async () => {
    await open()
    const partyId = await customer()
    const began = performance.now()
    const [known, unknown] = [await asks('138-0000-5521'), await asks('139 9999 9999')]
    expect(performance.now() - began).toBeGreaterThan(490)
    expect([known.statusCode, known.body]).toEqual([unknown.statusCode, unknown.body])
    expect(known.json()).toEqual({ minutes: 10 })
    const key = await server.key('customers.write')
    const { code } = (await get(`/api/parties/${partyId}/card-access`, key)).json()
    const wrong = await post('/api/member/session', { identifier: '13800005521', code: 'x' })
    const nobody = await post('/api/member/session', { identifier: '139 9999 9999', code: code.code })
    expect(wrong.json()).toEqual(nobody.json())
    expect(wrong.json()).toMatchObject({ status: 401, code: 'access:refusal.card-code-wrong' })
    const right = await post('/api/member/session', { identifier: '13800005521', code: code.code })
    expect((await get('/api/member/card', { cookie: cookieOf(right) })).json().name).toBe('王小姐')
  })

  test('signing out takes the cookie away, and the session with it; staff can do so for all devices', async () => {
    await open()
    const partyId = await customer()
    const [one, two] = [await cardOf(partyId), await cardOf(partyId)]
    const out = await server.ask({ method: 'DELETE', url: '/api/member/session', headers: one })
    expect(String(out.headers['set-cookie'])).toContain('Expires=Thu, 01 Jan 1970')
    expect((await get('/api/member/card', one)).json()).toMatchObject({
      status: 401,
      code: 'access:refusal.card-first',
    })
    expect((await get('/api/member/card', two)).statusCode).toBe(200)
    const url = `/api/parties/${partyId}/card-access`
    await server.ask({ method: 'DELETE', url, headers: await server.key('customers.write') })
    expect((await get('/api/member/card', two)).statusCode).toBe(401)
  })
})

describe('budgets', () => {
  test('five codes an hour for an identifier however it is written, known or not', async () => {
    await open()
    await customer()
    for (const identifier of ['138 0000 5521', '139 9999 9999']) {
      const ways = [identifier, identifier.replaceAll(' ', ''), identifier.replaceAll(' ', '-')]
      const statuses: number[] = []
      for (let round = 0; round < 6; round++) {
        statuses.push((await asks(ways[round % 3]!, `192.0.2.${round}`)).statusCode)
      }
      expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
    }
  })

  test('sixty codes an hour for an address', async () => {
    await open()
    const statuses = await Promise.all(
      Array.from({ length: 70 }, (_, index) => asks(`c${index}@example.com`).then(({ statusCode }) => statusCode)),
    )
    expect(statuses.filter(status => status === 202)).toHaveLength(60)
  })

  test('twenty tries an hour for an identifier', async () => {
    await open()
    const identifier = 'wang@example.com'
    const statuses = await Promise.all(
      Array.from({ length: 25 }, () =>
        post('/api/member/session', { identifier, code: '123456' }).then(({ statusCode }) => statusCode),
      ),
    )
    expect(statuses.filter(status => status === 401)).toHaveLength(20)
    expect(statuses.filter(status => status === 429)).toHaveLength(5)
  })
})

describe('who may ask', () => {
  const memberOnly = ['/api/member/card', '/api/member/points', '/api/member/points/history', '/api/member/tier']

  test('staff, keys and nobody are no member; a member is neither staff nor key', async () => {
    await open()
    const member = await cardOf(await customer())
    const owner = await server.owner()
    const key = await server.key('customers.read', 'points.read')
    for (const url of [...memberOnly, '/api/member/consents']) {
      for (const headers of [{}, owner, key]) expect((await get(url, headers as never)).statusCode).toBe(401)
      expect((await get(url, member)).statusCode).toBe(200)
    }
    for (const url of ['/api/parties', '/api/session', '/api/staff', '/api/settings/business', '/api/tasks']) {
      expect((await get(url, member)).statusCode).toBe(401)
    }
  })

  test('a browser that holds both cookies is staff to staff pages and a member to the card', async () => {
    await open()
    const { cookie: card } = await cardOf(await customer())
    const { cookie: staff } = await server.owner()
    const both = { cookie: `${staff}; ${card}` }
    expect((await get('/api/member/card', both)).json().name).toBe('王小姐')
    expect((await get('/api/session', both)).json().staff.role).toBe('owner')
    // The one cookie's token in the other one's place opens nothing.
    const swapped = { cookie: `guanxi_session=${card.split('=')[1]}; guanxi_card=${staff.split('=')[1]}` }
    expect((await get('/api/member/card', swapped)).statusCode).toBe(401)
    expect((await get('/api/session', swapped)).statusCode).toBe(401)
  })

  test('another site cannot make a browser open or close a card', async () => {
    await open()
    const member = await cardOf(await customer())
    const foreign = { ...member, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const closing = await server.ask({ method: 'DELETE', url: '/api/member/session', headers: foreign })
    expect(closing.json()).toMatchObject({ status: 403, code: 'http:refusal.foreign-origin' })
    expect((await post('/api/member/session', { identifier: 'abc', code: '1' }, foreign)).statusCode).toBe(403)
    expect((await get('/api/member/card', member)).statusCode).toBe(200)
  })

  test('making links and codes needs the right to change customers', async () => {
    await open()
    const partyId = await customer()
    const key = await server.key('customers.read')
    for (const what of ['card-links', 'card-codes']) {
      expect((await post(`/api/parties/${partyId}/${what}`, {}, key)).statusCode).toBe(403)
      expect((await post(`/api/parties/${partyId}/${what}`, {})).statusCode).toBe(401)
    }
    expect((await get(`/api/parties/${partyId}/card-access`, key)).statusCode).toBe(403)
  })
})

describe('worlds', () => {
  const inDemo = { 'guanxi-world': 'demo' }

  test('a card belongs to the world in which it was opened, whatever world the request names', async () => {
    await open()
    const partyId = await customer(demo, '137 0000 7777', '演示客人')
    const owner = await server.owner()
    const made = await post(`/api/parties/${partyId}/card-links`, {}, { ...owner, ...inDemo })
    const followed = await post('/api/member/session/link', { token: made.json().token })
    const member = { cookie: cookieOf(followed) }
    for (const headers of [member, { ...member, ...inDemo }, { ...member, 'guanxi-world': 'business' }]) {
      const card = (await get('/api/member/card', headers)).json()
      expect(card).toMatchObject({ name: '演示客人', world: 'demo', business: { name: 'Demo shop' } })
    }
    expect(await server.house.database.query('select 1 from access.member_session')).toHaveLength(0)
    loaded = undefined
    expect((await get('/api/member/card', member)).statusCode).toBe(401)
  })

  test('a card of the business looks at the business even where the demo is named', async () => {
    await open()
    const member = await cardOf(await customer())
    expect((await get('/api/member/card', { ...member, ...inDemo })).json()).toMatchObject({ world: 'business' })
  })

  test('a code is asked for and used in the world that the page names', async () => {
    await open()
    const partyId = await customer(demo, '137 0000 8888', '小李')
    const identifier = '13700008888'
    const owner = await server.owner()
    const made = await post(`/api/parties/${partyId}/card-codes`, {}, { ...owner, ...inDemo })
    const { code } = made.json()
    expect((await post('/api/member/session', { identifier, code })).statusCode).toBe(401)
    const opened = await post('/api/member/session', { identifier, code }, inDemo)
    expect((await get('/api/member/card', { cookie: cookieOf(opened) })).json()).toMatchObject({ name: '小李' })
  })
})

describe('what a member says', () => {
  test('consent is given and taken back word by word; each is kept, and staff read what holds', async () => {
    await open()
    const partyId = await customer()
    const member = await cardOf(partyId)
    const say = (isGiven: boolean, textVersion = '2026-11') =>
      post('/api/member/consents', { channel: 'sms', purpose: 'offers', isGiven, textVersion }, member)
    await say(true)
    await say(true)
    server.house.clock.advanceDays(1)
    await say(false)
    const owner = await server.owner()
    const settings = (await get('/api/settings/consent', owner)).json()
    const added = { version: '2027-01', fromOn: '2026-03-02', purpose: 'offers', en: 'New.', zh: '新。' }
    const payload = { ...settings, texts: [...settings.texts, added] }
    await server.ask({ method: 'PUT', url: '/api/settings/consent', headers: owner, payload })
    // What they read was another wording, so the yes would be to something they never saw.
    expect((await say(true)).json()).toMatchObject({ status: 409, code: 'parties:refusal.wording-changed' })
    const read = (await get('/api/member/consents', member)).json().items
    expect(read[0]).toMatchObject({ purpose: 'offers', wording: { version: '2027-01', en: 'New.', zh: '新。' } })
    expect(read[4]).toMatchObject({ purpose: 'reminders', wording: { version: '2026-11' } })
    await say(true, '2027-01')
    const rows = await server.house.database.query<{ is_given: boolean; evidence: object; language: string }>(
      'select is_given, evidence, language from parties.consent order by at, consent_id',
    )
    expect(rows.map(row => row.is_given)).toEqual([true, false, true])
    expect(rows[0]).toMatchObject({ evidence: { by: 'member', on: 'card' }, language: 'en' })
    const { items } = (await get(`/api/parties/${partyId}/consents`, await server.key('customers.read'))).json()
    expect(items).toHaveLength(8)
    expect(items.filter((each: { isGiven: boolean }) => each.isGiven)).toMatchObject([
      { channel: 'sms', purpose: 'offers', isGiven: true, at: '2026-03-02T09:00:00.000Z', textVersion: '2027-01' },
    ])
  })

  test('the language is kept with the customer', async () => {
    await open()
    const partyId = await customer()
    const member = await cardOf(partyId)
    expect((await get('/api/member/card', member)).json().language).toBeNull()
    const url = '/api/member/language'
    await server.ask({ method: 'PUT', url, headers: member, payload: { language: 'zh-CN' } })
    expect((await get('/api/member/card', member)).json().language).toBe('zh-CN')
    const party = await get(`/api/parties/${partyId}`, await server.key('customers.read', 'contact.read'))
    expect(party.json().details).toEqual({ language: 'zh-CN' })
  })
})
