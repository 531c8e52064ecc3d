import { z } from 'zod'
import { enrol } from '#insight/effect/index.ts'
import { addDays, daysBetween, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { actOf, type Edition, editionAt } from './earn.ts'
import { editionsFrom } from './reconcile.ts'
import type { Campaign } from './rules.ts'
import { readEditions } from './store.ts'

const atOnce = 2000
/** How long after its last day a campaign is still seen in what customers buy. */
const afterwardsDays = 30

/**
 * Says who is reached by a campaign and who is left out, for every campaign that leaves somebody out, from its first day on: all
 * members, whether or not they come, because coming is what the campaign is meant to change. Whoever becomes a member
 * while it lasts joins then.
 */
export const enrolJob = job({
  name: 'points.enrol',
  input: z.object({}),
  visible: false,
  async run(house, _input, progress) {
    const now = house.clock.now()
    const edition = editionAt({ editions: editionsFrom(await readEditions(house.database)) }, now.getTime())
    if (!edition) return { enrolled: 0 }
    const today = localDay(now, edition.zone)
    const running = edition.rules.campaigns.filter(
      ({ holdOutPercent = 0, fromOn, untilOn }) => holdOutPercent > 0 && fromOn <= today && today <= untilOn,
    )
    let enrolled = 0
    for (const campaign of running) {
      if (progress.signal.aborted) break
      enrolled += await enrolAll(house, edition, campaign)
    }
    return { enrolled }
  },
})

async function enrolAll(house: House, { rules, zone, startsAt }: Edition, campaign: Campaign): Promise<number> {
  const { ruleId, name, fromOn, untilOn, holdOutPercent = 0 } = campaign
  const act = actOf(ruleId)
  const treatment = {
    ...act,
    name,
    heldOutShare: holdOutPercent / 100,
    horizonDays: daysBetween(fromOn, untilOn) + 1 + afterwardsDays,
    cost: { points: { sources: `%/${ruleId}#%`, minorPer100: rules.worthMinorPer100 } },
  }
  const beganAt = new Date(Math.max(startsAt, startOfDay(fromOn, zone).getTime()))
  // Known on its first day, or since: those were not there when it began.
  const isFirst = house.clock.now() < startOfDay(addDays(localDay(beganAt, zone), 1), zone)
  let enrolled = 0
  for (;;) {
    const count = await house.database.transaction(async transaction => {
      const rows = await transaction.query<{ partyId: string }>(
        `select party_id as "partyId" from points.member m where not exists (
           select from effect.assignment a where a.party_id = m.party_id and a.programme = $1 and a.treatment = $2)
         limit $3`,
        [act.programme, act.treatment, atOnce],
      )
      const partyIds = rows.map(row => row.partyId)
      if (partyIds.length > 0)
        await enrol(house, transaction, treatment, { partyIds, at: isFirst ? beganAt : house.clock.now() })
      return partyIds.length
    })
    enrolled += count
    if (count < atOnce) return enrolled
  }
}
