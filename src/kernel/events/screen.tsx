import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { latestEvents, unknownEvents } from './contract.ts'

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
                      <td>{whatOf(item) ?? t(`events:kind.${item.kind}`, { defaultValue: item.kind })}</td>
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
            <Names />
          </>
        )
      }
    </Answer>
  )
}

/** An event that is only known by its name is called by it. */
function whatOf({ kind, payload }: { kind: string; payload: Readonly<Record<string, unknown>> }): string | undefined {
  return kind === 'client.tracked' && typeof payload.name === 'string' ? payload.name : undefined
}

/** Events that are kept by their name: what they mean nobody has said yet, so it is listed instead of hidden. */
function Names() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(unknownEvents, {})
  if (!asked.data || asked.data.items.length === 0) return null
  return (
    <section className="names">
      <h2>{t('events:names.title')}</h2>
      <p className="muted">{t('events:names.text')}</p>
      <div className="table-holder">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('events:names.name')}</th>
              <th scope="col" className="right">
                {t('events:names.count')}
              </th>
              <th scope="col">{t('events:names.last')}</th>
              <th scope="col">{t('events:names.known')}</th>
            </tr>
          </thead>
          <tbody>
            {asked.data.items.map(({ name, count, lastAt, isInSpecification }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="right">{format.number(count)}</td>
                <td>{format.instant(lastAt)}</td>
                <td className="muted">{t(isInSpecification ? 'events:names.commerce' : 'events:names.own')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
