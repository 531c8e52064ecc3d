import { MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Campaign, EarningRule, ItemMatch } from './contract.ts'

/** The fields of one way to earn. */
export function EarningFields({
  rule,
  unit,
  currency,
  categories,
  onChange,
}: {
  rule: EarningRule
  unit: number
  currency: string
  categories: readonly string[]
  onChange: (rule: EarningRule) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = (label: string, minor: number, change: (minor: number) => void) => (
    <NumberInput
      label={label}
      min={0}
      decimalScale={format.digits(currency)}
      thousandSeparator=","
      suffix={` ${currency}`}
      value={minor / unit}
      onChange={value => change(Math.max(1, Math.round(Number(value) * unit)))}
    />
  )
  return (
    <div className="rule-fields">
      <NumberInput
        label={t('points:edit.points')}
        min={1}
        max={1_000_000}
        value={rule.points}
        onChange={points => onChange({ ...rule, points: Math.max(1, Math.round(Number(points)) || 1) })}
      />
      {rule.kind === 'spend'
        ? money(t('points:edit.per'), rule.perMinor, perMinor => onChange({ ...rule, perMinor }))
        : null}
      {rule.kind === 'spend' || rule.kind === 'item' ? (
        <ItemFields
          label={t('points:edit.items')}
          allLabel={t('points:edit.match.all')}
          match={rule.match}
          categories={categories}
          onChange={match => onChange({ ...rule, match })}
        />
      ) : null}
      {rule.kind === 'visit' ? (
        <Weekdays value={rule.weekdays} onChange={weekdays => onChange({ ...rule, weekdays })} />
      ) : null}
      {rule.kind === 'regularity' ? (
        <NumberInput
          label={t('points:edit.months')}
          min={2}
          max={60}
          value={rule.months}
          onChange={months => onChange({ ...rule, months: Math.max(2, Number(months) || 2) })}
        />
      ) : null}
      {rule.kind === 'volume' ? (
        <>
          {money(t('points:edit.least'), rule.atLeastMinor, atLeastMinor => onChange({ ...rule, atLeastMinor }))}
          <Select
            label={t('points:edit.within')}
            allowDeselect={false}
            data={(['month', 'quarter', 'year'] as const).map(value => ({
              value,
              label: t(`points:edit.period.${value}`),
            }))}
            value={rule.per}
            onChange={per => onChange({ ...rule, per: per as 'month' })}
          />
        </>
      ) : null}
    </div>
  )
}

/** Which items: all, some groups, or some numbers. */
export function ItemFields({
  label,
  allLabel,
  match,
  categories,
  onChange,
}: {
  label: string
  allLabel: string
  match: ItemMatch
  categories: readonly string[]
  onChange: (match: ItemMatch) => void
}) {
  const { t } = useTranslation()
  const values = match.kind === 'all' ? [] : match.values
  const change = (next: string[]) => {
    if (match.kind !== 'all') onChange({ ...match, values: next })
  }
  return (
    <>
      <Select
        label={label}
        allowDeselect={false}
        data={[
          { value: 'all', label: allLabel },
          ...(['category', 'sku'] as const).map(value => ({ value, label: t(`points:edit.match.${value}`) })),
        ]}
        value={match.kind}
        onChange={kind => onChange(kind === 'all' ? { kind } : { kind: kind as 'sku', values: [] })}
      />
      {match.kind === 'category' ? (
        <MultiSelect
          className="wide"
          label={t('points:edit.match-category')}
          searchable
          data={[...new Set([...categories, ...values])]}
          value={values}
          onChange={change}
        />
      ) : null}
      {match.kind === 'sku' ? (
        <TagsInput
          className="wide"
          label={t('points:edit.match-sku')}
          splitChars={[',', '，', ' ']}
          value={values}
          onChange={change}
        />
      ) : null}
    </>
  )
}

function Weekdays({ value, onChange }: { value: readonly number[]; onChange: (weekdays: number[]) => void }) {
  const { t } = useTranslation()
  return (
    <MultiSelect
      className="wide"
      label={t('points:edit.weekdays')}
      data={[1, 2, 3, 4, 5, 6, 7].map(day => ({ value: String(day), label: t(`points:weekday.${day}`) }))}
      value={value.map(String)}
      onChange={days => onChange(days.map(Number))}
    />
  )
}

/** The fields of a campaign. */
export function CampaignFields({ campaign, onChange }: { campaign: Campaign; onChange: (campaign: Campaign) => void }) {
  const { t } = useTranslation()
  const set = (part: Partial<Campaign>) => onChange({ ...campaign, ...part })
  return (
    <div className="rule-fields">
      <TextInput
        label={t('points:edit.campaign-name')}
        required
        maxLength={80}
        value={campaign.name}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <NumberInput
        label={t('points:edit.campaign-percent')}
        min={101}
        max={2000}
        suffix=" %"
        value={campaign.percent}
        onChange={percent => set({ percent: Math.max(101, Number(percent) || 200) })}
      />
      {(['fromOn', 'untilOn'] as const).map(end => (
        <TextInput
          key={end}
          type="date"
          required
          label={t(end === 'fromOn' ? 'points:edit.campaign-from' : 'points:edit.campaign-until')}
          value={campaign[end]}
          onChange={event => set({ [end]: event.currentTarget.value })}
        />
      ))}
      <NumberInput
        label={t('points:edit.campaign-budget')}
        placeholder={t('points:edit.no-limit')}
        min={1}
        thousandSeparator=","
        value={campaign.budgetPoints ?? ''}
        onChange={value => set({ budgetPoints: value === '' ? null : Math.max(1, Number(value)) })}
      />
      <NumberInput
        label={t('points:edit.campaign-hold-out')}
        description={t('points:edit.campaign-hold-out-hint')}
        min={0}
        max={50}
        value={campaign.holdOutPercent ?? 0}
        onChange={value => set({ holdOutPercent: Math.min(50, Math.max(0, Math.round(Number(value)))) })}
      />
      <Weekdays value={campaign.weekdays} onChange={weekdays => set({ weekdays })} />
      <Switch
        label={t('points:edit.campaign-birthday')}
        checked={campaign.onlyBirthMonth}
        onChange={event => set({ onlyBirthMonth: event.currentTarget.checked })}
      />
    </div>
  )
}
