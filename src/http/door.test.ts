import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  changeStaff,
  followSignInLink,
  inviteStaff,
  type permissions,
  permissionsOfRole,
  roles,
} from '#kernel/access/index.ts'
import { accessRoom } from '#kernel/access/room.ts'
import { saveMerchant } from '#kernel/merchants/index.ts'
import { operationsOf } from './index.ts'
import { cookieOf, openTestServer, type TestServer, teaRoom } from './testing/open-server.ts'

let server: TestServer
let owner: { cookie: string }

beforeAll(async () => {
  server = await openTestServer()
  owner = await server.owner()
})
afterAll(() => server.close())

const zh = { 'accept-language': 'zh-CN' }

describe('an operation is mounted from its contract', () => {
  test('params, query and body arrive checked and coerced; what the contract does not name stays inside', async () => {
    const response = await server.ask({
      method: 'POST',
      url: '/api/tea/3?cups=2',
      headers: owner,
      payload: { leaf: 'Longjing' },
    })
    expect(response.statusCode).toBe(201)
    expect(response.json()).toEqual({ pot: 3, cups: 2, leaf: 'Longjing', world: 'business' })
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('an answer that breaks its contract is a fault of ours, and says nothing of the inside', async () => {
    const response = await server.ask({ url: '/api/broken-tea' })
    expect(response.statusCode).toBe(500)
    expect(response.json()).toMatchObject({ code: 'http:refusal.fault', status: 500 })
    expect(response.body).not.toContain('many')
  })

  test('a file arrives as a stream, with the fields that were sent before it', async () => {
    const form = new FormData()
    form.append('title', 'Spring orders')
    form.append('file', new Blob(['a,b\n1,2\n']), '订单.csv')
    const request = new Request('http://x', { method: 'POST', body: form })
    const response = await server.ask({
      method: 'POST',
      url: '/api/tea-file',
      headers: { ...owner, 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    })
    expect(response.json()).toEqual({ name: '订单.csv', title: 'Spring orders', bytes: 8 })
    const without = await server.ask({ method: 'POST', url: '/api/tea-file', headers: owner, payload: { title: 'x' } })
    expect(without.json()).toMatchObject({ status: 400, code: 'http:refusal.no-file' })
  })

  test('the demo world is asked for by a header, and refused where it is not loaded', async () => {
    const ask = (world: string) =>
      server.ask({ url: '/api/ask-database', headers: { 'guanxi-world': world } }).then(({ statusCode }) => statusCode)
    expect(await Promise.all(['business', 'demo', 'moon'].map(ask))).toEqual([200, 404, 400])
  })
})

describe('every refusal is a problem document', () => {
  test.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['too-many', 429],
    ['unavailable', 503],
  ])('%s is %i, in both languages', async (kind, status) => {
    const url = `/api/refused-tea/${kind}`
    const english = await server.ask({ url })
    const chinese = await server.ask({ url, headers: zh })
    expect(english.statusCode).toBe(status)
    expect(english.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(english.json()).toMatchObject({
      type: 'about:blank',
      status,
      code: 'access:refusal.staff-unknown',
      detail: 'There is no such colleague.',
    })
    expect(chinese.json()).toMatchObject({ status, detail: '没有这位同事。' })
    expect(chinese.json().title).toMatch(/\p{Script=Han}/u)
  })

  test('wrong input is listed place by place', async () => {
    const response = await server.ask({
      method: 'POST',
      url: '/api/tea/1',
      headers: { ...owner, ...zh },
      payload: { leaf: 'x' },
    })
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: '内容还不对',
      status: 400,
      code: 'http:refusal.invalid-input',
      detail: '有些内容无法使用，每一处都已列出。',
      errors: [{ path: 'leaf', code: 'http:issue.too-small', detail: '太短或太小，至少 2。', details: { limit: 2 } }],
    })
  })

  test('a fault shows a number and nothing else; the log has the number and no customer', async () => {
    const response = await server.ask({ url: '/api/spilt-tea' })
    const { faultId, detail } = response.json()
    expect(response.statusCode).toBe(500)
    expect(detail).toContain(faultId)
    for (const inside of ['王小姐', 'secret', 'select', '.ts']) expect(response.body).not.toContain(inside)
    const line = server.lines.find(({ fields }) => fields.faultId === faultId)
    expect(line?.fields).toMatchObject({ route: '/api/spilt-tea' })
    expect(JSON.stringify(server.lines)).not.toContain('王小姐')
  })

  test('what only a key of the database refuses is a conflict, and the log says where', async () => {
    const response = await server.ask({ url: '/api/same-tea-twice' })
    expect(response.json()).toMatchObject({ status: 409, code: 'http:refusal.key-taken' })
    const line = server.lines.find(({ fields }) => fields.route === '/api/same-tea-twice')
    expect(line?.fields).toMatchObject({ code: 'http:refusal.key-taken', fault: 'error 23505' })
    expect(JSON.stringify(server.lines) + response.body).not.toContain('王小姐')
  })

  test('unknown addresses are 404, known ones with another method 405', async () => {
    expect((await server.ask({ url: '/api/nothing' })).json()).toMatchObject({
      status: 404,
      code: 'http:refusal.no-such-address',
    })
    const other = await server.ask({ method: 'DELETE', url: '/api/tea/3', headers: owner })
    expect(other.json()).toMatchObject({ status: 405, code: 'http:refusal.method' })
    expect(other.headers.allow).toBe('POST')
  })
})

