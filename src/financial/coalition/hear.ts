import { z } from 'zod'
import { rewardsStill } from '#financial/draw/index.ts'
import { localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, type RecordedEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { declareAsset } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { benefitAsset, listBenefits, readBenefits, reconcileAwards } from './award.ts'
import type { Benefit, NewBenefit } from './contract.ts'

/** A purchase may earn, a refund may take back: in the transaction that records it. */
export function hear(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<NewEvent[]> {
  return reconcileAwards(
    house,
    transaction,
    events.map(event => event.partyId),
  )
}

/** After purchases or refunds were withdrawn. */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const events = await reconcileAwards(house, transaction, partyIds)
  if (events.length === 0) return
  await house.events.record(transaction, systemSource, events)
}

/** Promises a benefit; where it counts days that are past, those who earned it by then have it at once. */
export async function createBenefit(house: House, given: NewBenefit, by: string): Promise<Benefit> {
  return await house.database.transaction(async transaction => {
    const { zone } = await house.settings.business(transaction)
    const now = house.clock.now()
    const earliest = localDay(new Date(now.getTime() - 366 * 86_400_000), zone)
    if (given.fromOn < earliest) throw refuse('invalid', 'coalition:refusal.starts-too-early', { earliest })
    const { kind, drawId } = given
    const event = 'coalition.benefit-earned'
    const isSound =
      drawId === null || (kind === 'draw-entries' && (await rewardsStill(transaction, drawId, { event, now })))
    if (!isSound) throw refuse('conflict', 'coalition:refusal.no-open-draw')
    const benefitId = house.newId()
    await declareAsset(house, transaction, benefitAsset(benefitId), 'right')
    await transaction.query(
      'insert into coalition.benefit (benefit_id, rules, created_at, created_by) values ($1, $2, $3, $4)',
      [benefitId, JSON.stringify(given), now, by],
    )
    if (startOfDay(given.fromOn, zone) <= now)
      await house.jobs.enqueue(transaction, 'coalition.catch-up', {}, { key: 'coalition.catch-up' })
    await house.live.announce(transaction, ['coalition', 'jobs'])
    return { ...given, benefitId, untilOn: null, holders: 0 }
  })
}

/** Nothing that was bought by then is touched; what was earned stays. */
export async function endBenefit(house: House, benefitId: string, untilOn: string): Promise<Benefit> {
  return await house.database.transaction(async transaction => {
    const { zone } = await house.settings.business(transaction)
    const today = localDay(house.clock.now(), zone)
    if (untilOn < today) throw refuse('invalid', 'coalition:refusal.starts-too-early', { earliest: today })
    await transaction.query('update coalition.benefit set until_on = $2 where benefit_id = $1', [benefitId, untilOn])
    await house.live.announce(transaction, ['coalition'])
    const ended = (await listBenefits(transaction)).find(each => each.benefitId === benefitId)
    if (!ended) throw refuse('not-found', 'coalition:refusal.no-benefit')
    return ended
  })
}

const atOnce = 500

/** Gives everybody what they earned since the earliest benefit began; run again it changes nothing. */
export const catchUpJob = job({
  name: 'coalition.catch-up',
  input: z.object({}),
  visible: true,
  async run(house, _input, progress) {
    const { zone } = await house.settings.business()
    const [first] = (await readBenefits(house.database)).map(each => each.fromOn).sort()
    if (first === undefined) return {}
    const rows = await house.database.query<{ partyId: string }>(
      `select distinct party_id as "partyId" from events.event
       where kind = 'purchase.recorded' and occurred_at >= $1 order by 1`,
      [startOfDay(first, zone)],
    )
    for (let done = 0; done < rows.length; done += atOnce) {
      const partyIds = rows.slice(done, done + atOnce).map(row => row.partyId)
      await house.database.transaction(async transaction => {
        await house.events.record(transaction, systemSource, await reconcileAwards(house, transaction, partyIds))
      })
      await progress.report({ done: Math.min(rows.length, done + atOnce), total: rows.length, unit: 'customers' })
      if (progress.signal.aborted) throw new Error('stopped before everybody had their benefits; the job runs again')
    }
    return { customers: rows.length }
  },
})
