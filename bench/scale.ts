/**
 * A large business at work: `npm run bench -- scale`. 1,000,000 customers with 10,000,000 purchases are written straight into the
 * database, a week's calls are planned on them, and then, while a process of its own sends 5,000 events a second, another one
 * opens customers, Today and the search as a browser does. One JSON line per figure; the floor beside them is the plainest
 * answer of the same server in the same minute (`GET /api/health`). `BENCH_CUSTOMERS=100000` for a smaller one.
 */
import { fork } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createKey, issueSignInLink } from '#kernel/access/index.ts'
import { systemClock } from '#kernel/clock/index.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { silentLog } from '#kernel/log.ts'
import { searchKeys } from '#kernel/parties/search.ts'
import { readConfiguration } from '#product/configuration.ts'
import type { OpenHouse } from '#product/house.ts'
import { openProduct, serve } from '#product/start.ts'

const customers = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000)
const purchasesEach = 10
const seconds = Number(process.env.BENCH_SECONDS ?? 60)
const perSecond = Number(process.env.BENCH_EVENTS ?? 5_000)
const bars = { page: 25, today: 50, search: 50 }

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'scale', ...figure }))
}

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))
  // Started as root, the server runs under another account, which must be able to walk to its folder.
  chmodSync(folder, 0o711)
  const configuration = readConfiguration({ GUANXI_DATA: folder, PORT: '0', GUANXI_LOG: 'quiet' })
  const log = { ...silentLog, error: (fields: object, sentence: string) => console.error(sentence, fields) }
  const product = await openProduct({ configuration, log, works: false })
  try {
    const { business } = product
    const began = systemClock.elapsed()
    await fill(business)
    const jobs = product.rooms.flatMap(room => room.jobs ?? [])
    await performNow(business, jobs, 'rhythm.due')
    await performNow(business, jobs, 'warnings.plan')
    await business.database.query('vacuum analyze')
    print({ measure: 'filled', customers, purchases: customers * purchasesEach, seconds: round(since(began)) })
    await business.work()
    const server = await serve(product, configuration)
    const { secret } = await createKey(business, { name: 'bench', permissions: ['events.write'], createdBy: null })
    const { token } = await issueSignInLink(business, { firstOwner: true })
    const cookie = await signIn(server.url, token)
    const still = await child('reader', { BENCH_URL: server.url, BENCH_COOKIE: cookie, BENCH_SECONDS: '15' })
    report('nothing else going on', still.message as Reading)
    const sender = child('sender', { BENCH_URL: server.url, BENCH_KEY: secret })
    const reader = child('reader', { BENCH_URL: server.url, BENCH_COOKIE: cookie })
    const [sent, read] = [(await sender).message as Sent, (await reader).message as Reading]
    print({
      measure: 'events a second while pages are read',
      value: Math.round(sent.events / sent.seconds),
      asked: perSecond,
    })
    report(`${perSecond} events a second`, read)
    await server.close()
  } finally {
    await product.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(beside: string, { times, pages }: Reading): void {
  for (const [what, list] of Object.entries(times)) {
    const sorted = list.sort((one, other) => one - other)
    const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    const bar = bars[what as keyof typeof bars]
    print({
      measure: what,
      beside,
      requests: sorted.length,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      ...(bar && { barMs: bar, met: at(0.95) < bar }),
    })
  }
  const slowest = Object.entries(pages).sort(([, one], [, other]) => other - one)
  print({
    measure: 'the slowest parts of a customer’s page, mean ms',
    beside,
    parts: Object.fromEntries(slowest.slice(0, 5)),
  })
}

const family = ['Li', 'Wang', 'Zhang', 'Chen', '王', '李', '张', '刘', '陈', 'Smith', 'Kowalski', 'García']
const given = ['Wei', 'Fang', 'Min', '小明', '晓燕', '丽华', '建国', 'Anna', 'Tom', 'Lucía', 'Jun', '静']

function nameOf(customer: number): string {
  const [one, other] = [family[customer % family.length]!, given[Math.floor(customer / family.length) % given.length]!]
  return /\p{Script=Han}/u.test(one) ? `${one}${other}` : `${other} ${one}`
}

const phoneOf = (customer: number) => `+86138${String(customer).padStart(8, '0')}`

/** Straight into the tables, as a base that grew over two years looks: regulars, some of them late today. */
async function fill({ database, events }: OpenHouse): Promise<void> {
  const months = Array.from(
    { length: 27 },
    (_, month) => new Date(systemClock.now().getTime() - (month - 1) * 30 * 86_400_000),
  )
  await events.ensureMonths(months)
  // Ids of the seventh version, as ours are: the contracts take no others.
  const id = (n: string) => `overlay(overlay(md5((${n})::text) placing '7' from 13) placing '8' from 17)::uuid`
  await database.query(`insert into events.source (source_id, kind) values (${id("'bench'")}, 'import')`)
  await database.transaction(async transaction => {
    await transaction.query('create temporary table named (n int, name text, phone text, keys text[]) on commit drop')
    await transaction.copy('named', lines())
    await transaction.query(
      `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
       select ${id('n')}, 'person', name, '{customer}', '{}', '{}', ${id("'bench'")}, now(), now() from named`,
    )
    await transaction.query(`insert into parties.search_key (key, party_id) select unnest(keys), ${id('n')} from named`)
    await transaction.query(
      `insert into parties.identifier (value_key, kind, party_id, value)
       select phone, 'phone', ${id('n')}, phone from named union all select n::text, 'customer_id', ${id('n')}, n::text from named`,
    )
  })
  await database.query(
    `insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at)
     select ${id('n')}, date_trunc('hour', now()) - make_interval(days => 35 + n % 20 + 60 * p), ${id("n || ' ' || p")}, 'purchase.recorded',
       jsonb_build_object('orderRef', n || '-' || p, 'amountMinor', 1000 + n % 9000, 'currency', 'CNY', 'lines',
         jsonb_build_array(jsonb_build_object('sku', 'tea-' || n % 50, 'quantity', 1000, 'amountMinor', 1000 + n % 9000))),
       ${id("'bench'")}, now()
     from generate_series(1, $1::int) as n, generate_series(0, $2::int - 1) as p`,
    [customers, purchasesEach],
  )
  await database.query(
    `insert into rhythm.model (model_no, model_id, kind, fitted_at, as_of_on, customers, parameters, warnings)
     values (1, gen_random_uuid(), 'fitted', now(), current_date, $1, '{"k": 2, "r": 2, "alpha": 20, "a": 0.5, "b": 2}', '{}')`,
    [customers],
  )
  await database.query(
    `insert into rhythm.state (party_id, version, model_no, purchase_days, purchases, first_on, last_on, gap_days_sum,
       log_gap_sum, spend_minor, last_day_minor, spend_squares, refund_minor, refunds, late_on, dormant_on, lost_on)
     select ${id('n')}, 1, 1, $2, $2, current_date - 35 - n % 20 - 60 * ($2 - 1), current_date - 35 - n % 20, 60 * ($2 - 1),
       ($2 - 1) * ln(60), 10 * (1000 + n % 9000), 1000 + n % 9000, 1e9, 0, 0,
       current_date + case when n <= 5000 then 0 else 1 + n % 60 end, current_date + 100, current_date + 200
     from generate_series(1, $1::int) as n`,
    [customers, purchasesEach],
  )
}

function* lines(): Iterable<string> {
  let text = ''
  for (let customer = 1; customer <= customers; customer++) {
    const [name, phone] = [nameOf(customer), phoneOf(customer)]
    const keys = searchKeys(name, [phone, String(customer)]).map(key => `"${key}"`)
    text += `${customer}\t${name}\t${phone}\t{${keys.join(',')}}\n`
    if (text.length > 1 << 20) {
      yield text
      text = ''
    }
  }
  yield text
}

interface Sent {
  readonly events: number
  readonly seconds: number
}

interface Reading {
  readonly times: Record<string, number[]>
  readonly pages: Record<string, number>
}

/** The load comes from processes of their own, so that the server's event loop is the server's alone. */
function child(as: string, environment: Record<string, string>): Promise<{ message: unknown }> {
  return new Promise((resolve, reject) => {
    const started = fork(import.meta.filename, [as], {
      execArgv: ['--conditions=source'],
      env: { ...process.env, ...environment },
    })
    started.on('message', message => resolve({ message }))
    started.on('exit', code => code !== 0 && reject(new Error(`the ${as} ended with ${code}`)))
  })
}

async function signIn(url: string, token: string): Promise<string> {
  const response = await fetch(new URL('/api/session/link', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin },
    body: JSON.stringify({ token }),
  })
  return response.headers
    .getSetCookie()
    .map(cookie => cookie.split(';')[0])
    .join('; ')
}