describe('bad input never breaks the door', () => {
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    server.ask({
      method: 'POST',
      url: '/api/tea/1',
      headers: { 'content-type': 'application/json', ...owner, ...headers },
      payload,
    })
  const manyKeys = JSON.stringify({
    leaf: 'Longjing',
    ...Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${index}`, 1])),
  })
  test.each([
    ['no JSON at all', 'tea', 400, 'bad-json'],
    ['nothing', '', 400, 'bad-json'],
    ['cut off', '{"leaf": "Long', 400, 'bad-json'],
    ['not an object', '[]', 400, 'invalid-input'],
    ['null', 'null', 400, 'invalid-input'],
    ['__proto__', '{"leaf": "Longjing", "__proto__": {"x": 1}}', 400, 'bad-json'],
    ['__proto__ in disguise', '{"leaf": "Longjing", "note": {"\\u005f_proto__": 1}}', 400, 'bad-json'],
    ['deep nesting', `{"leaf": "Longjing", "note": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400, 'too-deep'],
    ['a NUL', '{"leaf": "Long\\u0000jing"}', 400, 'bad-text'],
    ['60,000 keys', manyKeys, 201, undefined],
    ['two megabytes', JSON.stringify({ leaf: 'x'.repeat(2_000_000) }), 413, 'body-too-large'],
    ['a number beyond all numbers', '{"leaf": "Longjing", "grams": 1e309}', 400, 'invalid-input'],
    ['2^53+1', '{"leaf": "Longjing", "grams": 9007199254740993}', 400, 'invalid-input'],
  ])('%s: %#', async (_name, payload, status, reason) => {
    const response = await post(payload)
    expect(response.statusCode).toBe(status)
    if (reason) expect(response.json().code).toBe(`http:refusal.${reason}`)
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  test('another content type is 415', async () => {
    const response = await post('<tea/>', { 'content-type': 'application/xml' })
    expect(response.json()).toMatchObject({ status: 415, code: 'http:refusal.media-type' })
  })

  test('strange addresses are refused quietly', async () => {
    for (const url of ['/api/tea/%00', '/api/tea/%ff', '/api/tea/1?cups=a&cups=b', `/api/tea/${'9'.repeat(5000)}`]) {
      const response = await server.ask({ method: 'POST', url, headers: owner, payload: { leaf: 'Longjing' } })
      expect([400, 404, 405, 414]).toContain(response.statusCode)
      expect(response.headers['content-type']).toContain('application/problem+json')
    }
  })
})

describe('each role may do what the table of roles says, at every operation', () => {
  const operations = operationsOf([accessRoom, teaRoom]).filter(
    ({ permission, path }) => permission !== 'public' && !path.startsWith('/v1/') && path !== '/api/live',
  )
  const fill = (path: string) => path.replace(/\{\w+\}/g, '0')

  test.each(roles)('%s', async role => {
    const merchantId = role === 'merchant-staff' ? 'tea-house' : undefined
    if (merchantId) await saveMerchant(server.house, { merchantId, name: 'Tea house', isActive: true })
    const { link, staff } = await inviteStaff(server.house, { name: role, role, ...(merchantId && { merchantId }) })
    const { token } = await followSignInLink(server.house, link.token, { language: 'en' })
    const cookie = `guanxi_session=${token}`
    for (const { id, method, path, permission } of operations) {
      const { statusCode } = await server.ask({ method, url: fill(path), headers: { cookie } })
      const may =
        permission === 'signed-in' || permissionsOfRole[role].includes(permission as (typeof permissions)[number])
      // A card is no matter of roles: staff are nobody there.
      if (permission === 'member') {
        expect(`${id} ${statusCode}`).toBe(`${id} 401`)
        continue
      }
      // Who may is let through to the next check (the input here is empty or wrong); who may not is stopped before it.
      expect(`${id} ${statusCode === 403}`).toBe(`${id} ${!may}`)
    }
    await changeStaff(server.house, staff.id, { active: false })
  })

  test('nobody may do any of it', async () => {
    for (const { id, method, path } of operations) {
      const { statusCode, headers } = await server.ask({ method, url: fill(path) })
      expect(`${id} ${statusCode}`).toBe(`${id} 401`)
      expect(headers['www-authenticate']).toBe('Bearer')
    }
  })

  test('a key may do what it was given and no more', async () => {
    const headers = await server.key('keys.manage')
    expect((await server.ask({ url: '/api/keys', headers })).statusCode).toBe(200)
    expect((await server.ask({ url: '/api/staff', headers })).json()).toMatchObject({
      status: 403,
      code: 'access:refusal.key-not-allowed',
    })
    expect((await server.ask({ url: '/api/session', headers })).json().code).toBe('access:refusal.staff-only')
    const more = await server.ask({
      method: 'POST',
      url: '/api/keys',
      headers,
      payload: { name: 'more', permissions: ['staff.manage'] },
    })
    expect(more.json().code).toBe('access:refusal.more-than-own')
  })

  test('a wrong key is not made up for by a cookie', async () => {
    const headers = { ...owner, authorization: 'Bearer gx_00000000_made-up' }
    expect((await server.ask({ url: '/api/staff', headers })).json().code).toBe('access:refusal.key-wrong')
  })
})

describe('what other sites make a browser do is not done', () => {
  const sessionLink = { method: 'DELETE', url: '/api/session' } as const
  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:80' }, 204],
    [{ 'sec-fetch-site': 'same-origin' }, 204],
    [{}, 204],
  ])('%j: %i', async (headers, status) => {
    const response = await server.ask({ ...sessionLink, headers: { host: 'localhost:80', ...headers } })
    expect(response.statusCode).toBe(status)
    if (status === 403) expect(response.json().code).toBe('http:refusal.foreign-origin')
  })

  test('with a key there is no cookie to ride on', async () => {
    const headers = { ...(await server.key('customers.write')), origin: 'https://partner.example' }
    const response = await server.ask({ method: 'POST', url: '/api/tea/1', headers, payload: { leaf: 'Longjing' } })
    expect(response.statusCode).toBe(201)
  })
})

