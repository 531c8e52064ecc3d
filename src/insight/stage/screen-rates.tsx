import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { Answer, Why } from '../../../web/kit/index.ts'
import { TypeBadge } from '../../../web/portrait/type-badge.tsx'
import { stageRates } from './contract.ts'

type Reply = z.infer<typeof stageRates.reply>
type Rate = Reply['rates'][number]

/** Fewer people than this say nothing of the next hundred. */
const fewestReached = 10

/** Which step those took next who reached a stage, as parts of a hundred. */
export function Rates() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(stageRates, {})
  return (
    <Answer of={asked}>
      {reply => {
        const first = reply.rates.find(rate => rate.stage === 'first-time')
        const again = first?.next.find(next => next.stage === 'building')?.share ?? 0
        return (
          <section>
            <h2>
              {first && first.reached >= fewestReached
                ? t('stage:rates.title', { count: reply.withinDays, again: format.number(again * 100) })
                : t('stage:rates.title-none')}
            </h2>
            {reply.rates.length === 0 ? (
              <p className="muted">{t('stage:rates.none', { days: reply.withinDays })}</p>
            ) : (
              <>
                <p className="muted small">
                  {t('stage:rates.text', {
                    from: format.day(reply.reachedFromOn),
                    to: format.day(reply.reachedToOn),
                  })}
                </p>
                <ul className="rates">
                  {reply.rates.map(rate => (
                    <Row key={rate.stage} rate={rate} />
                  ))}
                </ul>
                <Months reply={reply} />
              </>
            )}
          </section>
        )
      }}
    </Answer>
  )
}

function Row({ rate }: { rate: Rate }) {
  const { t } = useTranslation()
  const format = useFormat()
  const next = rate.next.toSorted((left, right) => right.customers - left.customers)
  return (
    <li>
      <div>
        <TypeBadge type={rate.stage} plain />
        <p className="muted small">{t('stage:rates.reached', { count: rate.reached })}</p>
      </div>
      {rate.reached < fewestReached ? (
        <p className="muted small">{t('stage:rates.few')}</p>
      ) : (
        <div>
          <div className="rates-bar" aria-hidden>
            {next.map(each => (
              <span key={each.stage} data-type={each.stage} style={{ width: `${each.share * 100}%` }} />
            ))}
            <span style={{ flexGrow: 1 }} />
          </div>
          <p className="rates-words">
            {next.map(each => (
              <Why
                key={each.stage}
                reason={{
                  formula: t('stage:rates.interval', {
                    low: format.percent(each.low),
                    high: format.percent(each.high),
                  }),
                  inputs: [
                    [t('stage:flow.people'), `${format.number(each.customers)} / ${format.number(rate.reached)}`],
                  ],
                }}
              >
                {t('stage:rates.next', {
                  share: format.percent(each.share),
                  stage: t(`rhythm:type.${each.stage}.name`),
                })}
              </Why>
            ))}
            <span className="muted">
              {t('stage:rates.stayed', { share: format.percent(rate.stayed / rate.reached) })}
            </span>
          </p>
        </div>
      )}
    </li>
  )
}

/** Whether newer customers come back more often than older ones did. */
function Months({ reply }: { reply: Reply }) {
  const { t } = useTranslation()
  const format = useFormat()
  const months = reply.secondPurchase.filter(month => month.reached >= fewestReached)
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 40, top: 22, bottom: 8, containLabel: true },
      xAxis: {
        type: 'category',
        data: months.map(month => format.month(month.month)),
        axisLabel: { color: ink.muted, hideOverlap: true },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        splitNumber: 3,
        axisLabel: { color: ink.muted, formatter: (value: number) => format.percent(value) },
        splitLine: { lineStyle: { color: ink.line } },
      },
      series: [
        {
          type: 'line',
          symbolSize: 7,
          lineStyle: { color: ink['stage-building'], width: 2 },
          itemStyle: { color: ink['stage-building'] },
          label: {
            show: true,
            position: 'top',
            color: ink.ink,
            formatter: ({ value }: { value: number }) => format.percent(value),
          },
          labelLayout: { hideOverlap: true },
          data: months.map(month => month.again / month.reached),
        },
      ],
    }),
    [months, format],
  )
  if (months.length < 3) return null
  return (
    <figure className="figure">
      <figcaption>{t('stage:rates.months', { days: reply.withinDays })}</figcaption>
      <Chart draw={draw} height={200} label={t('stage:rates.months-label', { days: reply.withinDays })} />
    </figure>
  )
}
