import { rm } from 'node:fs/promises'
import { z } from 'zod'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'
import { fileOf } from './store.ts'

export const removeSources = job({
  name: 'opening.remove-sources',
  input: z.object({ importIds: z.array(z.uuid()) }),
  visible: false,
  async run(house, { importIds }) {
    for (const importId of importIds) await rm(fileOf(house, importId), { force: true })
    return { files: importIds.length }
  },
})

/** The lots stay, which are value; the words beside them, rows that could not be taken and the file itself do not. */
export async function forgetOpening(house: House, transaction: Transaction, partyId: string): Promise<void> {
  const { identifiers, names } = await tracesOf(transaction, partyId)
  await transaction.query('update opening.line set reference = null where party_id = $1 and reference is not null', [
    partyId,
  ])
  await emptyWhere(transaction, 'opening.problem', { cells: `'[]'` }, [...identifiers, ...names])
  const rows = await transaction.query<{ importId: string }>(
    `select distinct import_id as "importId" from opening.line where party_id = $1
     union select import_id from opening.problem where cells = '[]'`,
    [partyId],
  )
  if (rows.length === 0) return
  await house.jobs.enqueue(transaction, removeSources.name, { importIds: rows.map(row => row.importId) })
}
