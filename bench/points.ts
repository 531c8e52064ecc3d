/**
 * What rules of points would have cost, on a million purchases: `npm run bench -- points`. Puts customers and orders straight
 * into the log, then replays a year of them under two sets of rules, as the page does. One JSON line; the bar is a minute.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { replay, usualRules } from '#financial/points/index.ts'
import { movableClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { silentLog } from '#kernel/log.ts'
import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'

const customers = Number(process.env.BENCH_CUSTOMERS ?? 100_000)
const purchasesEach = 10
const zone = 'Asia/Shanghai'
const bar = { seconds: 60 }

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
  clock: movableClock('2026-11-21T03:00:00Z'),
  atFirst: { zone, currency: 'CNY' },
})
try {
  const months = Array.from({ length: 13 }, (_, month) => new Date(Date.UTC(2025, 10 + month, 5)))
  await house.events.ensureMonths(months)
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'person', 'N' || n, '{customer}', '{}', '{}',
       '01900000-0000-7000-8000-000000000001', $2, $2 from generate_series(1, $1) as n`,
    [customers, house.clock.now()],
  )
  await house.database.query(
    `insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at)
     select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       timestamptz '2025-11-25 04:00Z' + (k * 35 + n % 30) * interval '1 day', gen_random_uuid(), 'purchase.recorded',
       jsonb_build_object('orderRef', n || '-' || k, 'amountMinor', 1000 + (n * 37 + k * 911) % 30000, 'currency', 'CNY',
         'lines', jsonb_build_array(
           jsonb_build_object('sku', 'TEA' || n % 40, 'quantity', 1000, 'amountMinor', 1000),
           jsonb_build_object('sku', 'POT' || k, 'quantity', 1000, 'amountMinor', (n * 37 + k * 911) % 30000))),
       '01900000-0000-7000-8000-000000000001', $3
     from generate_series(1, $1) as n, generate_series(0, $2 - 1) as k`,
    [customers, purchasesEach, house.clock.now()],
  )
  await house.database.query('analyze events.event')
  const draft = usualRules('CNY', 2)
  const began = performance.now()
  const found = await replay(
    house,
    { draft: { ...draft, caps: { ...draft.caps, perDay: 100 } }, current: draft, zone },
    { fromOn: '2025-11-22', untilOn: '2026-11-21' },
  )
  const seconds = (performance.now() - began) / 1000
  const { purchases, points } = found.now
  console.log(
    JSON.stringify({
      bench: 'points',
      measure: 'a year replayed under two sets of rules',
      purchases,
      points,
      seconds: Math.round(seconds * 10) / 10,
      bar,
      ok: seconds < bar.seconds,
    }),
  )
} finally {
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
