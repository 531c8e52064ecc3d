import type { TFunction } from 'i18next'
import type { Format } from '../../../web/format.ts'
import type { Campaign, EarningRule, ItemMatch, PointsRules } from './contract.ts'

/** Rules as people say them: the page, the editor and the simulator speak of a rule with the same sentence. */
export function sentencesOf(t: TFunction, format: Format, currency: string) {
  const exact = (minor: number) => format.exactMoney(minor, currency).replace(/[.,]00$/, '')
  const items = (match: ItemMatch) => (match.kind === 'all' ? '' : listed(format, match.values))
  const days = (weekdays: readonly number[]) =>
    listed(
      format,
      weekdays.toSorted((one, other) => one - other).map(day => t(`points:weekday.${day}`)),
    )
  return {
    earning(rule: EarningRule): string {
      const count = rule.points
      switch (rule.kind) {
        case 'spend':
          return t(rule.match.kind === 'all' ? 'points:rule.spend' : 'points:rule.spend-some', {
            count,
            per: exact(rule.perMinor),
            items: items(rule.match),
          })
        case 'item':
          return t(rule.match.kind === 'all' ? 'points:rule.item' : 'points:rule.item-some', {
            count,
            items: items(rule.match),
          })
        case 'visit':
          return t(rule.weekdays.length === 0 ? 'points:rule.visit' : 'points:rule.visit-days', {
            count,
            days: days(rule.weekdays),
          })
        case 'regularity':
          return t('points:rule.regularity', { count, months: format.number(rule.months) })
        case 'volume':
          return t(`points:rule.volume-${rule.per}`, { count, least: exact(rule.atLeastMinor) })
        default:
          return t(`points:rule.${rule.kind}`, { count })
      }
    },
    campaign(campaign: Campaign): string {
      const { name, percent, fromOn, untilOn, weekdays, onlyBirthMonth, budgetPoints, holdOutPercent } = campaign
      return [
        t('points:rule.campaign', {
          name,
          percent: format.percent(percent / 100),
          days: format.dayRange(fromOn, untilOn),
        }),
        ...(weekdays.length > 0 ? [t('points:rule.campaign-weekdays', { weekdays: days(weekdays) })] : []),
        ...(onlyBirthMonth ? [t('points:rule.campaign-birthday')] : []),
        ...(budgetPoints ? [t('points:rule.campaign-budget', { number: format.number(budgetPoints) })] : []),
        ...(holdOutPercent ? [t('points:rule.campaign-held-out', { percent: holdOutPercent })] : []),
      ].join(format.language.startsWith('zh') ? '，' : ', ')
    },
    worth(rules: PointsRules): string[] {
      const { pendingDays, worthMinorPer100 } = rules
      const plain = rules.earning.find(rule => rule.kind === 'spend' && rule.match.kind === 'all')
      const share = plain?.kind === 'spend' ? (plain.points * worthMinorPer100) / 100 / plain.perMinor : 0
      return [
        t('points:rule.worth', { worth: exact(worthMinorPer100) }),
        ...(share > 0 ? [t('points:rule.return', { share: format.percent(share, 1) })] : []),
        pendingDays === 0 ? t('points:rule.pending-none') : t('points:rule.pending', { count: pendingDays }),
      ]
    },
    expiry({ expiry }: PointsRules): string {
      if (expiry.kind === 'never') return t('points:rule.never')
      return t(`points:rule.${expiry.kind}-${expiry.endOf}`, { count: expiry.months })
    },
    limits({ exclude, caps }: PointsRules): string[] {
      const number = (value: number) => format.number(value)
      return [
        ...(exclude.tax ? [t('points:rule.no-tax')] : []),
        ...(exclude.paidWithPoints ? [t('points:rule.no-points')] : []),
        ...(exclude.paidWithGiftCard ? [t('points:rule.no-gift-card')] : []),
        ...(exclude.items ? [t('points:rule.no-items', { items: items(exclude.items) })] : []),
        ...(caps.perDay ? [t('points:rule.cap-day', { number: number(caps.perDay) })] : []),
        ...(caps.perMonth ? [t('points:rule.cap-month', { number: number(caps.perMonth) })] : []),
        ...(caps.everybodyPerMonth ? [t('points:rule.cap-everybody', { number: number(caps.everybodyPerMonth) })] : []),
        t('points:rule.refund'),
      ]
    },
  }
}

function listed(format: Format, names: readonly string[]): string {
  return new Intl.ListFormat(format.language, { type: 'conjunction' }).format(names)
}
