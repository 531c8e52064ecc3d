import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { systemClock } from '#kernel/clock/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { type RealServer, realServer, until } from '../real-server.ts'
import { brokenBodies, hostileText, hostileValue, poison, spoiled } from './hostile.ts'
import { type Fault, type Given, judge } from './judge.ts'
import { allowedBy, type Schema } from './schemas.ts'

export interface Report {
  readonly operations: number
  readonly figures: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
}

interface Described {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, unknown>>
  readonly 'x-permission': string
}

interface Operation extends Described {
  readonly method: string
  readonly path: string
}

/** Left out, each for a reason that is not "it fails". */
const leftOut: Readonly<Record<string, string>> = {
  listenLive: 'never ends by design',
  loadDemo: 'takes a minute, and the world is wanted as it is',
  removeDemo: 'the world is wanted as it is',
  endSession: 'would sign the caller out',
  endMemberSession: 'would sign the caller out',
  runBackup: 'copies the whole database each time',
}

const lanes = 8

/** Asks until as many inputs were sent; answers what was wrong and the figures. */
export async function attack(given: {
  readonly inputs: number
  readonly seed: number
  /** Part of an operation's id: only these are asked. */
  readonly only?: string
  readonly tell: (line: string) => void
}): Promise<Report> {
  const server = await realServer('hostile')
  try {
    await server.start()
    return await attackOn(server, given)
  } finally {
    await server.remove()
  }
}

async function attackOn(server: RealServer, given: Parameters<typeof attack>[0]): Promise<Report> {
  const { inputs, seed, only, tell } = given
  const people = await peopleAt(server)
  const document = (await (await fetch(`${server.address}/api/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  }
  const definitions = document.components.schemas
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, each]) => ({ ...each, method, path })))
    .filter(each => !(each.operationId in leftOut) && (!only || each.operationId.includes(only)))
  tell(`${operations.length} operations, ${people.length} callers, seed ${seed}`)

  const memory = remembering()
  await gatherIds(server, operations, people[0]!, memory)
  const faults: Fault[] = []
  const statuses = new Map<number, number>()
  const accepted = new Set<string>()
  const memoryMb: number[] = []
  const started = systemClock.elapsed()
  const revive = oneAtATime(server)
  let slowest = { milliseconds: 0, operation: '' }
  let sent = 0
  let turn = 0

  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (sent < inputs) {
        const operation = operations[turn % operations.length]!
        const round = Math.floor(turn++ / operations.length)
        const arbitrary = requestFor(operation, { definitions, seen: memory.seen })
        for (const request of fc.sample(arbitrary, { seed: seed + turn, numRuns: 12 })) {
          // Whoever may do most gets furthest, so half of it is theirs.
          const person = sent % 2 === 0 ? people[1]! : people[(round + sent) % people.length]!
          sent++
          const answered = await ask(server, request, person)
          if (answered.status === 401 && mayKnock(operation, person)) await revive(person)
          statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1)
          if (answered.status < 300) accepted.add(operation.operationId)
          if (answered.milliseconds > slowest.milliseconds) {
            slowest = { milliseconds: Math.round(answered.milliseconds), operation: operation.operationId }
          }
          memory.learn(answered.body)
          const found = judge(operation, request, person.name, answered)
          faults.push(...found.map(fault => ({ ...fault, log: server.lineAbout(faultIdIn(answered.body)) })))
        }
        if (turn % 400 === 0) {
          memoryMb.push(residentMb(server))
          tell(progressLine(sent, { faults: faults.length, milliseconds: systemClock.elapsed() - started, memoryMb }))
        }
      }
    }),
  )
  const seconds = (systemClock.elapsed() - started) / 1000
  await until(server.isWell)
  const polluted = Object.keys(Object.prototype).length
  await server.stop('SIGINT')
  await server.inProduct(async ({ business, demo }) => {
    for (const world of [business, demo()].filter(each => each !== undefined)) {
      const findings = await verifyLedger(world.database, world.claims)
      for (const { id, faults: count, examples } of findings.filter(each => each.faults > 0)) {
        faults.push({ what: 'claim does not hold afterwards', operation: `${world.name}: ${id}`, count, examples })
      }
    }
  })
  const never = operations.filter(each => !accepted.has(each.operationId)).map(each => each.operationId)
  return {
    operations: operations.length,
    figures: {
      inputs: sent,
      operations: operations.length,
      neverAccepted: never,
      perSecond: Math.round(sent / seconds),
      statuses: Object.fromEntries([...statuses].sort(([one], [other]) => one - other)),
      faults: faults.length,
      slowest,
      memoryMb: { first: memoryMb[0], last: memoryMb.at(-1), most: Math.max(0, ...memoryMb) },
      polluted,
      seed,
    },
    faults,
  }
}

const progressLine = (
  sent: number,
  so: { readonly faults: number; readonly milliseconds: number; readonly memoryMb: readonly number[] },
) =>
  `${sent} inputs, ${Math.round((sent * 1000) / so.milliseconds)} a second, ${so.faults} faults, ${so.memoryMb.at(-1)} MB`

/** Somebody who asks; `signIn` makes their headers anew once what was asked has signed them out. */
interface Person {
  readonly name: string
  headers: Readonly<Record<string, string>>
  signIn?(): Promise<Readonly<Record<string, string>>>
}

/** Everybody who may knock: each kind of role, a key, a member, nobody; most of them look at the demo world, which is full. */
async function peopleAt(server: RealServer): Promise<Person[]> {
  const demo = { 'guanxi-world': 'demo' }
  const beOwner = async () => ({ cookie: await signIn(server, await firstLink(server)) })
  const owner: Person = { name: 'owner', headers: await beOwner(), signIn: beOwner }
  const api = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: object = {},
  ): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.address}${path}`, {
      method,
      headers: { ...owner.headers, ...headers, 'content-type': 'application/json', origin: server.address },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    })
    if (response.status === 401) {
      // What was asked meanwhile has signed the owner out.
      owner.headers = await beOwner()
      return await api(method, path, headers, body)
    }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json().catch(() => ({}))) as Record<string, unknown>
  }
  await api('POST', '/api/demo/load')
  await until(async () => (await api('GET', '/api/demo')).state === 'loaded', 300)
  const { items: merchants } = (await api('GET', '/api/merchants', demo)) as { items: { merchantId: string }[] }
  const { merchantId } = merchants[0]!
  // Staff and keys are the business's, in the demo too; so must their merchant be.
  await api('PUT', `/api/merchants/${merchantId}`, {}, { name: merchantId, isActive: true })
  const staff = async (role: string): Promise<Person> => {
    const be = async () => {
      const body = { name: role, role, ...(role === 'merchant-staff' && { merchantId }) }
      const { link } = (await api('POST', '/api/staff', {}, body)) as { link: { token: string } }
      return { cookie: await signIn(server, link.token), ...demo }
    }
    return { name: role, headers: await be(), signIn: be }
  }
  const key = async (name: string, bound: object): Promise<Person> => {
    const be = async () => {
      const permissions = ['events.write', 'till.use', 'customers.read']
      const { secret } = (await api('POST', '/api/keys', {}, { name, permissions, ...bound })) as { secret: string }
      return { authorization: `Bearer ${secret}`, ...demo }
    }
    return { name, headers: await be(), signIn: be }
  }
  const beMember = async () => {
    const { items } = (await api('GET', '/api/customers?limit=1', demo)) as { items: { partyId: string }[] }
    const path = `/api/parties/${items[0]!.partyId}/card-links`
    const { token } = (await api('POST', path, demo)) as { token: string }
    return { cookie: await signIn(server, token, '/api/member/session/link') }
  }
  const ownerInDemo = async () => ({ ...(await beOwner()), ...demo })
  return [
    owner,
    { name: 'owner in the demo', headers: await ownerInDemo(), signIn: ownerInDemo },
    ...(await Promise.all(
      ['manager', 'marketer', 'front-desk', 'service', 'finance', 'merchant-staff'].map(role => staff(role)),
    )),
    await key('key', {}),
    await key('key of a merchant', { merchantId }),
    { name: 'member', headers: await beMember(), signIn: beMember },
    { name: 'nobody', headers: {} },
  ]
}

