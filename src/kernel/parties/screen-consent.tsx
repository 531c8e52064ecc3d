import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import {
  type ConsentSettings,
  changeConsentSettings,
  consentChannels,
  consentPurposes,
  readConsentSettings,
} from './contract.ts'

/** The wordings that people agree to: each stays for ever under its name, in both languages, and a new one stands beside it. */
export function ConsentWordings() {
  const asked = useAsk(readConsentSettings, {})
  return <Answer of={asked}>{value => <Wordings key={value.texts.length} value={value} />}</Answer>
}

type Text = ConsentSettings['texts'][number]

const nothing: Omit<Text, 'version'> = { en: '', zh: '', fromOn: '', purpose: null, channel: null }

function Wordings({ value }: { value: ConsentSettings }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(nothing)
  const change = useDo(changeConsentSettings, { refresh: [readConsentSettings] })
  const write = (body: ConsentSettings) =>
    change.mutate(
      { body },
      {
        onSuccess: () => {
          setDraft(nothing)
          showNotice(t('saved'))
        },
      },
    )
  const add = (event: FormEvent) => {
    event.preventDefault()
    write({ ...value, texts: [...value.texts, { version: versionFor(draft.fromOn, value), ...draft }] })
  }
  return (
    <div className="reading-width">
      <p className="lead">{t('parties:wording.about')}</p>
      <ol className="wordings">
        {value.texts
          .toSorted((one, other) => (one.fromOn < other.fromOn ? 1 : -1))
          .map(text => (
            <Wording key={text.version} text={text} />
          ))}
      </ol>
      <form className="form" onSubmit={add}>
        <h2>{t('parties:wording.new')}</h2>
        {(['en', 'zh'] as const).map(language => (
          <Textarea
            key={language}
            label={t(`parties:wording.${language}`)}
            required
            autosize
            minRows={2}
            maxLength={2000}
            lang={language}
            value={draft[language]}
            onChange={event => setDraft({ ...draft, [language]: event.currentTarget.value })}
          />
        ))}
        <Select
          label={t('parties:wording.purpose')}
          placeholder={t('parties:wording.any-purpose')}
          clearable
          data={consentPurposes.map(each => ({ value: each, label: t(`parties:wording.for-${each}`) }))}
          value={draft.purpose}
          onChange={purpose => setDraft({ ...draft, purpose })}
        />
        <Select
          label={t('parties:wording.channel')}
          placeholder={t('parties:wording.any-channel')}
          clearable
          data={consentChannels.map(each => ({ value: each, label: t(`parties:wording.by-${each}`) }))}
          value={draft.channel}
          onChange={channel => setDraft({ ...draft, channel })}
        />
        <TextInput
          type="date"
          label={t('parties:wording.from')}
          required
          value={draft.fromOn}
          onChange={event => setDraft({ ...draft, fromOn: event.currentTarget.value })}
        />
        <p className="muted small">{t('parties:wording.for-ever')}</p>
        <Button type="submit" variant="filled" loading={change.isPending}>
          {t('parties:wording.add')}
        </Button>
      </form>
      <div className="form">
        <h2>{t('parties:wording.twice')}</h2>
        <p className="muted small">{t('parties:wording.twice-hint')}</p>
        {consentChannels.map(channel => (
          <Checkbox
            key={channel}
            label={t(`parties:wording.by-${channel}`)}
            checked={value.doubleOptIn.includes(channel)}
            disabled={change.isPending}
            onChange={event =>
              write({
                ...value,
                doubleOptIn: consentChannels.filter(each =>
                  each === channel ? event.currentTarget.checked : value.doubleOptIn.includes(each),
                ),
              })
            }
          />
        ))}
      </div>
    </div>
  )
}

function Wording({ text }: { text: Text }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <li>
      <h3>{t('parties:wording.since', { version: text.version, day: format.day(text.fromOn) })}</h3>
      {text.purpose === null && text.channel === null ? null : (
        <p className="muted small">
          {[
            text.purpose ? t(`parties:wording.for-${text.purpose}`) : t('parties:wording.any-purpose'),
            text.channel ? t(`parties:wording.by-${text.channel}`) : t('parties:wording.any-channel'),
          ].join(' · ')}
        </p>
      )}
      <p lang="en">{text.en}</p>
      <p lang="zh-CN">{text.zh}</p>
    </li>
  )
}

/** The day from which it holds names it; a second one of that day is numbered. Example: 2026-12-01, then 2026-12-01.2 */
function versionFor(fromOn: string, { texts }: ConsentSettings): string {
  const known = new Set(texts.map(text => text.version))
  for (let number = 1; ; number++) {
    const version = number === 1 ? fromOn : `${fromOn}.${number}`
    if (!known.has(version)) return version
  }
}
