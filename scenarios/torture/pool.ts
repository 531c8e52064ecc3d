import { once } from 'node:events'
import { connect, createServer as createProxy, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import pg from 'pg'
import { createServer } from '#http/index.ts'
import { openTestServer, type TestServer, teaRoom } from '#http/testing/open-server.ts'
import { systemClock } from '#kernel/clock/index.ts'
import { administer, type Connection, type Database } from '#kernel/database/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { productTranslator } from '#product/start.ts'
import { openTestHouseOn } from '#testing/house.ts'
import { until } from '../real-server.ts'
import { purchase } from './kill.ts'
import { judge, type Report, spread, type Tell } from './report.ts'

const rivals = 1500
/** Whoever comes when the queue is full must know it by then; on a busy machine the rivals themselves take longer. */
const patience = 1000
const patienceWhenBusy = 5000

/**
 * All connections are held by slow statements, a table is locked, and the way to the database becomes slow and then stands still:
 * whoever still fits waits and is answered; whoever comes after them gets a clean 503 within a second; health answers; when it is
 * over, the next request is served at once. The control is a pool without an end to its queue, which leaves all of them waiting.
 */
export async function pool({ rounds, tell }: { readonly rounds: number; readonly tell?: Tell }): Promise<Report> {
  const server = await openTestServer()
  const faults: string[] = []
  const refusedAfter: number[] = []
  const healthAfter: number[] = []
  const servedAfter: number[] = []
  const stored: string[] = []
  let served = 0
  let refused = 0
  try {
    const key = await server.key('events.write')
    for (let round = 0; round < rounds; round++) {
      for (const strain of [sleepers, lockedTable, slowWay] as const) {
        const under = await strain(server)
        const { house, app } = under
        try {
          const asks = Array.from({ length: rivals }, async (_, index) => {
            const id = `${strain.name}-${round}-${index}`
            const start = systemClock.elapsed()
            const response = await (strain === lockedTable
              ? app.inject({ method: 'POST', url: '/v1/batch', headers: key, payload: { batch: [purchase(id)] } })
              : app.inject({ url: '/api/ask-database' }))
            const span = systemClock.elapsed() - start
            if (response.statusCode === 200) {
              served++
              if (strain === lockedTable) stored.push(id)
            } else {
              refused++
              refusedAfter.push(span)
              faults.push(...whatIsWrongWith(response, strain.name))
            }
          })
          await pause(patience)
          const start = systemClock.elapsed()
          const health = await app.inject({ url: '/api/health' })
          healthAfter.push(systemClock.elapsed() - start)
          if (![200, 503].includes(health.statusCode)) faults.push(`health said ${health.statusCode}`)
          if (strain !== lockedTable && house.database.pool.waitingCount > boundOf(house.database))
            faults.push(`${house.database.pool.waitingCount} waited for a connection`)
          await under.end()
          const after = systemClock.elapsed()
          await until(async () => (await app.inject({ url: '/api/ask-database' })).statusCode === 200)
          servedAfter.push(systemClock.elapsed() - after)
          await Promise.all(asks)
        } finally {
          await under.close()
        }
      }
      tell?.(`pool: ${round + 1} of ${rounds} rounds, ${served} served, ${refused} sent away`)
    }
    const rows = await server.house.database.query<{ name: string; times: number }>(
      `select payload->>'orderRef' as name, count(*) as times from events.event where kind = 'purchase.recorded' group by 1`,
    )
    const { lost, doubled } = judge(stored, rows)
    if (lost.length + doubled.length > 0) faults.push(`${lost.length} events lost, ${doubled.length} doubled`)
    if ((await verifyLedger(server.house.database)).some(each => each.faults > 0)) faults.push('the ledger is wrong')
    if (refusedAfter.some(span => span > patienceWhenBusy)) faults.push('somebody waited to hear that it was full')
    if (healthAfter.some(span => span > patienceWhenBusy)) faults.push('health did not answer')
    if (refused === 0) faults.push('nobody was sent away, so the queue was never full')
    const naive = await answeredByAPoolWithoutEnd(server.house.connection)
    if (naive > 0) faults.push(`the control told ${naive} of ${rivals} within a second that it was full`)
    return {
      figures: {
        rounds,
        served,
        sentAway: refused,
        ...spread('sentAwayAfter', refusedAfter),
        ...spread('healthAfter', healthAfter),
        ...spread('servedAgainAfter', servedAfter),
        controlAnsweredInASecond: naive,
      },
      faults: [...new Set(faults)],
    }
  } finally {
    await server.close()
  }
}

const boundOf = ({ pool: { options } }: Database) => (options.max ?? 0) * 50

function whatIsWrongWith(response: LightMyRequestResponse, strain: string): string[] {
  const problem = response.json<{ code?: string; detail?: string }>()
  const isClean =
    response.statusCode === 503 &&
    Number(response.headers['retry-after']) > 0 &&
    String(response.headers['content-type']).startsWith('application/problem+json') &&
    (problem.code === 'database:refusal.busy' || problem.code === 'database:refusal.unreachable')
  return isClean ? [] : [`${strain}: ${response.statusCode} ${response.body.slice(0, 200)}`]
}

/** A house under strain, with a door of its own. */
interface Strained {
  readonly house: { readonly database: Database }
  readonly app: FastifyInstance
  end(): Promise<void>
  close(): Promise<void>
}

/** Every connection is taken by a statement that takes a minute. */
async function sleepers({ house, app }: TestServer): Promise<Strained> {
  const { database } = house
  const slow = Array.from({ length: database.pool.options.max ?? 0 }, () =>
    database.query('select pg_sleep(60)').catch(() => {}),
  )
  await pause(200)
  return {
    house,
    app,
    async end() {
      await administer(house.connection, server =>
        server.query(
          `select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%'`,
        ),
      )
      await Promise.all(slow)
    },
    async close() {},
  }
}

/** Somebody holds the table that every event goes into. */
async function lockedTable({ house, app }: TestServer): Promise<Strained> {
  const holder = new pg.Client(house.connection)
  await holder.connect()
  await holder.query('begin; lock table events.event in access exclusive mode')
  return {
    house,
    app,
    async end() {
      await holder.query('commit')
    },
    close: () => holder.end(),
  }
}

/** The way to the database stands still: nothing is refused, and nothing comes through. */
async function slowWay({ house }: TestServer): Promise<Strained> {
  const { host = '127.0.0.1', port = 5432 } = house.connection as { host?: string; port?: number }
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const sockets = new Set<Socket>()
  let stands = false
  let goOn: (() => void)[] = []
  const way = createProxy(socket => {
    const onward = connect(target)
    const pass = (from: Socket, to: Socket) =>
      from.on('data', async chunk => {
        if (stands) await new Promise<void>(resolve => goOn.push(resolve))
        to.write(chunk)
      })
    pass(socket, onward)
    pass(onward, socket)
    for (const each of [socket, onward]) {
      sockets.add(each)
      each.on('error', () => {})
      each.on('close', () => {
        socket.destroy()
        onward.destroy()
      })
    }
  })
  way.listen(0, '127.0.0.1')
  await once(way, 'listening')
  const through = { ...house.connection, host: '127.0.0.1', port: (way.address() as { port: number }).port }
  const slow = await openTestHouseOn(through, { isMigrated: true })
  const app = await createServer({
    houses: { business: slow, demo: () => undefined },
    rooms: [teaRoom],
    translator: productTranslator(),
    version: '0.0.0-test',
  })
  await app.ready()
  stands = true
  return {
    house: slow,
    app,
    async end() {
      stands = false
      for (const each of goOn) each()
      goOn = []
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await app.close()
      await slow.close()
      way.close()
    },
  }
}

/** How many of the rivals hear anything within a second from a pool that lets everybody wait. */
async function answeredByAPoolWithoutEnd(connection: Connection): Promise<number> {
  const naive = new pg.Pool({ ...connection, max: 4, connectionTimeoutMillis: 10_000 })
  naive.on('error', () => {})
  let answered = 0
  const slow = Array.from({ length: 4 }, () => naive.query('select pg_sleep(1.5)'))
  await pause(200)
  const asks = Array.from({ length: rivals }, () =>
    naive.query('select 1').finally(() => {
      answered++
    }),
  )
  await pause(patience)
  const heard = answered
  await Promise.allSettled([...slow, ...asks])
  await naive.end()
  return heard
}
