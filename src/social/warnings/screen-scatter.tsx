import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { useMay } from '../../../web/session.tsx'
import { type Alert, listWarnings } from './contract.ts'

/** One message: who is furthest beyond their own rhythm, and worth most. A click opens the person. */
export function Scatter({ view }: { view: 'week' | 'waiting' }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayMoney = useMay('money.read')
  const asked = useAsk(listWarnings, { query: { view, limit: 200 } }, { enabled: mayMoney })
  const navigate = useNavigate()
  const points = (asked.data?.items ?? []).filter(
    (item): item is Alert & { usualDays: number; spendPerYearMinor: number } =>
      item.usualDays !== null && item.usualDays > 0 && item.spendPerYearMinor !== null && item.spendPerYearMinor > 0,
  )
  const currency = points[0]?.currency
  const draw = useCallback(
    (ink: Record<string, string>) => {
      const scale = currency ? 10 ** format.digits(currency) : 1
      const dear = points.toSorted((a, b) => b.spendPerYearMinor - a.spendPerYearMinor).slice(0, 4)
      return {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        grid: { left: 8, right: 64, top: 26, bottom: 28, containLabel: true },
        xAxis: {
          type: 'value',
          scale: true,
          splitNumber: 4,
          name: t('late.axis-x'),
          nameLocation: 'middle',
          nameGap: 26,
          nameTextStyle: { color: ink.muted },
          axisLabel: { color: ink.muted, formatter: (value: number) => `${format.number(value, 1)}×` },
          axisLine: { lineStyle: { color: ink['line-strong'] } },
          splitLine: { show: false },
        },
        yAxis: {
          type: 'value',
          min: 0,
          splitNumber: 3,
          name: t('late.axis-y'),
          nameTextStyle: { color: ink.muted, align: 'left' },
          axisLabel: {
            color: ink.muted,
            formatter: (value: number) => format.shortMoney(value * scale, currency ?? 'CNY'),
          },
          splitLine: { lineStyle: { color: ink.line } },
        },
        series: [
          {
            type: 'scatter',
            symbolSize: 9,
            itemStyle: { color: ink.vermilion, opacity: 0.55 },
            emphasis: { itemStyle: { opacity: 1 } },
            cursor: 'pointer',
            data: points.map(point => ({
              value: [point.silentDays / point.usualDays, point.spendPerYearMinor / scale],
              name: point.partyName,
              partyId: point.partyId,
              label: {
                show: dear.includes(point),
                position: 'top',
                color: ink.ink,
                formatter: '{b}',
              },
            })),
            labelLayout: { hideOverlap: true },
          },
        ],
      }
    },
    [points, currency, format, t],
  )
  if (points.length < 3) return null
  return (
    <figure className="figure">
      <figcaption>{t('late.scatter')}</figcaption>
      <Chart
        draw={draw}
        height={200}
        label={t('late.scatter-label', { count: points.length })}
        onPoint={data => {
          const { partyId } = data as { partyId?: string }
          if (partyId) void navigate({ to: '/late', search: previous => ({ ...previous, person: partyId }) })
        }}
      />
    </figure>
  )
}
