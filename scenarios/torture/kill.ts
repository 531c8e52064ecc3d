import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '#kernel/clock/index.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { declareAsset, verifyLedger } from '#kernel/ledger/index.ts'
import { type RealServer, realServer, until } from '../real-server.ts'
import { judge, type Report, spread, type Tell } from './report.ts'

const lanes = 4
const batchSize = 20
const importedOrders = 4000
const holders = Array.from({ length: 5 }, (_, index) => `0190a000-0000-7000-8000-00000000000${index}`)
const victimsInTurn = ['node', 'postgres', 'both'] as const

/**
 * The server is killed without warning, again and again, while events arrive, a file is imported and value is posted: Node,
 * PostgreSQL, or both. Whoever got a 200 must find the event or the posting afterwards, once; whoever got none sends again, as
 * the SDKs do, and the ledger adds up. The server here is the real one on its own data folder, with fsync on.
 */
export async function kill(options: {
  readonly rounds: number
  readonly isBuilt?: boolean
  readonly tell?: Tell
}): Promise<Report> {
  const server = await realServer('storm', options)
  try {
    await server.start()
    return await storm(server, options)
  } finally {
    await server.remove()
  }
}

async function storm(
  server: RealServer,
  { rounds, tell }: { readonly rounds: number; readonly tell?: Tell },
): Promise<Report> {
  const permissions = 'events.write,imports.run,ledger.adjust'
  const { secret: key } = JSON.parse(
    await server.guanxi(['key', 'create', 'storm', '--permissions', permissions, '--json']),
  )
  await server.inProduct(({ business }) =>
    business.database.transaction(transaction => declareAsset(business, transaction, 'storm', 'points')),
  )
  const api = askerOf(server, key)
  const importId = await upload(server, key, api)
  let sentAgain = 0
  let sending = true
  /** Sent until it is acknowledged, with the same id: what a library does when a reply is lost. */
  const insist = async (attempt: () => Promise<unknown>) => {
    for (; (await attempt()) === undefined; sentAgain++) await pause(100)
  }

  const acknowledged: string[] = []
  const writers = Array.from({ length: lanes }, async (_, lane) => {
    for (let number = 0; sending; number++) {
      const ids = Array.from({ length: batchSize }, (_, index) => `storm-${lane}-${number}-${index}`)
      await insist(() => api('POST', '/v1/batch', { batch: ids.map(purchase) }))
      acknowledged.push(...ids)
    }
  })
  const posted: string[] = []
  const posters = Array.from({ length: lanes }, async (_, lane) => {
    for (let number = 0; sending; number++) {
      const name = `storm-${lane}-${number}`
      const body = { partyId: holders[number % holders.length], asset: 'storm', amount: 1, reason: name }
      await insist(() => api('POST', '/api/ledger/adjustments', body, { 'idempotency-key': name }))
      posted.push(name)
    }
  })

  await until(async () => (await api('GET', `/api/imports/${importId}`))?.state === 'checked')
  await untilDone(() => api('POST', `/api/imports/${importId}/run`, {}))
  const away: Record<(typeof victimsInTurn)[number], number[]> = { node: [], postgres: [], both: [] }
  for (let round = 0; round < rounds; round++) {
    await pause(300 + ((round * 379) % 600))
    const victims = victimsInTurn[round % 3]!
    const before = systemClock.elapsed()
    if (victims !== 'node') process.kill(server.postmasterPid(), 'SIGKILL')
    if (victims !== 'postgres') {
      await server.stop('SIGKILL')
      await server.start()
    }
    // What counts is the first thing that is taken again, not what the server says of itself.
    await untilDone(() => api('POST', '/v1/batch', { batch: [purchase(`first-${round}`)] }), 20)
    away[victims].push(systemClock.elapsed() - before)
    acknowledged.push(`first-${round}`)
    if (round % 10 === 9) tell?.(`kill: ${round + 1} of ${rounds} kills, ${acknowledged.length} events acknowledged`)
  }
  await until(async () => (await api('GET', `/api/imports/${importId}`))?.state === 'done')
  sending = false
  await Promise.all([...writers, ...posters])
  await server.stop('SIGINT')

  const faults = await whatIsWrong(server, acknowledged, posted)
  if (acknowledged.length <= rounds * batchSize) faults.push('hardly anything was sent while it was killed')
  if (sentAgain === 0) faults.push('nobody ever had to send again, so nothing was hit')
  return {
    figures: {
      kills: rounds,
      events: acknowledged.length,
      postings: posted.length,
      imported: importedOrders,
      sentAgain,
      ...spread('node', away.node),
      ...spread('postgres', away.postgres),
      ...spread('both', away.both),
    },
    faults,
  }
}

