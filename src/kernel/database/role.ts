import { administer } from './administration.ts'
import type { Connection, Queryable } from './database.ts'
import { migrationLock } from './migrate.ts'

/** Whom a superuser works as: to itself no right can be denied. Nobody can log in as it. */
const worker = 'guanxi_app'

/**
 * The role that a house works as on this database: none of its own where whoever logs in is no superuser, since it owns its
 * tables and takes rights from itself (`privileges.ts`). A superuser works as a role that is none, which is made here, and is
 * handed what a superuser of an earlier release, or a restore, made on this database.
 */
export async function workingRole(connection: Connection): Promise<string | undefined> {
  return await administer(connection, async server => {
    const [login] = await server.query<{ isSuperuser: boolean; hasWorker: boolean }>(
      `select rolsuper as "isSuperuser", exists (select from pg_roles where rolname = $1) as "hasWorker"
       from pg_roles where rolname = current_user`,
      [worker],
    )
    if (!login!.isSuperuser) return undefined
    if (!login!.hasWorker) await makeWorker(server)
    const [is] = await server.query<{ isSuperuser: boolean }>(
      'select rolsuper as "isSuperuser" from pg_roles where rolname = $1',
      [worker],
    )
    // Somebody made it one: nothing would be kept by working as it, and Doctor says so.
    if (is!.isSuperuser) return undefined
    await server.query(`set lock_timeout = '60s'`)
    await server.query('begin')
    await server.query('select pg_advisory_xact_lock($1)', [migrationLock])
    for (const statement of await toHandOver(server)) await server.query(statement)
    await server.query('commit')
    return worker
  })
}

/** Roles are of the whole server, and two houses of one installation may open at the same moment. */
async function makeWorker(server: Queryable): Promise<void> {
  try {
    await server.query(`create role ${worker} nologin`)
  } catch (error) {
    if (!['42710', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  }
}

/** What an owner of a database may do, and the tables, functions and types of ours that belong to somebody else. */
async function toHandOver(server: Queryable): Promise<string[]> {
  const [known] = await server.query<{ has: boolean }>(`select to_regclass('kernel.migration') is not null as has`)
  const rooms = known!.has ? `union select replace(split_part(room, '/', -1), '-', '_') from kernel.migration` : ''
  const rows = await server.query<{ statement: string }>(
    `with worker as (select oid from pg_roles where rolname = '${worker}'),
       ours as (
         select oid, nspname, nspowner from pg_namespace
         where nspname in (select unnest(array['kernel', 'graphile_worker']) ${rooms})),
       statements as (
         select 1 as step, format('grant create, temporary on database %I to ${worker}', current_database()) as statement
         from worker where not has_database_privilege(worker.oid, current_database(), 'create')
           or not has_database_privilege(worker.oid, current_database(), 'temporary')
         union all
         select 1, 'grant create on schema public to ${worker}' from worker, pg_namespace n
         where n.nspname = 'public' and not has_schema_privilege(worker.oid, n.oid, 'create')
         union all
         select 2, format('alter schema %I owner to ${worker}', nspname) from ours, worker where nspowner <> worker.oid
         union all
         select 3, format('alter table %I.%I owner to ${worker}', o.nspname, c.relname)
         from pg_class c join ours o on o.oid = c.relnamespace, worker
         where c.relowner <> worker.oid and (c.relkind in ('r', 'p', 'v', 'm')
           -- A sequence of a column goes with its table.
           or c.relkind = 'S' and not exists (
             select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))
         union all
         select 4, format('alter routine %s owner to ${worker}', p.oid::regprocedure)
         from pg_proc p join ours o on o.oid = p.pronamespace, worker where p.proowner <> worker.oid
         union all
         select 5, format('alter type %I.%I owner to ${worker}', o.nspname, t.typname)
         from pg_type t join ours o on o.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid, worker
         where t.typowner <> worker.oid and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c'))
     select statement from statements order by step`,
  )
  return rows.map(row => row.statement)
}
