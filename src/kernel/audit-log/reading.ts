import type { House } from '#kernel/house.ts'
import type { Operation, Route } from '#kernel/operation.ts'
import type { Acting } from './record.ts'

const found = new WeakMap<readonly Route[], Map<string, Route | undefined>>()

/**
 * How to ask for what an act is about, before it and after: the GET of the same address, or of the list in which it stands by its
 * id. Undefined where nothing can be asked; an act that only adds something has no before.
 *
 * Example: `PUT /api/tiers` is asked by `GET /api/tiers`; `PATCH /api/staff/{staffId}` by its line in `GET /api/staff`.
 */
export function readingOf(house: House, operation: Operation, acting: Acting): (() => Promise<unknown>) | undefined {
  if (operation.method === 'POST') return undefined
  const route = readerOf(house.routes, operation)
  if (!route) return undefined
  const isList = route.operation.path !== operation.path
  const id = Object.values((acting.params ?? {}) as Record<string, string>).at(-1)
  const params = route.operation.params?.safeParse(acting.params ?? {})
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
      return isList ? lineOf(shown.data, id) : shown.data
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
    const at = (path: string) =>
      routes.find(({ operation: each }) => each.method === 'GET' && each.path === path && each.format === undefined)
    const parent = operation.path.replace(/\/\{\w+\}$/, '')
    known.set(operation.id, at(operation.path) ?? (parent === operation.path ? undefined : at(parent)))
  }
  return known.get(operation.id)
}

/** The line of a list whose first value is this id. */
function lineOf(answer: unknown, id: string | undefined): unknown {
  const lists = Object.values((answer ?? {}) as Record<string, unknown>).filter(Array.isArray)
  return lists
    .flat()
    .find(line => typeof line === 'object' && line !== null && Object.values(line as object).includes(id))
}
