/**
 * How fast a till is served: `npm run bench -- till`. A real PostgreSQL with fsync on, customers of 300 purchases each whose points
 * lie in 300 lots, 8 tills at once. `quote` answers what a basket earns and what could be used; `hold` and `capture` set points and
 * stored money aside together and use them; `sale` records the purchase with all that follows from it and uses both at once. The
 * floors beside them are a bare select, and a bare insert with its commit, by as many clients in the same run.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { publish, usualRules } from '#financial/points/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { silentLog } from '#kernel/log.ts'
import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'

const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const customers = Number(process.env.BENCH_CUSTOMERS ?? 60)
const purchases = 300
const clients = 8
const barMs = 25

const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))
// Started as root, the server runs under another account, which must be able to walk to its folder.
chmodSync(folder, 0o711)
const server = await startEmbedded({ dataFolder: join(folder, 'database'), throwaway: true })
const house = await openHouse({
  name: 'business',
  connection: server.connection,
  rooms,
  folder,
  log: silentLog,
  connections: clients + 4,
  atFirst: { zone: 'Asia/Shanghai', currency: 'CNY' },
})
const { database } = house

const caller = { kind: 'staff', id: house.newId(), name: 'Lin', permissions: new Set() } as const
const routes = new Map(rooms.flatMap(room => room.routes ?? []).map(each => [each.operation.id, each]))

async function ask<Reply>(id: string, body: object, params: object = {}): Promise<Reply> {
  const { operation, handle } = routes.get(id)!
  const input = { params, body: operation.body?.parse(body), caller, language: 'en', idempotencyKey: house.newId() }
  return operation.reply.parse(await handle(house, input as never)) as Reply
}

async function prepare(): Promise<string[]> {
  const now = house.clock.now()
  const startsOn = new Date(now.getTime() - 700 * 86_400_000).toISOString().slice(0, 10)
  const rules = { ...usualRules('CNY', 2), pendingDays: 0, expiry: { kind: 'never' as const } }
  await publish(house, { rules, startsOn, by: 'staff:bench' })
  await ask('changeCredit', {
    currency: 'CNY',
    isOpen: true,
    rungs: [],
    spendFirst: 'paid',
    bonusMonths: 12,
    largestTopUpMinor: null,
    largestBalanceMinor: null,
    approvalAboveMinor: 0,
  })
  const source = { sourceId: house.newId(), kind: 'import' } as const
  const parties: string[] = []
  for (let customer = 0; customer < customers; customer++) {
    const { partyId } = await ask<{ partyId: string }>('createParty', { name: `Customer ${customer}` })
    parties.push(partyId)
    const events = Array.from({ length: purchases }, (_, index) => ({
      kind: 'purchase.recorded',
      partyId,
      occurredAt: new Date(now.getTime() - (purchases - index) * 2 * 86_400_000),
      payload: {
        orderRef: `${customer}-${index}`,
        amountMinor: 6_800 + index,
        currency: 'CNY',
        lines: [{ sku: 'longjing', quantity: 1000, amountMinor: 6_800 + index }],
      },
    }))
    await house.events.ensureMonths(events.map(event => event.occurredAt))
    await database.transaction(transaction => house.events.record(transaction, source, events))
    await ask('topUpCredit', { amountMinor: 50_000_000, method: 'cash' }, { partyId })
  }
  await database.query('analyze')
  return parties
}

/** Lets the tills work side by side until the time is over; answers the sorted times of each turn in milliseconds. */
async function timesOf(work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  let turn = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - started < seconds * 1000) {
        const began = performance.now()
        await work(turn++)
        times.push(performance.now() - began)
      }
    }),
  )
  return times.sort((one, other) => one - other)
}

/** Customers who come at a steady pace, whether or not the one before has been served; answers the sorted times from their coming. */
async function pacedTimesOf(perSecond: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const started = performance.now()
  const served: Promise<void>[] = []
  for (let turn = 0; turn < perSecond * seconds; turn++) {
    const comes = started + (turn * 1000) / perSecond
    await pause(Math.max(0, comes - performance.now()))
    served.push(
      work(turn).then(() => {
        times.push(performance.now() - comes)
      }),
    )
  }
  await Promise.all(served)
  return times.sort((one, other) => one - other)
}

function print(what: string, times: readonly number[], bar?: number): boolean {
  const at = (share: number) => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1))
  const passed = bar === undefined || at(0.95) < bar
  const figures = { p50Ms: at(0.5), p95Ms: at(0.95), perSecond: Math.round(times.length / seconds) }
  console.log(JSON.stringify({ bench: 'till', what, clients, ...figures, ...(bar && { barMs: bar, passed }) }))
  return passed
}

let isGood = true
try {
  const parties = await prepare()
  await database.query('create table public.floor (id uuid primary key, amount int8 not null)')
  const partyOf = (turn: number) => parties[(turn * 7) % parties.length]!
  const basket = { amountMinor: 12_800, lines: [{ sku: 'longjing', quantity: 1000, amountMinor: 12_800 }] }
  const quote = (turn: number) => ask('tillQuote', { customer: { partyId: partyOf(turn) }, ...basket })
  const floorRead = () => database.query('select 1')
  const floorWrite = () =>
    database.transaction(transaction => transaction.query('insert into public.floor values ($1, 1)', [house.newId()]))
  for (let turn = 0; turn < 40; turn++) await quote(turn)
  print('floor: a bare select', await timesOf(floorRead))
  isGood = print('quote', await timesOf(quote), barMs) && isGood
  print('floor: a bare insert and its commit', await timesOf(floorWrite))
  const use = { points: 2, creditMinor: 100 }
  const held: string[] = []
  const hold = async (turn: number) => {
    const { holdId } = await ask<{ holdId: string }>('tillHold', { customer: { partyId: partyOf(turn) }, use })
    held.push(holdId)
  }
  isGood = print('hold', await timesOf(hold), barMs) && isGood
  const capture = async () => {
    const holdId = held.pop()
    if (holdId) await ask('captureTillHold', { orderRef: holdId }, { holdId })
  }
  isGood =
    print(
      'capture',
      (await timesOf(capture)).filter(time => time > 0.05),
      barMs,
    ) && isGood
  const sale = (turn: number) => ask('tillSale', { customer: { partyId: partyOf(turn) }, ...basket, use })
  print('sale, with the purchase and all that follows from it', await timesOf(sale))
  isGood = print('paced: quote', await pacedTimesOf(20, quote), barMs) && isGood
  isGood = print('paced: hold', await pacedTimesOf(20, hold), barMs) && isGood
  isGood = print('paced: capture', await pacedTimesOf(Math.min(20, held.length / seconds), capture), barMs) && isGood
  isGood = print('paced: sale', await pacedTimesOf(20, sale), barMs) && isGood
  const faults = (await verifyLedger(database, house.claims)).filter(finding => finding.faults > 0)
  console.log(JSON.stringify({ bench: 'till', what: 'claims that do not hold', faults: faults.length }))
  isGood = isGood && faults.length === 0
} finally {
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = isGood ? 0 : 1
