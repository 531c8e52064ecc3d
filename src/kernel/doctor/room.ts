import { dirname } from 'node:path'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { checks, examine } from './contract.ts'
import { examineHouse } from './house.ts'
import { examineMachine, type Installation } from './machine.ts'

/** What the house stands on, for Settings; the command line asks the same (`guanxi doctor`). */
export const doctorRoom = (installation: Installation): Room => ({
  name: 'kernel/doctor',
  routes: [
    route(examine, async house => {
      const items = [...(await examineMachine(installation, dirname(house.folder))), ...(await examineHouse(house))]
      items.sort((one, other) => checks.indexOf(one.check) - checks.indexOf(other.check))
      return { examinedAt: house.clock.now().toISOString(), items }
    }),
  ],
})
