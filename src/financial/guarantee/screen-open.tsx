import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import type { BusinessCalendar } from './contract.ts'
import { type Proposal, readPromise } from './contract.ts'
import { KeptRate, Weeks } from './screen-card.tsx'
import { CaseList } from './screen-cases.tsx'
import { sentencesOf, standardIn } from './screen-sentences.tsx'

type Whole = z.infer<typeof readPromise.reply>

/** One promise in depth: should it change, where does it break, what did those customers do, and every case. */
export function OpenPromise({ promiseId, calendars }: { promiseId: string; calendars: readonly BusinessCalendar[] }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const mayManage = useMay('promises.manage')
  const asked = useAsk(readPromise, { params: { promiseId } })
  const whole = asked.data
  const promise = whole?.promise
  const terms =
    promise?.current?.terms ?? promise?.coming[0]?.terms ?? promise?.past.findLast(each => each.terms !== null)?.terms
  if (!whole || !promise || !terms)
    return (
      <Page name={t('guarantee:name')} title={t('guarantee:name')}>
        <Answer of={asked}>{() => null}</Answer>
      </Page>
    )
  const say = sentencesOf(t, format, calendars)
  const { figures } = promise
  return (
    <Page
      name={t('guarantee:name')}
      title={standardIn(terms.standard, i18n.language)}
      subtitle={say.line(terms)}
      actions={
        <>
          <Button onClick={() => void navigate({ to: '/promises', search: {} })}>
            {t('guarantee:section.promises')}
          </Button>
          {mayManage && (promise.current || promise.coming.length > 0) ? (
            <Button variant="filled" onClick={() => void navigate({ to: '/promises', search: { edit: promiseId } })}>
              {t('guarantee:card.edit')}
            </Button>
          ) : null}
        </>
      }
      aside={
        <>
          <section>
            <h2>{t('guarantee:card.weeks')}</h2>
            <div className="big">
              <KeptRate figures={figures} days={90} isTimed={terms.judged.kind === 'timed'} />
            </div>
            {terms.judged.kind === 'timed' ? <Weeks weeks={figures.weeks} label={t('guarantee:card.weeks')} /> : null}
            <p>
              {t('guarantee:card.broken', { count: figures.broken })}
              {figures.open > 0 ? ` · ${t('guarantee:card.open', { count: figures.open })}` : ''}
            </p>
            {figures.medianMinutes !== null ? (
              <p>{t('guarantee:card.median', { time: say.time(figures.medianMinutes) })}</p>
            ) : null}
          </section>
          <section>
            <h2>{t('guarantee:section.compensation')}</h2>
            {figures.costMinor !== null ? (
              <>
                <div className="big">{format.money(figures.costMinor, figures.currency)}</div>
                <p>{t('guarantee:card.cost', { cost: format.money(figures.costMinor, figures.currency), days: 90 })}</p>
              </>
            ) : null}
            {terms.budgetPerMonthMinor !== null && figures.monthCostMinor !== null ? (
              <p className={figures.isOverBudget ? 'bad' : undefined}>
                {t(figures.isOverBudget ? 'guarantee:card.over' : 'guarantee:card.budget', {
                  cost: format.money(figures.monthCostMinor, figures.currency),
                  budget: format.money(terms.budgetPerMonthMinor, figures.currency),
                })}
              </p>
            ) : null}
          </section>
          <Afterwards whole={whole} />
        </>
      }
    >
      {promise.proposal ? <ProposalNote proposal={promise.proposal} promiseId={promiseId} whole={whole} /> : null}
      <h2>{t('guarantee:section.cases')}</h2>
      <CaseList view="broken" promiseId={promiseId} />
      {figures.broken > 0 ? (
        <>
          <h2>{t('guarantee:section.where')}</h2>
          <Where whole={whole} />
        </>
      ) : null}
      {promise.past.length + promise.coming.length > 0 ? (
        <details className="folded">
          <summary>{t('guarantee:section.editions')}</summary>
          {[...promise.coming, ...(promise.current ? [promise.current] : []), ...promise.past.toReversed()].map(
            each => (
              <p key={each.editionId}>
                {format.number(each.number)} · {format.instant(each.startsAt)} ·{' '}
                {each.terms
                  ? `${standardIn(each.terms.standard, i18n.language)}, ${say.line(each.terms)}`
                  : t('guarantee:section.ended')}
              </p>
            ),
          )}
        </details>
      ) : null}
    </Page>
  )
}

