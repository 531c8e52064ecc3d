import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { job, type Progress, type Schedule } from '#kernel/jobs/index.ts'
import { performCheck } from './check.ts'
import type { ImportSummary } from './contract.ts'
import { expireFiles } from './imports.ts'
import { type ImportProgress, importProgress } from './progress.ts'
import { performRun } from './run.ts'
import { performUndo } from './undo.ts'
import { watchFolders } from './watch.ts'

const input = z.object({ importId: z.uuid() })

function importJob(
  name: string,
  perform: (house: House, importId: string, progress: ImportProgress) => Promise<ImportSummary>,
) {
  return job({
    name,
    input,
    visible: true,
    async run(house: House, { importId }: z.output<typeof input>, progress: Progress) {
      return resultOf(await perform(house, importId, importProgress(house, importId, { job: progress })))
    },
  })
}

/** What the Jobs page shows of the totals. */
function resultOf({ number, name, totals }: ImportSummary): Record<string, string | number> {
  if (!totals) return { number, name }
  const { rows, rejectedRows, newOrders, changedOrders, unchangedOrders, newCustomers, purchaseMinor, currency } =
    totals
  return {
    number,
    name,
    rows,
    rejectedRows,
    newOrders,
    changedOrders,
    unchangedOrders,
    newCustomers,
    purchaseMinor,
    currency,
  }
}

export const fileJobs = [
  importJob('files.check', performCheck),
  importJob('files.run', performRun),
  importJob('files.undo', performUndo),
  job({
    name: 'files.expire',
    input: z.object({}),
    visible: false,
    run: async house => ({ files: await expireFiles(house) }),
  }),
  job({
    name: 'files.watch',
    input: z.object({}),
    visible: false,
    run: (house, _, progress) => watchFolders(house, progress.signal),
  }),
]

export const fileSchedules: readonly Schedule[] = [
  { job: 'files.expire', cron: '20 3 * * *' },
  { job: 'files.watch', cron: '* * * * *' },
]