async function firstLink(server: RealServer): Promise<string> {
  const printed = JSON.parse(await server.guanxi(['sign-in-link', '--json'])) as { url: string }
  // The token stands behind `#`, where no server sees it.
  return printed.url.split('#').at(-1)!
}

let signedIn = 0

/** Each time from an address of its own, as if behind a proxy: the hostile attempts use up what one address may try. */
async function signIn(server: RealServer, token: string, path = '/api/session/link'): Promise<string> {
  const from = signedIn++
  const response = await fetch(`${server.address}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'guanxi-world': 'demo',
      origin: server.address,
      'x-forwarded-for': `10.${(from >> 16) & 255}.${(from >> 8) & 255}.${from & 255}`,
    },
    body: JSON.stringify({ token }),
  })
  const cookie = response.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  if (!cookie) throw new Error(`no cookie: ${response.status} ${await response.text()}`)
  return cookie
}

const faultIdIn = (body: unknown) => (body as { faultId?: string } | undefined)?.faultId

/** Whether being refused as unknown is news: a member at a door of staff always is, and whoever brings no key where events come in. */
const mayKnock = ({ path, 'x-permission': needed }: Operation, { name, headers }: Person) =>
  needed !== 'public' &&
  (needed === 'member') === (name === 'member') &&
  (!path.startsWith('/v1/') || 'authorization' in headers)

/** Signs people in again who were signed out by what was asked, one after the other, and not twice for one loss. */
function oneAtATime(server: RealServer): (person: Person) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  const since = new Map<Person, Person['headers']>()
  return person => {
    const lost = person.headers
    last = last.then(async () => {
      if (!person.signIn || person.headers !== lost || since.get(person) === lost) return
      since.set(person, lost)
      await until(server.isWell)
      person.headers = await person.signIn()
    })
    return last
  }
}

/** What answers showed, by the name of its field; the last few hundred of each. */
function remembering() {
  const values = new Map<string, Set<unknown>>()
  const note = (name: string, value: unknown) => {
    const known = values.get(name) ?? new Set()
    known.add(value)
    if (known.size > 300) known.delete(known.values().next().value)
    values.set(name, known)
  }
  const learn = (value: unknown, name = ''): void => {
    if (Array.isArray(value)) for (const each of value.slice(0, 20)) learn(each, name)
    else if (typeof value === 'object' && value !== null) {
      for (const [field, each] of Object.entries(value)) learn(each, field)
    } else if ((typeof value === 'string' && value.length < 200) || typeof value === 'number') note(name, value)
  }
  return { learn, seen: (name: string) => [...(values.get(name) ?? [])] }
}

/** Lists first, so that requests have real ids to name. */
async function gatherIds(
  server: RealServer,
  operations: readonly Operation[],
  owner: Person,
  memory: ReturnType<typeof remembering>,
): Promise<void> {
  const lists = operations.filter(each => each.method === 'get' && !each.path.includes('{'))
  for (const world of [{}, { 'guanxi-world': 'demo' }]) {
    for (const { path } of lists) {
      const response = await fetch(`${server.address}${path}`, { headers: { ...owner.headers, ...world } })
      memory.learn(await response.json().catch(() => undefined))
    }
  }
}

function requestFor(
  operation: Operation,
  given: {
    readonly definitions: Readonly<Record<string, Schema>>
    readonly seen: (name: string) => readonly unknown[]
  },
): fc.Arbitrary<Given> {
  const parameters = (operation.parameters ?? []).filter(each => each.in === 'path' || each.in === 'query')
  const slots = fc.record(
    Object.fromEntries(
      parameters.map(each => {
        const allowed = allowedBy(each.schema, { ...given, name: each.name })
        const hostile = fc.oneof({ weight: 6, arbitrary: allowed }, { weight: 1, arbitrary: hostileText })
        return [
          `${each.in} ${each.name}`,
          each.in === 'path' ? hostile : fc.option(hostile, { freq: 2, nil: undefined }),
        ]
      }),
    ),
  )
  const content = operation.requestBody?.content ?? {}
  const schema = content['application/json']?.schema ?? Object.values(content)[0]?.schema
  const body = schema ? allowedBy(schema, given) : fc.constant(undefined)
  const spoil = fc.tuple(
    fc.constantFrom('not', 'not', 'replace', 'remove', 'add', 'broken'),
    fc.nat(1000),
    fc.oneof(hostileValue, fc.constantFrom(...poison)),
    fc.constantFrom(...brokenBodies),
  )
  return fc.tuple(slots, body, spoil).map(([filled, value, [how, at, by, broken]]) => {
    const query = new URLSearchParams()
    let path = operation.path
    for (const [slot, each] of Object.entries(filled)) {
      const [place, name] = slot.split(' ') as [string, string]
      const text = typeof each === 'object' ? JSON.stringify(each) : String(each)
      if (place === 'path')
        path = path.replace(`{${name}}`, encodeURIComponent(wellFormed(text).slice(0, 300)) || '%20')
      else if (each !== undefined) query.append(name, wellFormed(text).slice(0, 4000))
    }
    const url = `${path}${query.size > 0 ? `?${query}` : ''}`
    const isAllowed = how === 'not'
    if (!schema) return { method: operation.method.toUpperCase(), url, isAllowed }
    if (how === 'broken') {
      return { method: operation.method.toUpperCase(), url, isAllowed, ...broken }
    }
    const sent = isAllowed ? value : spoiled(value, at, by, how)
    return { method: operation.method.toUpperCase(), url, isAllowed, body: JSON.stringify(sent) ?? '' }
  })
}

const wellFormed = (text: string) => text.toWellFormed()

async function ask(server: RealServer, request: Given, person: Person) {
  const started = systemClock.elapsed()
  const { method, url, body, type = 'application/json' } = request
  try {
    const response = await fetch(`${server.address}${url}`, {
      method,
      headers: {
        ...person.headers,
        // A key that came with an origin would be one that stands in a page, and refused as such.
        ...(!('authorization' in person.headers) && { origin: server.address }),
        ...(body !== undefined && { 'content-type': type }),
      },
      ...(body !== undefined && method !== 'GET' && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
    })
    const text = await response.text()
    const milliseconds = systemClock.elapsed() - started
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      text,
      body: parsed(text),
      milliseconds,
    }
  } catch (error) {
    const text = String((error as Error).cause ?? error)
    return { status: 0, type: '', text, body: undefined, milliseconds: systemClock.elapsed() - started }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function residentMb(server: RealServer): number {
  const pid = server.process()?.pid
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}
