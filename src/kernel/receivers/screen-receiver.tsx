import { Button, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import {
  changeReceiver,
  closeReceiver,
  listReceiverDeliveries,
  listReceivers,
  type Receiver,
  tryReceiver,
} from './contract.ts'
import { Copy, Steps } from './screen-parts.tsx'
import { ChangeSecret } from './screen-secret.tsx'

/** One shop: its address, its secrets, what arrived last and what became of it. */
export function OpenReceiver({ receiver, close }: { receiver: Receiver; close: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asks, setAsks] = useState<'secret' | 'close'>()
  const refresh = [listReceivers, listReceiverDeliveries]
  const change = useDo(changeReceiver, { refresh })
  const attempt = useDo(tryReceiver, { refresh })
  const end = useDo(closeReceiver, { refresh })
  const { receiverId, name, system, counts, isPaused, lastRefusedAt } = receiver
  const params = { receiverId }
  return (
    <>
      <div className="shop-head">
        <h2>
          <span className="shop-mark" data-system={system} aria-hidden>
            {t(`receivers:system.${system}`).slice(0, 1)}
          </span>
          {name} {isPaused ? <em className="muted">{t('receivers:page.paused')}</em> : null}
        </h2>
        <div className="acts">
          <Button
            variant="default"
            loading={attempt.isPending}
            onClick={() => attempt.mutate({ params }, { onSuccess: () => showNotice(t('receivers:page.tried')) })}
          >
            {t('receivers:page.try')}
          </Button>
          <Button variant="default" onClick={() => setAsks('secret')}>
            {t('receivers:page.change-secret')}
          </Button>
          <Button variant="default" onClick={() => change.mutate({ params, body: { isPaused: !isPaused } })}>
            {t(isPaused ? 'receivers:page.resume' : 'receivers:page.pause')}
          </Button>
          <Button variant="subtle" onClick={() => setAsks('close')}>
            {t('receivers:page.close')}
          </Button>
        </div>
      </div>
      <Copy label={t('receivers:page.address')} text={location.origin + receiver.path} />
      <p className="small muted">
        {t('receivers:page.secrets')}:{' '}
        {receiver.secrets
          .map(({ end: last, endsAt }) =>
            endsAt ? `…${last} (${t('receivers:page.ends', { when: format.instant(endsAt) })})` : `…${last}`,
          )
          .join(' · ')}
      </p>
      {counts.refused > 0 && lastRefusedAt ? (
        <p className="shop-warning">
          {t('receivers:page.refused', {
            count: counts.refused,
            number: format.number(counts.refused),
            when: format.instant(lastRefusedAt),
          })}
        </p>
      ) : null}
      <Deliveries receiverId={receiverId} />
      <Steps system={system} />
      {asks === 'secret' ? <ChangeSecret receiver={receiver} close={() => setAsks(undefined)} /> : null}
      <Modal
        opened={asks === 'close'}
        onClose={() => setAsks(undefined)}
        title={t('receivers:page.close-title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <p>{t('receivers:page.close-text', { name })}</p>
        <div className="acts">
          <Button
            variant="filled"
            color="red"
            loading={end.isPending}
            onClick={() =>
              end.mutate(
                { params },
                {
                  onSuccess: () => {
                    showNotice(t('receivers:page.closed', { name }))
                    close()
                  },
                },
              )
            }
          >
            {t('receivers:page.close')}
          </Button>
          <Button variant="subtle" onClick={() => setAsks(undefined)}>
            {t('receivers:page.keep')}
          </Button>
        </div>
      </Modal>
    </>
  )
}

function Deliveries({ receiverId }: { receiverId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(listReceiverDeliveries, { params: { receiverId }, query: { limit: 50 } })
  return (
    <section>
      <h2>{t('receivers:page.deliveries')}</h2>
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">{t('receivers:page.no-deliveries')}</p>
          ) : (
            <div className="table-holder">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('receivers:page.when')}</th>
                    <th scope="col">{t('receivers:page.topic')}</th>
                    <th scope="col">{t('receivers:page.order')}</th>
                    <th scope="col">{t('receivers:page.outcome')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ deliveryId, receivedAt, topic, orderRef, outcome, reason, times }) => (
                    <tr key={deliveryId}>
                      <td>{format.instant(receivedAt)}</td>
                      <th scope="row">
                        <code>{topic}</code>
                      </th>
                      <td className="shop-order">{orderRef ?? '—'}</td>
                      <td>
                        <span className="shop-outcome" data-outcome={outcome}>
                          {t(`receivers:outcome.${outcome}`)}
                        </span>
                        <span className="muted small">
                          {reason
                            ? ` ${t(reason.replace('events:problem.', 'events:cause.') + (reason.startsWith('events:') ? '.title' : ''))}`
                            : ''}
                          {times > 1 ? ` · ${t('receivers:page.times', { number: format.number(times) })}` : ''}{' '}
                        </span>
                        {outcome === 'problem' ? (
                          <Link to="/data" search={{ tab: 'problems' }} className="link small">
                            {t('receivers:page.to-problems')}
                          </Link>
                        ) : null}
                      </td>
                    </tr>
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
