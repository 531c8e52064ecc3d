import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { daysBetween } from '../../../web/days.ts'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { Answer } from '../../../web/kit/index.ts'
import { type Stage, stageTrend } from './contract.ts'

type Points = z.infer<typeof stageTrend.reply>['points']

/** From the bottom up: those who are close carry the rest. */
const layers: readonly Stage[] = ['loyal', 'building', 'first-time', 'drifting', 'dormant', 'lost']

/** How many stood where at the end of each month. */
export function Trend() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(stageTrend, {})
  const loyalShare = ({ customers }: Points[number]) =>
    format.percent(
      customers.loyal /
        Math.max(
          1,
          layers.reduce((sum, layer) => sum + customers[layer], 0),
        ),
    )
  return (
    <Answer of={asked}>
      {({ points }) =>
        points.length < 3 ? null : (
          <section>
            <h2>
              {t('stage:trend.title', {
                now: loyalShare(points.at(-1)!),
                before: loyalShare(points[0]!),
                day: format.day(points[0]!.on),
              })}
            </h2>
            <Layers points={points} />
          </section>
        )
      }
    </Answer>
  )
}

function Layers({ points }: { points: Points }) {
  const { t } = useTranslation()
  const format = useFormat()
  const isWeekly = daysBetween(points[0]!.on, points[1]!.on) <= 7
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 110, top: 26, bottom: 8, containLabel: true },
      tooltip: {
        trigger: 'axis',
        renderMode: 'richText',
        backgroundColor: ink.surface,
        borderColor: ink.line,
        textStyle: { color: ink.ink, fontSize: 13 },
        axisPointer: { type: 'line', lineStyle: { color: ink['line-strong'] } },
        formatter: (items: readonly { dataIndex: number }[]) => {
          const point = points[items[0]?.dataIndex ?? 0]!
          const lines = layers
            .toReversed()
            .filter(layer => point.customers[layer])
            .map(layer => `${t(`rhythm:type.${layer}.name`)}  ${format.number(point.customers[layer])}`)
          return [format.day(point.on), ...lines].join('\n')
        },
      },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: points.map(point => (isWeekly ? format.shortDay(point.on) : format.month(point.on))),
        axisLabel: { color: ink.muted, hideOverlap: true },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        splitNumber: 4,
        name: t('stage:trend.unit'),
        nameTextStyle: { color: ink.muted, align: 'left' },
        axisLabel: { color: ink.muted, formatter: (value: number) => format.number(value) },
        splitLine: { lineStyle: { color: ink.line } },
      },
      series: layers.map(layer => ({
        type: 'line',
        stack: 'all',
        symbol: 'none',
        lineStyle: { width: 0 },
        itemStyle: { color: ink[`stage-${layer}`] },
        areaStyle: { color: ink[`stage-${layer}`], opacity: 0.85 },
        endLabel: {
          show: (points.at(-1)?.customers[layer] ?? 0) > 0,
          formatter: t(`rhythm:type.${layer}.name`),
          color: ink.ink,
          fontSize: 12.5,
        },
        labelLayout: { moveOverlap: 'shiftY' },
        data: points.map(point => point.customers[layer]),
      })),
    }),
    [points, isWeekly, format, t],
  )
  return (
    <Chart
      draw={draw}
      height={280}
      label={t('stage:trend.label', { from: format.day(points[0]!.on), to: format.day(points.at(-1)!.on) })}
    />
  )
}
