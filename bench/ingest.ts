import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey } from '#kernel/access/index.ts'
import { systemClock } from '#kernel/clock/index.ts'
import { openDatabase } from '#kernel/database/index.ts'
import { silentLog } from '#kernel/log.ts'
import { readConfiguration } from '#product/configuration.ts'
import { openProduct, serve } from '#product/start.ts'

/**
 * Ingest over HTTP: batches of 100 orders on 16 connections, fsync on, against the floor of the same machine in the same
 * minute: the same rows inserted into the same log by the same batches, and nothing else done with them.
 */
const seconds = Number(process.env.BENCH_SECONDS ?? 10)
const customers = 20_000
const batch = 100
const connections = 16

if (process.argv[2] === 'sender') await send()
else await measure()

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))
  chmodSync(folder, 0o755)
  const configuration = readConfiguration({ GUANXI_DATA: folder, PORT: '0', GUANXI_LOG: 'quiet' })
  const product = await openProduct({ configuration, log: silentLog, works: true })
  const server = await serve(product, configuration)
  const { business } = product
  const { secret } = await createKey(business, { name: 'bench', permissions: ['events.write'], createdBy: null })
  const floorBefore = await floor()
  const sent = await sender(server.url, secret)
  const [stored] = await business.database.query<{ events: number }>(
    `select count(*) as events from events.event where kind = 'purchase.recorded'`,
  )
  const floorAfter = await floor()
  const floorRate = (floorBefore + floorAfter) / 2
  const rate = sent.events / sent.seconds
  print({
    bench: 'ingest',
    eventsPerSecond: Math.round(rate),
    floorPerSecond: Math.round(floorRate),
    ratio: Number((rate / floorRate).toFixed(3)),
    bar: { eventsPerSecond: 10_000, ratio: 0.15 },
    met: rate >= 10_000 && rate / floorRate >= 0.15,
    latencyMsP50: sent.p50,
    latencyMsP99: sent.p99,
    acknowledged: sent.acknowledged,
    stored: stored?.events ?? 0,
    lost: sent.acknowledged - (stored?.events ?? 0) > 0 ? sent.acknowledged - (stored?.events ?? 0) : 0,
  })
  await server.close()
  await product.close()
  rmSync(folder, { recursive: true, force: true })

  /** The same rows, micro-batched by 16 senders into 1,600 a transaction, into a copy of the log and its keys. */
  async function floor(): Promise<number> {
    const database = openDatabase(business.database.connection, { connections: 4 })
    await database.query('drop table if exists kernel.floor_event')
    await database.query('drop table if exists kernel.floor_key')
    await database.query('create table kernel.floor_event (like events.event including all)')
    await database.query('create table kernel.floor_key (like events.key including all)')
    const start = systemClock.elapsed()
    let rows = 0
    while (systemClock.elapsed() - start < (seconds * 1000) / 3) {
      const ids = Array.from({ length: batch * connections }, business.newId)
      const now = systemClock.now()
      await database.transaction(async transaction => {
        await transaction.query(
          `insert into kernel.floor_key (key, party_id, occurred_at, event_id, source_id)
           select k, e, $3, e, e from unnest($1::uuid[], $2::uuid[]) as t (k, e)`,
          // An order has two keys, the message's and its own, as hashes in no order.
          [ids.flatMap(() => [randomUUID(), randomUUID()]), ids.flatMap(id => [id, id]), now],
        )
        await transaction.query(
          `insert into kernel.floor_event (party_id, occurred_at, event_id, kind, payload, source_id, received_at)
           select i, $3, i, 'purchase.recorded', p::jsonb, i, $3 from unnest($1::uuid[], $2::text[]) as t (i, p)`,
          [ids, ids.map((_, index) => JSON.stringify(order(index).properties)), now],
        )
      })
      rows += ids.length
    }
    const rate = rows / ((systemClock.elapsed() - start) / 1000)
    await database.query('drop table kernel.floor_event')
    await database.query('drop table kernel.floor_key')
    await database.close()
    return rate
  }
}

interface Sent {
  readonly events: number
  readonly acknowledged: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

/** The load comes from a process of its own, so that the server's event loop is the server's alone. */
function sender(url: string, key: string): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, ['sender'], {
      execArgv: ['--conditions=source'],
      env: { ...process.env, BENCH_URL: url, BENCH_KEY: key },
    })
    child.on('message', message => resolve(message as Sent))
    child.on('exit', code => code !== 0 && reject(new Error(`the sender ended with ${code}`)))
  })
}

async function send() {
  const { Agent, request } = await import('node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const authorization = `Basic ${Buffer.from(`${process.env.BENCH_KEY}:`).toString('base64')}`
  const url = new URL('/v1/batch', process.env.BENCH_URL)
  const post = (body: string) =>
    new Promise<number>((resolve, reject) => {
      const sending = request(url, {
        agent,
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
      })
      sending.on('response', response => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
      sending.on('error', reject)
      sending.end(body)
    })
  let number = 0
  let acknowledged = 0
  let warm = false
  const latencies: number[] = []
  const lane = async (until: number) => {
    while (systemClock.elapsed() < until) {
      const body = JSON.stringify({ batch: Array.from({ length: batch }, () => order(number++)) })
      const start = systemClock.elapsed()
      if ((await post(body)) === 200) acknowledged += batch
      if (warm) latencies.push(systemClock.elapsed() - start)
    }
  }
  const run = (milliseconds: number) => {
    const until = systemClock.elapsed() + milliseconds
    return Promise.all(Array.from({ length: connections }, () => lane(until)))
  }
  await run(2000)
  warm = true
  const before = acknowledged
  const start = systemClock.elapsed()
  await run(seconds * 1000)
  const elapsed = (systemClock.elapsed() - start) / 1000
  latencies.sort((left, right) => left - right)
  const at = (share: number) => Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1))
  process.send!({
    events: acknowledged - before,
    acknowledged,
    seconds: elapsed,
    p50: at(0.5),
    p99: at(0.99),
  } satisfies Sent)
  agent.destroy()
}

function order(number: number) {
  const customer = (number * 7919) % customers
  return {
    type: 'track',
    event: 'Order Completed',
    messageId: `bench-${number}`,
    userId: `customer-${customer}`,
    timestamp: new Date(systemClock.now().getTime() - ((number * 31) % 1000) * 1000).toISOString(),
    properties: {
      order_id: `order-${number}`,
      total: 12.5,
      currency: 'CNY',
      products: [{ sku: `tea-${number % 40}`, name: `Tea ${number % 40}`, price: 12.5, quantity: 1 }],
    },
  }
}

function print(line: object) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