/** Sends batches of 100 orders of customers at random at a steady pace; what the server cannot take waits. */
async function send(): Promise<void> {
  const url = new URL('/v1/batch', process.env.BENCH_URL)
  const authorization = `Basic ${Buffer.from(`${process.env.BENCH_KEY}:`).toString('base64')}`
  const started = systemClock.elapsed()
  let events = 0
  let number = 0
  const underWay = new Set<Promise<void>>()
  while (since(started) < seconds) {
    const due = since(started) * perSecond
    while (events + underWay.size * 100 < due && underWay.size < 32) {
      const first = number++ * 100
      const batch = Array.from({ length: 100 }, (_, index) => ({
        type: 'track',
        event: 'Order Completed',
        messageId: `scale-${first + index}`,
        userId: String(1 + (((first + index) * 7919) % customers)),
        timestamp: systemClock.now().toISOString(),
        properties: { order_id: `scale-${first + index}`, total: 12, currency: 'CNY' },
      }))
      const sending = fetch(url, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ batch }),
      }).then(async response => {
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
        await response.text()
        events += 100
      })
      underWay.add(sending)
      void sending.finally(() => underWay.delete(sending))
    }
    await pause(5)
  }
  await Promise.all(underWay)
  process.send!({ events, seconds: since(started) } satisfies Sent)
  process.disconnect()
}

