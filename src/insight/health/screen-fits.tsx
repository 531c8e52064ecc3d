import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { signed } from '../../../web/today/today-aside.tsx'
import { listFits, type WatchedFit, type WatchedModelName } from './contract.ts'

const firstShown = 10
const columns = ['because', 'customers', 'order', 'total', 'points', 'late', 'took'] as const

/** Every fit: when, why, how its test went and what it changed; a click opens its parameters. */
export function Fits({ model }: { model: WatchedModelName }) {
  const { t } = useTranslation()
  const [limit, setLimit] = useState(firstShown)
  const asked = useAsk(listFits, { params: { model }, query: { limit } }, { keep: true })
  return (
    <section>
      <Answer of={asked}>
        {({ items, total }) => (
          <>
            <h2>{t('health:fits.title', { count: total })}</h2>
            <div className="table-holder">
              <table className="table table-stacked health-fits">
                <thead>
                  <tr>
                    <th scope="col">{t('health:fits.fitted')}</th>
                    {columns.map(name => (
                      <th key={name} scope="col" className={name === 'because' ? undefined : 'right'}>
                        {t(`health:fits.${name}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map(fit => (
                    <FitRow key={fit.fitId} fit={fit} />
                  ))}
                </tbody>
              </table>
            </div>
            {items.length < total ? (
              <Button onClick={() => setLimit(Math.min(200, limit + 50))}>{t('health:fits.more')}</Button>
            ) : null}
          </>
        )}
      </Answer>
    </section>
  )
}

function FitRow({ fit }: { fit: WatchedFit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [opened, setOpened] = useState(false)
  const { review } = fit
  const holdout = review?.holdout
  const change = review?.change
  return (
    <Fragment>
      <tr>
        <th scope="row">
          <button
            type="button"
            className="why-term"
            aria-expanded={opened}
            aria-label={t('health:fits.details', { day: format.instant(fit.fittedAt) })}
            onClick={() => setOpened(!opened)}
          >
            {format.instant(fit.fittedAt)}
          </button>
        </th>
        <td data-label={t('health:fits.because')}>
          {fit.kind === 'prior' ? t('health:fits.prior') : <Cause fit={fit} />}
        </td>
        <td className="right" data-label={t('health:fits.customers')}>
          {format.number(fit.customers)}
        </td>
        {holdout ? (
          <>
            <td className="right" data-label={t('health:fits.order')}>
              {holdout.ranking ? format.number(holdout.ranking.auc * 100) : '—'}
            </td>
            <td className="right" data-label={t('health:fits.total')}>
              {holdout.actual > 0 ? signed(format.percent(holdout.predicted / holdout.actual - 1)) : '—'}
            </td>
            <td className="right" data-label={t('health:fits.points')}>
              {holdout.reliability ? format.number(holdout.reliability.error * 100, 1) : '—'}
            </td>
          </>
        ) : (
          <td className="right muted" colSpan={3} data-label={t('health:fits.order')}>
            {t('health:fits.not-tested')}
          </td>
        )}
        <td className="right" data-label={t('health:fits.late')}>
          {change ? `${format.number(change.lateBefore)} → ${format.number(change.lateAfter)}` : '—'}
        </td>
        <td className="right" data-label={t('health:fits.took')}>
          <Took fit={fit} />
        </td>
      </tr>
      {opened ? (
        <tr>
          <td colSpan={columns.length + 1} className="wrap">
            <Details fit={fit} />
          </td>
        </tr>
      ) : null}
    </Fragment>
  )
}

function Cause({ fit: { review } }: { fit: WatchedFit }) {
  const { t } = useTranslation()
  if (!review) return <>—</>
  const by = review.because === 'hand' && review.askedBy ? ` · ${review.askedBy}` : ''
  return (
    <>
      {t(`health:fits.${review.because}`)}
      {by}
    </>
  )
}

/** How long it took leads to the run in the list of jobs, where there was one. */
function Took({ fit: { review } }: { fit: WatchedFit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const maySeeJobs = useMay('jobs.read')
  if (!review?.runId) return <>—</>
  const text =
    review.tookMs === null
      ? t('health:fits.run')
      : t('health:fits.seconds', { seconds: format.number(review.tookMs / 1000, review.tookMs < 9950 ? 1 : 0) })
  return maySeeJobs ? (
    <Link to="/jobs" hash={review.runId} className="link">
      {text}
    </Link>
  ) : (
    text
  )
}

function Details({ fit }: { fit: WatchedFit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const change = fit.review?.change
  const words = change && {
    customers: format.number(change.customers),
    day: format.nearDay(change.onDay),
    before: format.number(change.lateBefore),
    after: format.number(change.lateAfter),
    became: format.number(change.becameLate),
    'no-longer': format.number(change.noLongerLate),
  }
  const isUnchanged = change?.becameLate === 0 && change.noLongerLate === 0
  return (
    <div className="health-details">
      {fit.warnings.map(key => (
        <p key={key} className="note">
          {t(key)}
        </p>
      ))}
      {words ? <p>{t(isUnchanged ? 'health:fits.no-change' : 'health:fits.change', words)}</p> : null}
      <dl>
        {Object.entries(fit.parameters).map(([name, value]) => (
          <Fragment key={name}>
            <dt>{t(`health:parameter.${name}`, { defaultValue: name })}</dt>
            <dd>{format.number(value, 3)}</dd>
          </Fragment>
        ))}
        {fit.logLikelihood === null ? null : (
          <>
            <dt>{t('health:fits.likelihood')}</dt>
            <dd>{format.number(fit.logLikelihood, 1)}</dd>
          </>
        )}
      </dl>
    </div>
  )
}
