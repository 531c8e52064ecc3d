import { z } from 'zod'
import { currentModel, readSituation, type Situation } from '#insight/rhythm/index.ts'
import { addDays } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { epochsFor } from './epochs.ts'
import { tellAnew } from './hear.ts'
import { pass } from './history.ts'
import { appendEpochs, readStandings, saveTellings, type Telling, timelineOf } from './store.ts'

const pageSize = 2000

/**
 * Who has moved by silence since the last run, read along the index of days to come, so that the work grows with who moves.
 * Where the rhythm was learned anew, everybody is looked at once.
 */
export const tellJob = job({
  name: 'stage.tell',
  input: z.object({}),
  visible: false,
  async run(house, _, progress) {
    const situation = await readSituation(house)
    const moved = (await takeUpNewModel(house, situation, progress)) + (await passDays(house, situation, progress))
    if (moved > 0) await house.database.transaction(transaction => house.live.announce(transaction, ['rhythm']))
    return { moved }
  },
})

/** Derives every history anew from the log, by the models of their time. */
export const rebuildJob = job({
  name: 'stage.rebuild',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    const customers = await tellEverybody(house, progress)
    await house.database.transaction(transaction => house.live.announce(transaction, ['rhythm']))
    return { customers }
  },
})

/**
 * A newly learned rhythm speaks from its day on: everybody is looked at, and who stands elsewhere by it is moved. The epoch
 * is marked when all are done, so that a run that was stopped is taken up again.
 */
async function takeUpNewModel(house: House, situation: Situation, progress: Progress): Promise<number> {
  const model = await currentModel(house)
  const before = await timelineOf(house, house.database)
  const epochs = model ? epochsFor(before.epochs, before.models, model, situation) : []
  await house.database.transaction(transaction => appendEpochs(transaction, before.epochNo, epochs))
  const [beyond] = await house.database.query('select 1 from stage.change where changed_on > $1 limit 1', [
    addDays(situation.asOfOn, 1),
  ])
  if (beyond) return tellEverybody(house, progress)
  const [open] = await house.database.query<{ epoch_no: number }>(
    'select max(epoch_no) as epoch_no from stage.epoch where told_at is null having count(*) > 0',
  )
  if (!open) return 0
  const moved = await lookAtEverybody(house, situation, progress)
  await house.database.query('update stage.epoch set told_at = $1 where told_at is null and epoch_no <= $2', [
    house.clock.now(),
    open.epoch_no,
  ])
  return moved
}

async function lookAtEverybody(house: House, situation: Situation, progress: Progress): Promise<number> {
  const { epochNo } = await timelineOf(house, house.database)
  let moved = 0
  let last: string | null = null
  for (;;) {
    if (progress.signal.aborted) throw new Error('stopped before all customers were told; the job runs again')
    const rows: { party_id: string }[] = await house.database.query<{ party_id: string }>(
      `select party_id from stage.standing where ($1::uuid is null or party_id > $1) and epoch_no < $2
       order by party_id limit ${pageSize}`,
      [last, epochNo],
    )
    if (rows.length === 0) return moved
    const partyIds = rows.map(row => row.party_id)
    moved += await passPage(house, situation, partyIds)
    last = partyIds.at(-1)!
  }
}

async function passDays(house: House, situation: Situation, progress: Progress): Promise<number> {
  let moved = 0
  while (!progress.signal.aborted) {
    const due = await house.database.query<{ party_id: string }>(
      `select party_id from stage.standing where next_on <= $1 order by next_on limit ${pageSize}`,
      [situation.asOfOn],
    )
    if (due.length === 0) break
    moved += await passPage(
      house,
      situation,
      due.map(row => row.party_id),
    )
  }
  return moved
}

/**
 * Lets the days pass for some customers. Whoever moved on a day of which a newer model speaks is told anew: of that day
 * the newer one is heard.
 */
function passPage(house: House, { asOfOn }: Situation, partyIds: readonly string[]): Promise<number> {
  return house.database.transaction(async transaction => {
    const timeline = await timelineOf(house, transaction)
    const known = await readStandings(transaction, partyIds)
    const tellings: Telling[] = []
    const again: string[] = []
    for (const each of known.values()) {
      const newer = timeline.epochs.filter(epoch => epoch.epochNo > each.epochNo)
      const isToldAnew = newer.some(({ fromOn }) => fromOn === null || fromOn <= each.standing.sinceOn)
      if (isToldAnew) again.push(each.partyId)
      else tellings.push({ ...each, ...pass(each.standing, timeline.segments, asOfOn) })
    }
    await saveTellings(transaction, tellings, timeline.epochNo)
    if (again.length > 0) await tellAnew(house, transaction, again, { known, timeline })
    return tellings.reduce((sum, each) => sum + each.moves.length, 0) + again.length
  })
}

async function tellEverybody(house: House, progress: Progress): Promise<number> {
  const [total] = await house.database.query<{ count: number }>('select count(*) as count from stage.standing')
  let last: string | null = null
  let done = 0
  for (;;) {
    if (progress.signal.aborted) throw new Error('stopped before all customers were told; the job runs again')
    const rows: { party_id: string }[] = await house.database.query<{ party_id: string }>(
      `select party_id from (
         (select party_id from parties.party where $1::uuid is null or party_id > $1 order by party_id limit ${pageSize})
         union
         (select party_id from stage.standing where $1::uuid is null or party_id > $1 order by party_id limit ${pageSize})
       ) as known order by party_id limit ${pageSize}`,
      [last],
    )
    if (rows.length === 0) return done
    const partyIds = rows.map(row => row.party_id)
    await house.database.transaction(async transaction => {
      const known = await readStandings(transaction, partyIds)
      await tellAnew(house, transaction, partyIds, { known, timeline: await timelineOf(house, transaction) })
    })
    done += rows.length
    last = partyIds.at(-1)!
    await progress.report({ done, total: Math.max(done, total!.count), unit: 'customers' })
  }
}