const pageParts = [
  '/api/parties/{partyId}',
  '/api/customers/{partyId}/rhythm',
  '/api/parties/{partyId}/events?limit=30',
  '/api/tasks?partyId={partyId}&state=open',
  '/api/parties/{partyId}/points',
  '/api/parties/{partyId}/tier',
  '/api/parties/{partyId}/holdings',
]
const todayParts = ['/api/customers/counts', '/api/tasks?state=open&limit=50', '/api/rhythm', '/api/warnings/effect']

/** Opens one page after the other, each with all its parts at once, as a browser does; a page a tenth of a second. */
async function readPages(): Promise<void> {
  const headers = { cookie: process.env.BENCH_COOKIE! }
  const times: Record<string, number[]> = {
    'floor: health': [],
    page: [],
    'page, all parts': [],
    today: [],
    search: [],
  }
  const sums: Record<string, { sum: number; count: number }> = {}
  const get = async (path: string) => {
    const began = systemClock.elapsed()
    const response = await fetch(new URL(path, process.env.BENCH_URL), { headers })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return systemClock.elapsed() - began
  }
  const listed = await fetch(new URL('/api/customers?limit=50', process.env.BENCH_URL), { headers })
  if (!listed.ok) throw new Error(`${listed.status} ${await listed.text()}`)
  const parties = (await listed.json()) as { items: { partyId: string }[] }
  const texts = ['wang', '王晓', 'zhang w', '1380001', '0042', 'Kowalski', 'lxm', '李丽华', 'tom smith']
  const started = systemClock.elapsed()
  for (let turn = 0; since(started) < seconds; turn++) {
    const { partyId } = parties.items[turn % parties.items.length]!
    times['floor: health']!.push(await get('/api/health'))
    const began = systemClock.elapsed()
    const parts = await Promise.all(pageParts.map(part => get(part.replace('{partyId}', partyId))))
    times['page, all parts']!.push(systemClock.elapsed() - began)
    times.page!.push(...parts)
    for (const [index, part] of parts.entries()) {
      const known = sums[pageParts[index]!] ?? { sum: 0, count: 0 }
      sums[pageParts[index]!] = { sum: known.sum + part, count: known.count + 1 }
    }
    if (turn % 5 === 0) times.today!.push(...(await Promise.all(todayParts.map(get))))
    times.search!.push(await get(`/api/parties?find=${encodeURIComponent(texts[turn % texts.length]!)}&limit=10`))
    await pause(100)
  }
  const pages = Object.fromEntries(Object.entries(sums).map(([part, { sum, count }]) => [part, round(sum / count)]))
  process.send!({ times, pages } satisfies Reading)
  process.disconnect()
}

function since(instant: number): number {
  return (systemClock.elapsed() - instant) / 1000
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

const role = process.argv[2]
if (role === 'sender') await send()
else if (role === 'reader') await readPages()
else await measure()
