import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { ImportDetail, ImportOptions, SavedMapping, Target } from './contract.ts'
import { mapImport } from './imports.ts'
import { fingerprintOf, isOurColumn, taken } from './same-columns.ts'
import { importRow } from './store.ts'

interface Row {
  readonly mapping_id: string
  readonly name: string
  readonly kind: SavedMapping['kind']
  readonly columns: SavedMapping['columns']
  readonly options: ImportOptions
  readonly changed_at: Date
}

const shown = (row: Row): SavedMapping => ({
  mappingId: row.mapping_id,
  name: row.name,
  kind: row.kind,
  columns: row.columns,
  options: row.options,
  changedAt: row.changed_at.toISOString(),
})

export async function listMappings(house: House): Promise<SavedMapping[]> {
  const rows = await house.database.query<Row>('select * from files.saved_mapping order by lower(name), name')
  return rows.map(shown)
}

export async function readMapping(queryable: Queryable, mappingId: string): Promise<SavedMapping> {
  const [row] = await queryable.query<Row>('select * from files.saved_mapping where mapping_id = $1', [mappingId])
  if (!row) throw unknownMapping()
  return shown(row)
}

const unknownMapping = () => refuse('not-found', 'files:refusal.unknown-mapping')

/** Keeps the mapping of an import under a name; whoever takes a name that is there already replaces what it stood for. */
export async function saveMapping(house: House, importId: string, name: string): Promise<SavedMapping> {
  return house.database.transaction(async transaction => {
    const row = await importRow(transaction, importId)
    if (row.questions.length > 0) {
      throw refuse('conflict', 'files:refusal.open-questions', { questions: row.questions })
    }
    const columns = row.columns
      .filter(column => !isOurColumn(column.name))
      .map(({ name: header, target, rule }) => ({ name: header, target, ...(rule && { rule }) }))
    const [saved] = await transaction.query<Row>(
      `insert into files.saved_mapping (mapping_id, name, fingerprint, kind, columns, options, created_at, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $7)
       on conflict (name) do update set fingerprint = excluded.fingerprint, kind = excluded.kind,
         columns = excluded.columns, options = excluded.options, changed_at = excluded.changed_at
       returning *`,
      [
        house.newId(),
        name,
        fingerprintOf(columns.map(column => column.name)),
        row.kind,
        JSON.stringify(columns),
        JSON.stringify(row.options),
        house.clock.now(),
      ],
    )
    await house.live.announce(transaction, ['imports'])
    return shown(saved!)
  })
}

export async function changeMapping(
  house: House,
  mappingId: string,
  change: Partial<Pick<SavedMapping, 'name' | 'kind' | 'columns' | 'options'>>,
): Promise<SavedMapping> {
  return house.database.transaction(async transaction => {
    const before = await readMapping(transaction, mappingId)
    const next = { ...before, ...change }
    const taken = new Set<Target>()
    for (const { target } of next.columns) {
      if (target !== null && taken.has(target)) throw refuse('invalid', 'files:refusal.target-twice', { target })
      if (target !== null) taken.add(target)
    }
    const [other] = await transaction.query('select 1 from files.saved_mapping where name = $2 and mapping_id <> $1', [
      mappingId,
      next.name,
    ])
    if (other) throw refuse('conflict', 'files:refusal.name-taken', { name: next.name })
    const [row] = await transaction.query<Row>(
      `update files.saved_mapping set name = $2, kind = $3, columns = $4, options = $5, fingerprint = $6, changed_at = $7
       where mapping_id = $1 returning *`,
      [
        mappingId,
        next.name,
        next.kind,
        JSON.stringify(next.columns),
        JSON.stringify(next.options),
        fingerprintOf(next.columns.map(({ name }) => name)),
        house.clock.now(),
      ],
    )
    // Somebody else removed it since it was read above.
    if (!row) throw unknownMapping()
    await house.live.announce(transaction, ['imports'])
    return shown(row)
  })
}

export async function removeMapping(house: House, mappingId: string): Promise<void> {
  await house.database.transaction(async transaction => {
    await readMapping(transaction, mappingId)
    const [used] = await transaction.query<{ path: string }>('select path from files.folder where mapping_id = $1', [
      mappingId,
    ])
    if (used) throw refuse('conflict', 'files:refusal.mapping-in-use', { path: used.path })
    await transaction.query('delete from files.saved_mapping where mapping_id = $1', [mappingId])
    await house.live.announce(transaction, ['imports'])
  })
}

/** Says about a file what was said about one like it, column by column by its name. */
export async function applyMapping(house: House, importId: string, mappingId: string): Promise<ImportDetail> {
  const saved = await readMapping(house.database, mappingId)
  const row = await importRow(house.database, importId)
  return mapImport(house, importId, { kind: saved.kind, ...taken(saved, row.columns, row.options) })
}
