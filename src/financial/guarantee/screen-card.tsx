import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Why } from '../../../web/kit/index.ts'
import type { BusinessCalendar, Figures, ShownPromise } from './contract.ts'
import { sentencesOf, standardIn } from './screen-sentences.tsx'

/** Below this a week is drawn as a warning. */
const bar = 0.9

/** One promise on a line: what is promised, how often it was kept and each week, what breaking it cost. */
export function PromiseRow({
  promise,
  days,
  calendars,
}: {
  promise: ShownPromise
  days: number
  calendars: readonly BusinessCalendar[]
}) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { promiseId, figures, current, coming, past } = promise
  const edition = current ?? coming[0] ?? past.findLast(each => each.terms !== null)
  if (!edition?.terms) return null
  const { terms } = edition
  const say = sentencesOf(t, format, calendars)
  const budget = terms.budgetPerMonthMinor
  const isTimed = terms.judged.kind === 'timed'
  const standard = standardIn(terms.standard, i18n.language)
  return (
    <article className="promise" aria-label={standard}>
      <div>
        <h3>{standard}</h3>
        <p>
          {say.line(terms)}
          {current || coming.length === 0
            ? null
            : ` · ${t('guarantee:card.planned', { day: format.nearDay(format.dayOf(edition.startsAt)) })}`}
        </p>
      </div>
      <div>
        <KeptRate figures={figures} days={days} isTimed={isTimed} />
        {isTimed ? <Weeks weeks={figures.weeks} label={t('guarantee:card.weeks')} /> : null}
      </div>
      <div className="muted small promise-figures">
        <Broken figures={figures} days={days} />
      </div>
      <Button
        aria-label={`${t('guarantee:card.see')}: ${standard}`}
        onClick={() => void navigate({ to: '/promises', search: { open: promiseId } })}
      >
        {t('guarantee:card.see')}
      </Button>
      {figures.isOverBudget && budget !== null && figures.monthCostMinor !== null ? (
        <p className="over">
          {t('guarantee:card.over', {
            cost: format.money(figures.monthCostMinor, figures.currency),
            budget: format.money(budget, figures.currency),
          })}
        </p>
      ) : promise.proposal ? (
        <p className="over">
          {t(`guarantee:proposal.${promise.proposal.why}`, {
            rate: format.percent(figures.keptRate ?? 0, 1),
            count: promise.proposal.cases,
          })}
        </p>
      ) : null}
    </article>
  )
}

export function KeptRate({ figures, days, isTimed }: { figures: Figures; days: number; isTimed: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (figures.keptRate === null || !figures.interval)
    return <span className="muted small">{t(isTimed ? 'guarantee:card.undecided' : 'guarantee:card.untimed')}</span>
  const { kept, broken, interval, keptRate } = figures
  return (
    <Why
      reason={{
        formula: t('guarantee:card.interval', {
          kept: format.number(kept),
          decided: format.number(kept + broken),
          days,
          from: format.percent(interval.from, 1),
          to: format.percent(interval.to, 1),
        }),
      }}
    >
      {format.percent(keptRate, 1)}
    </Why>
  )
}

function Broken({ figures, days }: { figures: Figures; days: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = sentencesOf(t, format)
  const { broken, medianPaidSeconds: seconds, costMinor, overdue, open } = figures
  return (
    <>
      {t('guarantee:card.broken', { count: broken })}
      {seconds !== null
        ? ` · ${seconds < 1 ? t('guarantee:card.paid-at-once') : t('guarantee:card.paid', { time: say.time(seconds / 60) })}`
        : ''}
      {costMinor ? (
        <div>{t('guarantee:card.cost', { cost: format.money(costMinor, figures.currency), days })}</div>
      ) : null}
      {open > 0 ? <div>{t('guarantee:card.open', { count: open })}</div> : null}
      {overdue > 0 ? <div className="bad">{t('guarantee:subtitle.overdue', { count: overdue })}</div> : null}
    </>
  )
}

/** Thirteen weeks as bars from nothing to all: full means all were kept, none means that nothing was due. */
export function Weeks({ weeks, label }: { weeks: Figures['weeks']; label: string }) {
  const format = useFormat()
  const said = weeks.map(week => (week === null ? '–' : format.percent(week))).join(', ')
  return (
    <div className="weeks" role="img" aria-label={`${label}: ${said}`}>
      {weeks.map((week, index) => (
        <i
          // A week has no name but its place.
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is always thirteen weeks
          key={index}
          data-none={week === null || undefined}
          data-low={(week !== null && week < bar) || undefined}
          style={{ height: week === null ? 2 : `${Math.max(8, week * 100)}%` }}
        />
      ))}
    </div>
  )
}
