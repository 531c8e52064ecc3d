import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createKey, type Permission, permissions, permissionsOfRole, type Role, roles } from '#kernel/access/index.ts'
import { type FieldGroup, metaOf } from '#kernel/field-groups.ts'
import type { Operation } from '#kernel/operation.ts'
import { fieldsOf, openMoney, rolesFor } from '../../scripts/permissions.ts'
import { operationsOf } from './index.ts'
import { allRooms, cookieOf, openTestServer, type TestServer } from './testing/open-server.ts'

/** The table `docs/reference/permissions.md`, held against a running server both ways. */
const operations = operationsOf(allRooms)
const notAllowed = new Set([
  'access:refusal.not-allowed',
  'access:refusal.key-not-allowed',
  'access:refusal.whole-house',
])
/** A stream that never ends, and what would end the session that asks. */
const unasked = new Set(['listenLive', 'signOut', 'endOtherDevices'])

const nobodysId = '01900000-0000-7000-8000-00000000dead'

let server: TestServer
const as: Record<string, { readonly cookie?: string; readonly authorization?: string }> = {}
let owner: { cookie: string }
let partyId: string

const urlOf = (operation: Operation, ids: Readonly<Record<string, string>> = {}) =>
  operation.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? (/month/i.test(name) ? '2026-02' : nobodysId))

async function ask(operation: Operation, headers: object, { ids = {}, body = {} as unknown, query = '' } = {}) {
  const isWrite = operation.method !== 'GET'
  const url = urlOf(operation, ids) + query
  const given = { method: operation.method, url, headers: headers as Record<string, string> }
  return server.ask({ ...given, ...(isWrite && !operation.upload && { payload: body as object }) })
}

async function invited(role: Role, merchantId?: string) {
  const payload = { name: role, role, ...(merchantId && { merchantId }) }
  const made = await server.ask({ method: 'POST', url: '/api/staff', headers: owner, payload })
  expect(made.statusCode, made.body).toBe(201)
  const { token } = made.json().link
  return { cookie: cookieOf(await server.ask({ method: 'POST', url: '/api/session/link', payload: { token } })) }
}

async function asOwner(method: 'POST' | 'PUT', url: string, payload: object) {
  const answer = await server.ask({ method, url, headers: owner, payload })
  expect(answer.statusCode, `${url} ${answer.body}`).toBeLessThan(300)
  return answer.json()
}

beforeAll(async () => {
  server = await openTestServer({ rooms: allRooms })
  owner = await server.owner()
  const { house } = server
  for (const merchant of ['tea-house', 'cake-shop']) {
    await asOwner('PUT', `/api/merchants/${merchant}`, { name: merchant, isActive: true })
  }
  for (const role of roles) {
    as[role] = role === 'owner' ? owner : await invited(role, role === 'merchant-staff' ? 'tea-house' : undefined)
  }
  const key = async (held: readonly Permission[], merchantId: string | null = null) => {
    const { secret } = await createKey(house, { name: 'key', permissions: held, merchantId, createdBy: null })
    return { authorization: `Bearer ${secret}` }
  }
  as['key of nothing'] = await key(['demo.manage'])
  as['key of everything'] = await key(permissions)
  as['key of a merchant'] = await key(permissions, 'tea-house')
  const made = await asOwner('POST', '/api/parties', { kind: 'person', name: '王芳' })
  partyId = made.partyId
  const source = { sourceId: house.newId(), kind: 'system' as const }
  await house.database.transaction(transaction =>
    house.events.record(
      transaction,
      source,
      ['2026-02-01', '2026-02-10', '2026-02-20'].map((day, index) => ({
        messageId: `purchase ${index}`,
        kind: 'purchase.recorded',
        partyId,
        occurredAt: new Date(`${day}T04:00:00Z`),
        payload: {
          orderRef: `R${index}`,
          amountMinor: 432_100 + index,
          currency: 'CNY',
          lines: [],
          merchant: 'cake-shop',
        },
      })) as never,
    ),
  )
}, 60_000)
afterAll(() => server?.close())

const isClosed = (answer: LightMyRequestResponse) =>
  answer.statusCode === 401 || (answer.statusCode === 403 && notAllowed.has(answer.json().code))

it('every operation is for the roles that the table names, and for no other', async () => {
  const wrong: string[] = []
  for (const role of roles) {
    for (const operation of operations) {
      if (operation.permission === 'public' || operation.path.startsWith('/v1/')) continue
      const may = (rolesFor(operation) as readonly string[]).includes(role)
      if (may && unasked.has(operation.id)) continue
      const answer = await ask(operation, as[role]!)
      const isShut = isClosed(answer)
      if (isShut === may) wrong.push(`${role} ${operation.id}: ${answer.statusCode}`)
      if (answer.statusCode >= 500) wrong.push(`${role} ${operation.id}: ${answer.body.slice(0, 200)}`)
    }
  }
  expect(wrong).toEqual([])
}, 120_000)

