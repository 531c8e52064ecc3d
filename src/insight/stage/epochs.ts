import type { RhythmModel } from '#insight/rhythm/index.ts'
import type { Day } from '#kernel/clock/index.ts'

/** From when until when a model speaks; of a day the newest epoch that covers it is heard. Never changed once written. */
export interface Epoch {
  readonly epochNo: number
  /** Null: from the beginning. */
  readonly fromOn: Day | null
  /** The first day of which it speaks no more; null: for good. */
  readonly untilOn: Day | null
  readonly modelNo: number
  /** The reading day on which it was taken up: what it says of earlier days was worked out afterwards. */
  readonly saidOn: Day
}

export interface Stretch {
  readonly fromOn: Day | null
  readonly epoch: Epoch
}

/** The epochs as one line of days: who speaks from when on. */
export function stretchesOf(epochs: readonly Epoch[]): Stretch[] {
  const bounds = new Set<Day | null>([null])
  for (const { fromOn, untilOn } of epochs) for (const day of [fromOn, untilOn]) if (day !== null) bounds.add(day)
  const starts = [...bounds].sort((left, right) => ((left ?? '') < (right ?? '') ? -1 : 1))
  const newestFirst = [...epochs].sort((left, right) => right.epochNo - left.epochNo)
  const stretches: Stretch[] = []
  for (const fromOn of starts) {
    const epoch = newestFirst.find(each => covers(each, fromOn))
    if (epoch && stretches.at(-1)?.epoch !== epoch) stretches.push({ fromOn, epoch })
  }
  return stretches
}

function covers({ fromOn, untilOn }: Epoch, day: Day | null): boolean {
  const begun = fromOn === null || (day !== null && day >= fromOn)
  return begun && (untilOn === null || day === null || day < untilOn)
}

type Learned = Pick<RhythmModel, 'modelNo' | 'kind' | 'customers' | 'parameters'>

/**
 * Of which days a newly learned model speaks: one epoch, two, or none where it says nothing new. What was said of a day
 * stays said: the model speaks from the day on which it was learned. Of the days before the first model nobody had said
 * anything; they are handed to a newer one only where that first was a guess, had seen less than half of the customers, or
 * was learned on this same day. Who reads the past as history has it told by the newest model throughout.
 *
 * Example: a model of 400 customers in force since May, one of 410 learned on 1 June -> it speaks from 1 June on.
 */
export function epochsFor(
  epochs: readonly Epoch[],
  models: ReadonlyMap<number, Learned>,
  learned: Learned,
  { asOfOn, history }: { readonly asOfOn: Day; readonly history: boolean },
): Omit<Epoch, 'epochNo'>[] {
  const said = { modelNo: learned.modelNo, saidOn: asOfOn, fromOn: null, untilOn: null }
  const [first, second] = stretchesOf(epochs)
  if (!first) return [said]
  const newest = epochs.reduce((latest, epoch) => (epoch.epochNo > latest.epochNo ? epoch : latest))
  if (isSame(models.get(newest.modelNo), learned)) return []
  const told = models.get(first.epoch.modelNo)
  const isPoor = !told || told.kind === 'prior' || told.customers * 2 < learned.customers
  if (history || (!second && (isPoor || first.epoch.saidOn >= asOfOn))) return [said]
  const fromNowOn = { ...said, fromOn: asOfOn }
  return isPoor && second ? [{ ...said, untilOn: second.fromOn }, fromNowOn] : [fromNowOn]
}

function isSame(one: Learned | undefined, other: Learned): boolean {
  return one !== undefined && JSON.stringify(one.parameters) === JSON.stringify(other.parameters)
}
