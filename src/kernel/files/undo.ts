import type { House } from '#kernel/house.ts'
import { type ProfileState, removeSilentParties, takeBackProfiles } from '#kernel/parties/index.ts'
import type { ImportSummary } from './contract.ts'
import type { ImportProgress } from './progress.ts'
import { dropStaged } from './staged.ts'
import { importRow, moveImport, summaryOf } from './store.ts'

const partiesAtOnce = 500

/**
 * Takes back everything that the import brought: its events customer by customer, then its orders of nobody and the
 * customers about whom nothing else is known. Each piece is one transaction; what is done is gone, so a killed undo goes
 * on by itself.
 */
export async function performUndo(house: House, importId: string, progress: ImportProgress): Promise<ImportSummary> {
  const row = await importRow(house.database, importId)
  if (row.state !== 'undoing') return summaryOf(row)
  const [left] = await house.database.query<{ parties: number }>(
    'select count(distinct party_id) as parties from files.recorded_order where import_id = $1',
    [importId],
  )
  const total = left!.parties
  let done = 0
  for (;;) {
    progress.signal.throwIfAborted()
    const parties = await house.database.query<{ party_id: string }>(
      `select distinct party_id from files.recorded_order where import_id = $1 order by party_id limit ${partiesAtOnce}`,
      [importId],
    )
    if (parties.length === 0) break
    const partyIds = parties.map(party => party.party_id)
    await house.database.transaction(async transaction => {
      await house.events.withdraw(transaction, importId, partyIds)
      await transaction.query('delete from files.recorded_order where import_id = $1 and party_id = any($2)', [
        importId,
        partyIds,
      ])
      await house.live.announce(transaction, ['customers', 'events'])
    })
    done += partyIds.length
    await progress.report({ step: 'withdrawing', done, total, unit: 'customers', rows: 0 })
  }
  await forgetParties(house, importId, progress)
  return house.database.transaction(async transaction => {
    await transaction.query('delete from files.unattributed_order where import_id = $1', [importId])
    await transaction.query('delete from files.said_value where import_id = $1', [importId])
    await transaction.query('update files.unattributed_order set attributed_by = null where attributed_by = $1', [
      importId,
    ])
    await dropStaged(transaction, row.number)
    await house.afterBulkChange(transaction)
    await house.live.announce(transaction, ['customers', 'events'])
    return summaryOf(
      await moveImport(transaction, house, importId, {
        from: ['undoing'],
        to: 'undone',
        refusal: 'files:refusal.not-run',
        set: { undone_at: house.clock.now() },
      }),
    )
  })
}

/** Takes back what the import said about customers; those whom it brought and nobody else names or knows go. */
async function forgetParties(house: House, importId: string, progress: ImportProgress): Promise<void> {
  for (;;) {
    progress.signal.throwIfAborted()
    const left = await house.database.transaction(async transaction => {
      const named = await transaction.query<{
        party_id: string
        created: boolean
        before: ProfileState | null
        after: ProfileState | null
      }>(
        `delete from files.named_party where import_id = $1 and party_id in (
           select party_id from files.named_party where import_id = $1 order by party_id limit ${partiesAtOnce})
         returning party_id, created, before, after`,
        [importId],
      )
      await takeBackProfiles(
        transaction,
        house,
        named.flatMap(({ party_id: partyId, before, after }) => (before && after ? [{ partyId, before, after }] : [])),
      )
      const brought = named.filter(party => party.created).map(party => party.party_id)
      const adopted = await transaction.query<{ party_id: string }>(
        `update files.named_party n set created = true from (
           select party_id, min(import_id::text)::uuid as import_id from files.named_party
           where party_id = any($1) group by party_id) as heir
         where n.party_id = heir.party_id and n.import_id = heir.import_id returning n.party_id`,
        [brought],
      )
      const kept = new Set(adopted.map(party => party.party_id))
      await removeSilentParties(
        transaction,
        brought.filter(partyId => !kept.has(partyId)),
      )
      await house.live.announce(transaction, ['customers'])
      return named.length
    })
    if (left === 0) return
  }
}