async function whatIsWrong(
  server: RealServer,
  acknowledged: readonly string[],
  posted: readonly string[],
): Promise<string[]> {
  const faults: string[] = []
  await server.inProduct(async product => {
    const { database } = product.business
    const rows = await database.query<{ name: string; times: number }>(
      `select payload->>'orderRef' as name, count(*) as times from events.event where kind = 'purchase.recorded' group by 1`,
    )
    const files = Array.from({ length: importedOrders }, (_, order) => `file-${order}`)
    say('event', judge([...acknowledged, ...files], rows))
    const postings = await database.query<{ name: string; times: number }>(
      `select reason as name, count(*) as times from ledger.transaction where asset = 'storm' group by 1`,
    )
    say('posting', judge(posted, postings))
    const [held] = await database.query<{ sum: number }>(
      `select coalesce(sum(available), 0)::bigint as sum from ledger.holding where asset = 'storm'`,
    )
    if (held!.sum !== posted.length) faults.push(`${posted.length} points were given and ${held!.sum} are held`)
    const wrong = (await verifyLedger(database)).filter(finding => finding.faults > 0)
    if (wrong.length > 0) faults.push(`the ledger does not add up: ${JSON.stringify(wrong).slice(0, 500)}`)

    // What is folded from the log, without what a model that was being learned when the storm ended makes of it.
    const learned = `'{version, model_no, late_on, dormant_on, lost_on, late_noted_for}'::text[]`
    const states = async () =>
      JSON.stringify(
        await database.query(`select to_jsonb(s) - ${learned} as state from rhythm.state s order by party_id`),
      )
    const grown = await states()
    await performNow(
      product.business,
      product.rooms.flatMap(room => room.jobs ?? []),
      'rhythm.rebuild',
    )
    if ((await states()) !== grown) faults.push('what was folded while it was killed differs from a rebuild')
  })
  return faults

  function say(what: string, { lost, doubled, untold }: ReturnType<typeof judge>): void {
    if (lost.length > 0) faults.push(`${what}: ${lost.length} lost, such as ${lost[0]}`)
    if (doubled.length > 0) faults.push(`${what}: ${doubled.length} more than once, such as ${doubled[0]}`)
    if (untold.length > 0) faults.push(`${what}: ${untold.length} that nobody was told of, such as ${untold[0]}`)
  }
}

export const purchase = (id: string) => ({
  type: 'track',
  event: 'Order Completed',
  messageId: id,
  userId: `customer-${id.at(-1)}`,
  timestamp: '2026-03-01T10:00:00Z',
  properties: { order_id: id, total: 10, currency: 'CNY' },
})

type Ask = (
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Record<string, unknown> | undefined>

/** Asks for the answer's body; undefined when there was none or it was not a success. */
const askerOf =
  (server: RealServer, key: string): Ask =>
  async (method, path, body, headers = {}) => {
    try {
      const response = await fetch(`${server.address}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      })
      const answer = (await response.json()) as Record<string, unknown>
      return response.ok ? answer : undefined
    } catch {
      return undefined
    }
  }

async function upload(server: RealServer, key: string, api: Ask): Promise<string> {
  const lines = ['Order,Customer,Date,SKU,Quantity,Price']
  for (let order = 0; order < importedOrders; order++) {
    const day = `2025-${String(1 + (order % 12)).padStart(2, '0')}-${String(13 + (order % 15)).padStart(2, '0')}`
    for (let line = 0; line < 3; line++) lines.push(`file-${order},c${order % 500},${day} 12:00,sku${line},1,2.50`)
  }
  const form = new FormData()
  form.append('file', new Blob([lines.join('\n')], { type: 'text/csv' }), 'orders.csv')
  const response = await fetch(`${server.address}/api/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  })
  const { importId } = (await response.json()) as { importId: string }
  await untilDone(() => api('POST', `/api/imports/${importId}/check`, {}))
  return importId
}

async function untilDone(attempt: () => Promise<unknown>, every = 100): Promise<void> {
  const start = systemClock.elapsed()
  while ((await attempt()) === undefined) {
    if (systemClock.elapsed() - start > 60_000) throw new Error('it was not done within a minute')
    await pause(every)
  }
}
