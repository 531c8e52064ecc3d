/**
 * How long it takes to verify a whole ledger: `npx node --conditions=source bench/ledger-verify.ts 5000000`. The rows are written
 * straight into the tables, which takes longer than everything else; a fault is planted to see that it would be found.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { eventsRoom } from '#kernel/events/room.ts'
import { addUpHouse } from '#kernel/ledger/house-balance.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { ledgerRoom } from '#kernel/ledger/room.ts'
import { silentLog } from '#kernel/log.ts'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openHouse } from '#product/house.ts'
import { generateLedger } from './ledger-rows.ts'

const postings = Number(process.argv[2] ?? 5_000_000)
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
})

async function measure(measure: string): Promise<void> {
  const started = performance.now()
  const findings = await verifyLedger(house.database)
  const seconds = Math.round((performance.now() - started) / 10) / 100
  const found = findings.filter(finding => finding.faults > 0).map(({ id, faults }) => `${id}: ${faults}`)
  console.log(JSON.stringify({ bench: 'ledger-verify', measure, postings, seconds, bar: 5, met: seconds < 5, found }))
}

try {
  await generateLedger(house.database, postings)
  await house.database.query('vacuum analyze')
  await house.database.transaction(addUpHouse)
  for (let run = 0; run < 3; run++) await measure('sound')
  await house.database.query(
    `update ledger.lot set expired = 1, available = 9 where lot_id = (select lot_id from ledger.lot where available = 10 limit 1)`,
  )
  await measure('one unit of one lot altered')
} finally {
  await house.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
