import type { House } from '#kernel/house.ts'

/**
 * Everything the database knows about customers and what they did, as text rows in a fixed order: for comparing a state
 * with itself. Which parts
 * of a state were written how often, products and the record of withdrawals are no part of it.
 */
export async function dump(house: House): Promise<Record<string, string[]>> {
  const tables = await house.database.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname in ('parties', 'events', 'rhythm', 'files') and tablename !~ '^(event_\\d|staged_|import$|rejected_row|set_aside)'
       and schemaname || '.' || tablename not in ('events.source', 'events.withdrawal', 'files.named_party') order by 1`,
  )
  const rows: Record<string, string[]> = {}
  for (const { name } of tables) {
    const found = await house.database.query<{ row: string }>(
      `select (to_jsonb(t) - 'version' - 'changed_at')::text as row from ${name} t order by 1`,
    )
    rows[name] = found.map(({ row }) => row)
  }
  return rows
}
