import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import type { Told, Value } from './screen-reasons.tsx'

/** How much of the value lies with how few customers. */
export function Concentration({ value, base }: { value: Value; base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { deciles } = base
  const { currency } = value
  const total = base.equity.amountMinor
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 8, top: 26, bottom: 26, containLabel: true },
      xAxis: {
        type: 'category',
        name: t('value:concentration.axis'),
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: ink.muted },
        data: deciles.map((_, index) => String(index + 1)),
        axisTick: { show: false },
        axisLabel: { color: ink.muted },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
      },
      yAxis: { type: 'value', min: 0, show: false },
      series: [
        {
          type: 'bar',
          barWidth: '62%',
          silent: true,
          data: deciles.map((tenth, index) => ({
            value: tenth.worthMinor,
            itemStyle: { color: index === 0 ? ink.ink : ink['line-strong'], borderRadius: 2 },
            label: {
              show: true,
              position: 'top',
              color: index === 0 ? ink.ink : ink.muted,
              formatter: shareOf(tenth.worthMinor, total, format.percent),
            },
          })),
        },
      ],
    }),
    [deciles, total, format, t],
  )
  if (total <= 0) return null
  if (deciles.some(tenth => tenth.customers === 0)) return <p className="muted">{t('value:concentration.too-few')}</p>
  return (
    <figure className="figure">
      <figcaption>
        {t('value:concentration.title', { share: format.percent((deciles[0]?.worthMinor ?? 0) / total) })}
      </figcaption>
      <Chart
        draw={draw}
        height={190}
        label={`${t('value:concentration.label')}: ${deciles
          .map(
            tenth =>
              `${shareOf(tenth.worthMinor, total, format.percent)} (${format.money(tenth.worthMinor, currency)})`,
          )
          .join(', ')}`}
      />
    </figure>
  )
}

function shareOf(part: number, total: number, percent: (share: number, digits?: number) => string): string {
  const share = part / total
  return percent(share, share > 0 && share < 0.01 ? 1 : 0)
}
