import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import type { Told, Value } from './screen-reasons.tsx'

const quartersInYear = 4

/** Equity over the last years, by one model; the range stands at today, and what was said at the time beside it. */
export function Trend({ value, base }: { value: Value; base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { trend, said, currency } = value
  const yearAgo = trend.at(-1 - quartersInYear)
  const change = yearAgo && yearAgo.equityMinor > 0 ? base.equity.amountMinor / yearAgo.equityMinor - 1 : undefined
  const word = change === undefined ? 'short' : Math.abs(change) < 0.005 ? 'even' : change > 0 ? 'up' : 'down'
  // What was said of a day that the line also tells is only worth a mark where there are several such days.
  const marks = said.length > 1 ? said : []
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 96, top: 26, bottom: 8, containLabel: true },
      xAxis: {
        type: 'time',
        axisLabel: { color: ink.muted, hideOverlap: true, formatter: (at: number) => monthOf(at, format.language) },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        axisLabel: { color: ink.muted, formatter: (minor: number) => format.shortMoney(minor, currency) },
        splitLine: { lineStyle: { color: ink.line } },
      },
      tooltip: {
        trigger: 'axis',
        backgroundColor: ink.surface,
        borderColor: ink.line,
        textStyle: { color: ink.ink },
        valueFormatter: (minor: unknown) => format.money(Number(minor), currency),
      },
      series: [
        {
          type: 'line',
          name: t('value:tab.equity'),
          symbolSize: 6,
          lineStyle: { color: ink.ink, width: 2 },
          itemStyle: { color: ink.ink },
          data: trend.map((point, index) => ({
            value: [point.asOfOn, point.equityMinor],
            label:
              index === trend.length - 1
                ? {
                    show: true,
                    position: 'right',
                    color: ink.ink,
                    fontWeight: 600,
                    formatter: format.shortMoney(point.equityMinor, currency),
                  }
                : undefined,
          })),
        },
        {
          type: 'line',
          silent: true,
          symbol: 'none',
          tooltip: { show: false },
          lineStyle: { color: ink['inferred-ink'], width: 8, opacity: 0.28, cap: 'butt' },
          data: [
            [base.asOfOn, base.equity.lowMinor],
            [base.asOfOn, base.equity.highMinor],
          ],
        },
        {
          type: 'scatter',
          name: t('value:trend.said'),
          symbol: 'emptyCircle',
          symbolSize: 5,
          itemStyle: { color: ink.muted },
          data: marks.map(point => [point.asOfOn, point.equityMinor]),
        },
      ],
    }),
    [trend, marks, base, currency, format, t],
  )
  return (
    <figure className="figure">
      <figcaption>
        {t(`value:trend.${word}`, {
          share: format.percent(Math.abs(change ?? 0), Math.abs(change ?? 0) < 0.1 ? 1 : 0),
        })}
      </figcaption>
      {trend.length > 1 ? (
        <Chart
          draw={draw}
          height={220}
          label={t('value:trend.label', {
            count: trend.length,
            first: format.money(trend[0]!.equityMinor, currency),
            last: format.money(base.equity.amountMinor, currency),
          })}
        />
      ) : (
        <p className="muted">{t('value:trend.none')}</p>
      )}
      <p className="muted small">{t('value:trend.text')}</p>
    </figure>
  )
}

function monthOf(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at)
}
