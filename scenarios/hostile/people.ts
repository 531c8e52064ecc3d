import { type RealServer, until } from '../real-server.ts'

/** Somebody who asks; `signIn` makes their headers anew once what was asked has signed them out. */
export interface Person {
  readonly name: string
  headers: Readonly<Record<string, string>>
  /** Whom of the customers it is: only they have a card. */
  partyId?: string
  signIn?(): Promise<Readonly<Record<string, string>>>
}

/** Everybody who may knock: each kind of role, a key, two members, nobody; most of them look at the demo world, which is full. */
export async function peopleAt(server: RealServer): Promise<Person[]> {
  const demo = { 'guanxi-world': 'demo' }
  // Whoever lets the others in asks nothing hostile, so is seldom signed out: a link by the command line takes seconds.
  const beKeeper = async () => ({ cookie: await signIn(server, await firstLink(server)) })
  let keeper = await beKeeper()
  const api = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: object = {},
  ): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.address}${path}`, {
      method,
      headers: { ...keeper, ...headers, 'content-type': 'application/json', origin: server.address },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    })
    if (response.status === 401) {
      // What was asked meanwhile has signed the keeper out.
      keeper = await beKeeper()
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
  const staff = async (role: string, name = role, world = demo): Promise<Person> => {
    const be = async () => {
      const body = { name: role, role, ...(role === 'merchant-staff' && { merchantId }) }
      const { link } = (await api('POST', '/api/staff', {}, body)) as { link: { token: string } }
      return { cookie: await signIn(server, link.token), ...world }
    }
    return { name, headers: await be(), signIn: be }
  }
  const key = async (name: string, bound: object): Promise<Person> => {
    const be = async () => {
      const permissions = ['events.write', 'till.use', 'customers.read']
      const { secret } = (await api('POST', '/api/keys', {}, { name, permissions, ...bound })) as { secret: string }
      return { authorization: `Bearer ${secret}`, ...demo }
    }
    return { name, headers: await be(), signIn: be }
  }
  const member = async (name: string, at: number): Promise<Person> => {
    const person: Person = { name, headers: {} }
    person.signIn = async () => {
      const { items } = (await api('GET', '/api/customers?limit=20', demo)) as { items: { partyId: string }[] }
      const { partyId } = items[at % items.length]!
      const { token } = (await api('POST', `/api/parties/${partyId}/card-links`, demo)) as { token: string }
      person.partyId = partyId
      return { cookie: await signIn(server, token, '/api/member/session/link') }
    }
    person.headers = await person.signIn()
    return person
  }
  return [
    await staff('owner', 'owner', { 'guanxi-world': 'business' }),
    await staff('owner', 'owner in the demo'),
    ...(await Promise.all(
      ['manager', 'marketer', 'front-desk', 'service', 'finance', 'merchant-staff'].map(role => staff(role)),
    )),
    await key('key', {}),
    await key('key of a merchant', { merchantId }),
    await member('member', 0),
    await member('another member', 1),
    { name: 'nobody', headers: {} },
  ]
}

export const isMember = ({ name }: Person) => /member$/.test(name)

async function firstLink(server: RealServer): Promise<string> {
  const printed = JSON.parse(await server.guanxi(['sign-in-link', '--json'])) as { url: string }
  // The token stands behind `#`, where no server sees it.
  return printed.url.split('#').at(-1)!
}

let signedIn = 0

/** An address of its own for each, as if behind a proxy: the hostile attempts use up what one address may try. */
export function newAddress(): string {
  const from = signedIn++
  return `10.${(from >> 16) & 255}.${(from >> 8) & 255}.${from & 255}`
}

async function signIn(server: RealServer, token: string, path = '/api/session/link'): Promise<string> {
  const response = await fetch(`${server.address}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'guanxi-world': 'demo',
      origin: server.address,
      'x-forwarded-for': newAddress(),
    },
    body: JSON.stringify({ token }),
  })
  const cookie = cookieOf(response)
  if (!cookie) throw new Error(`no cookie: ${response.status} ${await response.text()}`)
  return cookie
}

export const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')

/** Somebody else may have ended the link before it was followed. */
export async function comeIn(signIn: NonNullable<Person['signIn']>): Promise<Person['headers']> {
  for (let tries = 1; ; tries++) {
    try {
      return await signIn()
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

/** Signs people in again who were signed out by what was asked, one after the other, and not twice for one loss. */
export function oneAtATime(server: RealServer): (person: Person) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  const since = new Map<Person, Person['headers']>()
  return person => {
    const lost = person.headers
    last = last.then(async () => {
      if (!person.signIn || person.headers !== lost || since.get(person) === lost) return
      since.set(person, lost)
      await until(server.isWell)
      // Whoever is not let in now, since they were forgotten or their shop was closed, comes again with the next table.
      person.headers = await comeIn(person.signIn).catch(() => lost)
    })
    return last
  }
}
