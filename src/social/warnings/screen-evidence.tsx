import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { fitRhythmNow, readRhythm } from '#insight/rhythm/contract.ts'
import { listJobs } from '#kernel/jobs/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { signed } from '../../../web/today/today-aside.tsx'
import { warningsEffect } from './contract.ts'

/** Whether the forecasts come true and whether contacting changes anything; both against people, not against hope. */
export function Evidence() {
  return (
    <div className="reading-width">
      <Effect />
      <Calibration />
    </div>
  )
}

function Effect() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(warningsEffect, {})
  return (
    <section>
      <h2>{t('evidence.effect')}</h2>
      <Answer of={asked}>
        {effect => (
          <>
            {effect.difference ? (
              <p className="statement">
                {t('evidence.effect-is', {
                  estimate: signed(format.number(effect.difference.estimate * 100, 1)),
                  from: signed(format.number(effect.difference.from * 100, 1)),
                  to: signed(format.number(effect.difference.to * 100, 1)),
                  level: format.percent(effect.difference.level),
                })}
              </p>
            ) : (
              <p className="statement">{t('not-enough')}</p>
            )}
            {effect.difference && effect.difference.from <= 0 && effect.difference.to >= 0 ? (
              <p className="muted">{t('aside.effect-unclear')}</p>
            ) : null}
            <table className="table table-small">
              <thead>
                <tr>
                  <th scope="col">{t('evidence.group')}</th>
                  <th scope="col" className="right">
                    {t('evidence.people')}
                  </th>
                  <th scope="col" className="right">
                    {t('evidence.returned', { count: effect.horizonDays })}
                  </th>
                  <th scope="col" className="right">
                    {t('evidence.share')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {(['contacted', 'heldOut'] as const).map(name => (
                  <tr key={name}>
                    <th scope="row">{t(`evidence.${name}`)}</th>
                    <td className="right">{format.number(effect[name].customers)}</td>
                    <td className="right">{format.number(effect[name].returned)}</td>
                    <td className="right">
                      {effect[name].customers ? format.percent(effect[name].returned / effect[name].customers) : '—'}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className="muted small">
              {t('evidence.open', { count: effect.open })}{' '}
              {effect.state === 'not-enough'
                ? t('evidence.needed', { customers: effect.customersNeeded, events: effect.eventsNeeded })
                : null}
            </p>
            {effect.falseAlarms.rate === null ? null : (
              <p>
                {t('evidence.false-alarms', {
                  wrong: format.number(effect.falseAlarms.wrong),
                  closed: format.number(effect.falseAlarms.closed),
                  from: format.percent(effect.falseAlarms.from ?? 0),
                  to: format.percent(effect.falseAlarms.to ?? 0),
                })}
              </p>
            )}
          </>
        )}
      </Answer>
    </section>
  )
}

function Calibration() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(readRhythm, {})
  const mayManage = useMay('warnings.manage')
  const fit = useDo(fitRhythmNow, { refresh: [listJobs] })
  const calibration = asked.data?.calibration
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 24, top: 30, bottom: 30, containLabel: true },
      xAxis: {
        type: 'value',
        min: 0,
        max: 1,
        name: t('evidence.axis-x'),
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: ink.muted },
        axisLabel: { color: ink.muted, formatter: (value: number) => format.percent(value) },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        name: t('evidence.axis-y'),
        nameTextStyle: { color: ink.muted, align: 'left' },
        axisLabel: { color: ink.muted, formatter: (value: number) => format.percent(value) },
        splitLine: { lineStyle: { color: ink.line } },
      },
      series: [
        {
          type: 'line',
          symbol: 'none',
          silent: true,
          lineStyle: { color: ink['line-strong'], type: 'dashed', width: 1 },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
        {
          type: 'line',
          symbolSize: 8,
          lineStyle: { color: ink.vermilion, width: 2 },
          itemStyle: { color: ink.vermilion },
          data: (calibration?.bins ?? []).map(bin => [bin.predicted, bin.actual]),
        },
      ],
    }),
    [calibration, format, t],
  )
  return (
    <section>
      <h2>{t('evidence.forecasts')}</h2>
      <Answer of={asked}>
        {rhythm => (
          <>
            {rhythm.state === 'fitted' ? null : (
              <p>
                {t(`evidence.state-${rhythm.state}`, {
                  needed: format.number(rhythm.customersNeeded),
                  have: format.number(rhythm.customersWithGaps),
                })}
              </p>
            )}
            {rhythm.calibration ? (
              <>
                <p className="statement">
                  {t('evidence.calibration', {
                    day: format.day(rhythm.calibration.cutoffOn),
                    horizon: rhythm.calibration.horizonDays,
                    count: rhythm.calibration.customers,
                    customers: format.number(rhythm.calibration.customers),
                  })}
                </p>
                <Chart draw={draw} height={300} label={t('evidence.chart-label')} />
                <p className="muted small">{t('evidence.chart-reading')}</p>
                <table className="table table-small">
                  <thead>
                    <tr>
                      <th scope="col">{t('evidence.said')}</th>
                      <th scope="col" className="right">
                        {t('evidence.people')}
                      </th>
                      <th scope="col" className="right">
                        {t('evidence.stayed-away')}
                      </th>
                      <th scope="col" className="right">
                        {t('evidence.out-of-ten')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {rhythm.calibration.bins.map(bin => (
                      <tr key={bin.from}>
                        <th scope="row">{shareRange(bin.from, bin.to, format.percent)}</th>
                        <td className="right">{format.number(bin.customers)}</td>
                        <td className="right">{format.number(bin.silent)}</td>
                        <td className="right">{format.number(bin.actual * 10, 1)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
                {rhythm.calibration.auc === null ? null : (
                  <p>
                    {t('evidence.auc', {
                      auc: format.number(rhythm.calibration.auc, 3),
                      recency: format.number(rhythm.calibration.aucRecency ?? 0.5, 3),
                    })}
                  </p>
                )}
              </>
            ) : (
              <p className="muted">{t('evidence.no-calibration')}</p>
            )}
            {rhythm.model ? (
              <>
                {rhythm.model.warnings.map(warning => (
                  <p key={warning} className="note">
                    {t(`evidence.warning-${warning}`)}
                  </p>
                ))}
                <p className="muted small">
                  {t('evidence.model', {
                    count: rhythm.model.customers,
                    customers: format.number(rhythm.model.customers),
                    day: format.instant(rhythm.model.fittedAt),
                    k: format.number(rhythm.model.parameters.k, 2),
                  })}
                </p>
              </>
            ) : null}
            {mayManage ? (
              <Button
                loading={fit.isPending}
                onClick={() => fit.mutate({}, { onSuccess: () => showNotice(t('evidence.fit-asked')) })}
              >
                {t('evidence.fit')}
              </Button>
            ) : null}
          </>
        )}
      </Answer>
    </section>
  )
}

/** Where both ends round to the same, one place more tells them apart; 99.96% to 100% is 100%. */
function shareRange(from: number, to: number, percent: (share: number, digits?: number) => string): string {
  const digits = percent(from) === percent(to) ? 1 : 0
  const [low, high] = [percent(from, digits), percent(to, digits)]
  return low === high ? low : `${low}–${high}`
}
