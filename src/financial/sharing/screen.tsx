import { Button, NumberInput, Switch } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { changeSharing, readSharing, type SharingSettings } from './contract.ts'

/** What customers may give each other and spend together, and within which limits. */
export function SharingLimits() {
  const asked = useAsk(readSharing, {})
  return <Answer of={asked}>{value => <Form value={value} />}</Answer>
}

const ofGifts = [
  { name: 'smallest', from: 1, to: 1e9 },
  { name: 'mostPerDay', from: 1, to: 1e9 },
  { name: 'giftsPerDay', from: 1, to: 1000 },
  { name: 'onwardDays', from: 0, to: 365 },
  { name: 'linkDays', from: 1, to: 90 },
  { name: 'coolingOffHours', from: 0, to: 720 },
] as const
const ofHouseholds = [
  { name: 'mostMembers', from: 2, to: 50 },
  { name: 'invitationDays', from: 1, to: 90 },
] as const

function Form({ value }: { value: SharingSettings }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const change = useDo(changeSharing, { refresh: [readSharing] })
  const { gifts, households } = draft
  const setGifts = (part: Partial<SharingSettings['gifts']>) => setDraft({ ...draft, gifts: { ...gifts, ...part } })
  const setHouseholds = (part: Partial<SharingSettings['households']>) =>
    setDraft({ ...draft, households: { ...households, ...part } })
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
  }
  return (
    <form className="form" onSubmit={save}>
      <h2>{t('sharing:limits.gifts')}</h2>
      <Switch
        label={t('sharing:limits.gifts-on')}
        checked={gifts.isActive}
        onChange={event => setGifts({ isActive: event.currentTarget.checked })}
      />
      {ofGifts.map(({ name, from, to }) => (
        <NumberInput
          key={name}
          label={t(`sharing:limits.${name}`)}
          min={from}
          max={to}
          allowDecimal={false}
          thousandSeparator=","
          disabled={!gifts.isActive}
          value={gifts[name]}
          onChange={number => typeof number === 'number' && setGifts({ [name]: number })}
        />
      ))}
      <h2>{t('sharing:limits.households')}</h2>
      <Switch
        label={t('sharing:limits.households-on')}
        checked={households.isActive}
        onChange={event => setHouseholds({ isActive: event.currentTarget.checked })}
      />
      {ofHouseholds.map(({ name, from, to }) => (
        <NumberInput
          key={name}
          label={t(`sharing:limits.${name}`)}
          min={from}
          max={to}
          allowDecimal={false}
          disabled={!households.isActive}
          value={households[name]}
          onChange={number => typeof number === 'number' && setHouseholds({ [name]: number })}
        />
      ))}
      <NumberInput
        label={t('sharing:limits.pool-per-day')}
        description={t('sharing:limits.pool-per-day-hint')}
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        disabled={!households.isActive}
        value={households.mostPerDay ?? ''}
        onChange={number => setHouseholds({ mostPerDay: typeof number === 'number' ? number : null })}
      />
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
