import type { z } from 'zod'
import { metaOf } from '#kernel/field-groups.ts'

/** Names under which a secret may travel in a contract that does not say so; rather one value too few in the log. */
const secretName = /(password|secret|token|code|signature|credential)$/i
/** How a customer was named at the till: a phone, a card. Who it was stands in the record by their id. */
const namesSomebody = new Set(['customer', 'identifier', 'text', 'phone', 'email'])
const longest = 4000

/**
 * What was sent, without what opens something and without how a customer was named: `secret(...)` in the contract, and names that
 * say so themselves.
 *
 * Example: `{ name: 'Lin', password: '…' }` -> `{ name: 'Lin' }`.
 */
export function withoutSecrets(schema: z.ZodType | undefined, body: unknown): object {
  const kept = clean(schema, body)
  if (typeof kept !== 'object' || kept === null) return {}
  const size = JSON.stringify(kept).length
  // A whole file of rules is kept by its difference, not twice.
  return size > longest ? { shortened: Object.keys(kept) } : kept
}

function clean(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema && metaOf(schema).secret) return undefined
  if (Array.isArray(value)) return value.map(inner => clean(undefined, inner))
  if (typeof value !== 'object' || value === null) return value
  const shape = shapeOf(schema)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !secretName.test(key) && !namesSomebody.has(key))
      .map(([key, inner]) => [key, clean(Object.hasOwn(shape, key) ? shape[key] : undefined, inner)])
      .filter(([, inner]) => inner !== undefined),
  )
}

function shapeOf(schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> {
  const definition = schema?._zod.def as { shape?: Record<string, z.ZodType>; innerType?: z.ZodType } | undefined
  return definition?.shape ?? (definition?.innerType ? shapeOf(definition.innerType) : {})
}
