import type { z } from 'zod'
import type { House } from '#kernel/house.ts'
import type { Operation, Route } from '#kernel/operation.ts'
import type { Acting } from './record.ts'

const found = new WeakMap<readonly Route[], Map<string, Route | undefined>>()

/**
 * How to ask for what an act is about, before it and after: the GET of the same address, or of the nearest address above it, of
 * which the rest of the address picks a part. Undefined where nothing can be asked; an act that only adds something has no before.
 *
 * Example: `PUT /api/tiers` is asked by `GET /api/tiers`; `PATCH /api/staff/{staffId}` by its line in `GET /api/staff`;
 * `PUT /api/backups/schedule` by `schedule` in `GET /api/backups`.
 */
export function readingOf(house: House, operation: Operation, acting: Acting): (() => Promise<unknown>) | undefined {
  if (operation.method === 'POST' || operation.method === 'GET') return undefined
  const route = readerOf(house.routes, operation)
  if (!route) return undefined
  const given = (acting.params ?? {}) as Readonly<Record<string, string>>
  const params = route.operation.params?.safeParse(given)
  const query = route.operation.query?.safeParse({})
  if (params?.success === false || query?.success === false) return undefined
  return async () => {
    try {
      const answer = await route.handle(house, {
        params: params?.data,
        query: query?.data,
        body: undefined,
        caller: acting.caller,
        language: 'en',
      } as never)
      // Held to the contract, so that what no reader is shown does not enter the log either.
      const shown = route.operation.reply.safeParse(answer)
      if (!shown.success) return undefined
      return partOf(shown.data, operation.path.slice(route.operation.path.length), given, fieldsOf(operation.body))
    } catch {
      // Not there before it was made, or after it was removed.
      return undefined
    }
  }
}

function readerOf(routes: readonly Route[], operation: Operation): Route | undefined {
  const known = found.get(routes) ?? new Map<string, Route | undefined>()
  found.set(routes, known)
  if (!known.has(operation.id)) {
    const steps = operation.path.split('/')
    const above = steps.map((_, place) => steps.slice(0, steps.length - place).join('/')).slice(0, -2)
    const readers = above.map(path =>
      routes.find(({ operation: each }) => each.method === 'GET' && each.path === path && each.format === undefined),
    )
    known.set(
      operation.id,
      readers.find(reader => reader !== undefined),
    )
  }
  return known.get(operation.id)
}

/**
 * The part of an answer that the rest of an address names: a line of a list by its id, a field by its name; where no field is
 * called so, the fields that the act can change.
 *
 * Example: `/schedule` of `{ items: [], schedule: { hour: 3 } }` -> `{ hour: 3 }`.
 */
export function partOf(
  answer: unknown,
  rest: string,
  params: Readonly<Record<string, string>>,
  fields: readonly string[],
): unknown {
  let part = answer
  let isFound = true
  for (const step of rest.split('/').slice(1)) {
    const id = /^\{(\w+)\}$/.exec(step)?.[1]
    if (id !== undefined) part = lineOf(part, params[id])
    else if (isObject(part) && Object.hasOwn(part, step)) part = part[step]
    else isFound = false
  }
  if (isFound || fields.length === 0 || !isObject(part)) return part
  const kept = Object.entries(part).filter(([field]) => fields.includes(field))
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

/** The line of a list whose first value is this id. */
function lineOf(answer: unknown, id: string | undefined): unknown {
  const lists = Array.isArray(answer) ? [answer] : Object.values((answer ?? {}) as object).filter(Array.isArray)
  return lists.flat().find(line => isObject(line) && Object.values(line).includes(id))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function fieldsOf(schema: z.ZodType | undefined): string[] {
  const definition = schema?._zod.def as { shape?: object; innerType?: z.ZodType } | undefined
  return definition?.innerType ? fieldsOf(definition.innerType) : Object.keys(definition?.shape ?? {})
}
