import { type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { useSession } from '../../../web/session.tsx'
import type { Holdout, ReliabilityBin } from './contract.ts'
import { amountOf } from './screen-measures.tsx'

type Ink = Record<string, string>

const font = () => ({ fontFamily: getComputedStyle(document.body).fontFamily })

/** The share that was said to come back against the share that did, with the band of chance around it. */
export function Reliability({ holdout }: { holdout: Holdout }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { reliability } = holdout
  const bins = reliability?.bins
  const draw = useCallback(
    (ink: Ink) => ({
      animation: false,
      textStyle: font(),
      grid: { left: 8, right: 90, top: 30, bottom: 30, containLabel: true },
      xAxis: shareAxis(ink, t('health:reliability.axis-x'), format.percent, 'middle'),
      yAxis: shareAxis(ink, t('health:reliability.axis-y'), format.percent, 'end'),
      series: bins ? reliabilitySeries(ink, bins, { line: t('health:reliability.line') }) : [],
    }),
    [bins, format, t],
  )
  const points = (share: number) => format.number(share * 100, 1)
  return (
    <section>
      <h2>{t('health:reliability.title')}</h2>
      {reliability && bins ? (
        <>
          <p>
            {t('health:reliability.test', {
              day: format.day(holdout.splitOn),
              customers: format.number(reliability.customers),
              days: holdout.horizonDays,
            })}
          </p>
          <Chart draw={draw} height={300} label={t('health:reliability.label')} />
          <p className="muted small">{t('health:reliability.reading')}</p>
          <p className="small">
            {t('health:reliability.errors', {
              error: points(reliability.error),
              chance: points(Math.min(reliability.error, reliability.errorByChance)),
              raw: points(reliability.errorRaw),
              brier: format.number(reliability.brier, 3),
              brierRaw: format.number(reliability.brierRaw, 3),
            })}
          </p>
          <BinTable bins={bins} />
        </>
      ) : (
        <p className="muted">{t('health:reliability.none')}</p>
      )}
    </section>
  )
}

function shareAxis(ink: Ink, name: string, percent: (share: number) => string, place: 'middle' | 'end') {
  return {
    type: 'value',
    min: 0,
    max: 1,
    interval: 0.25,
    name,
    nameLocation: place,
    nameGap: place === 'middle' ? 28 : 14,
    nameTextStyle: { color: ink.muted, ...(place === 'end' ? { align: 'left' } : {}) },
    axisLabel: { color: ink.muted, formatter: percent },
    axisLine: { lineStyle: { color: ink['line-strong'] } },
    splitLine: place === 'end' ? { lineStyle: { color: ink.line } } : { show: false },
  }
}

function reliabilitySeries(ink: Ink, bins: readonly ReliabilityBin[], words: { line: string }) {
  const band = [...bins.map(bin => [bin.said, bin.high]), ...bins.toReversed().map(bin => [bin.said, bin.low])]
  return [
    {
      type: 'custom',
      silent: true,
      z: 1,
      data: [0],
      clip: true,
      renderItem: (_: unknown, api: { coord(point: readonly number[]): number[] }) => ({
        type: 'polygon',
        shape: { points: band.map(point => api.coord(point)) },
        style: { fill: ink['line-strong'], opacity: 0.28 },
      }),
    },
    {
      type: 'line',
      symbol: 'none',
      silent: true,
      z: 2,
      lineStyle: { color: ink.muted, type: 'dashed', width: 1.2 },
      endLabel: { show: true, formatter: words.line, color: ink.muted },
      data: [
        [0, 0],
        [1, 1],
      ],
    },
    {
      type: 'scatter',
      silent: true,
      z: 3,
      symbolSize: 8,
      itemStyle: { color: ink.paper, borderColor: ink['inferred-ink'], borderWidth: 1.5 },
      data: bins.map(bin => [bin.raw, bin.happened]),
    },
    {
      type: 'line',
      z: 4,
      symbol: 'circle',
      symbolSize: 9,
      silent: true,
      lineStyle: { color: ink.ink, width: 1.5 },
      itemStyle: { color: ink.ink },
      data: bins.map(bin => [bin.said, bin.happened]),
    },
  ]
}

function BinTable({ bins }: { bins: readonly ReliabilityBin[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <details className="folded">
      <summary>{t('health:reliability.table')}</summary>
      <table className="table table-small">
        <thead>
          <tr>
            <th scope="col">{t('health:reliability.said')}</th>
            {(['people', 'back', 'of-100', 'range'] as const).map(name => (
              <th key={name} scope="col" className="right">
                {t(`health:reliability.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.map(bin => (
            <tr key={`${bin.said} ${bin.customers}`}>
              <th scope="row">{format.percent(bin.said)}</th>
              <td className="right">{format.number(bin.customers)}</td>
              <td className="right">{format.number(bin.cameBack)}</td>
              <td className="right">{format.number(bin.happened * 100)}</td>
              <td className="right">
                {format.number(bin.low * 100)}–{format.number(bin.high * 100)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

/** Purchases as they came and as the model has them coming; what was hidden from it stands right of the line. */
export function Tracking({ holdout }: { holdout: Holdout }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { tracking, splitOn } = holdout
  const draw = useCallback(
    (ink: Ink) => {
      const points = tracking?.points ?? []
      const at = points.findIndex(point => point.fromOn > splitOn)
      const line = (name: string, colour: string | undefined, value: (point: (typeof points)[number]) => number) => ({
        type: 'line',
        name,
        symbol: 'none',
        silent: true,
        lineStyle: { color: colour, width: 2 },
        itemStyle: { color: colour },
        endLabel: { show: true, formatter: '{a}', color: colour },
        labelLayout: { moveOverlap: 'shiftY' },
        data: points.map(value),
      })
      return {
        animation: false,
        textStyle: font(),
        grid: { left: 8, right: 60, top: 34, bottom: 8, containLabel: true },
        xAxis: {
          type: 'category',
          boundaryGap: false,
          data: points.map(point => point.fromOn),
          axisLabel: {
            color: ink.muted,
            interval: Math.max(0, Math.floor(points.length / 4) - 1),
            formatter: format.nearDay,
          },
          axisLine: { lineStyle: { color: ink['line-strong'] } },
          axisTick: { show: false },
        },
        yAxis: {
          type: 'value',
          min: 0,
          splitNumber: 4,
          name:
            tracking?.stepDays === 7
              ? t('health:tracking.axis-week')
              : t('health:tracking.axis', { days: tracking?.stepDays ?? 0 }),
          nameTextStyle: { color: ink.muted, align: 'left' },
          axisLabel: { color: ink.muted, formatter: (value: number) => format.number(value) },
          splitLine: { lineStyle: { color: ink.line } },
        },
        series: [
          {
            ...line(t('health:tracking.real'), ink.ink, point => point.actual),
            markArea: {
              silent: true,
              itemStyle: { color: ink['line-strong'], opacity: 0.16 },
              label: { color: ink.muted, position: 'insideTop', formatter: t('health:tracking.split') },
              data: at < 0 ? [] : [[{ xAxis: at }, { xAxis: points.length - 1 }]],
            },
          },
          line(t('health:tracking.model'), ink['inferred-ink'], point => point.expected),
        ],
      }
    },
    [tracking, splitOn, format, t],
  )
  if (!tracking) return null
  const day = format.day(splitOn)
  return (
    <Evidence title={t('health:tracking.title')}>
      <Total holdout={holdout} />
      <Chart draw={draw} height={300} label={t('health:tracking.label', { day })} />
      <p className="muted small">{t('health:tracking.reading', { day })}</p>
    </Evidence>
  )
}

/** The sum of all forecasts of the test against what came. */
function Total({ holdout }: { holdout: Holdout }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = useSession().business
  return (
    <p className="statement">
      {t('health:tracking.total', {
        days: holdout.horizonDays,
        day: format.day(holdout.splitOn),
        predicted: amountOf(t, format, currency, holdout, holdout.predicted),
        actual: amountOf(t, format, currency, holdout, holdout.actual),
      })}
    </p>
  )
}

/** Ten groups by forecast: what was foretold of each and what it bought. */
export function Deciles({ holdout }: { holdout: Holdout }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = useSession().business
  const { deciles, unit } = holdout
  const draw = useCallback(
    (ink: Ink) => ({
      animation: false,
      textStyle: font(),
      grid: { left: 8, right: 24, top: 34, bottom: 28, containLabel: true },
      legend: { show: false },
      xAxis: {
        type: 'category',
        name: t('health:deciles.axis-x'),
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: ink.muted },
        data: deciles.map((_, index) => String(index + 1)),
        axisLabel: { color: ink.muted },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        splitNumber: 4,
        name: t('health:deciles.axis-y'),
        nameTextStyle: { color: ink.muted, align: 'left' },
        axisLabel: {
          color: ink.muted,
          formatter: (value: number) =>
            unit === 'money' ? format.shortMoney(value, currency) : format.number(value, 1),
        },
        splitLine: { lineStyle: { color: ink.line } },
      },
      series: [
        bars(
          t('health:deciles.foretold'),
          'right',
          { color: ink['inferred-ink'] },
          deciles.map(each => each.predicted),
        ),
        bars(
          t('health:deciles.real'),
          'left',
          { color: ink.ink },
          deciles.map(each => each.actual),
        ),
      ],
    }),
    [deciles, unit, currency, format, t],
  )
  if (deciles.length === 0) return null
  return (
    <Evidence title={t('health:deciles.title')}>
      {holdout.tracking ? null : <Total holdout={holdout} />}
      <Chart draw={draw} height={240} label={t('health:deciles.label')} />
    </Evidence>
  )
}

/** Named once, above the highest group. */
function bars(
  name: string,
  align: 'left' | 'right',
  itemStyle: { readonly color: string | undefined },
  values: readonly number[],
) {
  return {
    type: 'bar',
    name,
    silent: true,
    barMaxWidth: 18,
    barGap: '10%',
    itemStyle,
    data: values.map((value, index) => ({
      value,
      label: {
        show: index === values.length - 1,
        position: 'top',
        align,
        formatter: name,
        color: itemStyle.color,
      },
    })),
  }
}

function Evidence({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
