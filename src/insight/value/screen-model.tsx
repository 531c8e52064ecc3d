import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { listJobs } from '#kernel/jobs/contract.ts'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { fitValueNow, type Holdout } from './contract.ts'
import { type Value, verdictOf } from './screen-reasons.tsx'

/** Which models competed, how each fared on a hidden part of the past, and what was learned in the end. */
export function ModelOfValue({ value }: { value: Value }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayFit = useMay('warnings.manage')
  const fit = useDo(fitValueNow, { refresh: [listJobs] })
  const { model, base, currency } = value
  if (!model || !base) return null
  const name = t(`value:model.${base.stamp.model}`)
  return (
    <>
      <section>
        <h2>{t(model.candidates.length > 0 ? 'value:model.chosen' : 'value:model.untested', { name })}</h2>
        {model.holdout ? (
          <p className="reading-width">
            {t('value:model.text', { day: format.day(model.holdout.cutoffOn), horizon: model.holdout.horizonDays })}
          </p>
        ) : null}
        {model.candidates.length > 0 ? <Candidates value={value} /> : null}
      </section>
      {model.holdout ? <MoneyTest holdout={model.holdout} currency={currency} correction={base.correction} /> : null}
      <details className="folded">
        <summary>{t('value:model.parameters')}</summary>
        <p className="reading">
          {t('value:model.learned', {
            customers: format.number(model.customers),
            day: format.instant(base.stamp.fittedAt),
            asOf: format.day(base.stamp.asOfOn),
          })}
        </p>
        <dl className="value-parameters">
          {Object.entries(model.parameters).map(([key, parameter]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{format.number(parameter, 4)}</dd>
            </div>
          ))}
        </dl>
        <h3>{t('value:model.spend-parameters')}</h3>
        <dl className="value-parameters">
          {Object.entries(model.spendParameters).map(([key, parameter]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{format.number(parameter, 3)}</dd>
            </div>
          ))}
        </dl>
        {model.warnings.map(warning => (
          <p key={warning} className="muted">
            {t(`value:model.warning.${warning}`)}
          </p>
        ))}
      </details>
      {mayFit ? (
        <p className="acts value-fit">
          <Button
            loading={fit.isPending}
            onClick={() => fit.mutate({}, { onSuccess: () => showNotice(t('value:model.fit-started')) })}
          >
            {t('value:model.fit')}
          </Button>
        </p>
      ) : null}
    </>
  )
}

function Candidates({ value }: { value: Value }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { model, base, currency } = value
  const saysOf = (name: string) =>
    name === base!.stamp.model
      ? { yearMinor: base!.year.amountMinor, equityMinor: base!.equity.amountMinor }
      : base!.rivals.find(rival => rival.model === name)
  const money = (minor: number | null | undefined) =>
    minor === null || minor === undefined ? '—' : format.shortMoney(minor, currency)
  return (
    <div className="table-holder">
      <table className="table table-small">
        <thead>
          <tr>
            <th scope="col">{t('value:model.candidate')}</th>
            <th scope="col" className="right">
              {t('value:model.predicted')}
            </th>
            <th scope="col" className="right">
              {t('value:model.actual')}
            </th>
            <th scope="col" className="right">
              {t('value:model.error')}
            </th>
            <th scope="col" className="right">
              {t('value:model.ranking')}
            </th>
            <th scope="col" className="right">
              {t('value:aside.year')}
            </th>
            {base!.lifetime === 'known' ? (
              <th scope="col" className="right">
                {t('value:list.lifetime')}
              </th>
            ) : null}
            <th scope="col">{t('value:model.says')}</th>
          </tr>
        </thead>
        <tbody>
          {model!.candidates.map(candidate => (
            <tr key={candidate.model}>
              <th scope="row">
                {t(`value:model.${candidate.model}`)}{' '}
                {candidate.model === base!.stamp.model ? (
                  <span className="tag">{t('value:model.is-chosen')}</span>
                ) : null}
              </th>
              <td className="right">{format.number(candidate.predictedTotal)}</td>
              <td className="right">{format.number(candidate.actualTotal)}</td>
              <td className="right">{candidate.meanAbsoluteError.toFixed(3)}</td>
              <td className="right">{candidate.aucReturn === null ? '—' : candidate.aucReturn.toFixed(3)}</td>
              <td className="right">{money(saysOf(candidate.model)?.yearMinor)}</td>
              {base!.lifetime === 'known' ? (
                <td className="right">{money(saysOf(candidate.model)?.equityMinor)}</td>
              ) : null}
              <td className="wrap muted">
                {candidate.warnings.map(warning => t(`value:model.warning.${warning}`)).join('; ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Money said and money spent, by tenths of what was said. */
function MoneyTest({ holdout, currency, correction }: { holdout: Holdout; currency: string; correction: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { word, share } = verdictOf(holdout)
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 8, top: 26, bottom: 26, containLabel: true },
      legend: { show: false },
      xAxis: {
        type: 'category',
        name: t('value:concentration.axis'),
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: ink.muted },
        data: holdout.deciles.map((_, index) => String(index + 1)),
        axisTick: { show: false },
        axisLabel: { color: ink.muted },
        axisLine: { lineStyle: { color: ink['line-strong'] } },
      },
      yAxis: {
        type: 'value',
        min: 0,
        axisLabel: { color: ink.muted, formatter: (minor: number) => format.shortMoney(minor, currency) },
        splitLine: { lineStyle: { color: ink.line } },
      },
      series: (['predictedMinor', 'actualMinor'] as const).map(which => ({
        type: 'bar',
        silent: true,
        barGap: '10%',
        itemStyle:
          which === 'predictedMinor'
            ? { color: ink.inferred, borderColor: ink['inferred-ink'], borderWidth: 1 }
            : { color: ink.ink },
        data: holdout.deciles.map((decile, index) => ({
          value: decile[which],
          // The two bars of the first tenth carry the names; a legend would be one more thing to look up.
          label: {
            show: index === 0,
            position: 'top',
            color: which === 'predictedMinor' ? ink['inferred-ink'] : ink.ink,
            formatter: t(which === 'predictedMinor' ? 'value:model.said' : 'value:model.spent'),
          },
        })),
      })),
    }),
    [holdout, currency, format, t],
  )
  return (
    <section>
      <h2>{t(`value:model.money-${word}`, { share: format.percent(share, share < 0.1 ? 1 : 0) })}</h2>
      <p className="muted reading-width">
        {t('value:model.money-text', { day: format.day(holdout.cutoffOn), horizon: holdout.horizonDays })}{' '}
        {correction === 1
          ? t('value:model.uncorrected')
          : t('value:model.corrected', { factor: format.number(correction, 2) })}
      </p>
      <div className="reading-width">
        <Chart draw={draw} height={230} label={t('value:model.money-label')} />
      </div>
      <table className="table table-small">
        <thead>
          <tr>
            <th scope="col">{t('value:model.tenth')}</th>
            <th scope="col" className="right">
              {t('value:why.customers')}
            </th>
            <th scope="col" className="right">
              {t('value:model.said')}
            </th>
            <th scope="col" className="right">
              {t('value:model.spent')}
            </th>
          </tr>
        </thead>
        <tbody>
          {holdout.deciles.map((decile, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tenths are their positions
            <tr key={index}>
              <th scope="row">{index + 1}</th>
              <td className="right">{format.number(decile.customers)}</td>
              <td className="right">{format.money(decile.predictedMinor, currency)}</td>
              <td className="right">{format.money(decile.actualMinor, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
