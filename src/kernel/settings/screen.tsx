import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { currencies, zones } from '../../../web/settings/currencies.ts'
import { readSession } from '../access/contract.ts'
import { languages } from '../locale/languages.ts'
import { type businessSettings, changeBusiness, readBusiness } from './contract.ts'

type Settings = z.infer<typeof businessSettings>

/** What the business says about itself: its name, the money it counts in, and what a day is. */
export function Business() {
  const asked = useAsk(readBusiness, {})
  return <Answer of={asked}>{value => <Form value={value} />}</Answer>
}

function Form({ value }: { value: Settings }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [draft, setDraft] = useState(value)
  const change = useDo(changeBusiness, { refresh: [readBusiness, readSession] })
  const set = (part: Partial<Settings>) => setDraft(before => ({ ...before, ...part }))
  const heavy = draft.zone !== value.zone || draft.currency !== value.currency
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
  }
  return (
    <form className="form" onSubmit={save}>
      <TextInput
        label={t('business.name')}
        required
        value={draft.name}
        maxLength={120}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <Select
        label={t('business.currency')}
        description={t('business.currency-hint')}
        data={currencies.map(code => ({ value: code, label: `${code} · ${format.currencyName(code)}` }))}
        searchable
        allowDeselect={false}
        value={draft.currency}
        onChange={currency => currency && set({ currency })}
      />
      <Select
        label={t('business.zone')}
        description={t('business.zone-hint')}
        data={zones}
        searchable
        allowDeselect={false}
        value={draft.zone}
        onChange={zone => zone && set({ zone })}
      />
      <Select
        label={t('business.language')}
        description={t('business.language-hint')}
        allowDeselect={false}
        data={languages.map(language => ({ value: language, label: language === 'en' ? 'English' : '中文' }))}
        value={draft.language}
        onChange={language => set({ language: language as Settings['language'] })}
      />
      {heavy ? <p className="note">{t('business.heavy')}</p> : null}
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
