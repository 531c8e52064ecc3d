import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { eventProblems, latestEvents } from './contract.ts'

/** What arrives, as it arrives. */
export function Stream() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(latestEvents, { query: { limit: 50 } })
  return (
    <Answer of={asked}>
      {({ items, total }) =>
        items.length === 0 ? (
          <EmptyState title={t('stream.none')}>{t('stream.none-text')}</EmptyState>
        ) : (
          <>
            <p className="lead muted">
              <span className="pulse" aria-hidden /> {t('stream.lead', { count: total, number: format.number(total) })}
            </p>
            <div className="table-holder">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('stream.received')}</th>
                    <th scope="col">{t('stream.what')}</th>
                    <th scope="col">{t('stream.who')}</th>
                    <th scope="col">{t('stream.occurred')}</th>
                    <th scope="col">{t('stream.source')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(item => (
                    <tr key={item.eventId}>
                      <td>{format.clock(item.receivedAt)}</td>
                      <td>{t(`events:kind.${item.kind}`, { defaultValue: item.kind })}</td>
                      <th scope="row">
                        <Link to="." search={(previous: object) => ({ ...previous, person: item.partyId })}>
                          {item.partyName}
                        </Link>
                      </th>
                      <td>{format.instant(item.occurredAt)}</td>
                      <td className="muted">{t(`events:source.${item.sourceKind}`)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )
      }
    </Answer>
  )
}

/** What could not be taken in, kept with its reason. */
export function Problems() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(eventProblems, { query: { limit: 100 } })
  return (
    <Answer of={asked}>
      {({ items, total }) =>
        items.length === 0 ? (
          <EmptyState title={t('rejected.none')}>{t('rejected.none-text')}</EmptyState>
        ) : (
          <>
            <p className="lead muted">{t('rejected.lead', { count: total, number: format.number(total) })}</p>
            <ul className="rejected">
              {items.map(item => (
                <li key={item.problemId}>
                  <div>
                    <b>{t(item.code, { ...item.details, defaultValue: item.code })}</b>
                    <span className="muted small"> {format.instant(item.receivedAt)}</span>
                  </div>
                  <details>
                    <summary>{t('rejected.event')}</summary>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
                    <pre tabIndex={0}>{JSON.stringify(item.event, null, 2)}</pre>
                  </details>
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Answer>
  )
}
