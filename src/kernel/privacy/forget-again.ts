import type { House } from '#kernel/house.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { askForErasure, eraseJob } from './erasure.ts'
import type { Forgotten } from './forgotten.ts'
import { openRequest } from './requests.ts'

/**
 * Forgets again, in a business that was restored, whoever had been forgotten after the copy was made: as it was decided then. What
 * cannot be done at once, because a sale of theirs is reserved in the copy, is left as an open request.
 */
export async function forgetAgain(
  house: House,
  forgotten: readonly Forgotten[],
): Promise<{ readonly forgotten: number; readonly left: number }> {
  let done = 0
  let left = 0
  for (const { requestId, profileIds, settlement } of forgotten) {
    const [known] = await house.database.query(
      `select from privacy.request where request_id = $1 and state = 'done' and kind = 'erasure'`,
      [requestId],
    )
    if (known) continue
    const people = await house.database.query<{ partyId: string }>(
      'select party_id as "partyId" from parties.party where party_id = any ($1)',
      [profileIds],
    )
    for (const { partyId } of people) {
      if (await forgetOne(house, partyId, settlement)) done++
      else left++
    }
  }
  return { forgotten: done, left }
}

async function forgetOne(house: House, partyId: string, settlement: Forgotten['settlement']): Promise<boolean> {
  const requestId = await house.database.transaction(transaction =>
    openRequest(transaction, house, { partyId, kind: 'erasure', by: 'staff' }),
  )
  try {
    await askForErasure(house, requestId, { settlement: settlement ?? 'forfeit', by: null })
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
  await performNow(house, [eraseJob], eraseJob.name, { requestId })
  return true
}
