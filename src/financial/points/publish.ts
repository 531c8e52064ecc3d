import { z } from 'zod'
import { type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { declareAsset } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { pointsAsset, reconcile } from './reconcile.ts'
import { type PointsRules, pointsRules } from './rules.ts'
import * as store from './store.ts'

export const settingsName = 'points'
export const draftSettings = z.object({ draft: pointsRules.nullable().catch(null).default(null) })

/**
 * Puts rules in force from the beginning of a day, or from this moment where that day is today; nothing that is in force is
 * ever changed. Only the very first rules may begin in the past: what was bought since then earns at once.
 */
export async function publish(
  house: House,
  given: { readonly rules: PointsRules; readonly startsOn: Day; readonly by: string },
): Promise<store.StoredEdition> {
  const { rules, startsOn, by } = given
  return house.database.transaction(async transaction => {
    // One at a time, so that no two editions get one number.
    await transaction.query('lock table points.edition in share row exclusive mode')
    const earlier = await store.readEditions(transaction)
    const { zone } = await house.settings.business(transaction)
    const now = house.clock.now()
    const today = localDay(now, zone)
    const isFirst = earlier.length === 0
    if (!isFirst && startsOn < today) throw refuse('invalid', 'points:refusal.starts-in-the-past', { today })
    const start = startOfDay(startsOn, zone)
    const edition: store.StoredEdition = {
      editionId: house.newId(),
      number: Math.max(0, ...earlier.map(each => each.number)) + 1,
      rules,
      zone,
      startsAt: isFirst || start > now ? start : now,
      publishedAt: now,
      publishedBy: by,
    }
    await declareAsset(house, transaction, pointsAsset, 'points')
    await store.insertEdition(transaction, edition)
    await house.settings.write(transaction, settingsName, { draft: null })
    if (isFirst && start <= now)
      await house.jobs.enqueue(transaction, 'points.catch-up', {}, { key: 'points.catch-up' })
    await house.live.announce(transaction, ['points', 'jobs'])
    return edition
  })
}

const atOnce = 500

/** Gives everybody what they earned since the first rules began; run again it changes nothing. */
export const catchUpJob = job({
  name: 'points.catch-up',
  input: z.object({}),
  visible: true,
  async run(house, _input, progress) {
    const [first] = await store.readEditions(house.database)
    if (!first) return {}
    const rows = await house.database.query<{ partyId: string }>(
      `select distinct party_id as "partyId" from events.event
       where kind = 'purchase.recorded' and occurred_at >= $1 order by 1`,
      [first.startsAt],
    )
    for (let done = 0; done < rows.length; done += atOnce) {
      const partyIds = rows.slice(done, done + atOnce).map(row => row.partyId)
      await house.database.transaction(transaction => reconcile(house, transaction, partyIds))
      await progress.report({ done: Math.min(rows.length, done + atOnce), total: rows.length, unit: 'customers' })
      if (progress.signal.aborted) throw new Error('stopped before everybody had their points; the job runs again')
    }
    return { customers: rows.length }
  },
})
