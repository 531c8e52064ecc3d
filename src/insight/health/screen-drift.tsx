import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { useSession } from '../../../web/session.tsx'
import { type Drift, driftBounds, type FeatureName, type ModelHealth } from './contract.ts'

type Feature = Drift['features'][number]

/** How far the base has moved from the one the model saw, feature by feature, against the two conventional bounds. */
export function DriftPart({ health: { drift, slowDrift } }: { health: ModelHealth }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = useSession().business
  const features = drift?.features
  const draw = useCallback(
    (ink: Record<string, string>) => driftChart(ink, features ?? [], slowDrift?.features ?? [], format, t),
    [features, slowDrift, format, t],
  )
  if (!drift || !features?.length) {
    return (
      <section>
        <h2>{t('health:drift.title')}</h2>
        <p className="muted">{t('health:drift.none')}</p>
      </section>
    )
  }
  const worst = features.reduce((most, each) => (each.psi > most.psi ? each : most))
  const state = worst.psi >= driftBounds.refit ? 'refit' : worst.psi > driftBounds.watch ? 'watch' : 'same'
  const moved = worst.bins.reduce((most, bin) => (distance(bin) > distance(most) ? bin : most))
  return (
    <section>
      <h2>{t('health:drift.title')}</h2>
      <p className="statement">{t(`health:drift.${state}`, { feature: nameOf(t, worst.name) })}</p>
      <p className="muted">{t('health:drift.since', { day: format.day(drift.sinceOn) })}</p>
      <Chart draw={draw} height={72 + 42 * features.length} label={t('health:drift.label')} />
      {slowDrift ? (
        <p className="muted small">{t('health:drift.legend', { day: format.day(slowDrift.sinceOn) })}</p>
      ) : null}
      {state === 'same' ? null : (
        <p>
          {t('health:drift.range', {
            feature: nameOf(t, worst.name),
            range: rangeOf(t, format, currency, worst.name, moved),
            before: format.percent(moved.before),
            now: format.percent(moved.now),
          })}
        </p>
      )}
    </section>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const nameOf = (t: Translate, name: FeatureName) => t(`health:drift.feature.${name}`)
const distance = (bin: Feature['bins'][number]) => Math.abs(bin.now - bin.before)

function rangeOf(
  t: Translate,
  format: Format,
  currency: string,
  name: FeatureName,
  { from, to }: Feature['bins'][number],
): string {
  const value = (at: number) =>
    name === 'spend' || name === 'worth'
      ? format.money(Math.round(at), currency)
      : name === 'score'
        ? format.percent(at)
        : format.number(at)
  if (from === null) return t('health:drift.up-to', { to: value(to ?? 0) })
  if (to === null) return t('health:drift.above', { from: value(from) })
  return `${value(from)}–${value(to)}`
}

function driftChart(
  ink: Record<string, string>,
  features: readonly Feature[],
  slow: readonly Feature[],
  format: Format,
  t: Translate,
) {
  const { watch, refit } = driftBounds
  const colour = (psi: number) => (psi >= refit ? ink.bad : psi > watch ? ink.warn : ink.good)
  const most = Math.max(...[...features, ...slow].map(each => each.psi))
  const slowOf = (name: FeatureName) => slow.find(each => each.name === name)?.psi
  const bound = (at: number, name: string) => ({
    xAxis: at,
    label: { formatter: name, color: ink.muted, position: 'start' },
    lineStyle: { color: ink['line-strong'], type: 'dashed', width: 1 },
  })
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 30, top: 24, bottom: 28, containLabel: true },
    xAxis: {
      type: 'value',
      min: 0,
      splitNumber: 3,
      max: Math.max(0.3, Math.ceil(most * 11) / 10),
      name: t('health:drift.axis'),
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: ink.muted },
      axisLabel: { color: ink.muted, formatter: (value: number) => format.number(value, 2) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: features.map(each => nameOf(t, each.name)),
      axisLabel: { color: ink.ink },
      axisLine: { lineStyle: { color: ink['line-strong'] } },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barMaxWidth: 14,
        data: features.map(each => ({
          value: each.psi,
          itemStyle: { color: colour(each.psi) },
          label: { show: true, position: 'right', color: ink.muted, formatter: format.number(each.psi, 2) },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          data: [bound(watch, t('health:drift.watch-line')), bound(refit, t('health:drift.refit-line'))],
        },
      },
      {
        type: 'bar',
        silent: true,
        barMaxWidth: 10,
        barGap: '10%',
        itemStyle: { color: ink['line-strong'], opacity: 0.55 },
        data: features.flatMap(each => slowOf(each.name) ?? []),
      },
    ],
  }
}
