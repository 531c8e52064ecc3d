import type { z } from 'zod'
import type { Clock } from '#kernel/clock/index.ts'
import {
  askedTogether,
  type Database,
  oncePerTransaction,
  type Queryable,
  type Transaction,
} from '#kernel/database/index.ts'
import { type BusinessSettings, businessSettings } from './business.ts'

/** Settings by name: each room keeps its own under its name, checked by its own schema. */
export interface Settings {
  business(queryable?: Queryable): Promise<BusinessSettings>
  /** What was written under this name, or the schema's own defaults where nothing was. */
  read<Schema extends z.ZodType>(name: string, schema: Schema, queryable?: Queryable): Promise<z.output<Schema>>
  write(transaction: Transaction, name: string, value: object): Promise<void>
}

export function settingsOn(database: Database, clock: Clock, atFirst: BusinessSettings): Settings {
  /** What a schema last made of which text: settings change once a month. */
  const understood = new WeakMap<z.ZodType, { readonly text: string; readonly value: unknown }>()

  /** All of them, since a room that asks for one in a transaction is followed by others that ask for theirs. */
  const texts = oncePerTransaction(async queryable => {
    const rows = await queryable.query<{ name: string; text: string }>(
      'select name, value::text as text from settings.setting',
    )
    return new Map(rows.map(row => [row.name, row.text]))
  })

  const textsNow = askedTogether(() => texts.read(database))

  async function read<Schema extends z.ZodType>(name: string, schema: Schema, queryable: Queryable = database) {
    const known = await (queryable === database ? textsNow('') : texts.read(queryable))
    const text = known.get(name) ?? '{}'
    const before = understood.get(schema)
    if (before?.text === text) return before.value as z.output<Schema>
    const value = schema.parse(JSON.parse(text)) as z.output<Schema>
    understood.set(schema, { text, value })
    return value
  }
  const business = businessSettings.partial().transform(told => businessSettings.parse({ ...atFirst, ...told }))
  return {
    read,
    business: queryable => read('business', business, queryable),
    async write(transaction, name, value) {
      texts.forget(transaction)
      await transaction.query(
        `insert into settings.setting (name, value, changed_at) values ($1, $2, $3)
         on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at`,
        [name, JSON.stringify(value), clock.now()],
      )
    },
  }
}
