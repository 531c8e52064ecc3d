import type { TFunction } from 'i18next'
import type { Format } from '../../../web/format.ts'
import type { TierRules } from './contract.ts'

/** An amount in the measure of the ladder: money, days or points. */
export function amountSaid(
  t: TFunction,
  format: Format,
  { rules, amount, as }: { rules: TierRules; amount: number; as: 'ladder' | 'panel' },
): string {
  const { measure, currency } = rules
  const money = format.exactMoney(amount, currency).replace(/[.,]00$/, '')
  if (as === 'ladder') return t(`tiers:ladder.from-${measure}`, { count: amount, amount: money })
  if (measure === 'spend') return money
  return t(measure === 'visits' ? 'tiers:panel.days' : 'tiers:panel.points', { count: amount })
}
