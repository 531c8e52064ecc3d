import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Format } from '../../../web/format.ts'
import type { Draw, EntryRule } from './contract.ts'

export function DrawState({ state }: { state: Draw['state'] }) {
  const { t } = useTranslation()
  return (
    <span className="draw-state" data-state={state}>
      <i aria-hidden />
      {t(`draw:state.${state}`)}
    </span>
  )
}

/** How good one ticket is: 500 tickets and 4 prizes, 1 in 125. */
export function oddsSaid(t: TFunction, format: Format, { tickets, prizeUnits }: Draw): string {
  if (tickets === 0) return '–'
  return t('draw:list.one-in', {
    number: format.number(Math.max(1, tickets / prizeUnits), tickets < 10 * prizeUnits ? 1 : 0),
  })
}

/** A rule as the sentence that customers read. */
export function ruleSaid(t: TFunction, format: Format, rule: EntryRule, currency: string): string {
  const count = rule.tickets
  if (rule.kind === 'spend') return t('draw:rule.spend', { count, amount: format.money(rule.perMinor, currency) })
  if (rule.kind === 'purchase') {
    return t('draw:rule.purchase', { count, amount: format.money(rule.atLeastMinor, currency) })
  }
  if (rule.kind === 'visit') return t('draw:rule.visit', { count })
  return t('draw:rule.event', { count, event: t(`draw:rewarded.${rule.event}`) })
}

const spans = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** "in 3 days", "2 hours ago": the largest span that fits. */
export function fromNow(format: Format, iso: string, now: Date): string {
  const gap = Date.parse(iso) - now.getTime()
  const [unit, size] = spans.find(([, each]) => Math.abs(gap) >= each) ?? spans[2]
  return new Intl.RelativeTimeFormat(format.language, { numeric: 'always' }).format(Math.round(gap / size), unit)
}
