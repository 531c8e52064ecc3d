import { z } from 'zod'
import { distributed, local } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { route } from '#kernel/operation.ts'
import { Refusal } from '#kernel/refusal.ts'
import type { Programme } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { forgetOpening, removeSources } from './forget.ts'
import { problemsFile } from './problems.ts'
import { listImports, requireImport, shown } from './store.ts'
import { begin, sayMeaning, takeFile } from './take-in.ts'
import { check, run, undo } from './work.ts'

const input = z.object({ importId: z.uuid() })

/** A step that is refused for good says so on the import; a fault of the outside is tried again by the queue. */
function step(name: string, work: (house: House, importId: string, progress: Progress) => Promise<void>) {
  return job({
    name,
    input,
    visible: true,
    async run(house, { importId }, progress) {
      try {
        await work(house, importId, progress)
      } catch (error) {
        if (error instanceof Refusal && error.kind !== 'unavailable') {
          await house.database.query(`update opening.import set state = 'failed', failure = $2 where import_id = $1`, [
            importId,
            error.code,
          ])
        }
        throw error
      }
      const { posted, takenBack, kept, totals } = await requireImport(house.database, importId)
      return { rows: totals?.rows ?? 0, posted, takenBack, kept }
    },
  })
}

/** What customers had in an older system, taken over with its lots and dates. */
export const openingProgramme: Programme = {
  name: 'financial/opening',
  level: 'financial',
  needs: [],
  discretionary: false,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'opening.import': local,
    'opening.line': distributed('party_id'),
    'opening.problem': local,
  },
  routes: [
    route(contract.listOpenings, async house => ({ items: (await listImports(house.database)).map(shown) })),
    route(contract.readOpening, async (house, { params }) =>
      shown(await requireImport(house.database, params.importId)),
    ),
    route(contract.uploadOpening, async (house, { file, caller }) =>
      shown(await takeFile(house, { ...file!, by: actorOf(caller) })),
    ),
    route(contract.mapOpening, async (house, { params, body }) =>
      shown(await sayMeaning(house, params.importId, body)),
    ),
    route(contract.checkOpening, async (house, { params }) => shown(await begin(house, params.importId, 'check'))),
    route(contract.runOpening, async (house, { params }) => shown(await begin(house, params.importId, 'run'))),
    route(contract.undoOpening, async (house, { params }) => shown(await begin(house, params.importId, 'undo'))),
    route(contract.openingProblems, async (house, { params }) => {
      const known = await requireImport(house.database, params.importId)
      return problemsFile(house.database, known) as never
    }),
  ],
  forget: forgetOpening,
  jobs: [removeSources, step('opening.check', check), step('opening.run', run), step('opening.undo', undo)],
}