describe('browsers are told what not to do', () => {
  test('the policy allows this server only, no inline script, no frames', async () => {
    const { headers } = await server.ask({ url: '/api/health' })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'self'")
    expect(policy).toMatch(/script-src 'self'(;|$)/)
    expect(policy).toContain("style-src 'self' 'unsafe-inline'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('upgrade-insecure-requests')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-powered-by']).toBeUndefined()
  })

  test('https for a year is said over https to others, never of this machine', async () => {
    const ask = async (headers: Record<string, string>) =>
      (await server.ask({ url: '/api/health', headers })).headers['strict-transport-security']
    expect(await ask({ host: 'shop.example', 'x-forwarded-proto': 'https' })).toBe('max-age=31536000')
    expect(await ask({ host: 'localhost:7250', 'x-forwarded-proto': 'https' })).toBeUndefined()
    expect(await ask({ host: 'shop.example' })).toBeUndefined()
  })
})

test('the log of a request holds its route, not its address, body or sender', async () => {
  const canary = 'canary13800138000'
  await server.ask({
    method: 'POST',
    url: `/api/tea/1?cups=1&phone=${canary}`,
    headers: { ...owner, 'user-agent': canary },
    payload: { leaf: canary },
  })
  await server.ask({ url: `/api/nothing/${canary}` })
  expect(server.lines.some(({ fields }) => fields.route === '/api/tea/:pot')).toBe(true)
  expect(JSON.stringify(server.lines)).not.toContain(canary)
  expect(JSON.stringify(server.lines)).not.toContain(owner.cookie.split('=')[1])
})

test('without the web app a page says how to build it', async () => {
  const response = await server.ask({ url: '/customers', headers: zh })
  expect(response.statusCode).toBe(503)
  expect(response.headers['content-type']).toContain('text/plain')
  expect(response.body).toContain('npm run build')
  expect(response.body).toContain('页面还没有构建')
})

test('the cookie of a session', async () => {
  const response = await server.ask({ method: 'DELETE', url: '/api/session' })
  expect(response.statusCode).toBe(204)
  expect(cookieOf(response)).toBe('guanxi_session=')
})
