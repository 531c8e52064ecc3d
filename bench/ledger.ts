/**
 * How fast value moves: `npm run bench -- ledger`. A real PostgreSQL with fsync on, lots and causes kept for ever, 20,000
 * parties, earning and spending in turn. One JSON line per figure. The floor is a bare insert of the very rows that the
 * batches wrote, by batches of the same size, into copies of the same tables with their indexes; `naive` is what is usually
 * written: lock the member's row and the house's row, update both, insert the posting. All take turns, and ratios are the
 * medians over the rounds, so that a busy machine slows all of them alike.
 */
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { eventsRoom } from '#kernel/events/room.ts'
import {
  declareAsset,
  type Instruction,
  type PostingRequest,
  post,
  poster,
  verifyLedger,
} from '#kernel/ledger/index.ts'
import { ledgerRoom } from '#kernel/ledger/room.ts'
import { silentLog } from '#kernel/log.ts'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openHouse } from '#product/house.ts'

const seconds = Number(process.env.BENCH_SECONDS ?? 3)
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const parties = Array.from({ length: 20_000 }, () => randomUUID())
const batch = 500
const author = { actor: 'bench' }
const bars = { singles: 10_000, batched: 30_000, ofFloor: 0.6, hotLoss: 0.1, overNaive: 10 }

const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))
// Started as root, the server runs under another account, which must be able to walk to its folder.
chmodSync(folder, 0o711)
const server = await startEmbedded({ dataFolder: join(folder, 'database'), throwaway: true })
const house = await openHouse({
  name: 'business',
  connection: server.connection,
  rooms: [settingsRoom, eventsRoom, ledgerRoom],
  folder,
  log: silentLog,
  connections: 34,
})
const { database } = house

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'ledger', ...figure }))
}

let turn = 0
/** Each party earns twice, then spends both; the house account is one for all, or one of a thousand. */
function nextRequest(issuers: number): PostingRequest {
  const partyId = parties[(turn * 7919) % parties.length]!
  const issuer = `shop-${turn % issuers}`
  const act =
    turn++ % 3 < 2
      ? ({ act: 'issue', amount: 10, from: `issuance:${issuer}`, issuer, source: randomUUID() } as const)
      : ({ act: 'spend', amount: 20, holdId: randomUUID(), to: `redeemed:${issuer}` } as const)
  const instruction: Instruction = {
    key: randomUUID(),
    partyId,
    asset: 'points',
    occurredAt: Date.UTC(2026, 0),
    ...act,
  }
  return { instructions: [instruction], author }
}

/** Lets `clients` work side by side until the time is over; answers postings per second. */
async function rate(clients: number, work: () => Promise<number>): Promise<number> {
  const started = performance.now()
  let count = 0
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - started < seconds * 1000) count += await work()
    }),
  )
  return (count / (performance.now() - started)) * 1000
}

async function countPostings(): Promise<number> {
  const [row] = await database.query<{ count: number }>('select count(*) as count from ledger.posting')
  return row!.count
}

/** Postings per second of work that posts through the ledger: asked of the rows, not of the work. */
async function postingRate(clients: number, work: () => Promise<unknown>): Promise<number> {
  const before = await countPostings()
  const started = performance.now()
  await rate(clients, async () => {
    await work()
    return 0
  })
  const elapsed = performance.now() - started
  return ((await countPostings()) - before) / (elapsed / 1000)
}

const postBatch = (issuers: number) => () => {
  const requests = Array.from({ length: batch }, () => nextRequest(issuers))
  return database.transaction(transaction => post(house, transaction, requests))
}

const tables = {
  transaction: 'transaction_id',
  key: 'key',
  lot: 'lot_id',
  posting: 'transaction_id',
  hold: 'hold_id',
} as const

