import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Failed, Waiting } from '../../../web/kit/index.ts'
import { type PromiseTerms, promiseTerms, whatIfPromise } from './contract.ts'
import { sentencesOf } from './screen-sentences.tsx'

/** How long the terms must be left alone before they are tried: not at every letter. */
const restMilliseconds = 700

/** What terms would have meant on the last year; asks again when they change. */
export function Simulator({ terms }: { terms: PromiseTerms }) {
  const { t } = useTranslation()
  const [tried, setTried] = useState(terms)
  useEffect(() => {
    const timer = setTimeout(() => setTried(terms), restMilliseconds)
    return () => clearTimeout(timer)
  }, [terms])
  const isSound = promiseTerms.safeParse(tried).success
  const asked = useAsk(whatIfPromise, { body: { terms: tried } }, { enabled: isSound, keep: true })
  return (
    <section aria-live="polite" className="simulator">
      <h2>{t('guarantee:section.simulator')}</h2>
      {!isSound ? (
        <p className="muted">{t('guarantee:edit.invalid')}</p>
      ) : asked.error ? (
        <Failed problem={asked.error} again={asked.refetch} />
      ) : asked.data ? (
        <div data-stale={tried !== terms || asked.isPlaceholderData ? '' : undefined}>
          <Found found={asked.data} terms={tried} />
        </div>
      ) : (
        <>
          <Waiting />
          <p className="muted small">{t('guarantee:what-if.working')}</p>
        </>
      )}
    </section>
  )
}

function Found({ found, terms }: { found: z.infer<typeof whatIfPromise.reply>; terms: PromiseTerms }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = sentencesOf(t, format)
  const money = (minor: number) => format.money(minor, found.currency)
  const isTimed = terms.judged.kind === 'timed'
  if (found.cases === 0)
    return (
      <p className="muted">
        {t(
          !isTimed && terms.judged.kind === 'state' && !terms.judged.broken
            ? 'guarantee:what-if.none-claims'
            : 'guarantee:what-if.none',
        )}
        {found.withoutReference > 0 ? ` ${t('guarantee:what-if.without', { count: found.withoutReference })}` : ''}
      </p>
    )
  const most = Math.max(1, ...found.months.map(each => each.costMinor))
  return (
    <>
      <p className="finding">
        {t('guarantee:what-if.finding', {
          cases: format.number(found.cases),
          from: format.day(found.fromOn),
          until: format.day(found.untilOn),
          broken: format.number(found.broken),
          cost: money(found.costMinor),
        })}
      </p>
      {isTimed && found.interval && found.keptRate !== null ? (
        <p>
          {t('guarantee:what-if.rate', {
            rate: format.percent(found.keptRate, 1),
            low: format.percent(found.interval.from, 1),
            high: format.percent(found.interval.to, 1),
          })}
          {found.medianMinutes !== null
            ? ` ${t('guarantee:what-if.median', { time: say.time(found.medianMinutes) })}`
            : ''}
        </p>
      ) : null}
      {isTimed ? (
        <p>
          {found.wouldKeep
            ? t('guarantee:what-if.would', { time: say.time(found.wouldKeep.minutes) })
            : found.cases >= 10
              ? t('guarantee:what-if.would-none')
              : ''}
        </p>
      ) : null}
      {found.withoutReference > 0 ? (
        <p className="bad">{t('guarantee:what-if.without', { count: found.withoutReference })}</p>
      ) : null}
      {found.months.length > 1 ? (
        <>
          <h3>{t('guarantee:what-if.months')}</h3>
          <div
            className="month-bars"
            role="img"
            aria-label={found.months
              .map(each => `${format.month(`${each.month}-01`)} ${money(each.costMinor)}`)
              .join(', ')}
          >
            {found.months.map(each => (
              <i key={each.month} style={{ height: `${(100 * each.costMinor) / most}%` }} />
            ))}
          </div>
          <p className="small">
            {format.month(`${found.months[0]!.month}-01`)} – {format.month(`${found.months.at(-1)!.month}-01`)},{' '}
            {money(0)} – {money(most)}
          </p>
        </>
      ) : null}
      {found.worstDays.length > 0 ? (
        <>
          <h3>{t('guarantee:what-if.worst')}</h3>
          <ul className="facts">
            {found.worstDays.map(({ on, cases, broken }) => (
              <li key={on}>
                <span>{format.nearDay(on)}</span>
                <span className="figure">
                  {t('guarantee:what-if.day', { broken: format.number(broken), cases: format.number(cases) })}
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  )
}
