import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { performNow } from '#kernel/jobs/index.ts'
import { declareAsset, verifyLedger } from '#kernel/ledger/index.ts'
import { type RealServer, realServer, until } from './real-server.ts'

/**
 * The server is killed without warning, again and again, while events arrive, a file is imported and value is posted: Node,
 * PostgreSQL, or both. Whoever got a 200 must find the event or the posting afterwards, once; whoever got none sends again, as
 * the SDKs do, and the ledger adds up. The server
 * here is the real one on its own data folder, with fsync on.
 */
const rounds = Number(process.env.STORM_ROUNDS ?? 6)
const lanes = 4
const batchSize = 20
const importedOrders = 4000
const holders = Array.from({ length: 5 }, (_, index) => `0190a000-0000-7000-8000-00000000000${index}`)

let server: RealServer
let key: string

beforeAll(async () => {
  server = await realServer('storm')
  await server.start()
  key = JSON.parse(
    await server.guanxi([
      'key',
      'create',
      'storm',
      '--permissions',
      'events.write,imports.run,ledger.adjust',
      '--json',
    ]),
  ).secret
  await server.inProduct(({ business }) =>
    business.database.transaction(transaction => declareAsset(business, transaction, 'storm', 'points')),
  )
}, 120_000)

afterAll(async () => {
  await server.remove()
})

test('kill -9 of Node, PostgreSQL or both loses nothing acknowledged and doubles nothing', {
  timeout: 300_000,
}, async () => {
  const acknowledged = new Set<string>()
  let sending = true
  const writers = Array.from({ length: lanes }, async (_, lane) => {
    for (let number = 0; sending; number++) {
      const ids = Array.from({ length: batchSize }, (_, index) => `storm-${lane}-${number}-${index}`)
      // Sent until it is acknowledged, with the same message ids: what a library does when a reply is lost.
      while (!(await send(ids))) await pause(100)
      for (const id of ids) acknowledged.add(id)
    }
  })

  const posted: string[] = []
  const posters = Array.from({ length: lanes }, async (_, lane) => {
    for (let number = 0; sending; number++) {
      const name = `storm-${lane}-${number}`
      const body = { partyId: holders[number % holders.length], asset: 'storm', amount: 1, reason: name }
      while (!(await api('POST', '/api/ledger/adjustments', body, { 'idempotency-key': name }))) await pause(100)
      posted.push(name)
    }
  })

  const importId = await upload()
  await until(async () => (await api('GET', `/api/imports/${importId}`))?.state === 'checked')
  await untilDone(() => api('POST', `/api/imports/${importId}/run`, {}))
  for (let round = 0; round < rounds; round++) {
    await pause(300 + ((round * 379) % 600))
    const victims = (['node', 'postgres', 'both'] as const)[round % 3]!
    if (victims !== 'node') process.kill(server.postmasterPid(), 'SIGKILL')
    if (victims !== 'postgres') {
      await server.stop('SIGKILL')
      await server.start()
    } else await until(server.isWell)
  }
  await until(async () => (await api('GET', `/api/imports/${importId}`))?.state === 'done')
  sending = false
  await Promise.all([...writers, ...posters])
  await server.stop('SIGINT')

  await server.inProduct(async product => {
    const { database } = product.business
    const rows = await database.query<{ ref: string; times: number }>(
      `select payload->>'orderRef' as ref, count(*) as times from events.event where kind = 'purchase.recorded' group by 1`,
    )
    const stored = new Map(rows.map(row => [row.ref, row.times]))
    expect([...acknowledged].filter(id => !stored.has(id))).toEqual([])
    expect(rows.filter(row => row.times !== 1)).toEqual([])
    expect(rows.filter(row => row.ref.startsWith('file-'))).toHaveLength(importedOrders)
    expect(acknowledged.size).toBeGreaterThan(rounds * batchSize)

    const adjusted = await database.query<{ reason: string }>(
      `select reason from ledger.transaction where asset = 'storm' order by reason`,
    )
    expect(adjusted.map(each => each.reason)).toEqual([...posted].sort())
    const [held] = await database.query<{ sum: number }>(
      `select sum(available)::bigint as sum from ledger.holding where asset = 'storm'`,
    )
    expect(held!.sum).toBe(posted.length)
    expect((await verifyLedger(database)).filter(finding => finding.faults > 0)).toEqual([])

    // What is folded from the log, without what a model that was being learned when the storm ended makes of it.
    const learned = `'{version, model_no, late_on, dormant_on, lost_on, late_noted_for}'::text[]`
    const states = () =>
      database.query(`select to_jsonb(s) - ${learned} as state from rhythm.state s order by party_id`)
    const grown = await states()
    await performNow(
      product.business,
      product.rooms.flatMap(room => room.jobs ?? []),
      'rhythm.rebuild',
    )
    expect(await states()).toEqual(grown)
    process.stdout.write(
      `storm: ${rounds} kills, ${acknowledged.size} events and ${posted.length} postings acknowledged, 0 lost, 0 doubled\n`,
    )
  })
})

async function send(ids: readonly string[]): Promise<boolean> {
  const batch = ids.map((id, index) => ({
    type: 'track',
    event: 'Order Completed',
    messageId: id,
    userId: `customer-${index}`,
    timestamp: `2026-0${1 + (index % 9)}-01T10:00:00Z`,
    properties: { order_id: id, total: 10, currency: 'CNY' },
  }))
  return (await api('POST', '/v1/batch', { batch })) !== undefined
}

async function upload(): Promise<string> {
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

/** The answer's body, or undefined when there was none or it was not a success. */
async function api(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown> | undefined> {
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

async function untilDone(attempt: () => Promise<unknown>): Promise<void> {
  await until(async () => (await attempt()) !== undefined)
}
