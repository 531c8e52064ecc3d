import { useTranslation } from 'react-i18next'
import { listMerchants } from '#kernel/merchants/contract.ts'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import type { Benefit, ShownTerms } from './contract.ts'

/** Terms as a sentence: what a merchant pays, what it is paid, when, and what becomes of what expires. */
export function useTermsSaid(): (terms: ShownTerms) => string {
  const { t } = useTranslation()
  const format = useFormat()
  const merchants = useAsk(listMerchants, {})
  const isChinese = format.language.startsWith('zh')
  const nameOf = (merchantId: string) =>
    merchants.data?.items.find(each => each.merchantId === merchantId)?.name ?? merchantId
  return terms => {
    const { currency, breakage, accepts } = terms
    const money = (minor: number) => format.exactMoney(minor, currency)
    const shares = (['merchant', 'pool', 'coalition'] as const)
      .filter(name => breakage[name] > 0)
      .map(name => t(`coalition:terms.share-${name}`, { percent: format.percent(breakage[name] / 100) }))
    const until = terms.untilOn === null ? 'from' : 'from-until'
    return [
      t(`coalition:terms.${until}`, {
        from: format.day(terms.fromOn),
        until: terms.untilOn && format.day(terms.untilOn),
      }),
      t('coalition:terms.rates', { fund: money(terms.fundMinorPer100), redeem: money(terms.redeemMinorPer100) }),
      t(`coalition:terms.${terms.payment}`, { deposit: money(terms.depositMinor) }),
      t('coalition:terms.breakage', { shares: shares.join(isChinese ? '，' : ', ') }),
      ...(accepts === null
        ? []
        : [t('coalition:terms.accepts', { names: accepts.map(nameOf).join(isChinese ? '、' : ', ') || '–' })]),
    ].join(isChinese ? '' : ' ')
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
