import { systemClock } from '#kernel/clock/index.ts'
import { openDatabase } from '#kernel/database/index.ts'
import { restoreInto } from '#kernel/recovery/index.ts'
import { migrationSources } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'

/** A process of its own, to be killed: restores until the first rows have arrived, says so, and waits for its end. */
const [connection, path] = process.argv.slice(2)
const database = openDatabase(JSON.parse(connection!), { connections: 4 })
await restoreInto({ database, sources: migrationSources(rooms), clock: systemClock }, { path: path! }, async () => {
  console.log('rows have arrived')
  await new Promise(resolve => setTimeout(resolve, 600_000))
})
