import type { House } from '#kernel/house.ts'
import { performNow } from '#kernel/jobs/index.ts'
import type { Room } from '#kernel/room.ts'

/** What a model that was being learned at the end makes of the state: it is learned, not folded from the log. */
const learned = `'{version, model_no, late_on, dormant_on, lost_on, late_noted_for}'::text[]`

/** Folds everything understood of customers anew from the log; answers whose state had been another one. */
export async function differsFromRebuilt(house: House, rooms: readonly Room[]): Promise<string[]> {
  const states = async () =>
    new Map(
      (
        await house.database.query<{ id: string; state: string }>(
          `select party_id as id, (to_jsonb(s) - ${learned})::text as state from rhythm.state s`,
        )
      ).map(({ id, state }) => [id, state]),
    )
  const grown = await states()
  await performNow(
    house,
    rooms.flatMap(room => room.jobs ?? []),
    'rhythm.rebuild',
  )
  const rebuilt = await states()
  return [...new Set([...grown.keys(), ...rebuilt.keys()])]
    .filter(id => grown.get(id) !== rebuilt.get(id))
    .map(id => `${id}: ${grown.get(id)} became ${rebuilt.get(id)}`)
}
