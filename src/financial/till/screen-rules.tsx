import { Button, NumberInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { minorDigits } from '#kernel/locale/format.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { changeTill, readTill } from './contract.ts'
import type { TillRules } from './rules.ts'

/** How much points may pay, how long things are set aside, and what a till may risk without a line. */
export function TillSettings() {
  const asked = useAsk(readTill, {})
  return <Answer of={asked}>{({ rules, currency }) => <Form value={rules} currency={currency} />}</Answer>
}

const numbers = [
  { name: 'pointsPercent', from: 0, to: 100 },
  { name: 'leastPoints', from: 1, to: 1_000_000 },
  { name: 'holdMinutes', from: 1, to: 1440 },
  { name: 'floorPoints', from: 0, to: 10_000_000 },
] as const

function Form({ value, currency }: { value: TillRules; currency: string }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const change = useDo(changeTill, { refresh: [readTill] })
  const places = minorDigits(currency)
  const unit = 10 ** places
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
  }
  return (
    <form className="form" onSubmit={save}>
      <h2>{t('till:rules.title')}</h2>
      {numbers.map(({ name, from, to }) => (
        <NumberInput
          key={name}
          label={t(`till:rules.${name}`)}
          description={t(`till:rules.${name}-hint`)}
          min={from}
          max={to}
          allowDecimal={false}
          thousandSeparator=","
          value={draft[name]}
          onChange={number => typeof number === 'number' && setDraft({ ...draft, [name]: number })}
        />
      ))}
      <NumberInput
        label={t('till:rules.floorCreditMinor', { currency })}
        description={t('till:rules.floorCreditMinor-hint')}
        min={0}
        max={1_000_000_000 / unit}
        decimalScale={places}
        thousandSeparator=","
        value={draft.floorCreditMinor / unit}
        onChange={number =>
          typeof number === 'number' && setDraft({ ...draft, floorCreditMinor: Math.round(number * unit) })
        }
      />
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
