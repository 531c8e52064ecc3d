import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer as createProxy, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validate } from '@scalar/openapi-parser'
import { afterEach, describe, expect, test } from 'vitest'
import { accessRoom } from '#kernel/access/room.ts'
import { openTestHouseOn } from '#testing/house.ts'
import { operationsOf } from './server.ts'
import { allRooms, openTestServer, type TestServer, teaRoom } from './testing/open-server.ts'

let server: TestServer
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await server?.close()
  // The next test may open none.
  server = undefined as never
})

interface Document {
  openapi: string
  paths: Record<
    string,
    Record<string, { operationId: string; requestBody?: unknown; responses: Record<string, unknown> }>
  >
  components: { schemas: Record<string, unknown> }
}

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1, for every room there is', async () => {
    server = await openTestServer({ rooms: [...allRooms, teaRoom] })
    const document = (await server.ask({ url: '/api/openapi.json' })).json<Document>()
    expect(document.openapi).toBe('3.1.0')
    const { valid, errors } = await validate(JSON.stringify(document))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
    const ids = Object.values(document.paths).flatMap(path => Object.values(path).map(({ operationId }) => operationId))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('names every route that is mounted under /api and /v1, and no other', async () => {
    server = await openTestServer({ rooms: [...allRooms, teaRoom] })
    const document = (await server.ask({ url: '/api/openapi.json' })).json<Document>()
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    )
    expect(described.sort()).toEqual(mountedIn(server).sort())
  })

  test('describes body, answer, permission and problem', async () => {
    server = await openTestServer()
    const { paths, components } = (await server.ask({ url: '/api/openapi.json' })).json<Document>()
    expect(paths['/api/staff']?.post).toMatchObject({
      operationId: 'inviteStaff',
      'x-permission': 'staff.manage',
      responses: { 201: {}, default: {} },
    })
    expect(paths['/api/staff/{staffId}']?.patch).toMatchObject({
      parameters: [{ name: 'staffId', in: 'path', required: true }],
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Staff' } } } } },
    })
    expect(components.schemas.Problem).toMatchObject({ properties: { code: { type: 'string' } } })
    expect(paths['/api/tea-file']?.post?.requestBody).toMatchObject({ content: { 'multipart/form-data': {} } })
  })

  test('says 204 wherever nothing is answered', () => {
    const silent = operationsOf(allRooms).filter(each => !each.format && each.reply.safeParse(undefined).success)
    expect(silent.length).toBeGreaterThan(5)
    expect(silent.filter(each => each.status !== 204).map(each => each.id)).toEqual([])
  })

  test('has a page of its own that asks no other host', async () => {
    server = await openTestServer()
    const page = await server.ask({ url: '/api/docs/' })
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toMatch(/(src|href)="https?:/)
    const policy = String(page.headers['content-security-policy'])
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(page.body).toContain(`nonce="${nonce}"`)
    for (const [script] of page.body.matchAll(/<script[^>]*>/g)) expect(script).toMatch(/nonce=|src="js\//)
    const script = await server.ask({ url: '/api/docs/js/scalar.js', headers: { 'accept-encoding': 'identity' } })
    expect(script.body.length).toBeGreaterThan(1_000_000)
  })
})

/** Fastify prints what it mounted as a tree; read back as `GET /api/staff/{staffId}`. */
function mountedIn({ app }: TestServer): string[] {
  const routes: string[] = []
  const branch: string[] = []
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent, part, methods] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    if (indent === undefined || part === undefined) continue
    branch.splice(indent.length / 4, Infinity, part)
    const url = branch.join('').replace(/:(\w+)/g, '{$1}')
    if (!/^\/(api|v1)\//.test(url) || url.startsWith('/api/docs') || url === '/api/openapi.json') continue
    // Short names of the same doors.
    if (/^\/v1\/[abgipst]$/.test(url)) continue
    for (const method of methods?.split(', ') ?? []) {
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.push(`${method} ${url}`)
    }
  }
  expect(routes.length).toBeGreaterThan(15)
  return routes
}

