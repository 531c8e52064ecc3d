import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { silentLog } from '../log.ts'
import { deliverDue } from './courier.ts'

/** Carries the outbox of a house once. A child process, to be killed while it does. */
const [connection, folder] = process.argv.slice(2) as [string, string]
const house = await openHouse({
  name: 'business',
  connection: JSON.parse(connection),
  rooms,
  folder,
  log: silentLog,
  isMigrated: true,
})
await deliverDue(house)
await house.close()
