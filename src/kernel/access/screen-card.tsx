import { Button, NumberInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { type CardSettings, changeCardSettings, readCardSettings } from './contract.ts'

/** How long a link opens a customer's card, and how long the card then stays open on their phone. */
export function MemberCardSettings() {
  const asked = useAsk(readCardSettings, {})
  return <Answer of={asked}>{value => <Form value={value} />}</Answer>
}

function Form({ value }: { value: CardSettings }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const change = useDo(changeCardSettings, { refresh: [readCardSettings] })
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
  }
  return (
    <form className="form" onSubmit={save}>
      <h2>{t('limits.card')}</h2>
      <NumberInput
        label={t('limits.card-link-days')}
        description={t('limits.card-link-days-hint')}
        min={1}
        max={365}
        allowDecimal={false}
        value={draft.linkDays}
        onChange={days => typeof days === 'number' && setDraft({ ...draft, linkDays: days })}
      />
      <NumberInput
        label={t('limits.card-session-days')}
        description={t('limits.card-session-days-hint')}
        min={1}
        max={400}
        allowDecimal={false}
        value={draft.sessionDays}
        onChange={days => typeof days === 'number' && setDraft({ ...draft, sessionDays: days })}
      />
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
