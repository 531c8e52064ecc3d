import { z } from 'zod'
import type { Operation } from '#kernel/operation.ts'
import { problem } from './contract.ts'

type Json = { [key: string]: unknown }

/**
 * The OpenAPI 3.1 document of what is mounted, made from the same contracts that check every request and answer. Schemas
 * that have an id (`.meta({ id })`) become named components; what a client sends is named `...Input`.
 */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const components: Json = {}
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => componentsOut(schema, io, components)
  const problemReply = {
    description: 'Refused: the code says why, the detail says it in the reader’s language',
    content: { 'application/problem+json': { schema: schemaOf(problem, 'output') } },
  }

  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const parameters = [
      ...parametersIn(operation.params, 'path', schemaOf),
      ...parametersIn(operation.query, 'query', schemaOf),
      ...(operation.once ? [idempotencyHeader] : []),
      ...(operation.world === 'business' || operation.permission === 'member' || operation.path.startsWith('/v1/')
        ? []
        : [worldHeader]),
    ]
    const described: Json = {
      operationId: operation.id,
      summary: operation.summary,
      tags: [tagOf(operation.path)],
      ...(operation.refusals && {
        description: `Refusals: ${operation.refusals.map(code => `\`${code}\``).join(', ')}`,
      }),
      ...(parameters.length > 0 && { parameters }),
      ...bodyOf(operation, schemaOf),
      security: securityOf(operation),
      'x-permission': operation.permission,
      responses: { ...replyOf(operation, schemaOf), default: problemReply },
    }
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: described }
  }

  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Guanxi',
      version,
      description: 'Relationship marketing engine. Money is integer minor units with its ISO 4217 currency.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(operation => tagOf(operation.path)))].map(name => ({ name })),
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'guanxi_session' },
        card: { type: 'apiKey', in: 'cookie', name: 'guanxi_card', description: 'A customer on their own card' },
        key: { type: 'http', scheme: 'bearer', description: 'An API key; ingest also takes it as the name in Basic' },
      },
    },
  }
}

function securityOf({ permission }: Operation): Json[] {
  if (permission === 'public') return []
  return permission === 'member' ? [{ card: [] }] : [{ session: [] }, { key: [] }]
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json

function componentsOut(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const suffix = io === 'input' ? 'Input' : ''
  const {
    $schema: _,
    $defs,
    ...root
  } = rewritten(z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }), suffix) as Json
  for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) {
    components[`${name}${suffix}`] = withoutId(definition as Json)
  }
  const id = typeof root.id === 'string' ? root.id : undefined
  if (!id) return root
  components[`${id}${suffix}`] = withoutId(root)
  return { $ref: `#/components/schemas/${id}${suffix}` }
}

/** `id` is no word of JSON Schema 2020-12; the component's name says it. */
function withoutId({ id: _, $id: __, ...schema }: Json): Json {
  return schema
}

function rewritten(value: unknown, suffix: string): unknown {
  if (Array.isArray(value)) return value.map(each => rewritten(each, suffix))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === '$ref' && typeof each === 'string' && each.startsWith('#/$defs/')
        ? `#/components/schemas/${each.slice('#/$defs/'.length)}${suffix}`
        : rewritten(each, suffix),
    ]),
  )
}

const worldHeader = {
  name: 'guanxi-world',
  in: 'header',
  description: 'Which world of customers is meant: the business, or the demo where it is loaded',
  schema: { type: 'string', enum: ['business', 'demo'], default: 'business' },
}

const idempotencyHeader = {
  name: 'idempotency-key',
  in: 'header',
  description: 'What the client calls this request: sent again under the same name it gets the first answer (30 days)',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function parametersIn(schema: z.ZodType | undefined, place: 'path' | 'query', schemaOf: SchemaOf): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Json; required?: string[] }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

function bodyOf(operation: Operation, schemaOf: SchemaOf): Json {
  if (!operation.body && !operation.upload) return {}
  const schema = operation.body ? schemaOf(operation.body, 'input') : { type: 'object' }
  if (!operation.upload) return { requestBody: { required: true, content: { 'application/json': { schema } } } }
  const file = { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] }
  return { requestBody: { required: true, content: { 'multipart/form-data': { schema: { allOf: [schema, file] } } } } }
}

function replyOf(operation: Operation, schemaOf: SchemaOf): Json {
  const status = String(operation.status ?? 200)
  if (status === '204') return { 204: { description: 'Done' } }
  const media =
    operation.path === '/api/live'
      ? 'text/event-stream'
      : { csv: 'text/csv', file: 'application/octet-stream', json: 'application/json' }[operation.format ?? 'json']
  return {
    [status]: { description: 'Done', content: { [media]: { schema: schemaOf(operation.reply, 'output') } } },
  }
}

/** `/api/staff/{staffId}` belongs to `staff`. */
function tagOf(path: string): string {
  return path.startsWith('/v1/') ? 'ingest' : (path.split('/')[2] ?? 'other')
}
