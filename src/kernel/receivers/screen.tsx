import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { listReceivers, type Receiver } from './contract.ts'
import { ConnectShop } from './screen-connect.tsx'
import { OpenReceiver } from './screen-receiver.tsx'
import './screen.css'

/** The shops that tell us by themselves: a list, one opened, or a new one. */
export function Receive() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { open } = useSearch({ from: '/shell/webhooks' })
  const asked = useAsk(listReceivers, {})
  const go = (to?: string) =>
    void navigate({ to: '/webhooks', search: { tab: 'receive', ...(to !== undefined && { open: to }) } })
  return (
    <Answer of={asked}>
      {({ items }) => {
        const opened = items.find(({ receiverId }) => receiverId === open)
        if (open === 'new') return <ConnectShop done={go} />
        if (opened) return <OpenReceiver key={opened.receiverId} receiver={opened} close={() => go()} />
        const add = (
          <Button variant="filled" size="sm" onClick={() => go('new')}>
            {t('receivers:page.add')}
          </Button>
        )
        if (items.length === 0) {
          return (
            <EmptyState title={t('receivers:page.none')} actions={add}>
              {t('receivers:page.none-text')}
            </EmptyState>
          )
        }
        return (
          <>
            <p className="lead muted">{t('receivers:page.lead')}</p>
            <ul className="shops">
              {items.map(receiver => (
                <Shop key={receiver.receiverId} receiver={receiver} open={() => go(receiver.receiverId)} />
              ))}
            </ul>
            {add}
          </>
        )
      }}
    </Answer>
  )
}

function Shop({ receiver, open }: { receiver: Receiver; open: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { counts, lastReceivedAt, isPaused } = receiver
  return (
    <li>
      <button type="button" onClick={open}>
        <span className="shop-mark" data-system={receiver.system} aria-hidden>
          {t(`receivers:system.${receiver.system}`).slice(0, 1)}
        </span>
        <span>
          <b>{receiver.name}</b>
          <small className="muted">{t(`receivers:system.${receiver.system}`)}</small>
        </span>
        <span className="muted small">
          {isPaused
            ? t('receivers:page.paused')
            : lastReceivedAt
              ? t('receivers:page.last', { when: format.instant(lastReceivedAt) })
              : t('receivers:page.never')}
        </span>
        <span className="small">
          {t('receivers:page.count', { taken: format.number(counts.taken) })}
          {counts.problem > 0 ? (
            <em className="bad">
              {t('receivers:page.count-problem', { count: counts.problem, number: format.number(counts.problem) })}
            </em>
          ) : null}
        </span>
      </button>
    </li>
  )
}
