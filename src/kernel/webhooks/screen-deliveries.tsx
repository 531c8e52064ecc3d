import { Button, SegmentedControl } from '@mantine/core'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import {
  type Attempt,
  type Delivery,
  deliveryStates,
  type Endpoint,
  listDeliveries,
  listWebhooks,
  readDelivery,
  retryDelivery,
} from './contract.ts'

/** What was sent, newest first; each line opens to the very body and every answer. */
export function Deliveries({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [state, setState] = useState<'all' | Delivery['state']>('all')
  const [openId, setOpenId] = useState<string>()
  const asked = useAsk(
    listDeliveries,
    {
      params: { endpointId: endpoint.endpointId },
      query: { limit: 50, ...(state !== 'all' && { state }) },
    },
    { keep: true },
  )
  return (
    <section>
      <div className="webhooks-head">
        <h3>{t('webhooks:deliveries')}</h3>
        <SegmentedControl
          size="xs"
          aria-label={t('webhooks:state')}
          value={state}
          onChange={value => setState(value as typeof state)}
          data={(['all', ...deliveryStates] as const).map(value => ({ value, label: t(`webhooks:delivery.${value}`) }))}
        />
      </div>
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted lead">{t('webhooks:deliveries-none')}</p>
          ) : (
            <div className="table-holder">
              <table className="table table-stacked webhooks">
                <thead>
                  <tr>
                    <th scope="col">{t('webhooks:sent')}</th>
                    <th scope="col">{t('webhooks:kind')}</th>
                    <th scope="col">{t('webhooks:state')}</th>
                    <th scope="col" className="right">
                      {t('webhooks:attempts')}
                    </th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {items.map(each => (
                    <Fragment key={each.messageId}>
                      <tr>
                        <td className="nowrap" data-label={t('webhooks:sent')}>
                          {format.instant(each.createdAt)}
                        </td>
                        <th scope="row">
                          <code>{each.kind}</code>
                        </th>
                        <td data-label={t('webhooks:state')}>
                          <How of={each} />
                        </td>
                        <td className="right numbers" data-label={t('webhooks:attempts')}>
                          {format.number(each.attempts)}
                        </td>
                        <td className="right table-acts">
                          <Button
                            variant="subtle"
                            size="compact-sm"
                            aria-expanded={openId === each.messageId}
                            aria-label={t('webhooks:show-of', {
                              kind: each.kind,
                              when: format.instant(each.createdAt),
                            })}
                            onClick={() => setOpenId(openId === each.messageId ? undefined : each.messageId)}
                          >
                            {t(openId === each.messageId ? 'webhooks:hide' : 'webhooks:show')}
                          </Button>
                        </td>
                      </tr>
                      {openId === each.messageId ? (
                        <tr className="webhooks-detail">
                          <td colSpan={5}>
                            <Detail endpoint={endpoint} messageId={each.messageId} />
                          </td>
                        </tr>
                      ) : null}
                    </Fragment>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answer>
    </section>
  )
}

function How({ of: { state, fault, status, nextAt } }: { of: Delivery }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (state === 'delivered') return <span className="good">{t('webhooks:delivery.delivered')}</span>
  const why = fault ? t(`webhooks:fault.${fault}`, { status: status ?? '' }) : ''
  if (state === 'failed') return <span className="bad">{why || t('webhooks:delivery.failed')}</span>
  return (
    <span className={fault ? 'warn' : 'muted'}>
      {why}
      {why && nextAt ? ' · ' : ''}
      {nextAt && fault ? t('webhooks:next', { when: format.instant(nextAt) }) : null}
      {fault ? null : t('webhooks:delivery.waiting')}
    </span>
  )
}

function Detail({ endpoint, messageId }: { endpoint: Endpoint; messageId: string }) {
  const { t } = useTranslation()
  const params = { endpointId: endpoint.endpointId, messageId }
  const asked = useAsk(readDelivery, { params })
  const retry = useDo(retryDelivery, { refresh: [listDeliveries, readDelivery, listWebhooks] })
  return (
    <Answer of={asked}>
      {({ delivery, body, items }) => (
        <>
          <p className="small muted">
            webhook-id: <code>{messageId}</code>
          </p>
          <h4>{t('webhooks:request')}</h4>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{pretty(body)}</pre>
          {items.map(each => (
            <Answered key={each.attempt} attempt={each} />
          ))}
          {delivery.kind !== 'webhook.test' && endpoint.state === 'active' ? (
            <Button size="xs" onClick={() => retry.mutate({ params, body: {} })} loading={retry.isPending}>
              {t('webhooks:retry')}
            </Button>
          ) : null}
        </>
      )}
    </Answer>
  )
}

function Answered({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      <h4>
        {t('webhooks:attempt', { number: attempt.attempt })}{' '}
        <span className={attempt.fault ? 'bad' : 'good'}>
          {attempt.fault
            ? t(`webhooks:fault.${attempt.fault}`, { status: attempt.status ?? '' })
            : t('webhooks:taken', { status: attempt.status })}
        </span>{' '}
        <span className="muted small">
          {format.instant(attempt.at)} · {format.number(attempt.milliseconds)} ms
        </span>
      </h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {attempt.answer ? <pre tabIndex={0}>{attempt.answer}</pre> : null}
    </>
  )
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
