import { useTranslation } from 'react-i18next'
import { daysBetween } from '../days.ts'
import { useFormat } from '../format.ts'
import { Inferred, Sentence, Strip, Why } from '../kit/index.ts'
import { noPurchaseReason, type Rhythm, silentReason, usualReason } from './reasons.tsx'

/** The rhythm of one customer as a finding, a drawing and what follows from it, each number with its why. */
export function RhythmPanel({ rhythm }: { rhythm: Rhythm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asOf = format.day(rhythm.reading.asOfOn)
  const usual =
    rhythm.usualDays === null ? null : (
      <Why reason={usualReason(t, format, { ...rhythm, asOf })}>
        {t('days', { count: Math.round(rhythm.usualDays) })}
      </Why>
    )
  return (
    <section aria-label={t('portrait.rhythm')}>
      <h2 className="finding">
        <span>
          {rhythm.usualDays !== null && rhythm.silentDays !== null
            ? t('portrait.usually', {
                count: Math.max(1, Math.round(rhythm.usualDays)),
                usual: format.number(Math.max(1, rhythm.usualDays)),
                silent: format.number(rhythm.silentDays),
              })
            : t(`portrait.history-${rhythm.history}`)}
        </span>
        <small>{t('portrait.visits', { count: rhythm.purchases })}</small>
      </h2>
      {rhythm.days.length ? (
        <Strip
          big
          data={{
            boughtOn: rhythm.days.slice(-24),
            todayOn: rhythm.reading.asOfOn,
            window: rhythm.window ? [rhythm.window.fromOn, rhythm.window.toOn] : undefined,
            late: rhythm.late,
          }}
        />
      ) : null}
      {rhythm.history === 'too-short' ? <p className="reading">{t('portrait.too-short')}</p> : null}
      {rhythm.history === 'no-model' ? <p className="reading">{t('portrait.no-model')}</p> : null}
      {usual ? (
        <ul className="facts">
          <li>
            <span>{t('portrait.usual-gap')}</span>
            <Inferred>{usual}</Inferred>
          </li>
          <li>
            <span>{t('portrait.silent')}</span>
            <Why reason={silentReason(t, format, { ...rhythm, asOfOn: rhythm.reading.asOfOn })}>
              {t('days', { count: rhythm.silentDays ?? 0 })}
            </Why>
          </li>
          {rhythm.window ? (
            <li>
              <span>{t('portrait.expected')}</span>
              <Inferred>
                <Why reason={{ formula: t('why.window'), asOf }}>
                  {format.dayRange(rhythm.window.fromOn, rhythm.window.toOn)}
                </Why>
              </Inferred>
            </li>
          ) : null}
          {rhythm.noPurchase ? (
            <li>
              <span>{t('portrait.back-within', { count: rhythm.noPurchase.horizonDays })}</span>
              <Inferred>
                <Why reason={noPurchaseReason(t, format, { ...rhythm.noPurchase, asOf })}>
                  {format.percent(1 - rhythm.noPurchase.calibrated)}
                </Why>
              </Inferred>
            </li>
          ) : null}
          <li>
            <span>{t('portrait.still')}</span>
            {rhythm.stillCustomer.value === null ? (
              <span className="muted">{t(`portrait.still-${rhythm.stillCustomer.state}`)}</span>
            ) : (
              <Inferred>
                <Why
                  reason={{
                    formula: t('why.still'),
                    inputs: rhythm.model
                      ? [[t('why.learned-from'), t('customers', { count: rhythm.model.customers })]]
                      : [],
                    asOf,
                  }}
                >
                  {format.percent(rhythm.stillCustomer.value)}
                </Why>
              </Inferred>
            )}
          </li>
        </ul>
      ) : null}
      {rhythm.noPurchase?.likeThis ? (
        <p className="reading muted">
          <Sentence
            of="shell:portrait.like-this"
            values={{
              count: rhythm.noPurchase.likeThis.customers,
              customers: rhythm.noPurchase.likeThis.customers,
              back: rhythm.noPurchase.likeThis.customers - rhythm.noPurchase.likeThis.silent,
              day: { day: rhythm.noPurchase.likeThis.cutoffOn },
              horizon: rhythm.noPurchase.horizonDays,
            }}
          />
        </p>
      ) : null}
      {rhythm.cycles.map(cycle => (
        <p key={cycle.ruleId} className="reading muted">
          {t(cycle.passed ? 'portrait.cycle-passed' : 'portrait.cycle-due', {
            name: cycle.name,
            days: cycle.days,
            last: format.day(cycle.lastOn),
            due: format.day(cycle.dueOn),
            count: Math.abs(daysBetween(cycle.dueOn, rhythm.reading.asOfOn)),
          })}
        </p>
      ))}
    </section>
  )
}
