import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page, Waiting } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { listPromises } from './contract.ts'
import { PromiseRow } from './screen-card.tsx'
import { CaseList } from './screen-cases.tsx'
import { sentencesOf, standardIn } from './screen-sentences.tsx'
import './screen.css'

const EditPromise = lazy(async () => ({ default: (await import('./screen-edit.tsx')).EditPromise }))
const OpenPromise = lazy(async () => ({ default: (await import('./screen-open.tsx')).OpenPromise }))
const Calendars = lazy(async () => ({ default: (await import('./screen-calendars.tsx')).Calendars }))

export type Promises = z.infer<typeof listPromises.reply>

/** What we promise, how often we kept it, and the way from broken to paid. */
export function PromisesPage() {
  const { t } = useTranslation()
  const { edit, open, hours } = useSearch({ from: '/shell/promises' })
  const mayManage = useMay('promises.manage')
  const asked = useAsk(listPromises, {})
  const promises = asked.data
  if (!promises)
    return (
      <Page name={t('guarantee:name')} title={t('guarantee:name')}>
        <Answer of={asked}>{() => null}</Answer>
      </Page>
    )
  if (edit && mayManage)
    return (
      <Suspense fallback={<Waiting />}>
        <EditPromise key={edit} promises={promises} which={edit} />
      </Suspense>
    )
  if (hours)
    return (
      <Suspense fallback={<Waiting />}>
        <Calendars promises={promises} />
      </Suspense>
    )
  if (open)
    return (
      <Suspense fallback={<Waiting />}>
        <OpenPromise promiseId={open} calendars={promises.calendars} />
      </Suspense>
    )
  return promises.items.length === 0 ? <NothingYet promises={promises} /> : <Kept promises={promises} />
}

/** Before the first promise: what it is good for, and three that can be had at once. */
function NothingYet({ promises }: { promises: Promises }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('promises.manage')
  const say = sentencesOf(t, format, promises.calendars)
  return (
    <Page name={t('guarantee:name')} title={t('guarantee:title.empty')} subtitle={t('guarantee:subtitle.empty')}>
      <h2>{t('guarantee:ready.title')}</h2>
      <ul className="ready">
        {promises.ready.map((terms, index) => (
          <li key={terms.subject}>
            <h3>{standardIn(terms.standard, i18n.language)}</h3>
            <p className="grow">{say.line(terms)}</p>
            {mayManage ? (
              <Link to="/promises" search={{ edit: `ready-${index}` }} className="link">
                {t('guarantee:ready.choose')}
              </Link>
            ) : null}
          </li>
        ))}
      </ul>
      {mayManage ? (
        <Link to="/promises" search={{ edit: 'new' }} className="link">
          {t('guarantee:ready.own')}
        </Link>
      ) : null}
    </Page>
  )
}

function Kept({ promises }: { promises: Promises }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const mayManage = useMay('promises.manage')
  const { total, items, days, claimsWaiting } = promises
  const isLive = (each: Promises['items'][number]) => each.current !== null || each.coming.length > 0
  const ended = items.filter(each => !isLive(each))
  const owed =
    total.overdue > 0
      ? t('guarantee:subtitle.overdue', { count: total.overdue })
      : t('guarantee:subtitle.owed', { count: total.owed })
  return (
    <Page
      name={t('guarantee:name')}
      title={
        total.keptRate === null
          ? t('guarantee:title.none-decided')
          : t('guarantee:title.kept', { rate: format.percent(total.keptRate, 1) })
      }
      subtitle={
        <span className={total.overdue > 0 ? 'bad' : undefined}>
          {t('guarantee:subtitle.counts', {
            given: format.number(total.given),
            days,
            broken: format.number(total.broken),
            paid: format.number(total.broken - total.owed > 0 ? total.broken - total.owed : 0),
            owed,
          })}
        </span>
      }
      actions={
        mayManage ? (
          <>
            <Button onClick={() => void navigate({ to: '/promises', search: { hours: 'yes' } })}>
              {t('guarantee:section.calendars')}
            </Button>
            <Button onClick={() => void navigate({ to: '/promises', search: { edit: 'new' } })}>
              {t('guarantee:ready.own')}
            </Button>
          </>
        ) : null
      }
    >
      {total.owed > 0 ? (
        <section aria-label={t('guarantee:section.owed')}>
          <h2>{t('guarantee:section.owed')}</h2>
          <CaseList view="owed" />
        </section>
      ) : null}
      {claimsWaiting > 0 ? (
        <section aria-label={t('guarantee:section.claims')}>
          <h2>{t('guarantee:section.claims')}</h2>
          <CaseList view="claims" />
        </section>
      ) : null}
      <section aria-label={t('guarantee:section.promises')}>
        <h2>{t('guarantee:section.promises')}</h2>
        <div>
          {items.filter(isLive).map(each => (
            <PromiseRow key={each.promiseId} promise={each} days={days} calendars={promises.calendars} />
          ))}
        </div>
      </section>
      <section aria-label={t('guarantee:section.cases')}>
        <h2>{t('guarantee:section.cases')}</h2>
        <CaseList view="broken" />
      </section>
      {ended.length > 0 ? (
        <details className="folded">
          <summary>
            {t('guarantee:section.ended')} <span className="muted">{format.number(ended.length)}</span>
          </summary>
          {ended.map(each => (
            <PromiseRow key={each.promiseId} promise={each} days={days} calendars={promises.calendars} />
          ))}
        </details>
      ) : null}
    </Page>
  )
}
