import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { systemClock } from '#kernel/clock/index.ts'
import { job } from '#kernel/jobs/index.ts'
import { declareAsset, verifyLedger } from '#kernel/ledger/index.ts'
import { rooms } from '#product/rooms.ts'
import { ask } from '#testing/ask.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { until } from '../real-server.ts'
import { judge, type Report, spread, type Tell } from './report.ts'

/** No job of a dead worker may wait longer than this. */
const longestAbsence = 30_000

/**
 * A worker is killed between an effect and its acknowledgement, while another lives beside it: the other takes the job up within
 * half a minute, the ledger and the log have the effect once, and a receiver hears of each event under one id. The control is an
 * effect without a name of its own, which must be there twice.
 */
export async function worker({ rounds, tell }: { readonly rounds: number; readonly tell?: Tell }): Promise<Report> {
  const enqueued = job({
    name: 'torture.effect',
    input: z.object({}).loose(),
    visible: true,
    run: async () => undefined,
  })
  const house = await openTestHouse({ rooms: [...rooms, { name: 'kernel/torture', jobs: [enqueued] }] })
  const heard: string[] = []
  const receiver = createServer((request, response) => {
    heard.push(String(request.headers['webhook-id']))
    response.writeHead(204).end()
  })
  const children: ChildProcess[] = []
  try {
    house.clock.set(systemClock.now())
    await house.database.query('create table public.naive_effect (name text)')
    await house.database.transaction(transaction => declareAsset(house, transaction, 'torture', 'points'))
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    await ask(house, 'changeWebhookSettings', { body: { allowPrivate: true } })
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`
    await ask(house, 'createWebhook', { body: { url, kinds: ['purchase.recorded'] } })

    const done: string[] = []
    const detected: number[] = []
    for (let round = 0; round < rounds; round++) {
      const hanging = await start(house, 'hang', children)
      const names = [`effect-${round}-0`, `effect-${round}-1`]
      await house.database.transaction(async transaction => {
        for (const name of names)
          await house.jobs.enqueue(transaction, 'torture.effect', { name, partyId: house.newId() })
      })
      await until(async () => names.every(name => hanging.said.includes(name)))
      // The one that survives comes when both jobs are held, so that each is held by the one that is killed.
      const living = await start(house, 'finish', children)
      const before = systemClock.elapsed()
      hanging.child.kill('SIGKILL')
      await until(async () => names.every(name => living.said.includes(name)))
      detected.push(systemClock.elapsed() - before)
      done.push(...names)
      // Only the one to be killed may be there when the next jobs are asked for.
      await until(async () => (await notEnded(house)).length === 0)
      living.child.kill('SIGKILL')
      tell?.(`worker: ${round + 1} of ${rounds} killed`)
    }
    const last = await start(house, 'finish', children)
    const eventIds = await eventsOf(house)
    await until(async () => eventIds.every(id => heard.includes(id)))
    last.child.kill('SIGKILL')
    return await reportOf(house, { rounds, done, detected, heard, eventIds })
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
    receiver.closeAllConnections()
    receiver.close()
    await house.close()
  }
}

interface Worker {
  readonly child: ChildProcess
  readonly said: string[]
}

async function start(house: TestHouse, mode: 'hang' | 'finish', children: ChildProcess[]): Promise<Worker> {
  const entry = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
  const args = ['--conditions=source', entry, JSON.stringify(house.connection), house.folder, mode]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const said: string[] = []
  createInterface(child.stdout).on('line', line => said.push(line))
  await until(async () => said.includes('works'))
  return { child, said }
}

async function eventsOf(house: TestHouse): Promise<string[]> {
  const rows = await house.database.query<{ id: string }>(
    `select event_id as id from events.event where kind = 'purchase.recorded'`,
  )
  return rows.map(({ id }) => id)
}

const notEnded = (house: TestHouse) =>
  house.database.query<{ state: string }>(
    `select state from jobs.run where name = 'torture.effect' and state <> 'done'`,
  )

async function reportOf(
  house: TestHouse,
  found: {
    readonly rounds: number
    readonly done: readonly string[]
    readonly detected: readonly number[]
    readonly heard: readonly string[]
    readonly eventIds: readonly string[]
  },
): Promise<Report> {
  const { rounds, done, detected, heard, eventIds } = found
  const counted = async (sql: string) => house.database.query<{ name: string; times: number }>(sql)
  const [sum] = await house.database.query<{ held: number }>(
    `select coalesce(sum(available), 0)::bigint as held from ledger.holding where asset = 'torture'`,
  )
  const naive = judge(done, await counted('select name, count(*) as times from public.naive_effect group by 1'))
  const told = judge(
    eventIds,
    [...new Set(heard)].map(name => ({ name, times: 1 })),
  )
  const waiting = await notEnded(house)
  const faults = [
    sum!.held !== done.length && `${done.length} effects gave ${sum!.held} points`,
    eventIds.length !== done.length && `${done.length} effects recorded ${eventIds.length} events`,
    told.lost.length + told.untold.length > 0 && `heard of other events than were recorded: ${JSON.stringify(told)}`,
    waiting.length > 0 && `jobs that did not end: ${JSON.stringify(waiting)}`,
    detected.some(span => span > longestAbsence) && 'a dead worker was missed for more than half a minute',
    (await verifyLedger(house.database)).some(({ faults }) => faults > 0) && 'the ledger does not add up',
    naive.doubled.length !== done.length && 'the naive effect was not doubled by every kill, so nothing was hit',
  ].filter(fault => fault !== false)
  return {
    figures: {
      kills: rounds,
      effects: done.length,
      naiveDoubled: naive.doubled.length,
      webhooksHeard: heard.length,
      ...spread('deadWorkerFound', detected),
    },
    faults,
  }
}
