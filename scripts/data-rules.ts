import type { TableMap } from '#kernel/database/index.ts'
import type { TableFacts } from './catalogue.ts'

/** Tables that belong to no room. */
const ownTables: TableMap = { 'kernel.migration': { kind: 'local' } }

/** May look at nothing but their own schema and the kernel's, as in the code. */
const kernelSchemas = (rooms: readonly { readonly name: string }[]) =>
  new Set(['kernel', ...rooms.filter(({ name }) => name.startsWith('kernel/')).map(({ name }) => name.split('/')[1]!)])

/**
 * What is wrong with the live tables, as sentences: held against the table maps of the rooms and against the data rules of
 * `docs/architecture.md`, so that the same schema can be spread over a cluster one day without a rewrite.
 *
 * Example: a table of customers whose primary key begins with its own id gives `…: the primary key begins with party_id`.
 */
export function faultsOfTables(
  tables: readonly TableFacts[],
  rooms: readonly { readonly name: string; readonly tables?: TableMap }[],
): string[] {
  const map: TableMap = Object.assign({ ...ownTables }, ...rooms.map(room => room.tables ?? {}))
  const kernel = kernelSchemas(rooms)
  const known = new Set(tables.map(({ name }) => name))
  return [
    ...Object.keys(map)
      .filter(name => !known.has(name))
      .map(name => `${name}: in the table map, not in the database`),
    ...tables.flatMap(table => {
      const placement = map[table.name]
      if (!placement) return [`${table.name}: not in the table map of its room`]
      const spread = placement.kind === 'distributed' ? spreadFaults(table, placement.by, map) : []
      // Local tables of passing rows, such as a file on its way in, may do without.
      const keyless = table.primaryKey.length === 0 && placement.kind !== 'local' ? ['has no primary key'] : []
      return [...keyless, ...spread, ...faultsOfEvery(table), ...keyFaults(table, map, kernel)].map(
        fault => `${table.name}: ${fault}`,
      )
    }),
  ]
}

/** Rules 1, 2 and 3: what belongs to one customer lies in one place, and is unique only there. */
function spreadFaults(table: TableFacts, by: string, map: TableMap): string[] {
  const faults: string[] = []
  const column = table.columns.find(({ name }) => name === by)
  if (!column) return [`has no column ${by}`]
  if (column.isNullable) faults.push(`${by} may be null`)
  if (table.primaryKey[0] !== by) faults.push(`the primary key begins with ${by}`)
  const uniques = [
    ...table.constraints.filter(({ kind }) => kind === 'unique'),
    ...table.indexes.filter(({ isUnique }) => isUnique),
  ]
  for (const unique of uniques) {
    if (!unique.columns.includes(by)) faults.push(`${unique.name} is unique beyond one customer`)
  }
  for (const key of table.constraints.filter(({ kind }) => kind === 'foreign')) {
    const target = map[key.references ?? '']
    if (target?.kind === 'local') faults.push(`${key.name} leads to the local table ${key.references}`)
    if (target?.kind === 'distributed') {
      const place = key.columns.indexOf(by)
      if (place < 0 || key.referenced[place] !== target.by) faults.push(`${key.name} does not carry ${by}`)
    }
  }
  return faults
}

function keyFaults(table: TableFacts, map: TableMap, kernel: ReadonlySet<string>): string[] {
  const schema = table.name.split('.')[0]!
  return table.constraints
    .filter(({ kind }) => kind === 'foreign')
    .flatMap(key => {
      const target = key.references ?? ''
      const targetSchema = target.split('.')[0]!
      const faults: string[] = []
      if (/_fkey\d*$/.test(key.name)) faults.push(`the foreign key ${key.name} has no name of its own`)
      if (map[table.name]?.kind !== 'distributed' && map[target]?.kind === 'distributed') {
        faults.push(`${key.name} leads from a shared table to customers`)
      }
      if (/ON DELETE SET (NULL|DEFAULT)/.test(key.definition)) faults.push(`${key.name} sets its columns to null`)
      if (targetSchema !== schema && !kernel.has(targetSchema))
        faults.push(`${key.name} leads to a neighbour, ${target}`)
      return faults
    })
}

/** Rules 8, 11 and 16: no triggers, ids and instants from the application, value in whole numbers, instants with a zone. */
function faultsOfEvery(table: TableFacts): string[] {
  const isOurs = table.name === 'kernel.migration'
  return [
    ...table.triggers.map(trigger => `has the trigger ${trigger}`),
    ...table.columns.flatMap(({ name, type, standard, isDerived }) => [
      ...(/^timestamp without|^time /.test(type) ? [`${name} is a time without a zone`] : []),
      ...(/_minor$/.test(name) && type !== 'bigint' ? [`${name} is money in ${type}`] : []),
      ...(/^(money|real)$/.test(type) ? [`${name} is ${type}`] : []),
      ...(!isOurs && !isDerived && standard && /nextval|\w+\(/.test(standard)
        ? [`${name} is filled in by the database`]
        : []),
    ]),
  ]
}