describe('health and figures', () => {
  test('health says version, database and queue', async () => {
    server = await openTestServer()
    const response = await server.ask({ url: '/api/health' })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual({ status: 'ok', version: '0.0.0-test', database: 'ok', queue: 'ok' })
  })

  test('figures name routes, events and the queue, and no customer', async () => {
    server = await openTestServer()
    const key = await server.key('events.write')
    const message = { type: 'track', event: 'Tea Tasted', userId: 'canary-user', messageId: 'canary-message' }
    await server.ask({ method: 'POST', url: '/v1/batch', headers: key, payload: { batch: [message] } })
    await server.ask({ url: '/api/staff/canary-path' })
    const { body, statusCode } = await server.ask({ url: '/metrics' })
    expect(statusCode).toBe(200)
    expect(body).toContain('guanxi_events_ingested_total{outcome="accepted"} 1')
    expect(body).toMatch(
      /guanxi_http_request_duration_seconds_count\{method="POST",route="\/v1\/batch",status="200"\} 1/,
    )
    expect(body).toContain('guanxi_queue_jobs{state="waiting"}')
    expect(body).not.toContain('canary')
  })

  test('figures are for this machine, or for who has a key', async () => {
    server = await openTestServer()
    const from = { 'x-forwarded-for': '192.0.2.1' }
    expect((await server.ask({ url: '/metrics', headers: from })).statusCode).toBe(401)
    const key = await server.key('jobs.read')
    expect((await server.ask({ url: '/metrics', headers: { ...from, ...key } })).statusCode).toBe(200)
  })
})

test('with the database gone the server stays up, says 503, and goes on when it is back', async () => {
  server = await openTestServer()
  const gate = await openGate(server)
  closing.push(() => gate.close())
  const house = await openTestHouseOn(
    { ...server.house.connection, host: '127.0.0.1', port: gate.port },
    { isMigrated: true },
  )
  closing.push(() => Promise.all([house.live.close(), house.database.close()]))
  const through = await openServerOn(house)
  closing.push(() => through.close())

  const status = async (url: string) => (await through.inject({ url })).statusCode
  expect([await status('/api/health'), await status('/api/ask-database')]).toEqual([200, 200])
  gate.shut()
  const health = await through.inject({ url: '/api/health' })
  expect(health.statusCode).toBe(503)
  expect(health.json()).toMatchObject({ status: 'unavailable', database: 'unreachable' })
  const refused = await through.inject({ url: '/api/ask-database', headers: { 'accept-language': 'zh' } })
  expect(refused.json()).toMatchObject({ status: 503, code: 'database:refusal.unreachable' })
  expect(refused.headers['retry-after']).toBe('5')
  expect(refused.json().detail).toMatch(/\p{Script=Han}/u)
  expect((await through.inject({ url: '/metrics' })).statusCode).toBe(200)
  gate.open()
  expect([await status('/api/health'), await status('/api/ask-database')]).toEqual([200, 200])
})

async function openServerOn(house: Awaited<ReturnType<typeof openTestHouseOn>>) {
  const { createServer } = await import('./index.ts')
  const { loadWords, translatorFor, wordFolders } = await import('#kernel/locale/index.ts')
  return createServer({
    houses: { business: house, demo: () => undefined },
    rooms: [accessRoom, teaRoom],
    translator: translatorFor(loadWords(wordFolders(new URL('../', import.meta.url)))),
    version: '0.0.0-test',
  })
}

/** A way to the database that can be shut: connections through it break, new ones are refused. */
async function openGate({ house }: TestServer) {
  const { host = '127.0.0.1', port = 5432 } = house.connection as { host?: string; port?: number }
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const sockets = new Set<Socket>()
  let isOpen = true
  const gate: Server = createProxy(socket => {
    if (!isOpen) return void socket.destroy()
    const onward = connect(target)
    for (const each of [socket, onward]) {
      sockets.add(each)
      each.on('error', () => {})
      each.on('close', () => {
        socket.destroy()
        onward.destroy()
      })
    }
    socket.pipe(onward).pipe(socket)
  })
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  return {
    port: (gate.address() as { port: number }).port,
    shut() {
      isOpen = false
      for (const socket of sockets) socket.destroy()
    },
    open() {
      isOpen = true
    },
    close() {
      for (const socket of sockets) socket.destroy()
      gate.close()
    },
  }
}

