import { z } from 'zod'

/**
 * What a part of an answer is about, where not everybody who may ask may see all of it. A contract says it beside the field;
 * the door leaves out what the caller may not see (`access/hide.ts`). Points, tiers and published terms are not money.
 */
export const fieldGroups = ['money', 'contact', 'personal'] as const

export type FieldGroup = (typeof fieldGroups)[number]

/** What the door reads of a field: its groups, whether money may stand anywhere inside it, and whether it is a secret. */
export interface FieldMeta {
  readonly groups?: readonly FieldGroup[]
  readonly moneyInside?: true
  readonly secret?: true
}

/** What somebody spent, is worth, or what the business took: hidden as null, or left out where it is optional. */
export const money = <Schema extends z.ZodType>(schema: Schema): Schema => marked(schema, { groups: ['money'] })

/** How somebody is reached: phone, e-mail, address. */
export const contact = <Schema extends z.ZodType>(schema: Schema): Schema => marked(schema, { groups: ['contact'] })

/** What is nobody's business but theirs and those who serve them: birthday, notes. */
export const personal = <Schema extends z.ZodType>(schema: Schema): Schema => marked(schema, { groups: ['personal'] })

/** As it came in, so it may hold anything: seen only by those who may see everything. */
export const raw = <Schema extends z.ZodType>(schema: Schema): Schema => marked(schema, { groups: fieldGroups })

/** Values without a fixed shape, such as those of a sentence or an event: amounts inside are left out, by their names. */
export const withMoneyInside = <Schema extends z.ZodType>(schema: Schema): Schema =>
  marked(schema, { moneyInside: true })

/** A password, a token: never written down, in no log of acts. */
export const secret = <Schema extends z.ZodType>(schema: Schema): Schema => marked(schema, { secret: true })

/** Of the wrappers around a schema (`.optional()`, `.nullable()`) and of the schema itself, all that was said. */
export function metaOf(schema: z.ZodType): FieldMeta {
  const own = z.globalRegistry.get(schema)?.field as FieldMeta | undefined
  const { innerType } = schema._zod.def as { innerType?: z.ZodType }
  return { ...(innerType && metaOf(innerType)), ...own }
}

function marked<Schema extends z.ZodType>(schema: Schema, field: FieldMeta): Schema {
  return schema.meta({ field }) as Schema
}
