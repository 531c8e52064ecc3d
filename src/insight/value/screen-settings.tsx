import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core'
import { Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { offerUndo, showNotice } from '../../../web/notices.tsx'
import {
  assumedMarginShare,
  changeValueSettings,
  type MarginRule,
  readValue,
  readValueSettings,
  type ValueSettings,
} from './contract.ts'

/** What is left of a sale, what later money is worth, what winning a customer costs. */
export function ValueSettingsForm({ currency }: { currency: string }) {
  const { t } = useTranslation()
  const asked = useAsk(readValueSettings, {})
  // Kept here and not in the form, which begins anew with what was saved while its notice still offers the way back.
  const change = useDo(changeValueSettings, { refresh: [readValueSettings, readValue] })
  const save = (body: ValueSettings, before: ValueSettings) =>
    change.mutate(
      { body },
      {
        onSuccess: () =>
          offerUndo(t('value:settings.changed'), () =>
            change.mutate({ body: before }, { onSuccess: () => showNotice(t('value:settings.undone')) }),
          ),
      },
    )
  return (
    <div className="reading-width">
      <Answer of={asked}>
        {value => (
          <Form
            key={JSON.stringify(value)}
            value={value}
            currency={currency}
            isSaving={change.isPending}
            save={body => save(body, value)}
          />
        )}
      </Answer>
    </div>
  )
}

type Draft = MarginRule & { draftId: string }

let draftsMade = 0
const drafted = (rule: MarginRule): Draft => ({ ...rule, draftId: `draft-${++draftsMade}` })

/** Per cent as people type it, or nothing. */
const percent = (share: number | null) => (share === null ? '' : Math.round(share * 1000) / 10)
const shareOf = (typed: string | number) => (typed === '' ? null : Math.min(1, Math.max(0, Number(typed) / 100)))

function Form({
  value,
  currency,
  isSaving,
  save,
}: {
  value: ValueSettings
  currency: string
  isSaving: boolean
  save: (settings: ValueSettings) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const unit = 10 ** format.digits(currency)
  const [marginShare, setMarginShare] = useState(value.marginShare)
  const [discount, setDiscount] = useState(value.annualDiscountShare)
  const [acquisitionMinor, setAcquisition] = useState(value.acquisitionMinor)
  const [rules, setRules] = useState<Draft[]>(value.margins.map(drafted))
  const set = (draftId: string, part: Partial<MarginRule>) =>
    setRules(before => before.map(rule => (rule.draftId === draftId ? { ...rule, ...part } : rule)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save({
      marginShare,
      annualDiscountShare: discount,
      acquisitionMinor,
      margins: rules.map(({ draftId: _, ...rule }) => rule),
    })
  }
  return (
    <form className="form form-wide" onSubmit={submit}>
      <h2>{t('value:settings.margin')}</h2>
      <NumberInput
        className="value-field"
        label={t('value:settings.margin-label')}
        description={t('value:settings.margin-hint', { share: format.percent(assumedMarginShare) })}
        min={0}
        max={100}
        decimalScale={1}
        suffix=" %"
        value={percent(marginShare)}
        onChange={typed => setMarginShare(shareOf(typed))}
      />
      <NumberInput
        className="value-field"
        label={t('value:settings.discount')}
        description={t('value:settings.discount-hint')}
        min={1}
        max={100}
        decimalScale={1}
        suffix=" %"
        value={percent(discount)}
        onChange={typed => setDiscount(Math.max(0.01, shareOf(typed) ?? 0.1))}
      />
      <NumberInput
        className="value-field"
        label={t('value:settings.acquisition')}
        description={t('value:settings.acquisition-hint')}
        min={0}
        decimalScale={format.digits(currency)}
        thousandSeparator=","
        suffix={` ${currency}`}
        value={acquisitionMinor === null ? '' : acquisitionMinor / unit}
        onChange={typed => setAcquisition(typed === '' ? null : Math.round(Number(typed) * unit))}
      />
      <h2>{t('value:settings.rules')}</h2>
      <p className="muted small">{t('value:settings.rules-hint')}</p>
      {rules.map(rule => (
        <div key={rule.draftId} className="value-rule">
          <Select
            label={t('value:settings.rule-kind')}
            allowDeselect={false}
            data={(['category', 'sku'] as const).map(kind => ({
              value: kind,
              label: t(`value:settings.rule-${kind}`),
            }))}
            value={rule.kind}
            onChange={kind => set(rule.draftId, { kind: kind as MarginRule['kind'] })}
          />
          <TextInput
            label={t('value:settings.rule-value')}
            required
            value={rule.value}
            onChange={event => set(rule.draftId, { value: event.currentTarget.value })}
          />
          <NumberInput
            label={t('value:settings.rule-share')}
            min={0}
            max={100}
            decimalScale={1}
            value={percent(rule.marginShare)}
            onChange={typed => set(rule.draftId, { marginShare: shareOf(typed) ?? 0 })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('value:settings.rule-remove', { name: rule.value })}
            onClick={() => setRules(before => before.filter(other => other.draftId !== rule.draftId))}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </div>
      ))}
      <div className="acts">
        <Button
          onClick={() =>
            setRules(before => [
              ...before,
              drafted({ kind: 'category', value: '', marginShare: marginShare ?? assumedMarginShare }),
            ])
          }
        >
          {t('value:settings.rule-add')}
        </Button>
        <Button type="submit" variant="filled" loading={isSaving}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