it('a key may do what it was given; who is nobody, a member with a staff cookie and staff as a member get nothing', async () => {
  const wrong: string[] = []
  for (const operation of operations) {
    if (operation.permission === 'public' || operation.path.startsWith('/v1/') || unasked.has(operation.id)) continue
    const none = await ask(operation, {})
    if (none.statusCode !== 401) wrong.push(`nobody ${operation.id}: ${none.statusCode}`)
    if (operation.permission === 'member') {
      for (const who of ['owner', 'key of everything']) {
        const answer = await ask(operation, as[who]!)
        if (answer.statusCode !== 401) wrong.push(`${who} ${operation.id}: ${answer.statusCode}`)
      }
      continue
    }
    const poor = await ask(operation, as['key of nothing']!)
    const isOpen = operation.permission === 'signed-in' || operation.permission === 'demo.manage'
    if (!isOpen && !isClosed(poor)) wrong.push(`key of nothing ${operation.id}: ${poor.statusCode}`)
    const rich = await ask(operation, as['key of everything']!)
    if (isClosed(rich)) wrong.push(`key of everything ${operation.id}: ${rich.statusCode}`)
    const bound = await ask(operation, as['key of a merchant']!)
    const mayBound = isOpen || (rolesFor(operation) as readonly string[]).includes('merchant-staff')
    if (mayBound && operation.permission === 'demo.manage') continue
    if (mayBound === isClosed(bound)) wrong.push(`key of a merchant ${operation.id}: ${bound.statusCode}`)
  }
  expect(wrong).toEqual([])
}, 120_000)

/** Every value of an answer with what its contract says of it, and its name. */
function* valuesOf(
  schema: z.ZodType,
  value: unknown,
  name = '',
): Generator<{ name: string; groups: readonly FieldGroup[]; value: unknown }> {
  const meta = metaOf(schema)
  if (meta.groups) yield { name, groups: meta.groups, value }
  if (typeof value !== 'object' || value === null) return void (yield { name, groups: [], value })
  const definition = schema._zod.def as unknown as {
    shape?: Record<string, z.ZodType>
    innerType?: z.ZodType
    element?: z.ZodType
  }
  if (definition.innerType) return yield* valuesOf(definition.innerType, value, name)
  for (const [key, inner] of Object.entries(value)) {
    const part = definition.shape?.[key] ?? definition.element ?? z.unknown()
    yield* valuesOf(part, inner, Array.isArray(value) ? name : key)
  }
}

it('what a role may not see is in no answer to it, on a business that has customers who spent', async () => {
  const shown: string[] = []
  const seenByOwner = new Set<string>()
  const groupOf = { money: 'money.read', contact: 'contact.read', personal: 'personal.read' } as const
  for (const role of ['owner', 'front-desk', 'service', 'finance', 'viewer', 'merchant-staff'] as const) {
    for (const operation of operations) {
      if (operation.method !== 'GET' || operation.format || unasked.has(operation.id)) continue
      const answer = await ask(operation, as[role]!, { ids: { partyId, merchantId: 'tea-house', model: 'rhythm' } })
      if (answer.statusCode !== 200) continue
      const may = permissionsOfRole[role]
      for (const { name, groups, value } of valuesOf(operation.reply, answer.json())) {
        if (role === 'owner') {
          if (groups.length > 0 && value !== null) seenByOwner.add(`${operation.id} ${name}`)
          continue
        }
        const isHidden =
          value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
        if (groups.some(group => !may.includes(groupOf[group])) && !isHidden)
          shown.push(`${role} ${operation.id} ${name}`)
        const isOpen = Object.hasOwn(openMoney, operation.id) || Object.hasOwn(openMoney, operation.permission)
        if (may.includes('money.read') || isOpen) continue
        if (/Minor$/.test(name) && typeof value === 'number') shown.push(`${role} ${operation.id} ${name}`)
      }
      if (!may.includes('money.read') && answer.body.includes('4321'))
        shown.push(`${role} ${operation.id}: what the customer spent`)
    }
  }
  expect(shown).toEqual([])
  // The proof that there was something to hide.
  expect([...seenByOwner]).toContain('listCustomers spendMinor')
}, 60_000)

