import type { Queryable } from '#kernel/database/index.ts'

/** A table as the live database describes it. */
export interface TableFacts {
  /** `parties.party`. */
  readonly name: string
  readonly columns: readonly ColumnFacts[]
  readonly primaryKey: readonly string[]
  readonly constraints: readonly ConstraintFacts[]
  readonly indexes: readonly IndexFacts[]
  readonly triggers: readonly string[]
}

export interface ColumnFacts {
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
  readonly standard: string | null
  /** Derived from other columns of its row by what never changes; nobody can write it. */
  readonly isDerived: boolean
}

export interface ConstraintFacts {
  readonly name: string
  readonly kind: 'primary' | 'foreign' | 'unique' | 'check' | 'exclusion'
  readonly columns: readonly string[]
  /** `parties.party` for a foreign key. */
  readonly references: string | null
  readonly referenced: readonly string[]
  readonly definition: string
}

export interface IndexFacts {
  readonly name: string
  readonly isUnique: boolean
  readonly columns: readonly (string | null)[]
  readonly definition: string
}

/** Schemas that are not ours: the server's, the queue's own, and those of extensions. */
const foreign = `('pg_catalog', 'information_schema', 'graphile_worker')`

/** Every table of the house, partitions left out: what holds for the whole holds for its parts. */
export async function readTables(database: Queryable): Promise<TableFacts[]> {
  const rows = await database.query<TableFacts>(`
    select n.nspname || '.' || c.relname as name,
      (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'isNullable', not a.attnotnull, 'standard', pg_get_expr(d.adbin, d.adrelid), 'isDerived', a.attgenerated <> '') order by a.attnum), '[]')
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select coalesce(json_agg(a.attname order by k.n), '[]')
        from pg_constraint p cross join unnest(p.conkey) with ordinality as k (attnum, n)
        join pg_attribute a on a.attrelid = p.conrelid and a.attnum = k.attnum
        where p.conrelid = c.oid and p.contype = 'p') as "primaryKey",
      (select coalesce(json_agg(json_build_object('name', p.conname,
          'kind', case p.contype when 'p' then 'primary' when 'f' then 'foreign' when 'u' then 'unique' when 'c' then 'check' else 'exclusion' end,
          'columns', (select coalesce(json_agg(a.attname order by k.n), '[]') from unnest(p.conkey) with ordinality as k (attnum, n)
            join pg_attribute a on a.attrelid = p.conrelid and a.attnum = k.attnum),
          'references', (select rn.nspname || '.' || r.relname from pg_class r join pg_namespace rn on rn.oid = r.relnamespace where r.oid = p.confrelid),
          'referenced', (select coalesce(json_agg(a.attname order by k.n), '[]') from unnest(p.confkey) with ordinality as k (attnum, n)
            join pg_attribute a on a.attrelid = p.confrelid and a.attnum = k.attnum),
          'definition', pg_get_constraintdef(p.oid)) order by p.contype = 'p' desc, p.conname), '[]')
        from pg_constraint p where p.conrelid = c.oid and p.contype in ('p', 'f', 'u', 'c', 'x')) as constraints,
      (select coalesce(json_agg(json_build_object('name', i.relname, 'isUnique', x.indisunique,
          'columns', (select json_agg((select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = k.attnum) order by k.n)
            from unnest(x.indkey) with ordinality as k (attnum, n)),
          'definition', pg_get_indexdef(i.oid)) order by i.relname), '[]')
        from pg_index x join pg_class i on i.oid = x.indexrelid
        where x.indrelid = c.oid and not exists (select 1 from pg_constraint p where p.conindid = i.oid)) as indexes,
      (select coalesce(json_agg(t.tgname), '[]') from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not like 'pg\\_%' and n.nspname not in ${foreign}
      and not exists (select 1 from pg_depend e where e.objid = c.oid and e.deptype = 'e')
    order by 1`)
  return [...rows]
}

/** The schema as text, to be read in a review: what a migration made of the tables, not how. */
export function schemaText(tables: readonly TableFacts[]): string {
  return tables
    .map(({ name, columns, constraints, indexes }) => {
      const lines = [
        ...columns.map(
          ({ name: column, type, isNullable, standard, isDerived }) =>
            `${column} ${type}${isNullable ? '' : ' not null'}${standard ? (isDerived ? ` generated always as (${standard}) stored` : ` default ${standard}`) : ''}`,
        ),
        ...constraints.map(constraint => `constraint ${constraint.name} ${constraint.definition}`),
      ]
      const others = indexes.map(({ definition }) => `${definition.replace(/ USING btree/, '')};\n`)
      return `create table ${name} (\n  ${lines.join(',\n  ')}\n);\n${others.join('')}`
    })
    .join('\n')
}
