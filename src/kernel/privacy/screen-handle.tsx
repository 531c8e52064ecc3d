import { Button, Radio } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page } from '../../../web/kit/index.ts'
import {
  closePrivacyRequest,
  erase,
  listPrivacyRequests,
  type PrivacyRequest,
  previewErasure,
  readEverythingHeld,
  readPrivacyRequest,
  type settlements,
} from './contract.ts'
import { documentOf, Held } from './screen-held.tsx'
import './screen.css'

const refresh = [listPrivacyRequests, readPrivacyRequest, previewErasure]

/** One request, opened to be answered. */
export function Handle({ request }: { request: PrivacyRequest }) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = request.name ?? t('privacy:forgotten-person')
  return (
    <Page
      name={t('privacy:name')}
      title={t(request.kind === 'access' ? 'privacy:access-title' : 'privacy:erase-title', { name })}
      subtitle={`${t(`privacy:kind.${request.kind}`)} · ${t('privacy:column.due')}: ${format.day(request.dueOn)} · ${t(
        `privacy:state.${request.state}`,
      )}`}
      actions={
        <Link className="link" to="/privacy" search={{}}>
          {t('privacy:back')}
        </Link>
      }
    >
      {request.kind === 'access' ? <Access request={request} /> : <Erasure request={request} />}
    </Page>
  )
}

function Access({ request }: { request: PrivacyRequest }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const params = { partyId: request.partyId }
  const held = useAsk(readEverythingHeld, { params, query: { rows: 10 } })
  const whole = () => call(readEverythingHeld, { params, query: { rows: 10_000 } })
  const saveAsJson = async () =>
    save(`${request.requestId}.json`, 'application/json', JSON.stringify(await whole(), null, 2))
  const saveToRead = async () => {
    const { asOf, items } = await whole()
    const about = {
      title: t('privacy:access-title', { name: request.name ?? '' }),
      language: i18n.language,
      asOf: t('privacy:as-of', { when: format.instant(asOf) }),
    }
    save(`${request.requestId}.html`, 'text/html', documentOf(t, format, about, items))
  }
  return (
    <Answer of={held}>
      {data => (
        <>
          <p>
            {t('privacy:access-text', {
              rows: data.items.reduce((sum, each) => sum + each.total, 0),
              tables: data.items.length,
            })}
          </p>
          <div className="acts">
            <Button variant="filled" onClick={() => void saveToRead()}>
              {t('privacy:document')}
            </Button>
            <Button onClick={() => void saveAsJson()}>{t('privacy:download')}</Button>
            <Close request={request} />
          </div>
          <Held items={data.items} />
        </>
      )}
    </Answer>
  )
}

function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

function Close({ request }: { request: PrivacyRequest }) {
  const { t } = useTranslation()
  const close = useDo(closePrivacyRequest, { refresh })
  if (request.state !== 'open') return null
  const params = { requestId: request.requestId }
  return (
    <>
      {request.kind === 'access' ? (
        <Button
          variant="default"
          loading={close.isPending}
          onClick={() => close.mutate({ params, body: { state: 'done' } })}
        >
          {t('privacy:hand-over')}
        </Button>
      ) : null}
      <Button
        variant="subtle"
        loading={close.isPending}
        onClick={() => close.mutate({ params, body: { state: 'declined' } })}
      >
        {t('privacy:decline')}
      </Button>
    </>
  )
}

function Erasure({ request }: { request: PrivacyRequest }) {
  const { t } = useTranslation()
  if (request.state === 'working') return <p role="status">{t('privacy:working')}</p>
  if (request.state === 'declined') return null
  if (request.state === 'done')
    return (
      <>
        <p role="status">
          {t('privacy:erased', { rows: request.rowsForgotten ?? 0, seconds: request.secondsTaken ?? 0 })}
        </p>
        <p className="muted">{t('privacy:backups')}</p>
      </>
    )
  return <Decide request={request} />
}

function Decide({ request }: { request: PrivacyRequest }) {
  const { t } = useTranslation()
  const params = { requestId: request.requestId }
  const preview = useAsk(previewErasure, { params })
  const forget = useDo(erase, { refresh })
  const [settlement, setSettlement] = useState<(typeof settlements)[number] | null>(null)
  return (
    <Answer of={preview}>
      {data => {
        const isDecided = data.settlements.length === 0 || settlement !== null
        return (
          <>
            <p>{t('privacy:erase-text')}</p>
            <div className="privacy-sides">
              <Rows title={t('privacy:goes')} items={data.goes} />
              <Rows title={t('privacy:stays')} items={data.stays} />
            </div>
            {data.owed.length > 0 ? <Owed items={data.owed} /> : null}
            {data.settlements.length > 0 ? (
              <Radio.Group value={settlement} onChange={value => setSettlement(value as typeof settlement)}>
                {data.settlements.map(each => (
                  <Radio key={each} value={each} label={t(`privacy:settlement.${each}`)} />
                ))}
              </Radio.Group>
            ) : null}
            {data.obstacles.map(each => (
              <p key={each} role="alert" className="bad">
                {t(each)}
              </p>
            ))}
            <p>
              <b>{t('privacy:erase-sure')}</b> <span className="muted">{t('privacy:backups')}</span>
            </p>
            <div className="acts">
              <Button
                variant="filled"
                color="red"
                disabled={!isDecided || data.obstacles.length > 0}
                loading={forget.isPending}
                onClick={() => forget.mutate({ params, body: { ...(settlement && { settlement }) } })}
              >
                {t('privacy:erase-do')}
              </Button>
              <Close request={request} />
            </div>
          </>
        )
      }}
    </Answer>
  )
}

/** By room, in the words of the page: whoever decides need not know our tables. */
function Rows({ title, items }: { title: string; items: readonly { room: string; rows: number }[] }) {
  const { t } = useTranslation()
  const rooms = [...Map.groupBy(items, each => each.room)].map(([room, rows]) => ({
    room,
    rows: rows.reduce((sum, each) => sum + each.rows, 0),
  }))
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className="facts">
        {rooms.map(({ room, rows }) => (
          <li key={room}>
            <span>{t(`privacy:room.${room}`, { defaultValue: room })}</span>
            <span>{t('privacy:rows', { count: rows })}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Owed({ items }: { items: readonly { asset: string; amount: number }[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section aria-label={t('privacy:owed')}>
      <h2>{t('privacy:owed')}</h2>
      <ul className="facts">
        {items.map(({ asset, amount }) => (
          <li key={asset}>
            {asset === 'points'
              ? t('privacy:owed-points', { count: amount })
              : asset.startsWith('money:')
                ? t('privacy:owed-money', { amount: format.exactMoney(amount, asset.slice(6)) })
                : t('privacy:owed-other', { count: amount, asset })}
          </li>
        ))}
      </ul>
    </section>
  )
}
