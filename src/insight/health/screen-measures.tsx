import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat } from '../../../web/format.ts'
import { type Reason, Why } from '../../../web/kit/index.ts'
import { useSession } from '../../../web/session.tsx'
import { signed } from '../../../web/today/today-aside.tsx'
import type { Holdout, Measure, MeasureName, ModelHealth, Reliability } from './contract.ts'

/** Each figure as one sentence that says what to do with it; the figure itself and its bounds behind the name. */
export function Measures({ health }: { health: ModelHealth }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = useSession().business
  return (
    <section>
      <h2>{t('health:measures.title')}</h2>
      <ul className="health-measures">
        {health.measures.map(measure => (
          <li key={measure.name}>
            <span className="health-verdict" data-verdict={measure.verdict}>
              {t(`health:verdict.${measure.verdict}`)}
            </span>
            <span className="health-name">
              <Why reason={reasonOf(t, format, measure)}>{t(`health:measure.${measure.name}.name`)}</Why>
            </span>
            <span>
              {t(
                `health:measure.${measure.name}.${measure.verdict}`,
                wordsOf(t, format, currency, health, measure.name),
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Those who were called more likely than not, together; everybody where there were none. */
function likelyOnes({ bins }: Reliability): { said: number; happened: number } {
  const likely = bins.filter(bin => bin.said >= 0.5)
  const spoken = likely.length > 0 ? likely : bins
  const customers = spoken.reduce((sum, bin) => sum + bin.customers, 0)
  return {
    said: spoken.reduce((sum, bin) => sum + bin.said * bin.customers, 0) / customers,
    happened: spoken.reduce((sum, bin) => sum + bin.cameBack, 0) / customers,
  }
}

function wordsOf(
  t: TFunction,
  format: Format,
  currency: string,
  { holdout, live, drift, fit, measures }: ModelHealth,
  name: MeasureName,
): Record<string, string | number> {
  const hundred = (share: number) => format.number(share * 100)
  const value = measures.find(each => each.name === name)?.value ?? 0
  const chances = (reliability: Reliability) => {
    const { said, happened } = likelyOnes(reliability)
    return { said: hundred(said), happened: hundred(happened), points: format.number(value * 100, 1) }
  }
  const newest = live?.matured[0]
  if (name === 'live' && newest) return { ...chances(newest.reliability), day: format.nearDay(newest.madeOn) }
  if (name === 'age' && fit) {
    return { count: Math.round(value), day: format.nearDay(fit.asOfOn) }
  }
  if (name === 'drift' && drift) {
    const worst = drift.features.reduce((most, each) => (each.psi > most.psi ? each : most))
    return { feature: t(`health:drift.feature.${worst.name}`) }
  }
  if (!holdout) return {}
  const days = holdout.horizonDays
  if (name === 'calibration' && holdout.reliability) return { ...chances(holdout.reliability), days }
  if (name === 'total') {
    return {
      days,
      day: format.nearDay(holdout.splitOn),
      predicted: amountOf(t, format, currency, holdout, holdout.predicted),
      actual: amountOf(t, format, currency, holdout, holdout.actual),
      off: signed(format.percent(holdout.predicted / holdout.actual - 1)),
    }
  }
  if (name === 'past-rate' && holdout.errors) {
    const each = (error: number) =>
      holdout.unit === 'money'
        ? format.money(Math.round(error), currency)
        : t('health:purchases', { count: 2, number: format.number(error, 2) })
    return { model: each(holdout.errors.model), pastRate: each(holdout.errors.pastRate) }
  }
  if (name === 'ranking' && holdout.ranking) return { auc: hundred(holdout.ranking.auc) }
  if (name === 'over-recency' && holdout.ranking) return { recency: hundred(holdout.ranking.aucRecency) }
  if (name === 'deciles') return { off: format.percent(value) }
  if (name === 'customers') return { customers: format.number(value) }
  return {}
}

/** In the unit of the holdout: purchases, or money. */
export function amountOf(
  t: TFunction,
  format: Format,
  currency: string,
  { unit }: Pick<Holdout, 'unit'>,
  amount: number,
): string {
  const whole = Math.round(amount)
  return unit === 'money'
    ? format.money(whole, currency)
    : t('health:purchases', { count: whole, number: format.number(whole) })
}

function reasonOf(t: TFunction, format: Format, { name, value, good, care }: Measure): Reason {
  const bound = (at: number) =>
    t(moreIsBetter.has(name) ? 'health:measures.at-least' : 'health:measures.at-most', { value: format.number(at, 2) })
  return {
    formula: t(`health:measures.rule.${name}`),
    inputs: [
      [t('health:measures.figure'), format.number(value, 3)],
      [t('health:measures.bound-good'), bound(good)],
      ...(care === null ? [] : [[t('health:measures.bound-care'), bound(care)] as const]),
    ],
  }
}

const moreIsBetter: ReadonlySet<MeasureName> = new Set(['ranking', 'over-recency', 'customers'])
