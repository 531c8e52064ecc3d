import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { z } from 'zod'
import { createKey, issueSignInLink, type Permission } from '#kernel/access/index.ts'
import { accessRoom } from '#kernel/access/room.ts'
import type { House } from '#kernel/house.ts'
import { loadWords, translatorFor, wordFolders } from '#kernel/locale/index.ts'
import type { Log } from '#kernel/log.ts'
import { operation, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { rooms as allRooms } from '#product/rooms.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { createServer, type ServerOptions } from '../index.ts'

/** A made-up room with every kind of thing that can go right or wrong behind the door. */
export const teaRoom: Room = {
  name: 'kernel/access',
  routes: [
    route(
      operation({
        id: 'brewTea',
        method: 'POST',
        path: '/api/tea/{pot}',
        summary: 'Brews',
        permission: 'customers.write',
        params: z.object({ pot: z.coerce.number().int().min(1) }),
        query: z.object({ cups: z.coerce.number().int().max(12).default(1) }),
        body: z.object({ leaf: z.string().min(2), grams: z.int().optional(), note: z.unknown().optional() }),
        reply: z.object({ pot: z.number(), cups: z.number(), leaf: z.string(), world: z.string() }),
        status: 201,
      }),
      async (house, { params, query, body }) =>
        ({ ...params, ...query, leaf: body.leaf, world: house.name, secret: 'not in the contract' }) as never,
    ),
    route(
      operation({
        id: 'sellTea',
        method: 'POST',
        path: '/api/tea-sale',
        summary: 'Sells, once per name of the request, unless there is none left',
        permission: 'customers.write',
        body: z.object({ grams: z.int() }),
        reply: z.object({ sale: z.number() }),
        status: 201,
        once: true,
      }),
      async (house, { body }) => {
        if (body.grams > 500) throw refuse('conflict', 'access:refusal.staff-unknown')
        const [row] = await house.database.query<{ sale: number }>(`select nextval('tea_sale')::int4 as sale`)
        return { sale: row!.sale }
      },
    ),
    route(
      operation({
        id: 'brokenTea',
        method: 'GET',
        path: '/api/broken-tea',
        summary: 'Answers what it did not promise',
        permission: 'public',
        reply: z.object({ cups: z.number() }),
      }),
      async () => ({ cups: 'many' }) as never,
    ),
    route(
      operation({
        id: 'spiltTea',
        method: 'GET',
        path: '/api/spilt-tea',
        summary: 'Fails',
        permission: 'public',
        reply: z.undefined(),
      }),
      async () => {
        throw new Error('customer 王小姐 at /secret/path: select * from parties.party')
      },
    ),
    route(
      operation({
        id: 'refusedTea',
        method: 'GET',
        path: '/api/refused-tea/{kind}',
        summary: 'Refuses in the way that is asked for',
        permission: 'public',
        params: z.object({ kind: z.string() }),
        reply: z.undefined(),
      }),
      async (_house, { params }) => {
        throw refuse(params.kind as 'invalid', 'access:refusal.staff-unknown')
      },
    ),
    route(
      operation({
        id: 'askDatabase',
        method: 'GET',
        path: '/api/ask-database',
        summary: 'Needs the database',
        permission: 'public',
        reply: z.object({ one: z.number() }),
      }),
      async house => {
        const [row] = await house.database.query<{ one: number }>('select 1 as one')
        return row!
      },
    ),
    route(
      operation({
        id: 'sameTeaTwice',
        method: 'GET',
        path: '/api/same-tea-twice',
        summary: 'Writes a key that stands already',
        permission: 'public',
        reply: z.object({ ok: z.boolean() }),
      }),
      async house => {
        await house.database.transaction(async transaction => {
          await transaction.query('create temporary table tea (leaf text primary key) on commit drop')
          for (const _ of [1, 2]) await transaction.query(`insert into tea values ('王小姐')`)
        })
        return { ok: true }
      },
    ),
    route(
      operation({
        id: 'uploadTea',
        method: 'POST',
        path: '/api/tea-file',
        summary: 'Takes a file',
        permission: 'imports.run',
        upload: true,
        body: z.object({ title: z.string() }),
        reply: z.object({ name: z.string(), title: z.string(), bytes: z.number() }),
      }),
      async (_house, { body, file }) => {
        let bytes = 0
        for await (const chunk of file!.stream) bytes += (chunk as Buffer).length
        return { name: file!.name, title: body.title, bytes }
      },
    ),
  ],
}

export interface TestServer {
  readonly app: FastifyInstance
  readonly house: TestHouse
  readonly lines: { fields: Readonly<Record<string, unknown>>; sentence: string }[]
  ask(options: InjectOptions): Promise<LightMyRequestResponse>
  /** A new member of staff with this role, signed in: the cookie header to send. */
  owner(): Promise<{ cookie: string }>
  key(...permissions: Permission[]): Promise<{ authorization: string }>
  /** The key of a web page. */
  browserKey(): Promise<string>
  close(): Promise<void>
}

export async function openTestServer({
  start,
  houses,
  ...options
}: Partial<Omit<ServerOptions, 'houses'>> & {
  start?: string
  houses?: { demo(): House | undefined }
} = {}): Promise<TestServer> {
  const lines: TestServer['lines'] = []
  const write = (fields: Readonly<Record<string, unknown>>, sentence: string) => void lines.push({ fields, sentence })
  const log: Log = { info: write, warn: write, error: write }
  const house = await openTestHouse({ log, ...(start && { start }) })
  const translator = translatorFor(loadWords(wordFolders(new URL('../../', import.meta.url))))
  const app = await createServer({
    houses: { business: house, demo: houses?.demo ?? (() => undefined) },
    translator,
    version: '0.0.0-test',
    ...options,
    rooms: options.rooms ?? [accessRoom, teaRoom],
  })
  await app.ready()
  return {
    app,
    house,
    lines,
    ask: request => app.inject(request),
    async owner() {
      const { token } = await issueSignInLink(house, { firstOwner: true })
      const response = await app.inject({ method: 'POST', url: '/api/session/link', payload: { token } })
      return { cookie: cookieOf(response) }
    },
    async key(...permissions) {
      const { secret } = await createKey(house, { name: 'test', permissions, createdBy: null })
      return { authorization: `Bearer ${secret}` }
    },
    async browserKey() {
      return (await createKey(house, { name: 'page', kind: 'browser', permissions: [], createdBy: null })).secret
    },
    async close() {
      await app.close()
      await house.close()
    },
  }
}

export function cookieOf(response: LightMyRequestResponse): string {
  const [cookie] = response.cookies as { name: string; value: string }[]
  if (!cookie) throw new Error(`no cookie in ${response.statusCode} ${response.body}`)
  return `${cookie.name}=${cookie.value}`
}

export { allRooms }
