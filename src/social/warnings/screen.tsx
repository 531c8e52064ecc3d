import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { countCustomers } from '#insight/rhythm/contract.ts'
import { listTasks, type Task } from '#kernel/tasks/contract.ts'
import { call, type Problem, useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Face, Page, Sentence, Strip, type StripData, Waiting } from '../../../web/kit/index.ts'
import { noPurchaseReason } from '../../../web/portrait/reasons.tsx'
import { useMay } from '../../../web/session.tsx'
import { exactly } from '../../../web/tabs.ts'
import { FirstMinute } from '../../../web/today/first-minute.tsx'
import { HistoryNote } from '../../../web/today/history-note.tsx'
import { reasonsOfWords } from '../../../web/today/reasons-of-words.ts'
import { TaskActions } from '../../../web/today/task-actions.tsx'
import { useStrips } from '../../../web/today/use-strips.ts'
import { type Alert, alertViews, listWarnings } from './contract.ts'

const Evidence = lazy(async () => ({ default: (await import('./screen-evidence.tsx')).Evidence }))
const WarningsSettings = lazy(async () => ({ default: (await import('./screen-settings.tsx')).WarningsSettingsForm }))
const Scatter = lazy(async () => ({ default: (await import('./screen-scatter.tsx')).Scatter }))

type List = z.infer<typeof listWarnings.reply>
type View = (typeof alertViews)[number]

/** Customers past their own rhythm: whom to contact this week and why, who waits, and whether contacting helps. */
export function LateCustomers() {
  const { t } = useTranslation()
  const format = useFormat()
  const { view = 'week' } = useSearch({ from: '/shell/late' })
  const counts = useAsk(countCustomers, {})
  const week = useAsk(listWarnings, { query: { view: 'week', limit: 1 } })
  const mayManage = useMay('warnings.manage')
  const late = counts.data?.late
  const budget = week.data?.budget
  if (counts.data?.all === 0)
    return (
      <Page name={t('nav.late')} title={t('late.none-title')} subtitle={t('late.none-text')}>
        <FirstMinute />
      </Page>
    )
  const tabs = [...alertViews, 'evidence' as const, ...(mayManage ? (['settings'] as const) : [])]
  return (
    <Page
      name={t('nav.late')}
      title={
        late === undefined ? t('nav.late') : t('customers.title-late', { count: late, number: format.number(late) })
      }
      subtitle={
        budget
          ? t('late.subtitle', {
              used: format.number(budget.used),
              budget: format.number(budget.contactsPerWeek),
              week: format.dayRange(budget.weekFromOn, budget.weekToOn),
            })
          : null
      }
    >
      <HistoryNote reading={counts.data?.reading} />
      <nav className="tabs" aria-label={t('late.views')}>
        {tabs.map(name => (
          <Link
            key={name}
            to="/late"
            search={name === 'week' ? {} : { view: name }}
            activeOptions={exactly}
            aria-current={view === name ? 'page' : undefined}
          >
            {t(`late.${name}`)}
            <em>{week.data && name in week.data.counts ? format.number(week.data.counts[name as View]) : ''}</em>
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>
        {view === 'evidence' ? (
          <Evidence />
        ) : view === 'settings' ? (
          mayManage ? (
            <WarningsSettings />
          ) : null
        ) : (
          <>
            <p className="muted lead">{t(`late.${view}-text`)}</p>
            {view === 'week' || view === 'waiting' ? <Scatter view={view} /> : null}
            <Alerts key={view} view={view} />
          </>
        )}
      </Suspense>
    </Page>
  )
}

function Alerts({ view }: { view: View }) {
  const { t } = useTranslation()
  const asked = useInfiniteQuery<List, Problem, { pages: List[] }, readonly unknown[], string | undefined>({
    queryKey: [listWarnings.id, 'pages', view],
    queryFn: ({ pageParam, signal }) => call(listWarnings, { query: { view, after: pageParam, limit: 50 } }, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
  const tasks = useAsk(listTasks, { query: { state: 'open', limit: 100 } }, { enabled: view === 'week' })
  const items = asked.data?.pages.flatMap(page => page.items) ?? []
  return (
    <Answer of={{ data: asked.data, error: asked.error, refetch: asked.refetch }}>
      {data =>
        items.length === 0 ? (
          <EmptyState title={t(`late.empty-${view}`)}>{t(`late.empty-${view}-text`)}</EmptyState>
        ) : (
          <>
            {data.pages.map(page => (
              <PageOfAlerts
                key={page.items[0]?.alertId ?? 'none'}
                items={page.items}
                tasks={tasks.data?.items ?? []}
                asOfOn={page.reading.asOfOn}
              />
            ))}
            {asked.hasNextPage ? (
              <p className="more">
                <Button onClick={() => void asked.fetchNextPage()} loading={asked.isFetchingNextPage}>
                  {t('customers.more')}
                </Button>
              </p>
            ) : null}
          </>
        )
      }
    </Answer>
  )
}

function PageOfAlerts({ items, tasks, asOfOn }: { items: readonly Alert[]; tasks: readonly Task[]; asOfOn: string }) {
  const strips = useStrips(items.map(item => item.partyId))
  return (
    <ul className="rows">
      {items.map(item => (
        <AlertRow
          key={item.alertId}
          alert={item}
          task={tasks.find(task => task.taskId === item.taskId)}
          strip={strips(item.partyId)}
          asOfOn={asOfOn}
        />
      ))}
    </ul>
  )
}

/** One late customer, with the reason in a sentence whose numbers explain themselves. */
function AlertRow({
  alert,
  task,
  strip,
  asOfOn,
}: {
  alert: Alert
  task: Task | undefined
  strip: StripData | undefined
  asOfOn: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const like = noPurchaseReason(t, format, {
    horizonDays: alert.horizonDays,
    calibrated: alert.noPurchase,
    likeThis: alert.likeThis,
    asOf: format.day(asOfOn),
  })
  const reasons = { ...reasonsOfWords(t, format, alert.wordsKey, alert.words), outOfTen: like }
  return (
    <li className="row">
      <Face name={alert.partyName} />
      <div>
        <div className="who">
          <Link to="." search={(previous: object) => ({ ...previous, person: alert.partyId })}>
            {alert.partyName}
          </Link>
          {alert.ownerName ? <small>{alert.ownerName}</small> : null}
          {alert.kind === 'cycle' ? <span className="tag">{t('late.cycle')}</span> : null}
        </div>
        <div className="why">
          <Sentence of={alert.wordsKey} values={alert.words} reasons={reasons} />
        </div>
      </div>
      <div className="row-strip">{strip ? <Strip data={strip} /> : null}</div>
      {task ? <TaskActions task={task} /> : <Standing alert={alert} />}
    </li>
  )
}

function Standing({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (alert.outcome)
    return (
      <div className="standing">
        <span className="tag" data-outcome={alert.outcome}>
          {t(`late.outcome-${alert.outcome}`)}
        </span>
        <span className="muted small">
          {alert.returnedOn
            ? t('late.returned', { day: format.day(alert.returnedOn) })
            : alert.outcomeAt
              ? format.day(format.dayOf(alert.outcomeAt))
              : null}
        </span>
      </div>
    )
  if (alert.spendAtRiskMinor === null) return <div />
  return (
    <div className="standing">
      <span>{format.money(alert.spendAtRiskMinor, alert.currency)}</span>
      <span className="muted small">{t('late.at-risk')}</span>
    </div>
  )
}
