import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Inferred, Why } from '../../../web/kit/index.ts'
import { rangeReason, stampInputs, type Told, type Value, verdictOf } from './screen-reasons.tsx'

/** Beside the charts: the year, the customers, what stays, and how true the last forecasts came. */
export function EquityAside({ value, base }: { value: Value; base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = value
  const { year, levers, stamp } = base
  const money = (minor: number) => format.money(minor, currency)
  const verdict = stamp.holdout && verdictOf(stamp.holdout)
  return (
    <>
      {base.lifetime === 'known' ? (
        <section>
          <h2>{t('value:aside.year')}</h2>
          <div className="big">
            <Inferred>
              <Why reason={rangeReason(t, format, { base, currency, what: 'year' })}>{money(year.amountMinor)}</Why>
            </Inferred>
          </div>
          <p>{t('value:aside.year-text', { low: money(year.lowMinor), high: money(year.highMinor) })}</p>
        </section>
      ) : null}
      <section>
        <h2>{t('value:aside.customers')}</h2>
        <div className="big">{format.number(base.customers)}</div>
        <p>
          {t('value:aside.each', { amount: money(Math.round(base.equity.amountMinor / Math.max(1, base.customers))) })}
        </p>
      </section>
      {levers.retentionShare === null ? null : (
        <section>
          <h2>{t('value:aside.retention')}</h2>
          <div className="big">
            <Inferred>
              <Why
                reason={{
                  formula: t('value:why.retention'),
                  inputs: stampInputs(t, format, { stamp, currency }),
                  asOf: format.day(base.asOfOn),
                }}
              >
                {format.percent(levers.retentionShare)}
              </Why>
            </Inferred>
          </div>
          <p>{t('value:aside.retention-text')}</p>
        </section>
      )}
      {stamp.holdout && verdict ? (
        <section>
          <h2>{t('value:aside.tested')}</h2>
          <p>
            {t(`value:aside.tested-${verdict.word}`, {
              share: format.percent(verdict.share),
              horizon: stamp.holdout.horizonDays,
            })}
          </p>
        </section>
      ) : null}
      <section>
        <p>{t(`value:lifetime.${base.lifetime}`)}</p>
        <p>{t('value:aside.as-of', { day: format.day(base.asOfOn) })}</p>
      </section>
    </>
  )
}
