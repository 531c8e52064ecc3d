import type { Queryable, Transaction } from './database.ts'
import type { Exceptions, TableMap } from './table-map.ts'

/** What the role of a connection may do with the rows of a table that stand already. */
export interface Privileges {
  readonly table: string
  readonly update: boolean
  readonly delete: boolean
  readonly truncate: boolean
  /** Columns that may be updated although the table as a whole may not. */
  readonly columns: readonly string[]
}

/** An owner may do everything until it takes the right from itself; of a superuser it cannot be taken. */
const privilegesSql = `
  select n.nspname || '.' || c.relname as table, format('%I.%I', n.nspname, c.relname) as name,
    quote_ident(pg_get_userbyid(c.relowner)) as owner, pg_has_role(c.relowner, 'usage') as "isOwner",
    p.update, has_table_privilege(c.oid, 'delete') as delete, has_table_privilege(c.oid, 'truncate') as truncate,
    case when p.update then '{}' else array(
      select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and has_column_privilege(c.oid, a.attnum, 'update') order by 1) end as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (select has_table_privilege(c.oid, 'update') as update) p
  where c.relkind in ('r', 'p') and not c.relispartition`

type Found = Privileges & { readonly name: string; readonly owner: string; readonly isOwner: boolean }

/**
 * Gives the role of this connection, as the owner of the tables in these schemas, every right to their rows except what the map
 * says is never rightly done. What is so already is left alone, so that a usual start only reads. With an empty map everything
 * may be changed, as migrations must.
 */
export async function settlePrivileges(
  transaction: Transaction,
  schemas: readonly string[],
  tables: TableMap,
): Promise<void> {
  const [role] = await transaction.query<{ isSuperuser: boolean }>(
    'select rolsuper as "isSuperuser" from pg_roles where rolname = current_user',
  )
  if (role!.isSuperuser) return
  const found = await transaction.query<Found>(`${privilegesSql} and n.nspname = any ($1) order by 1`, [schemas])
  for (const { name, owner, isOwner, ...is } of found) {
    const exceptions = tables[is.table]?.appendOnly
    if (!isOwner || agrees(is, exceptions)) continue
    if (!exceptions) {
      await transaction.query(`grant update, delete, truncate on ${name} to ${owner}`)
      continue
    }
    await transaction.query(`revoke update, delete, truncate on ${name} from ${owner}`)
    if (exceptions.delete) await transaction.query(`grant delete on ${name} to ${owner}`)
    if (exceptions.update)
      await transaction.query(`grant update (${exceptions.update.join(', ')}) on ${name} to ${owner}`)
  }
}

/** The append-only tables of the map in which the role of this connection could alter more than they allow. */
export async function changeableFacts(queryable: Queryable, tables: TableMap): Promise<string[]> {
  const names = Object.keys(tables).filter(name => tables[name]?.appendOnly)
  const found = await queryable.query<Found>(
    `${privilegesSql} and n.nspname || '.' || c.relname = any ($1) order by 1`,
    [names],
  )
  return found.filter(is => !agrees(is, tables[is.table]?.appendOnly)).map(is => is.table)
}

/**
 * Whether the privileges on a table are what its place in the map asks for.
 *
 * Example: with `{ update: ['reason'] }`, a role that may delete, or update another column too, does not agree.
 */
export function agrees(is: Privileges, exceptions: Exceptions | undefined): boolean {
  if (!exceptions) return is.update && is.delete && is.truncate
  const allowed = exceptions.update ?? []
  return (
    !is.update &&
    !is.truncate &&
    is.delete === (exceptions.delete ?? false) &&
    is.columns.length === allowed.length &&
    is.columns.every(column => allowed.includes(column))
  )
}
