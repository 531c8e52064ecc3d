import { Button, CopyButton, Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CardAccess, endCardAccess, makeCardCode, makeCardLink, readCardAccess } from '#kernel/access/contract.ts'
import { useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { Qr } from '../member/qr.tsx'
import { showNotice } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { currentWorld } from '../world.ts'
import './card-panel.css'
import { FoldedPanel } from './folded-panel.tsx'

/** The card that a customer carries on the phone: where it is open, and how they get it. */
export function CardPanel({ partyId, name }: { partyId: string; name: string }) {
  const { t } = useTranslation()
  const mayChange = useMay('customers.write')
  const access = useAsk(readCardAccess, { params: { partyId } }, { enabled: mayChange })
  if (!mayChange || !access.data) return null
  return (
    <FoldedPanel title={t('access:card.title')} note={access.data.devices.length} isUrgent={access.data.code !== null}>
      <Devices access={access.data} />
      {access.data.code ? <Code code={access.data.code} /> : null}
      <div className="card-panel-acts">
        <Link partyId={partyId} name={name} />
        {access.data.code ? null : <MakeCode partyId={partyId} />}
        {access.data.devices.length > 0 || access.data.link ? <End partyId={partyId} /> : null}
      </div>
    </FoldedPanel>
  )
}

function Devices({ access: { devices, link } }: { access: CardAccess }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      {devices.length === 0 ? (
        <p className="muted">{t('access:card.none')}</p>
      ) : (
        <>
          <p>{t('access:card.devices', { count: devices.length, number: format.number(devices.length) })}</p>
          <ul className="facts">
            {devices.slice(0, 5).map(device => (
              <li key={device.beganAt}>
                <span>{t(`access:card.begun-${device.begunBy}`)}</span>
                <span className="muted">
                  {t('access:card.seen', { at: format.nearDay(format.dayOf(device.seenAt)) })}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {link ? (
        <p className="muted small">
          {t('access:card.link-waits', { day: format.nearDay(format.dayOf(link.expiresAt)) })}
        </p>
      ) : null}
    </>
  )
}

function Link({ partyId, name }: { partyId: string; name: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setIsOpen] = useState(false)
  const make = useDo(makeCardLink, { refresh: [readCardAccess] })
  const link = make.data && location.origin + make.data.path
  return (
    <>
      <Button
        size="xs"
        loading={make.isPending}
        onClick={() => make.mutate({ params: { partyId } }, { onSuccess: () => setIsOpen(true) })}
      >
        {t('access:card.link-do')}
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={t('access:card.link-title', { name })} centered>
        {link && make.data ? (
          <>
            <div className="card-qr">
              <Qr text={link} label={t('access:card.qr')} />
            </div>
            <p className="card-link">{link}</p>
            <p className="muted small">
              {t('access:card.link-hint', { day: format.nearDay(format.dayOf(make.data.expiresAt)) })}
            </p>
            <div className="card-panel-acts">
              <CopyButton value={link}>
                {({ copy, copied }) => (
                  <Button size="xs" variant="filled" onClick={copy}>
                    {t(copied ? 'access:card.copied' : 'access:card.copy')}
                  </Button>
                )}
              </CopyButton>
            </div>
          </>
        ) : null}
      </Modal>
    </>
  )
}

function MakeCode({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const make = useDo(makeCardCode, { refresh: [readCardAccess] })
  return (
    <Button size="xs" loading={make.isPending} onClick={() => make.mutate({ params: { partyId } })}>
      {t('access:card.code-do')}
    </Button>
  )
}

/** Also what the customer asked for on their phone: nothing sends codes yet, so a person reads it out. */
function Code({ code: { code, expiresAt } }: { code: NonNullable<CardAccess['code']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const address = `${location.host}/card${currentWorld() === 'demo' ? '?world=demo' : ''}`
  return (
    <div role="status">
      <p className="card-code">
        <span className="visually-hidden">{t('access:card.code')}: </span>
        {code.slice(0, 3)} {code.slice(3)}
      </p>
      <p className="small">{t('access:card.code')}</p>
      <p className="muted small">
        {t('access:card.code-hint', { address, time: format.clock(expiresAt).slice(0, 5) })}
      </p>
    </div>
  )
}

function End({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const [isAsking, setIsAsking] = useState(false)
  const end = useDo(endCardAccess, { refresh: [readCardAccess] })
  const done = () => {
    setIsAsking(false)
    showNotice(t('access:card.ended'))
  }
  return (
    <>
      <Button size="xs" onClick={() => setIsAsking(true)}>
        {t('access:card.end-do')}
      </Button>
      <Modal opened={isAsking} onClose={() => setIsAsking(false)} title={t('access:card.end-do')} centered>
        <p>{t('access:card.end-sure')}</p>
        <div className="card-panel-acts">
          <Button
            size="xs"
            variant="filled"
            loading={end.isPending}
            onClick={() => end.mutate({ params: { partyId } }, { onSuccess: done })}
          >
            {t('access:card.end-do')}
          </Button>
        </div>
      </Modal>
    </>
  )
}
