import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { readCustomerValue } from '#insight/value/contract.ts'
import { stampInputs, verdictOf } from '../../src/insight/value/screen-reasons.tsx'
import { useAsk } from '../api.ts'
import { type Format, useFormat } from '../format.ts'
import { Inferred, type Reason, Why } from '../kit/index.ts'
import { useMay } from '../session.tsx'
import './value-panel.css'

type Valued = NonNullable<z.infer<typeof readCustomerValue.reply>['value']>

/** What this customer is worth, with its range, its reason, and how true such words came before. */
export function ValuePanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayMoney = useMay('money.read')
  const asked = useAsk(readCustomerValue, { params: { partyId } }, { enabled: mayMoney })
  if (!asked.data) return null
  const { value, state, currency, reading } = asked.data
  const money = (minor: number) => format.money(minor, currency)
  return (
    <section aria-label={t('value:panel.title')}>
      <h2>{t('value:panel.title')}</h2>
      {value ? (
        <>
          <ul className="facts">
            {(['year', 'lifetime'] as const).map(what => {
              const estimate = value[what]
              if (!estimate) return null
              return (
                <li key={what}>
                  <span>{t(`value:panel.${what}`)}</span>
                  <span>
                    <Inferred>
                      <Why reason={reasonOf(t, format, { value, currency, what, asOf: format.day(reading.asOfOn) })}>
                        {money(estimate.amountMinor)}
                      </Why>
                    </Inferred>
                    <small className="muted value-range">
                      {t('value:panel.range', { low: money(estimate.lowMinor), high: money(estimate.highMinor) })}
                    </small>
                  </span>
                </li>
              )
            })}
          </ul>
          <p className="reading muted">
            {value.lifetime ? null : `${t(`value:lifetime.${value.lifetimeState}`)} `}
            {value.tenth === null || value.tenth > 5
              ? null
              : t(value.tenth === 1 ? 'value:panel.tenth-first' : 'value:panel.tenth', { count: value.tenth })}
          </p>
          {value.tested ? <Verdict tested={value.tested} /> : null}
        </>
      ) : (
        <p className="reading muted">{t(state === 'none' ? 'value:panel.none' : 'value:panel.no-model')}</p>
      )}
    </section>
  )
}

function Verdict({ tested }: { tested: NonNullable<Valued['tested']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { word, share } = verdictOf(tested)
  return <p className="reading muted">{t(`value:panel.like-${word}`, { share: format.percent(share) })}</p>
}

function reasonOf(
  t: TFunction,
  format: Format,
  of: { value: Valued; currency: string; what: 'year' | 'lifetime'; asOf: string },
): Reason {
  const { value, currency, what, asOf } = of
  const { inputs } = value
  const money = (minor: number) => format.money(minor, currency)
  return {
    formula: `${
      what === 'year'
        ? t('value:why.customer-year', {
            spend: money(inputs.spendMinor),
            purchases: format.number(inputs.expectedPurchases, 1),
            margin: format.percent(inputs.marginShare, 1),
          })
        : t('value:why.customer-lifetime')
    } ${t('value:why.customer-range')}`,
    inputs: [
      [t('value:why.purchases'), format.number(inputs.purchases)],
      [t('value:why.own-mean'), money(inputs.meanMinor)],
      [t('value:why.spend'), money(inputs.spendMinor)],
      [t('value:why.expected'), format.number(inputs.expectedPurchases, 1)],
      ...(inputs.alive === null ? [] : ([[t('portrait.still'), format.percent(inputs.alive)]] as const)),
      [
        t('value:why.margin'),
        inputs.isMarginAssumed
          ? t('value:why.margin-assumed', { share: format.percent(inputs.marginShare, 1) })
          : format.percent(inputs.marginShare, 1),
      ],
      [t('value:why.discount'), format.percent(inputs.annualDiscountShare, 1)],
      ...(inputs.correction === 1
        ? []
        : ([[t('value:why.correction'), `× ${format.number(inputs.correction, 2)}`]] as const)),
      ...stampInputs(t, format, { stamp: value.stamp, currency, tested: value.tested }),
    ],
    asOf,
  }
}
