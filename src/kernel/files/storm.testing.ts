import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { silentLog } from '../log.ts'
import { performCheck } from './check.ts'
import { importProgress } from './progress.ts'
import { performRun } from './run.ts'
import { importRow } from './store.ts'

/** What a worker does with an import after a start: goes on where it stands. A child process, to be killed. */
const [connection, folder, importId] = process.argv.slice(2) as [string, string, string]
const house = await openHouse({
  name: 'business',
  connection: JSON.parse(connection),
  rooms,
  folder,
  log: silentLog,
  isMigrated: true,
})
const progress = importProgress(house, importId, {})
const { state } = await importRow(house.database, importId)
if (state === 'checking') await performCheck(house, importId, progress)
if (state === 'running') await performRun(house, importId, progress)
await house.close()
