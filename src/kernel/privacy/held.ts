import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { personOf } from '#kernel/parties/index.ts'

/** A table of a room, and the columns in which somebody's id may stand. */
export interface PersonalTable {
  readonly room: string
  readonly table: string
  readonly partyColumns: readonly string[]
  /** What is shown; what is only of use to a machine, or a secret that would let the reader in, is left out. */
  readonly shownColumns: readonly string[]
}

/** A live code for opening the card is a key, not knowledge about its owner. */
const secrets = new Set(['access.code_to_deliver.code'])

/** Indexes of what stands elsewhere as well. */
const copies = new Set(['parties.search_key', 'merges.block'])

/** Every table of every room that holds rows about a customer, as the database itself knows them. */
export async function personalTables(house: House, queryable: Queryable): Promise<PersonalTable[]> {
  const rows = await queryable.query<{ name: string; column: string; type: string }>(
    `select n.nspname || '.' || c.relname as name, a.attname as column, format_type(a.atttypid, null) as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
       and n.nspname || '.' || c.relname = any ($1) order by name, a.attnum`,
    [Object.keys(house.tables)],
  )
  return [...Map.groupBy(rows, row => row.name)].flatMap(([table, columns]) => {
    const partyColumns = columns
      .filter(({ column, type }) => type === 'uuid' && /(^|_)party_id$|^founder_id$|^used_by$/.test(column))
      .map(({ column }) => column)
    if (partyColumns.length === 0 || copies.has(table)) return []
    const shownColumns = columns
      .filter(({ column, type }) => type !== 'bytea' && column !== 'grams' && !secrets.has(`${table}.${column}`))
      .map(({ column }) => column)
    return [{ room: table.slice(0, table.indexOf('.')), table, partyColumns, shownColumns }]
  })
}

const about = ({ partyColumns }: PersonalTable) => partyColumns.map(column => `t.${column} = any ($1)`).join(' or ')

type Cell = string | number | boolean | null

/** Everything we hold about somebody, under all their profiles: the rows as they stand, at most `most` of each table. */
export async function everythingHeld(house: House, partyId: string, most: number) {
  const { holderId, profileIds } = await personOf(house.database, partyId)
  return house.database.transaction(async transaction => {
    const items = []
    for (const each of await personalTables(house, transaction)) {
      const [count] = await transaction.query<{ total: number }>(
        `select count(*) as total from ${each.table} t where ${about(each)}`,
        [profileIds],
      )
      if (count!.total === 0) continue
      const rows = await transaction.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(s) as row from (select ${each.shownColumns.map(column => `t."${column}"`).join(', ')}
           from ${each.table} t where ${about(each)} limit $2) s`,
        [profileIds, most],
      )
      items.push({ room: each.room, table: each.table, rows: rows.map(({ row }) => flat(row)), total: count!.total })
    }
    return { partyId: holderId, asOf: house.clock.now().toISOString(), items }
  })
}

/** How many rows about somebody stand in each table. */
export async function countsHeld(house: House, queryable: Queryable, profileIds: readonly string[]) {
  const counts = []
  for (const each of await personalTables(house, queryable)) {
    const [count] = await queryable.query<{ rows: number }>(
      `select count(*) as rows from ${each.table} t where ${about(each)}`,
      [profileIds],
    )
    if (count!.rows > 0) counts.push({ room: each.room, table: each.table, rows: count!.rows })
  }
  return counts
}

/** What has parts of its own is written as text, so that a row is one line of a table. */
function flat(row: Readonly<Record<string, unknown>>): Record<string, Cell> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value !== null && typeof value === 'object' ? JSON.stringify(value) : (value as Cell),
    ]),
  )
}
