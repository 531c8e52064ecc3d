import { Button, Select } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Consent,
  consentChannels,
  consentHistory,
  consentPurposes,
  consentWays,
  listConsents,
  noteConsent,
} from '#kernel/parties/contract.ts'
import { listPrivacyRequests, openPrivacyRequest, requestKinds } from '#kernel/privacy/contract.ts'
import { useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { showNotice } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { FoldedPanel } from './folded-panel.tsx'

const refresh = [listConsents, consentHistory]

/** What we may send somebody, one sentence for each way, and behind it everything that was ever said. */
export function ConsentPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const mayWrite = useMay('customers.write')
  const asked = useAsk(listConsents, { params: { partyId } })
  if (!asked.data) return null
  const channels = consentChannels.filter(channel =>
    asked.data!.items.some(item => item.channel === channel && item.at),
  )
  return (
    <FoldedPanel title={t('parties:consent-panel.title')} note={asked.data.items.filter(item => item.isGiven).length}>
      {channels.length === 0 ? <p className="muted">{t('parties:consent-panel.nothing')}</p> : null}
      <ul className="remembered">
        {channels.map(channel => (
          <Channel
            key={channel}
            partyId={partyId}
            mayWrite={mayWrite}
            items={asked.data!.items.filter(item => item.channel === channel && item.at)}
          />
        ))}
      </ul>
      <details className="folded">
        <summary>{t('parties:consent-panel.history')}</summary>
        <History partyId={partyId} />
      </details>
      {mayWrite ? (
        <details className="folded">
          <summary>{t('parties:consent-panel.note')}</summary>
          <Note partyId={partyId} />
          <AskForThem partyId={partyId} />
        </details>
      ) : null}
    </FoldedPanel>
  )
}

function Channel({ partyId, items, mayWrite }: { partyId: string; items: readonly Consent[]; mayWrite: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const withdraw = useDo(noteConsent, { refresh })
  const { channel } = items[0]!
  return (
    <>
      {items.map(item => {
        const state = !item.isGiven ? 'no' : item.confirmation === 'asked' ? 'asked' : 'yes'
        return (
          <li key={item.purpose}>
            {t(`parties:consent-panel.${state}`, {
              what: t(`parties:consent.${item.purpose}-${channel}`),
              day: format.day(format.dayOf(item.at!)),
            })}
            {item.isGiven && mayWrite ? (
              <Button
                size="compact-xs"
                variant="subtle"
                loading={withdraw.isPending}
                onClick={() =>
                  withdraw.mutate({
                    params: { partyId },
                    body: { channel, purpose: item.purpose, isGiven: false, way: 'in-person' },
                  })
                }
              >
                {t('parties:consent-panel.withdraw')}
              </Button>
            ) : null}
          </li>
        )
      })}
    </>
  )
}

function History({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(consentHistory, { params: { partyId } })
  if (!asked.data) return null
  if (asked.data.items.length === 0) return <p className="muted small">{t('parties:consent-panel.never')}</p>
  return (
    <ul className="remembered">
      {asked.data.items.map(item => (
        <li key={item.consentId}>
          {t(item.isGiven ? 'parties:consent-panel.gave' : 'parties:consent-panel.took-back', {
            what: t(`parties:consent.${item.purpose}-${item.channel}`),
          })}
          <p className="why">
            {[
              format.day(format.dayOf(item.at)),
              item.way ? t(`parties:consent-way.${item.way}`, { defaultValue: item.way }) : null,
              item.place,
              item.confirmation === 'none' ? null : t(`parties:consent-panel.${item.confirmation}-mark`),
              t('parties:consent-panel.version', { version: item.textVersion }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </li>
      ))}
    </ul>
  )
}

const waysAtDesk = consentWays.filter(way => way !== 'card' && way !== 'import' && way !== 'api')

function Note({ partyId }: { partyId: string }) {
  const { t, i18n } = useTranslation()
  const { items = [] } = useAsk(listConsents, { params: { partyId } }).data ?? {}
  const [what, setWhat] = useState('offers-sms')
  const [way, setWay] = useState<(typeof consentWays)[number]>('in-person')
  const note = useDo(noteConsent, { refresh })
  const save = (event: FormEvent) => {
    event.preventDefault()
    const [purpose, channel] = what.split('-') as [Consent['purpose'], Consent['channel']]
    note.mutate({ params: { partyId }, body: { channel, purpose, isGiven: true, way } })
  }
  const wording = items.find(item => `${item.purpose}-${item.channel}` === what)?.wording
  return (
    <form className="form" onSubmit={save}>
      <Select
        label={t('parties:consent-panel.what')}
        allowDeselect={false}
        data={consentPurposes.flatMap(purpose =>
          consentChannels.map(channel => ({
            value: `${purpose}-${channel}`,
            label: t(`parties:consent.${purpose}-${channel}`),
          })),
        )}
        value={what}
        onChange={value => setWhat(value ?? what)}
      />
      {wording ? (
        <figure className="wording">
          <figcaption className="muted small">{t('parties:consent-panel.read-out')}</figcaption>
          <blockquote>{i18n.language.startsWith('zh') ? wording.zh : wording.en}</blockquote>
        </figure>
      ) : null}
      <Select
        label={t('parties:consent-panel.way')}
        allowDeselect={false}
        data={waysAtDesk.map(each => ({ value: each, label: t(`parties:consent-way.${each}`) }))}
        value={way}
        onChange={value => setWay((value ?? way) as typeof way)}
      />
      <Button type="submit" size="xs" loading={note.isPending}>
        {t('parties:consent-panel.note-do')}
      </Button>
    </form>
  )
}

function AskForThem({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const open = useDo(openPrivacyRequest, { refresh: [listPrivacyRequests] })
  return (
    <div className="form">
      <h3>{t('privacy:panel')}</h3>
      {requestKinds.map(kind => (
        <Button
          key={kind}
          size="xs"
          variant="default"
          loading={open.isPending}
          onClick={() =>
            open.mutate(
              { body: { partyId, kind } },
              { onSuccess: request => showNotice(t('privacy:asked-now', { day: format.day(request.dueOn) })) },
            )
          }
        >
          {t(`privacy:ask-${kind}`)}
        </Button>
      ))}
    </div>
  )
}