const counted = async () =>
  (
    await server.house.database.query(
      `select (select count(*) from events.event)::int as events, (select count(*) from ledger.posting)::int as postings,
         (select count(*) from till.sale)::int as sales, (select max(updated) from (
           select max(coalesce(refunded_minor, 0)) as updated from till.sale) r)::int as refunded,
         (select string_agg(state, ',' order by hold_id) from till.hold) as holds`,
    )
  )[0]

it('the things of another merchant do not exist for who works for one, staff or key, whichever slot names them', async () => {
  const sale = await asOwner('POST', '/api/till/sale', {
    customer: { partyId },
    merchantId: 'cake-shop',
    amountMinor: 5000,
    orderRef: 'CAKE-1',
  })
  const held = await server.ask({
    method: 'POST',
    url: '/api/till/holds',
    headers: owner,
    payload: { customer: { partyId }, merchantId: 'cake-shop', use: { points: 1 } },
  })
  const theirs: Record<string, string> = {
    merchantId: 'cake-shop',
    merchant: 'cake-shop',
    saleId: sale.saleId,
    ...(held.statusCode < 300 && { holdId: held.json().holdId }),
  }
  const before = await counted()
  const tried: string[] = []
  const wrong: string[] = []
  const attempt = async (operation: Operation, who: string, slot: string, asked: object) => {
    const answer = await ask(operation, as[who]!, asked)
    tried.push(`${operation.id} ${slot}`)
    if (answer.statusCode !== 404)
      wrong.push(`${who} ${operation.id} ${slot}: ${answer.statusCode} ${answer.body.slice(0, 150)}`)
  }
  for (const operation of operations) {
    if (!(rolesFor(operation) as readonly string[]).includes('merchant-staff')) continue
    for (const who of ['merchant-staff', 'key of a merchant']) {
      for (const [, slot] of operation.path.matchAll(/\{(\w+)\}/g)) {
        if (!Object.hasOwn(theirs, slot!)) continue
        await attempt(operation, who, slot!, { ids: theirs, body: fullBody(operation) })
      }
      for (const slot of bodySlots(operation)) {
        await attempt(operation, who, `body ${slot}`, {
          body: { ...fullBody(operation), ...nest(slot, theirs) },
          ids: { partyId },
        })
      }
    }
  }
  expect(wrong).toEqual([])
  expect(new Set(tried).size).toBeGreaterThan(10)
  expect(await counted()).toEqual(before)
  const lists = { readTill: 'sales', listMerchants: 'items', readTerms: 'items', listDisputes: 'items' }
  for (const id of Object.keys(lists)) {
    const operation = operations.find(each => each.id === id)!
    for (const who of ['merchant-staff', 'key of a merchant']) {
      const answer = await ask(operation, as[who]!)
      expect(answer.statusCode, `${id} ${answer.body}`).toBe(200)
      expect(answer.body).not.toContain('cake-shop')
      expect(answer.body).not.toContain('CAKE-1')
    }
  }
}, 60_000)

/** Where a body names a merchant, or a thing that belongs to one. */
function bodySlots(operation: Operation): string[] {
  const named = new Set(['merchantId', 'merchant', 'saleId', 'holdId'])
  if (!operation.body) return []
  return [...new Set(fieldsOf(operation.body).map(({ path }) => path))].filter(
    path => named.has(path.split('.').at(-1)!) && !path.startsWith('items') && !path.startsWith('exchange'),
  )
}

const nest = (slot: string, theirs: Readonly<Record<string, string>>): object => ({ [slot]: theirs[slot] ?? nobodysId })

/** A body that would be right if the thing it names were one's own. */
function fullBody({ id }: Operation): object {
  const customer = { partyId }
  const bodies: Record<string, object> = {
    topUpCredit: { amountMinor: 100, method: 'cash' },
    payWithCredit: { amountMinor: 100 },
    sellVisitCard: { cardId: nobodysId, method: 'cash' },
    useVisit: { cardId: nobodysId },
    reserveReward: { minutes: 5 },
    useRewardCode: { code: 'ABCD2345' },
    openDispute: { month: '2026-02', merchantId: 'cake-shop', lineId: nobodysId, reason: 'wrong' },
    useBenefit: { partyId },
    tillQuote: { customer, amountMinor: 100 },
    tillHold: { customer, use: { points: 1 } },
    tillSale: { customer, amountMinor: 100, orderRef: 'MINE-1' },
    tillRefund: { amountMinor: 100 },
    tillTopUp: { customer, amountMinor: 100, method: 'cash' },
    tillOffline: {
      sentAt: '2026-03-01T09:00:00Z',
      items: [{ kind: 'use', itemId: nobodysId, at: '2026-03-01T08:00:00Z', customer, points: 1 }],
    },
    captureTillHold: { orderRef: 'MINE-2' },
  }
  return bodies[id] ?? {}
}
