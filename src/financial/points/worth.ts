import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { editionAt } from './earn.ts'
import { editionsFrom } from './reconcile.ts'
import { readEditions } from './store.ts'

/** What a hundred points are worth now, in minor units; null where the programme is not running. */
export async function worthMinorPer100(house: House, queryable: Queryable): Promise<number | null> {
  const editions = editionsFrom(await readEditions(queryable))
  return editionAt({ editions }, house.clock.now().getTime())?.rules.worthMinorPer100 ?? null
}
