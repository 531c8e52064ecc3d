import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import type { LiabilityReport } from './contract.ts'

/** How many of a month's points are used, by age: the expectation with its range, and the months themselves where they stand. */
export function RedemptionCurve({ report }: { report: LiabilityReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { curve, redemption, vintages, asOfAt } = report
  const title = t(`liability:curve.${redemption.from}`, { share: format.percent(redemption.share) })
  const draw = useCallback(
    (ink: Record<string, string>) => {
      const at = (pick: (point: (typeof curve)[number]) => number | null) =>
        curve.map(point => [point.age + 1, pick(point)])
      return {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        grid: { left: 8, right: 60, top: 18, bottom: 26, containLabel: true },
        xAxis: {
          type: 'value',
          min: 0,
          max: curve.length,
          minInterval: 1,
          name: t('liability:curve.months'),
          nameLocation: 'middle',
          nameGap: 26,
          nameTextStyle: { color: ink.muted },
          axisLabel: { color: ink.muted },
          splitLine: { show: false },
        },
        yAxis: {
          type: 'value',
          min: 0,
          max: 1,
          axisLabel: { color: ink.muted, formatter: (share: number) => format.percent(share) },
          splitLine: { lineStyle: { color: ink.line } },
        },
        series: [
          band(
            at(point => point.low),
            { opacity: 0 },
          ),
          band(
            curve.map(point => [point.age + 1, (point.high ?? point.used) - (point.low ?? point.used)]),
            { color: ink['inferred-ink'], opacity: 0.16 },
          ),
          line(
            at(point => (point.isSeen ? point.used : null)),
            ink.jade!,
            'solid',
          ),
          {
            ...line(
              at(point => (point.isSeen ? null : point.used)),
              ink.jade!,
              'dashed',
            ),
            endLabel: { show: false },
          },
          {
            type: 'scatter',
            symbolSize: 5,
            itemStyle: { color: ink.muted, opacity: 0.7 },
            data: standings(vintages, asOfAt),
          },
          {
            type: 'scatter',
            symbolSize: 0.1,
            data: [[curve.length, curve.at(-1)?.used ?? 0]],
            label: {
              show: true,
              position: 'right',
              color: ink.ink,
              fontWeight: 600,
              formatter: format.percent(redemption.share),
            },
          },
        ],
      }
    },
    [curve, redemption, vintages, asOfAt, format, t],
  )
  return (
    <figure className="figure">
      <figcaption>{title}</figcaption>
      {curve.length > 1 ? (
        <Chart
          draw={draw}
          height={230}
          label={t('liability:curve.label', {
            count: curve.length,
            share: format.percent(redemption.share),
          })}
        />
      ) : null}
      <p className="muted small">
        {curve.length > 1
          ? t('liability:curve.text')
          : t('liability:curve.too-little', {
              months: format.number(redemption.monthsSeen),
              monthsNeeded: format.number(redemption.monthsNeeded),
              members: format.number(redemption.members),
              membersNeeded: format.number(redemption.membersNeeded),
            })}
      </p>
    </figure>
  )
}

function band(data: unknown[], areaStyle: object) {
  return { type: 'line', stack: 'band', silent: true, symbol: 'none', lineStyle: { opacity: 0 }, areaStyle, data }
}

function line(data: unknown[], color: string, type: 'solid' | 'dashed') {
  return {
    type: 'line',
    symbol: 'none',
    silent: true,
    lineStyle: { color, width: 2, type },
    itemStyle: { color },
    data,
  }
}

/** Where each month of issue stands today: its age, and the share of its points used so far. */
function standings(vintages: LiabilityReport['vintages'], asOfAt: string): [number, number][] {
  const now = Number(asOfAt.slice(0, 4)) * 12 + Number(asOfAt.slice(5, 7))
  const months = new Map<string, { kept: number; redeemed: number }>()
  for (const { month, issued, revoked, redeemed } of vintages) {
    const known = months.get(month) ?? { kept: 0, redeemed: 0 }
    months.set(month, { kept: known.kept + issued - revoked, redeemed: known.redeemed + redeemed })
  }
  return [...months].flatMap(([month, { kept, redeemed }]) => {
    const age = now - (Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)))
    return kept > 0 ? [[age + 0.5, redeemed / kept] as [number, number]] : []
  })
}
