import { readSituation } from '#insight/rhythm/index.ts'
import type { Day } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Stage } from './contract.ts'
import { stretchesOf } from './epochs.ts'
import { type Move, nextMove, pass } from './history.ts'
import { changesOf, readStandings, type Timeline, timelineOf } from './store.ts'

/**
 * One customer's stage and the way to it. Days that passed since the last run are taken in on the spot, so what is shown is
 * never older than the reading day.
 */
export async function stageOf(house: House, partyId: string) {
  const [party] = await house.database.query('select 1 from parties.party where party_id = $1', [partyId])
  if (!party) throw refuse('not-found', 'stage:refusal.unknown-customer')
  const { asOfOn, history: isHistory } = await readSituation(house)
  const timeline = await timelineOf(house, house.database)
  const stored = (await readStandings(house.database, [partyId])).get(partyId)
  const told = stored && pass(stored.standing, timeline.segments, asOfOn)
  const moves = [...(await changesOf(house.database, partyId)), ...(told?.moves ?? [])].filter(
    move => move.on <= asOfOn,
  )
  const last = moves.at(-1)
  const stage: Stage = last?.to ?? 'prospect'
  const next = told && nextMove({ facts: told.standing.facts, stage }, timeline.segments, asOfOn)
  return {
    partyId,
    reading: { asOfOn, history: isHistory },
    stage,
    ruleKey: `rhythm:type.${stage}.rule`,
    sinceOn: last?.on ?? null,
    why: last ? whyOf(last) : { key: 'stage:why.prospect', values: {} },
    next: next ? { stage: next.to, on: next.on } : null,
    history: moves.map(move => ({
      on: move.on,
      from: move.from,
      to: move.to,
      reason: move.reason,
      why: whyOf(move),
      afterwards: saidOn(timeline, move.on) > move.on,
    })),
  }
}

/** The sentence of a step: its reason, and for silence the stage that it led to. */
export function whyOf(move: Move): { key: string; values: Record<string, number> } {
  if (move.reason === 'silent') return { key: `stage:why.silent-${move.to}`, values: { count: move.days! } }
  if (move.reason === 'came-back') return { key: 'stage:why.came-back', values: { count: move.days! } }
  if (move.reason === 'bought-again')
    return { key: `stage:why.bought-again-${move.to}`, values: { count: move.purchaseDays } }
  return { key: `stage:why.${move.reason}`, values: {} }
}

/** The day on which it was first said what a day was: that day itself, or the later one on which its model was learned. */
function saidOn({ epochs }: Timeline, day: Day): Day {
  const stretch = stretchesOf(epochs).findLast(({ fromOn }) => fromOn === null || fromOn <= day)
  return stretch?.epoch.saidOn ?? day
}
