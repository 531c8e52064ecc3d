import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Benefit, ShownTerms } from './contract.ts'

/** Terms as a sentence: what a merchant pays, what it is paid, when, and what becomes of what expires. */
export function useTermsSaid(): (terms: ShownTerms) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return terms => {
    const { currency, breakage, accepts } = terms
    const money = (minor: number) => format.exactMoney(minor, currency)
    const until = terms.untilOn === null ? 'from' : 'from-until'
    return [
      t(`coalition:terms.${until}`, {
        from: format.day(terms.fromOn),
        until: terms.untilOn && format.day(terms.untilOn),
      }),
      t('coalition:terms.rates', { fund: money(terms.fundMinorPer100), redeem: money(terms.redeemMinorPer100) }),
      t(`coalition:terms.${terms.payment}`, { deposit: money(terms.depositMinor) }),
      t('coalition:terms.breakage', {
        merchant: format.percent(breakage.merchant / 100),
        pool: format.percent(breakage.pool / 100),
        coalition: format.percent(breakage.coalition / 100),
      }),
      ...(accepts === null ? [] : [t('coalition:terms.accepts', { names: accepts.join(' · ') || '–' })]),
    ].join(format.language.startsWith('zh') ? '' : ' ')
  }
}

/** `¥300 in a calendar month, anywhere`. */
export function useConditionSaid(): (
  benefit: Pick<Benefit, 'window' | 'atLeastMinor' | 'currency' | 'merchants'>,
  nameOf: (merchantId: string) => string,
) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return ({ window, atLeastMinor, currency, merchants }, nameOf) => {
    const amount = format.exactMoney(atLeastMinor, currency).replace(/[.,]00$/, '')
    const days = window.kind === 'rolling' ? window.days : 0
    const said = t(`coalition:benefit.in-${window.kind}`, { amount, days: format.number(days) })
    return merchants === null
      ? said
      : t('coalition:benefit.only-at', { said, names: merchants.map(nameOf).join(' · ') })
  }
}