describe('uploads', () => {
  async function upload(content: Blob) {
    const form = new FormData()
    form.append('title', 'Orders')
    form.append('file', content, 'orders.csv')
    const request = new Request('http://x', { method: 'POST', body: form })
    return server.ask({
      method: 'POST',
      url: '/api/tea-file',
      headers: { ...(await server.owner()), 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    })
  }

  test('up to the limit are taken, beyond it refused', async () => {
    server = await openTestServer({ uploadLimit: 2_000_000 })
    expect((await upload(new Blob(['x'.repeat(1_999_999)]))).json()).toMatchObject({ bytes: 1_999_999 })
    expect((await upload(new Blob(['x'.repeat(2_500_000)]))).json()).toMatchObject({
      status: 413,
      code: 'http:refusal.body-too-large',
    })
  })

  test('a form that breaks off is refused', async () => {
    server = await openTestServer()
    const response = await server.ask({
      method: 'POST',
      url: '/api/tea-file',
      headers: { ...(await server.owner()), 'content-type': 'multipart/form-data; boundary=x' },
      payload:
        '--x\r\ncontent-disposition: form-data; name="title"\r\n\r\nOrders\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n1,',
    })
    expect(response.statusCode).toBe(400)
  })

  test.each(['multipart/form-data', 'multipart/form-data; boundary=x'])(
    'a form that is none (%s) is refused with a sentence',
    async type => {
      server = await openTestServer()
      const response = await server.ask({
        method: 'POST',
        url: '/api/tea-file',
        headers: { ...(await server.owner()), 'content-type': type },
        payload: '--x\r\n',
      })
      expect(response.statusCode).toBe(400)
      expect(response.json().code).toMatch(/^http:refusal\.(upload-broken|no-file)$/)
    },
  )
})

describe('live updates', () => {
  test('tell what changed once it is committed, to who is signed in', async () => {
    server = await openTestServer()
    await server.app.listen({ port: 0, host: '127.0.0.1' })
    const address = `http://127.0.0.1:${(server.app.server.address() as { port: number }).port}`
    expect((await fetch(`${address}/api/live`)).status).toBe(401)

    const response = await fetch(`${address}/api/live`, { headers: await server.owner() })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    const hear = async (text: string) => {
      while (!heard.includes(text)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`ended after: ${heard}`)
        heard += value
      }
    }
    await hear('retry: 2000')
    // The listener's own connection may take a moment; announcements before it are not lost to a screen that has just asked.
    const announce = setInterval(() => {
      void server.house.database.transaction(transaction =>
        server.house.live.announce(transaction, ['customers', 'tasks']),
      )
    }, 100)
    await hear('data: {"topics":["customers","tasks"]}\n\n')
    clearInterval(announce)

    await server.app.close()
    let ended = false
    while (!ended) ended = (await reader.read()).done
    expect(ended).toBe(true)
  })
})

describe('the web app', () => {
  async function withWeb() {
    const folder = await mkdtemp(join(tmpdir(), 'guanxi-web-'))
    closing.push(() => rm(folder, { recursive: true }))
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Guanxi</title>')
    await writeFile(join(folder, 'assets', 'main-a1b2c3.js'), `// ${'tea '.repeat(1000)}`)
    server = await openTestServer({ webFolder: folder })
  }

  test('every address that is not the server’s own shows it, and is asked for again', async () => {
    await withWeb()
    for (const url of ['/', '/customers', '/customers/0191?late=yes', '/sign-in']) {
      const response = await server.ask({ url })
      expect(response.statusCode).toBe(200)
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(response.headers['cache-control']).toBe('no-cache')
      expect(response.headers['content-security-policy']).toContain("script-src 'self';")
    }
  })

  test('files with a hash are kept for a year and sent compressed; missing ones are missing', async () => {
    await withWeb()
    const response = await server.ask({ url: '/assets/main-a1b2c3.js', headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(response.headers['content-encoding']).toBe('gzip')
    expect((await server.ask({ url: '/assets/gone.js' })).statusCode).toBe(404)
    expect((await server.ask({ url: '/api/gone' })).statusCode).toBe(404)
    expect((await server.ask({ method: 'POST', url: '/customers' })).statusCode).toBe(404)
    for (const url of ['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json']) {
      expect((await server.ask({ url })).body).not.toContain('"dependencies"')
    }
  })
})
