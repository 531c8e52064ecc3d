import { addDays, type Day, daysBetween } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { reliabilityOf } from './reliability.ts'
import { closeSnapshot, forecastsOf, newestSnapshotOn, openSnapshots, saveSnapshot } from './store.ts'
import type { KnownFit, Standing, WatchedModel } from './watched.ts'

/** Enough to see an error of three in a hundred, and few enough to be nobody's file on customers. */
export const mostForetold = 2000

/** Forecasts of one day and of the next look at nearly the same sixty days; once a week is enough. */
const daysBetweenSnapshots = 7

/** Fewer customers than this make no test of chances; they are closed without a result. */
const fewestToJudge = 100

/** Whether it is time to put down again what is being foretold. `isSnapshotDue('2026-03-01', '2026-03-08')` is true. */
export function isSnapshotDue(newestOn: Day | null, today: Day): boolean {
  return newestOn === null || daysBetween(newestOn, today) >= daysBetweenSnapshots
}

/**
 * Whether a forecast can be held against what happened: its horizon must be over in the purchases that are known and not
 * only on the calendar. Where files come in once a month, everybody is silent until the next one.
 *
 * Example: made on 1 March for 60 days; purchases known up to 30 April -> not yet, up to 1 May -> yes.
 */
export function hasMatured(snapshot: { madeOn: Day; horizonDays: number }, newestOn: Day | null): boolean {
  return newestOn !== null && newestOn > addDays(snapshot.madeOn, snapshot.horizonDays)
}

/** Puts down what is foretold today of a stable part of the base, at most once a week. */
export async function takeSnapshot(
  house: House,
  model: WatchedModel,
  fit: KnownFit,
  standing: Standing,
): Promise<void> {
  const { today, horizonDays } = standing
  if (
    !model.foretells ||
    standing.reading.history ||
    !isSnapshotDue(await newestSnapshotOn(house.database, model.name), today)
  )
    return
  const foretold = await model.foretells.today(house, mostForetold)
  if (!foretold || foretold.length < fewestToJudge) return
  await house.database.transaction(transaction =>
    saveSnapshot(
      transaction,
      model.name,
      { madeOn: today, horizonDays, fitId: fit.fitId, customers: foretold.length },
      foretold,
    ),
  )
}

/** Holds every forecast whose horizon is over against what happened, and forgets whom it was about. */
export async function judgeMatured(house: House, model: WatchedModel, { newestOn }: Standing): Promise<number> {
  if (!model.foretells) return 0
  let judged = 0
  for (const snapshot of await openSnapshots(house.database, model.name)) {
    if (!hasMatured(snapshot, newestOn)) continue
    const { madeOn, horizonDays } = snapshot
    const foretold = await forecastsOf(house.database, model.name, madeOn)
    const ids = foretold.map(({ partyId }) => partyId)
    const back = await model.foretells.whoCameBack(house, ids, madeOn, addDays(madeOn, horizonDays))
    const answered = foretold.map(({ partyId, raw, said }) => ({ raw, said, cameBack: back.has(partyId) }))
    const reliability = answered.length < fewestToJudge ? null : reliabilityOf(answered)
    await house.database.transaction(transaction =>
      closeSnapshot(transaction, model.name, madeOn, { at: house.clock.now(), reliability }),
    )
    judged++
  }
  return judged
}
