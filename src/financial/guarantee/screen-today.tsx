import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { now } from '../../../web/days.ts'
import { useFormat } from '../../../web/format.ts'
import { Face } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { promisesToday, type ShownCase } from './contract.ts'
import { CaseLine } from './screen-cases.tsx'
import { sentencesOf, standardIn } from './screen-sentences.tsx'
import './screen.css'

/** Above everything else of the day: what is owed for a broken promise and was not paid in time. Red until it is paid. */
export function OverdueToday() {
  const { t } = useTranslation()
  const mayRead = useMay('promises.read')
  const today = useAsk(promisesToday, {}, { enabled: mayRead })
  if (!today.data?.overdue.length) return null
  const { overdue, overdueTotal } = today.data
  return (
    <section className="red-block" aria-labelledby="overdue-promises">
      <h2 id="overdue-promises">{t('guarantee:today.overdue', { count: overdueTotal })}</h2>
      {overdue.map(each => (
        <CaseLine key={each.caseId} theirs={each} />
      ))}
      {overdueTotal > overdue.length ? <SeeAll /> : null}
    </section>
  )
}

/** Claims that wait for an answer, and promises whose time is nearly over: while something can still be done. */
export function PromisesToday() {
  const { t } = useTranslation()
  const mayRead = useMay('promises.read')
  const today = useAsk(promisesToday, {}, { enabled: mayRead })
  if (!today.data) return null
  const { claims, claimsTotal, soon, soonTotal } = today.data
  return (
    <>
      {claims.length > 0 ? (
        <section aria-label={t('guarantee:section.claims')}>
          <h2>
            <span className="dot jade" aria-hidden />
            {t('guarantee:section.claims')}
          </h2>
          {claims.map(each => (
            <CaseLine key={each.caseId} theirs={each} />
          ))}
          {claimsTotal > claims.length ? <SeeAll /> : null}
        </section>
      ) : null}
      {soon.length > 0 ? (
        <section aria-label={t('guarantee:section.soon')}>
          <h2>
            <span className="dot jade" aria-hidden />
            {t('guarantee:section.soon')}
          </h2>
          {soon.map(each => (
            <Soon key={each.caseId} theirs={each} />
          ))}
          {soonTotal > soon.length ? <SeeAll /> : null}
        </section>
      ) : null}
    </>
  )
}

function Soon({ theirs }: { theirs: ShownCase }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const say = sentencesOf(t, format)
  const begun = Date.parse(theirs.startedAt ?? '')
  const due = Date.parse(theirs.dueAt ?? '')
  const left = Math.max(0, due - now().getTime())
  const whole = Math.max(1, due - begun)
  return (
    <article className="clock-row">
      <Face name={theirs.partyName} level="jade" />
      <div>
        <div className="who">
          <Link to="." search={(previous: object) => ({ ...previous, person: theirs.partyId })}>
            {theirs.partyName || '–'}
          </Link>
          <small>{[standardIn(theirs.standard, i18n.language), theirs.reference].filter(Boolean).join(' · ')}</small>
        </div>
        <div className="why">
          {t('guarantee:case.left', { time: say.time(left / 60_000), of: say.time(whole / 60_000) })}
        </div>
      </div>
      <div className="clock-bar" aria-hidden>
        <i style={{ width: `${(100 * (whole - left)) / whole}%` }} />
      </div>
    </article>
  )
}

function SeeAll() {
  const { t } = useTranslation()
  return (
    <p className="more">
      <Link to="/promises" search={{}} className="link">
        {t('guarantee:today.see')}
      </Link>
    </p>
  )
}
