/**
 * How fast value moves: `npm run bench -- ledger`. A real PostgreSQL with fsync on, lots and causes kept for ever, 20,000
 * parties, earning and spending in turn. One JSON line per figure. The floor is a bare insert of the very rows that the
 * batches wrote, by batches of the same size, into copies of the same tables with their indexes; `naive` is what is usually
 * written: lock the member's row and the house's row, update both, insert the posting.
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

const seconds = Number(process.env.BENCH_SECONDS ?? 6)
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
/** Earn twice, spend once, and so on, each time another party; the house account is one for all, or one of a thousand. */
function nextRequest(issuers: number): PostingRequest {
  const partyId = parties[(turn * 7919) % parties.length]!
  const issuer = `shop-${turn % issuers}`
  const act =
    turn++ % 3 < 2
      ? ({ act: 'issue', amount: 10, from: `issuance:${issuer}`, issuer, source: randomUUID() } as const)
      : ({ act: 'spend', amount: 1, holdId: randomUUID(), to: `redeemed:${issuer}` } as const)
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

/** The rows of a batch, as they stand in the tables, inserted again into bare copies: nothing is read, locked or decided. */
async function floorRate(): Promise<number> {
  const tables = ['transaction', 'key', 'lot', 'posting', 'hold', 'hold_part'] as const
  const rowsPerPosting = new Map<string, number>()
  const postings = await countPostings()
  const samples = new Map<string, string>()
  for (const table of tables) {
    await database.query(`create table public.${table} (like ledger.${table} including all)`)
    const [count] = await database.query<{ count: number }>(`select count(*) as count from ledger.${table}`)
    rowsPerPosting.set(table, count!.count / postings)
    const size = Math.round((count!.count / postings) * batch)
    const [sample] = await database.query<{ rows: string }>(
      `select jsonb_agg(to_jsonb(r))::text as rows from (select * from ledger.${table} limit $1) as r`,
      [size],
    )
    samples.set(table, sample!.rows)
  }
  const ids: Record<(typeof tables)[number], string> = {
    transaction: 'transaction_id',
    key: 'key',
    lot: 'lot_id',
    posting: 'posting_id',
    hold: 'hold_id',
    hold_part: 'hold_id',
  }
  // Real rows with new ids, made before the clock runs.
  const prepared = Array.from({ length: 120 }, () =>
    tables.map(table => ({
      table,
      rows: JSON.stringify(
        (JSON.parse(samples.get(table)!) as Record<string, unknown>[]).map(row => ({
          ...row,
          [ids[table]]: randomUUID(),
        })),
      ),
    })),
  )
  const started = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = prepared.pop(); next; next = prepared.pop()) {
        const inserts = next
        await database.transaction(async transaction => {
          for (const { table, rows } of inserts) {
            await transaction.query(
              `insert into public.${table} select * from jsonb_populate_recordset(null::public.${table}, $1::jsonb)`,
              [rows],
            )
          }
        })
        done += batch
      }
    }),
  )
  return (done / (performance.now() - started)) * 1000
}

/** One transaction for each movement, the member's row and the house's row both locked: the usual way. */
async function naiveRate(): Promise<number> {
  await database.query('create table public.account (account text primary key, balance bigint not null)')
  await database.query(
    'create table public.entry (id uuid primary key, account text, other text, amount bigint, at timestamptz)',
  )
  await database.query(`insert into public.account select unnest($1::text[]), 0`, [[...parties, 'house']])
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

  const cold = await postingRate(4, postBatch(1000))
  const hot = await postingRate(4, postBatch(1))
  const floor = await floorRate()
  const submit = poster(house)
  const singles = await postingRate(32, () => submit(nextRequest(1)))
  const naive = await naiveRate()
  const hotLoss = 1 - hot / cold
  print({ measure: 'batched postings/s', value: Math.round(hot), bar: bars.batched, met: hot >= bars.batched })
  print({
    measure: 'of a bare insert of the same rows',
    value: round(hot / floor),
    floor: Math.round(floor),
    bar: bars.ofFloor,
    met: hot / floor >= bars.ofFloor,
  })
  print({
    measure: 'lost to one hot house account',
    value: round(hotLoss),
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
    value: round(hot / naive),
    naive: Math.round(naive),
    bar: bars.overNaive,
    met: hot / naive >= bars.overNaive,
  })

  const postings = await countPostings()
  const started = performance.now()
  const findings = await verifyLedger(database)
  print({
    measure: 'verified, seconds',
    postings,
    value: round((performance.now() - started) / 1000),
    faults: findings.reduce((sum, finding) => sum + finding.faults, 0),
  })
} finally {
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