/** A promise that cannot be kept is proposed for change, with what the change would cost. */
function ProposalNote({ proposal, promiseId, whole }: { proposal: Proposal; promiseId: string; whole: Whole }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('promises.manage')
  const say = sentencesOf(t, format)
  const { figures } = whole.promise
  const money = (minor: number) => format.money(minor, figures.currency)
  const { minutes, fromMinutes, toMinutes, costPerYearThenMinor } = proposal
  return (
    <section className="promise-proposal" aria-label={t('guarantee:section.change')}>
      <h2>{t('guarantee:section.change')}</h2>
      <p>
        {t(`guarantee:proposal.${proposal.why}`, {
          rate: format.percent(figures.keptRate ?? 0, 1),
          count: proposal.cases,
        })}
      </p>
      <p>
        {minutes === null
          ? proposal.why === 'not-kept'
            ? t('guarantee:proposal.no-time')
            : ''
          : fromMinutes !== null && toMinutes !== null
            ? t('guarantee:proposal.time-between', {
                time: say.time(minutes),
                from: say.time(fromMinutes),
                to: say.time(toMinutes),
              })
            : t('guarantee:proposal.time', { time: say.time(minutes) })}{' '}
        {proposal.costPerYearMinor === null
          ? null
          : minutes !== null && costPerYearThenMinor !== null
            ? t('guarantee:proposal.cost', {
                now: money(proposal.costPerYearMinor),
                time: say.time(minutes),
                later: money(costPerYearThenMinor),
              })
            : t('guarantee:proposal.cost-only', { now: money(proposal.costPerYearMinor) })}
      </p>
      {minutes !== null && mayManage ? (
        <Link to="/promises" search={{ edit: promiseId, minutes }} className="link">
          {t('guarantee:proposal.take', { time: say.time(minutes) })}
        </Link>
      ) : null}
    </section>
  )
}

function Where({ whole }: { whole: Whole }) {
  const { t } = useTranslation()
  const format = useFormat()
  const weekday = new Intl.DateTimeFormat(format.language, { weekday: 'long', timeZone: 'UTC' })
  const lists = [
    {
      title: t('guarantee:where.weekday'),
      // 2024-01-01 was a Monday.
      rows: whole.byWeekday.map((each, index) => ({ ...each, name: weekday.format(Date.UTC(2024, 0, 1 + index)) })),
    },
    {
      title: t('guarantee:where.merchant'),
      rows: whole.byMerchant.map(each => ({ ...each, name: each.merchant || t('guarantee:where.no-merchant') })),
    },
    {
      title: t('guarantee:where.reason'),
      rows: whole.byReason.map(({ reason, broken }) => ({
        name: t(`guarantee:where.reason-${reason}`),
        broken,
        cases: whole.promise.figures.broken,
      })),
    },
  ].map(list => ({ ...list, rows: list.rows.filter(row => row.cases > 0) }))
  return lists.map(({ title, rows }) =>
    rows.length > 1 || title === lists[2]!.title ? (
      <div key={title}>
        <h3>{title}</h3>
        <ul className="shares-promise">
          {rows.map(({ name, broken, cases }) => (
            <li key={name}>
              <span>{name}</span>
              <span className="figure">
                {t('guarantee:where.of', { broken: format.number(broken), cases: format.number(cases) })}
              </span>
              <i aria-hidden style={{ width: `${(100 * broken) / cases}%` }} />
            </li>
          ))}
        </ul>
      </div>
    ) : null,
  )
}

function Afterwards({ whole }: { whole: Whole }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section>
      <h2>{t('guarantee:section.afterwards')}</h2>
      {(['broken', 'kept'] as const).map(side => {
        const { customers, returned, interval } = whole.afterwards[side]
        return (
          <p key={side}>
            <b>{t(`guarantee:afterwards.${side}`)}</b>
            <br />
            {interval
              ? t('guarantee:afterwards.of', {
                  returned: format.number(returned),
                  customers: format.number(customers),
                  rate: format.percent(returned / customers),
                  from: format.percent(interval.from),
                  to: format.percent(interval.to),
                })
              : t('guarantee:afterwards.none')}
          </p>
        )
      })}
      <p>{t('guarantee:afterwards.note')}</p>
    </section>
  )
}
