import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page } from '../../../web/kit/index.ts'
import { listPrivacyRequests, type PrivacyRequest } from './contract.ts'
import { Handle } from './screen-handle.tsx'

/** Who asked to see their data or to be forgotten, those due soonest first; one of them opened to be answered. */
export function PrivacyPage() {
  const { t } = useTranslation()
  const { open } = useSearch({ from: '/shell/privacy' })
  const asked = useAsk(listPrivacyRequests, {})
  const request = asked.data?.items.find(each => each.requestId === open)
  if (request) return <Handle request={request} />
  const count = asked.data?.open ?? 0
  return (
    <Page
      name={t('privacy:name')}
      title={asked.data ? t('privacy:count', { count }) : t('privacy:title')}
      subtitle={t('privacy:subtitle')}
    >
      <Answer of={asked}>
        {data =>
          data.items.length === 0 ? (
            <EmptyState title={t('privacy:empty')}>{t('privacy:empty-text')}</EmptyState>
          ) : (
            <Requests items={data.items} />
          )
        }
      </Answer>
    </Page>
  )
}

function Requests({ items }: { items: readonly PrivacyRequest[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  return (
    <div className="table-holder">
      <table className="table table-stacked">
        <thead>
          <tr>
            {(['who', 'what', 'asked', 'due', 'state'] as const).map(column => (
              <th key={column} scope="col">
                {t(`privacy:column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(each => (
            <tr key={each.requestId}>
              <th scope="row">
                <button
                  type="button"
                  className="link"
                  onClick={() => void navigate({ to: '/privacy', search: { open: each.requestId } })}
                >
                  {each.name ?? t('privacy:forgotten-person')}
                </button>
              </th>
              <td data-label={t('privacy:column.what')}>{t(`privacy:kind.${each.kind}`)}</td>
              <td data-label={t('privacy:column.asked')}>
                <span>
                  {format.nearDay(format.dayOf(each.askedAt))}{' '}
                  <small className="muted">{t(`privacy:asked-by.${each.askedBy}`)}</small>
                </span>
              </td>
              <td data-label={t('privacy:column.due')}>
                <span>
                  {format.nearDay(each.dueOn)} {each.isOverdue ? <b className="bad">{t('privacy:overdue')}</b> : null}
                </span>
              </td>
              <td data-label={t('privacy:column.state')}>
                <span>
                  {t(`privacy:state.${each.state}`)}{' '}
                  {each.handledBy ? <small className="muted">{each.handledBy}</small> : null}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
