import type { Database, Queryable } from '#kernel/database/index.ts'

const tables = ['staged_line', 'staged_customer', 'staged_product', 'staged_order'] as const

/** The partitions in which one import's rows wait between check and run. */
export interface Staged {
  readonly line: string
  readonly customer: string
  readonly product: string
  readonly order: string
}

export interface StagedCustomer {
  readonly customer_key: string
  readonly customer_id: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly name: string | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly birthday: string | null
  readonly city: string | null
  readonly country: string | null
  readonly said_at: Date | null
}

export function stagedOf(number: number): Staged {
  const of = (table: string) => `files.${table}_${Math.trunc(number)}`
  return {
    line: of('staged_line'),
    customer: of('staged_customer'),
    product: of('staged_product'),
    order: of('staged_order'),
  }
}

/** Makes empty partitions for an import, in place of any that an earlier check left. */
export async function openStaged(database: Database, number: number): Promise<Staged> {
  await database.transaction(async transaction => {
    for (const table of tables) {
      await transaction.query(`drop table if exists files.${table}_${number}`)
      await transaction.query(
        `create unlogged table files.${table}_${number} partition of files.${table} for values in (${number})
         with (autovacuum_enabled = false)`,
      )
      await transaction.query(`alter table files.${table}_${number} alter column import_number set default ${number}`)
    }
  })
  return stagedOf(number)
}

export async function dropStaged(queryable: Queryable, number: number): Promise<void> {
  for (const table of tables) await queryable.query(`drop table if exists files.${table}_${number}`)
}

/** How many orders or customers wait; nothing when the partitions are not there (a crash of the server empties them). */
export async function stagedCount(
  queryable: Queryable,
  number: number,
): Promise<{ orders: number; customers: number }> {
  const staged = stagedOf(number)
  const [there] = await queryable.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    staged.order,
  ])
  if (!there?.there) return { orders: 0, customers: 0 }
  const [row] = await queryable.query<{ orders: number; customers: number }>(
    `select (select count(*) from ${staged.order}) as orders, (select count(*) from ${staged.customer}) as customers`,
  )
  return row!
}
