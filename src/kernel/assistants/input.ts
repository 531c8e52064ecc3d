import { z } from 'zod'
import type { Operation } from '#kernel/operation.ts'
import type { ToolPart } from './tool.ts'

type Shape = Readonly<Record<string, z.ZodType>>

const places = ['params', 'query', 'body'] as const

function shapeOf(schema: z.ZodType | undefined): Shape {
  return schema instanceof z.ZodObject ? (schema.shape as Shape) : {}
}

/**
 * All that the parts of a tool ask for, as one flat object: an assistant knows nothing of paths, queries and bodies. What is fixed
 * is not asked, and what nobody knows is refused rather than ignored, since an assistant that guessed should learn it.
 *
 * Example: `closeTask` gives `{ taskId, partyId, outcome, note? }`.
 */
export function inputOf(parts: readonly ToolPart[]): z.ZodObject {
  const fields: Record<string, z.ZodType> = {}
  for (const { operation, fixed = {} } of parts) {
    for (const place of places) {
      for (const [name, schema] of Object.entries(shapeOf(operation[place]))) {
        if (!(name in fixed)) fields[name] ??= schema
      }
    }
  }
  return z.strictObject(fields)
}

/** The schema as assistants read it. */
export function jsonSchemaOf(schema: z.ZodObject): { type: 'object'; [key: string]: unknown } {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return { ...rest, type: 'object' }
}

export interface ReadInput {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Puts the flat input where the operation has it, read against its contract: defaults filled in, texts trimmed. */
export function inputFor(operation: Operation, given: Readonly<Record<string, unknown>>): ReadInput {
  const read = (place: (typeof places)[number]) => {
    const schema = operation[place]
    if (!schema) return undefined
    const names = Object.keys(shapeOf(schema)).filter(name => given[name] !== undefined)
    return schema.parse(Object.fromEntries(names.map(name => [name, given[name]])))
  }
  return { params: read('params'), query: read('query'), body: read('body') }
}