/** Bare copies of the tables with their indexes, and the rows of one batch as they stand in the ledger. */
async function prepareFloor() {
  const postings = await countPostings()
  const inserts = []
  let sampled = 0
  for (const [table, id] of Object.entries(tables)) {
    await database.query(`create table public.${table} (like ledger.${table} including all)`)
    const columns = await database.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = 'ledger.${table}'::regclass and attnum > 0 and attgenerated = ''`,
    )
    const [count] = await database.query<{ count: number }>(`select count(*) as count from ledger.${table}`)
    const [ratio] = await database.query<{ count: number }>('select count(*) as count from ledger.transaction')
    const size = Math.round((count!.count / ratio!.count) * batch)
    if (table === 'posting') sampled = size
    const names = columns.map(column => column.name).join(', ')
    const rows = await database.query<Record<string, unknown>>(
      `select ${columns.map(({ name }) => `${name}::text as ${name}`).join(', ')} from ledger.${table} limit $1`,
      [size],
    )
    const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')
    inserts.push({
      sql: `insert into public.${table} (${names}) select * from unnest(${arrays}) as t (${names})`,
      columns: columns.map(({ name }) => ({ values: rows.map(row => row[name]), isNew: name === id })),
    })
  }
  return { postings, inserts, sampled }
}

/** Inserts the rows of batches with new ids: nothing is read, locked or decided. */
async function floorRate({ inserts, sampled }: Awaited<ReturnType<typeof prepareFloor>>): Promise<number> {
  const prepared = Array.from({ length: 30 * seconds }, () =>
    inserts.map(({ sql, columns }) => ({
      sql,
      parameters: columns.map(({ values, isNew }) => (isNew ? values.map(() => house.newId()) : values)),
    })),
  )
  const started = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = prepared.pop(); next; next = prepared.pop()) {
        const statements = next
        await database.transaction(async transaction => {
          for (const { sql, parameters } of statements) await transaction.query(sql, parameters)
        })
        done += sampled
      }
    }),
  )
  return (done / (performance.now() - started)) * 1000
}

/** One transaction for each movement, the member's row and the house's row both locked: the usual way. */
async function naiveRate(): Promise<number> {
  return await rate(32, async () => {
    const party = parties[(turn++ * 7919) % parties.length]!
    await database.transaction(async transaction => {
      await transaction.query(
        'select balance from public.account where account = any ($1) order by account for update',
        [[party, 'house']],
      )
      await transaction.query('update public.account set balance = balance + 10 where account = $1', [party])
      await transaction.query(`update public.account set balance = balance - 10 where account = 'house'`)
      await transaction.query('insert into public.entry values ($1, $2, $3, 10, now())', [randomUUID(), party, 'house'])
    })
    return 1
  })
}

try {
  await database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
  await postingRate(4, postBatch(1000))

  const bare = await prepareFloor()
  await database.query('create table public.account (account text primary key, balance bigint not null)')
  await database.query(
    'create table public.entry (id uuid primary key, account text, other text, amount bigint, at timestamptz)',
  )
  await database.query(`insert into public.account select unnest($1::text[]), 0`, [[...parties, 'house']])
  const submit = poster(house)
  const measured: Record<'cold' | 'hot' | 'floor' | 'singles' | 'naive', number>[] = []
  for (let round = 0; round < rounds; round++) {
    measured.push({
      cold: await postingRate(4, postBatch(1000)),
      hot: await postingRate(4, postBatch(1)),
      floor: await floorRate(bare),
      singles: await postingRate(32, () => submit(nextRequest(1))),
      naive: await naiveRate(),
    })
    if (process.env.BENCH_ROUNDS) print({ round, ...measured.at(-1) })
  }
  const middle = (of: (round: (typeof measured)[number]) => number) => {
    const sorted = measured.map(of).sort((one, other) => one - other)
    return sorted[Math.floor(sorted.length / 2)]!
  }
  const [hot, floor, singles, naive] = (['hot', 'floor', 'singles', 'naive'] as const).map(each =>
    middle(round => round[each]),
  ) as [number, number, number, number]
  const ofFloor = middle(round => round.hot / round.floor)
  const overNaive = middle(round => round.hot / round.naive)
  const hotLoss = middle(round => 1 - round.hot / round.cold)
  print({ measure: 'batched postings/s', value: Math.round(hot), bar: bars.batched, met: hot >= bars.batched })
  print({
    measure: 'of a bare insert of the same rows',
    value: rounded(ofFloor),
    floor: Math.round(floor),
    bar: bars.ofFloor,
    met: ofFloor >= bars.ofFloor,
  })
  print({
    measure: 'lost to one hot house account',
    value: rounded(hotLoss),
    bar: bars.hotLoss,
    met: hotLoss <= bars.hotLoss,
  })
  print({
    measure: 'single postings/s, 32 clients',
    value: Math.round(singles),
    bar: bars.singles,
    met: singles >= bars.singles,
  })
  print({
    measure: 'times the naive way',
    value: rounded(overNaive),
    naive: Math.round(naive),
    bar: bars.overNaive,
    met: overNaive >= bars.overNaive,
  })

  const postings = await countPostings()
  const started = performance.now()
  const findings = await verifyLedger(database)
  print({
    measure: 'verified, seconds',
    postings,
    value: rounded((performance.now() - started) / 1000),
    faults: findings.reduce((sum, finding) => sum + finding.faults, 0),
  })
} finally {
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
