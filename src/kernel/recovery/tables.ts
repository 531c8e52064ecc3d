import type { Queryable } from '#kernel/database/index.ts'

/** What stays behind, and why. Everything else is in a copy. */
export const leftOut: Readonly<Record<string, string>> = {
  'access.session': 'who is signed in here is not signed in elsewhere',
  'access.member_session': 'who is signed in here is not signed in elsewhere',
  'access.sign_in_link': 'a link leads to this address',
  'access.member_code': 'a code lives for minutes',
  'access.code_to_deliver': 'a code lives for minutes',
  'ledger.house_balance': 'added up anew from the postings',
  'ledger.house_mark': 'a number of a transaction of this server',
  'ledger.verification': 'what was verified was this server',
  'recovery.backup': 'a list of files on this machine',
}

/** Is in a copy but does not count towards the state hash, since it goes on changing while nothing happens to customers. */
export const notCounted: ReadonlySet<string> = new Set(['jobs.run', 'jobs.queue'])

/** Work that waited, as a table of the copy: the queue's own tables have the shape of its release. */
export const queueTable = 'jobs.queue'

export interface Column {
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
}

/** A table of a copy: its shape, for whoever reads the copy without us. */
export interface Shape {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly partitions: readonly { readonly name: string; readonly bound: string }[]
}

export interface CarriedTable extends Shape {
  /** Asks for the rows as the copy holds them. */
  readonly select: string
  /** Rows as the statistics of the server guess them; for a progress bar. */
  readonly estimate: number
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** `ledger.posting` as SQL names it. */
export const inSql = (table: string) => table.split('.').map(quoted).join('.')

export const columnsInSql = (columns: readonly { readonly name: string }[]) =>
  columns.map(({ name }) => quoted(name)).join(', ')

/**
 * Every table of every room in this database, as its catalogue has them: what a migration adds is carried without anybody
 * thinking of it.
 */
export async function carriedTables(queryable: Queryable): Promise<CarriedTable[]> {
  const shapes = (await shapesOf(queryable)).filter(({ name }) => !(name in leftOut))
  const marks = await marksOf(queryable, shapes)
  return [
    ...shapes.map(shape => ({ ...shape, select: selectOf(shape, marks) })),
    { ...(queueShape as Shape), select: queueSelect, estimate: 0 },
  ]
}

async function shapesOf(queryable: Queryable): Promise<(Shape & { readonly estimate: number })[]> {
  return await queryable.query<Shape & { readonly estimate: number }>(`
    with rooms as (select distinct replace(split_part(room, '/', -1), '-', '_') as name from kernel.migration),
    tables as (
      select c.oid, n.nspname || '.' || c.relname as name, greatest(c.reltuples, 0)::float8 as estimate
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in (select name from rooms) and c.relkind in ('r', 'p') and not c.relispartition)
    select t.name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
           'isNullable', not a.attnotnull) order by a.attnum)
         from pg_attribute a where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      coalesce((select json_agg(a.attname order by k.position)
         from pg_constraint p cross join unnest(p.conkey) with ordinality as k (attnum, position)
         join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
         where p.conrelid = t.oid and p.contype = 'p'), '[]'::json) as "primaryKey",
      coalesce((select json_agg(json_build_object('name', cn.nspname || '.' || c.relname,
           'bound', pg_get_expr(c.relpartbound, c.oid)) order by c.relname)
         from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace cn on cn.oid = c.relnamespace
         where i.inhparent = t.oid), '[]'::json) as partitions,
      t.estimate + coalesce((select sum(greatest(c.reltuples, 0)) from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = t.oid), 0) as estimate
    from tables t order by t.name collate "C"`)
}

/**
 * Numbers of transactions mean nothing on another server, but their order does: a month of a settlement says up to which one it
 * counted. So only their place among such marks is carried, as small numbers that lie below those of any server.
 *
 * Example: with the marks 900 and 1200, postings of the transactions 700, 900 and 5000 become 3, 4 and 5.
 */
async function marksOf(queryable: Queryable, shapes: readonly Shape[]): Promise<string> {
  const questions = shapes
    .filter(({ columns }) => !columns.some(({ name }) => name === 'party_id'))
    .flatMap(({ name, columns }) =>
      columns.filter(({ type }) => type === 'xid8').map(column => `select ${quoted(column.name)} from ${inSql(name)}`),
    )
  if (questions.length === 0) return `'{}'::xid8[]`
  const [row] = await queryable.query<{ marks: string }>(
    `select coalesce(array_agg(mark order by mark), '{}')::text as marks from (${questions.join(' union ')}) as m (mark)
     where mark is not null`,
  )
  return `'${row!.marks}'::xid8[]`
}

function selectOf({ name, columns }: Shape, marks: string): string {
  const values = columns.map(column =>
    column.type === 'xid8' ? `(3 + width_bucket(${quoted(column.name)}, ${marks}))::text::xid8` : quoted(column.name),
  )
  return `select ${values.join(', ')} from ${inSql(name)}`
}

const text = (name: string, type = 'text') => ({ name, type, isNullable: true })

export const queueShape: Shape = {
  name: queueTable,
  columns: [
    text('name'),
    text('payload', 'json'),
    text('run_at', 'timestamp with time zone'),
    text('max_attempts', 'integer'),
    text('key'),
  ],
  primaryKey: [],
  partitions: [],
}

/** Our own job is among those that wait or run; it must not begin again wherever the copy is restored. */
const queueSelect = `select t.identifier, j.payload, j.run_at, j.max_attempts, j.key
  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  where j.attempts < j.max_attempts and t.identifier not like 'recovery.%' order by j.id`
