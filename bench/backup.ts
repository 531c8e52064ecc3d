import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { systemClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { administer, createDatabase, openDatabase, openSnapshot, withDatabase } from '#kernel/database/index.ts'
import { silentLog } from '#kernel/log.ts'
import { makeExport, readState, restoreInto } from '#kernel/recovery/index.ts'
import { makeBackupFile } from '#kernel/recovery/make.ts'
import { carriedTables } from '#kernel/recovery/tables.ts'
import { migrationSources, openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { generateLedger } from './ledger-rows.ts'

/**
 * Size and time of a backup, of an export and of a restore for a million events with their keys and a ledger of four postings for
 * postings, against the floor of the same machine in the same minute: a plain COPY of the same tables by one connection, its
 * bytes thrown away. `BENCH_EVENTS=10000000` for more.
 */
const events = Number(process.env.BENCH_EVENTS ?? 1_000_000)
const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-'))
chmodSync(folder, 0o711)
const server = await startEmbedded({ dataFolder: join(folder, 'database'), throwaway: true })
const house = await openHouse({ name: 'business', connection: server.connection, rooms, folder, log: silentLog })
let peakBytes = 0
const watching = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss)
}, 50)

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const began = performance.now()
  const result = await work()
  return { seconds: Math.round((performance.now() - began) / 10) / 100, result }
}

async function floor(): Promise<number> {
  const snapshot = await openSnapshot(server.connection, 1)
  let bytes = 0
  for (const { select } of await carriedTables(snapshot)) {
    for await (const chunk of snapshot.lanes[0]!.copyOut(select)) bytes += chunk.length
  }
  await snapshot.close()
  return bytes
}

const say = (result: object) => console.log(JSON.stringify({ bench: 'backup', events, ...result }))

try {
  await house.events.ensureMonths([new Date('2026-01-15T00:00:00Z')])
  const statements = [
    `insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at)
     select md5('party' || n % 20000)::uuid, timestamptz '2026-01-01' + n % 40000 * interval '1 minute', md5('event' || n)::uuid,
       'purchase.recorded', jsonb_build_object('orderRef', 'A-' || n, 'amountMinor', n % 9000 + 1000,
       'currency', 'CNY', 'lines', jsonb_build_array(jsonb_build_object('sku', 'tea-' || n % 90, 'quantity', 1))),
       md5('till')::uuid, timestamptz '2026-02-01' from generate_series(1, ${events}) n`,
    `insert into events.key select md5(event_id::text)::uuid, party_id, occurred_at, event_id, source_id from events.event`,
  ]
  for (const statement of statements) await house.database.query(statement)
  await generateLedger(house.database, events * 0.4)
  await house.database.query('vacuum analyze')
  await administer(server.connection, login => login.query('checkpoint'))

  const plain = await timed(floor)
  say({
    measure: 'floor: plain COPY, one connection',
    seconds: plain.seconds,
    megabytes: Math.round(plain.result / 1e6),
  })
  const what = { connection: server.connection, folder: join(folder, 'files'), product: 'bench', clock: systemClock }
  for (const passphrase of [undefined, 'a passphrase of the bench']) {
    const path = join(folder, passphrase ? 'sealed.tar' : 'plain.tar')
    peakBytes = 0
    const { seconds, result } = await timed(() => makeBackupFile({ ...what, passphrase }, path))
    const write = Math.round((seconds - result.verifyMs / 1000) * 100) / 100
    say({
      measure: passphrase ? 'backup, encrypted' : 'backup',
      seconds,
      writeSeconds: write,
      verifySeconds: Math.round(result.verifyMs / 10) / 100,
      timesFloor: Math.round((write / plain.seconds) * 100) / 100,
      rows: result.manifest.rows,
      megabytes: Math.round(result.sizeBytes / 1e6),
      megabytesPerMillionEvents: Math.round((result.sizeBytes / events) * 10) / 10,
      peakMegabytes: Math.round(peakBytes / 1e6),
    })
  }
  const open = await timed(() => makeExport(what, join(folder, 'export')))
  say({ measure: 'export', seconds: open.seconds, megabytes: Math.round(open.result.sizeBytes / 1e6) })
  const state = await timed(() => readState(server.connection))
  say({ measure: 'state hash', seconds: state.seconds, rows: state.result.rows })

  await createDatabase(server.connection, 'restored')
  const database = openDatabase(withDatabase(server.connection, 'restored'), { connections: 5 })
  peakBytes = 0
  const { seconds, result } = await timed(() =>
    restoreInto(
      { database, sources: migrationSources(rooms), clock: systemClock },
      { path: join(folder, 'plain.tar') },
    ),
  )
  await database.close()
  say({
    measure: 'restore',
    seconds,
    steps: Object.fromEntries(result.steps.map(({ step, ms }) => [step, ms / 1000])),
    isSameState: result.isSameState,
    ledgerFaults: result.ledgerFaults,
    peakMegabytes: Math.round(peakBytes / 1e6),
    fileMegabytes: Math.round(statSync(join(folder, 'plain.tar')).size / 1e6),
  })
} finally {
  clearInterval(watching)
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
