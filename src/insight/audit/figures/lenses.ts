import type { BaseAudit, LensName, Measure, Said } from '../contract.ts'
import { cohortPanels, togetherPanels } from './cohort-panels.ts'
import { holdoutPanels } from './holdout-panels.ts'
import type { Panel } from './panel.ts'
import { onePeriodPanels, twoPeriodPanels } from './period-panels.ts'
import type { Speech } from './speech.ts'

/** A way of looking at the base: its key numbers and its findings, in the order in which they are read. */
export interface Lens {
  readonly name: LensName
  readonly measures: readonly Measure[]
  readonly panels: readonly Panel[]
  /** The panel whose title stands for the lens in the summary. */
  readonly leading: string
}

export function lensesOf(audit: BaseAudit): Lens[] {
  return [
    {
      name: 'one-period',
      measures: audit.onePeriod?.measures ?? [],
      panels: onePeriodPanels(audit),
      leading: 'concentration',
    },
    {
      name: 'two-periods',
      measures: audit.twoPeriods?.measures ?? [],
      panels: twoPeriodPanels(audit),
      leading: 'fates',
    },
    { name: 'cohorts', measures: audit.cohorts.measures, panels: cohortPanels(audit), leading: 'retention' },
    { name: 'together', measures: audit.together.measures, panels: togetherPanels(audit), leading: 'silence' },
    {
      name: 'holdout',
      measures: audit.holdout?.measures ?? [],
      panels: holdoutPanels(audit),
      leading: audit.holdout?.chosen ? 'tracking' : 'models',
    },
  ]
}

/** The days of a lens, for its opening sentence. */
export function aboutLens({ name }: Lens, { onePeriod, twoPeriods, holdout }: BaseAudit): Said['values'] {
  if (name === 'one-period' && onePeriod)
    return { from: { day: onePeriod.period.fromOn }, to: { day: onePeriod.period.toOn } }
  if (name === 'two-periods' && twoPeriods) {
    const { previous, current } = twoPeriods
    return {
      from: { day: previous.fromOn },
      split: { day: previous.toOn },
      next: { day: current.fromOn },
      to: { day: current.toOn },
    }
  }
  if (name === 'holdout' && holdout) return { split: { day: holdout.splitOn }, to: { day: holdout.endOn } }
  return {}
}

/** The one finding of each lens that stands for it: the base in five sentences. */
export function leadingFindings(audit: BaseAudit, speech: Speech) {
  return lensesOf(audit).flatMap(({ name, panels, leading }, index) => {
    const panel = panels.find(each => each.name === leading)
    return panel ? [{ number: index + 1, lens: name, title: speech.say(panel.finding.title) }] : []
  })
}
