/**
 * The liability of points: `npm run bench -- liability`. First whether the curve foretells: programmes whose law of redemption is
 * known, asked a year after the points were earned, and how it came out. Then how long a report takes over a million lots,
 * written straight into the tables. One JSON line for each.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { estimate } from '#financial/liability/estimate.ts'
import { publish, usualRules } from '#financial/points/index.ts'
import { movableClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import type { Database } from '#kernel/database/index.ts'
import { silentLog } from '#kernel/log.ts'
import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { backTest } from './liability-programmes.ts'

const lots = Number(process.env.BENCH_LOTS ?? 1_000_000)
const say = (measure: string, figures: object) =>
  console.log(JSON.stringify({ bench: 'liability', measure, ...figures }))

const cases = [
  { measure: 'a programme of 30 months, points live 24', members: 2000, months: 30, lastAge: 24, isBar: true },
  { measure: 'a small one: 600 members', members: 600, months: 30, lastAge: 24, isBar: true },
  { measure: 'one of 12 months, points live 12', members: 2000, months: 12, lastAge: 12, isBar: true },
  // Its second year nobody has seen: the last ages seen stand for it. For the record, not held to the bar.
  { measure: 'one of 12 months, points live 24', members: 2000, months: 12, lastAge: 24, isBar: false },
]
for (const { measure, isBar, ...law } of process.env.BENCH_SPEED ? [] : cases) {
  const { meanError, worstError, bias, covered } = backTest({ programmes: 200, seed: 5, ...law })
  const points = (share: number) => Math.round(share * 10_000) / 100
  const met = meanError <= 0.02 && covered >= 0.85 && covered <= 0.95
  say(measure, {
    programmes: 200,
    meanErrorPoints: points(meanError),
    worstErrorPoints: points(worstError),
    biasPoints: points(bias),
    coveredOf90: covered,
    ...(isBar ? { bar: 'error <= 2 points, covered .85 to .95', met } : {}),
  })
}

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
  clock: movableClock('2024-01-01T03:00:00Z'),
  atFirst: { zone: 'Asia/Shanghai', currency: 'CNY' },
})
try {
  const usual = usualRules('CNY', 2)
  await publish(house, { rules: usual, startsOn: '2024-01-01', by: 'bench' })
  await house.events.ensureMonths(Array.from({ length: 25 }, (_, month) => new Date(Date.UTC(2024, month, 5))))
  await generate(house.database, lots)
  await house.database.query('vacuum analyze')
  for (let run = 0; run < 3; run++) {
    const began = performance.now()
    const report = await estimate(house.database, new Date('2026-01-01T00:00:00Z'))
    const seconds = Math.round((performance.now() - began) / 10) / 100
    say('a report', { lots, postings: report!.fingerprint.postings, vintages: report!.vintages.length, seconds })
  }
} finally {
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Members who buy ten times within two years, earn a lot each time, and use four of the ten. */
async function generate(database: Database, lots: number): Promise<void> {
  const id = (text: string) => `md5(${text})::uuid`
  const party = id(`'party' || p`)
  const event = id(`'event' || p || ' ' || n`)
  const lot = id(`'lot' || p || ' ' || n`)
  const all = `generate_series(1, ${Math.round(lots / 10)}) as p, generate_series(1, 10) as n`
  const at = `timestamptz '2024-01-03 04:00Z' + (n * 70 - p % 60) * interval '1 day'`
  const usedAt = `${at} + 40 * interval '1 day'`
  const statements = [
    `insert into ledger.asset values ('points', 'points', 1000, now()) on conflict do nothing`,
    `insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at)
     select ${party}, ${at}, ${event}, 'purchase.recorded', jsonb_build_object('orderRef', p || '-' || n, 'amountMinor',
       10000 + p % 5000, 'currency', 'CNY', 'lines', jsonb_build_array(
         jsonb_build_object('sku', 'TEA' || n, 'quantity', 1000, 'amountMinor', 10000 + p % 5000))),
       '01900000-0000-7000-8000-000000000001', ${at} from ${all}`,
    `insert into points.line (party_id, line_key, generation, edition_id, rule_id, event_id, occurred_at, issued, kept, reason)
     select ${party}, ${event} || '/spend', 1, (select edition_id from points.edition limit 1), 'spend', ${event}, ${at},
       100, 100, '{}' from ${all}`,
    `insert into ledger.lot (party_id, lot_id, asset, issuer, source, issued, pending, available, held, captured, expired, revoked, moved)
     select ${party}, ${lot}, 'points', 'points', ${event} || '/spend#1', 100, 0, case when n % 5 < 2 then 0 else 100 end, 0,
       case when n % 5 < 2 then 100 else 0 end, 0, 0, 0 from ${all}`,
    `insert into ledger.posting
     select ${party}, ${id(`'earned' || p || ' ' || n`)}, 0, 'points', 'issue', 'issuance:points', 'available', 100, ${lot},
       ${at}, ${at}, pg_current_xact_id() from ${all}
     union all
     select ${party}, ${id(`'used' || p || ' ' || n`)}, 0, 'points', 'spend', 'available', 'redeemed:house', 100, ${lot},
       ${usedAt}, ${usedAt}, pg_current_xact_id() from ${all} where n % 5 < 2`,
  ]
  for (const statement of statements) await database.query(statement)
}
