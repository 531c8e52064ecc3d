import { z } from 'zod'
import { isZone } from '../clock/index.ts'
import type { Queryable, Transaction } from '../database/index.ts'
import { languages } from '../locale/languages.ts'

/** What the business says about itself. `currency` is the one that value is counted in; `zone` decides what a day is. */
export const businessSettings = z.object({
  name: z.string().trim().max(120),
  currency: z.string().regex(/^[A-Z]{3}$/),
  zone: z.string().refine(isZone),
  language: z.enum(languages),
})

export type BusinessSettings = z.infer<typeof businessSettings>

/** Settings by room: each room keeps its own under its name, checked by its own schema. */
export interface Settings {
  business(queryable?: Queryable): Promise<BusinessSettings>
  read<Schema extends z.ZodType>(name: string, schema: Schema, queryable?: Queryable): Promise<z.output<Schema>>
  write(transaction: Transaction, name: string, value: object): Promise<void>
}
