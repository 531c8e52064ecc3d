import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page } from '../../../web/kit/index.ts'
import { sizeOf } from '../../../web/upload.ts'
import { type jobRun, listJobs } from './contract.ts'

type Run = z.infer<typeof jobRun>

/** Long work, running and past; the same numbers that the terminal shows. */
export function JobsPage() {
  const { t } = useTranslation()
  const asked = useAsk(
    listJobs,
    { query: { limit: 100 } },
    { refetchInterval: jobs => (jobs?.items.some(run => run.state === 'running') ? 1000 : false) },
  )
  const running = asked.data?.items.filter(run => run.state === 'running').length ?? 0
  return (
    <Page
      name={t('nav.jobs')}
      title={asked.data ? t('jobs.title', { count: running }) : t('nav.jobs')}
      subtitle={t('jobs.subtitle')}
    >
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('jobs.none')}>{t('jobs.none-text')}</EmptyState>
          ) : (
            <ul className="jobs">
              {items.map(run => (
                <JobLine key={run.runId} run={run} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Page>
  )
}

function JobLine({ run }: { run: Run }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [room, ...rest] = run.name.split('.')
  const title = t(`${room}:job.${rest.join('.')}`, { defaultValue: run.name })
  const amount = (value: number) => (run.unit === 'bytes' ? sizeOf(value, format) : format.number(value))
  const share = run.total ? Math.min(run.done / run.total, 1) : undefined
  const spent = run.startedAt && run.endedAt ? (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000 : undefined
  return (
    <li className="job" id={run.runId}>
      <div>
        <b>{title}</b>{' '}
        <span className="state" data-state={run.state}>
          {t(`jobs:state.${run.state}`)}
        </span>
        <p className="muted small">
          {run.wordsKey ? t(run.wordsKey, { ...run.words, defaultValue: '' }) : null}
          {run.failure ? <span className="bad">{t(run.failure, { defaultValue: run.failure })}</span> : null}
        </p>
        {run.state === 'running' ? (
          <div className="meter" data-unknown={share === undefined || undefined}>
            <span style={{ width: `${(share ?? 0.3) * 100}%` }} />
          </div>
        ) : null}
      </div>
      <div className="right">
        {run.unit && run.done > 0 ? (
          <p>
            {amount(run.done)}
            {run.state === 'running' && run.total ? ` / ${amount(run.total)}` : ''}{' '}
            {run.unit === 'bytes' ? '' : t(`unit.${run.unit}`)}
          </p>
        ) : null}
        <p className="muted small">
          {format.instant(run.startedAt ?? run.createdAt)}
          {spent === undefined || spent < 0.05
            ? ''
            : ` · ${t('jobs.took', { seconds: format.number(spent, spent < 10 ? 1 : 0) })}`}
        </p>
      </div>
    </li>
  )
}
