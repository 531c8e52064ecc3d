import { NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { readTiers } from '#financial/tiers/contract.ts'
import { listColleagues } from '#kernel/access/contract.ts'
import { listMerchants } from '#kernel/merchants/contract.ts'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { type BusinessCalendar, type Compensation, type PromiseClock, type PromiseTerms, subjects } from './contract.ts'
import { EvidenceFields } from './screen-evidence.tsx'
import { clockTime } from './screen-sentences.tsx'

export interface Part {
  readonly terms: PromiseTerms
  readonly set: (part: Partial<PromiseTerms>) => void
}

/** Amounts are typed in units and kept in minor ones. */
function useUnit({ compensation }: PromiseTerms, fallback: string) {
  const format = useFormat()
  const currency = compensation.kind === 'apology' ? fallback : compensation.currency
  return { currency, unit: 10 ** format.digits(currency), digits: format.digits(currency) }
}

function MoneyField({
  label,
  minor,
  terms,
  onChange,
  isOptional = false,
  description,
}: {
  label: string
  minor: number | null
  terms: PromiseTerms
  onChange: (minor: number | null) => void
  isOptional?: boolean
  description?: string
}) {
  const { currency, unit, digits } = useUnit(terms, 'CNY')
  return (
    <NumberInput
      label={label}
      description={description}
      required={!isOptional}
      min={0}
      decimalScale={digits}
      suffix={` ${currency}`}
      value={minor === null ? '' : minor / unit}
      onChange={value => onChange(value === '' ? null : Math.round(Number(value) * unit))}
    />
  )
}

export function StandardFields({ terms, set }: Part) {
  const { t } = useTranslation()
  const { standard, subject } = terms
  return (
    <fieldset>
      <legend>{t('guarantee:section.standard')}</legend>
      <div className="fields">
        <TextInput
          className="wide"
          maxLength={160}
          label={t('guarantee:edit.standard-en')}
          value={standard.en}
          onChange={event => set({ standard: { ...standard, en: event.currentTarget.value } })}
        />
        <TextInput
          className="wide"
          maxLength={160}
          label={t('guarantee:edit.standard-zh')}
          value={standard.zh}
          onChange={event => set({ standard: { ...standard, zh: event.currentTarget.value } })}
        />
        <Select
          label={t('guarantee:edit.subject')}
          allowDeselect={false}
          data={subjects.map(value => ({ value, label: t(`guarantee:subject.${value}`) }))}
          value={subject}
          onChange={value => set({ subject: value as PromiseTerms['subject'] })}
        />
      </div>
    </fieldset>
  )
}

export function EvidencePart({ terms, set, calendars }: Part & { calendars: readonly BusinessCalendar[] }) {
  const { t } = useTranslation()
  const { judged } = terms
  return (
    <fieldset>
      <legend>{t('guarantee:section.evidence')}</legend>
      <div className="fields">
        <Select
          className="wide"
          label={t('guarantee:edit.kind')}
          allowDeselect={false}
          data={(['timed', 'state'] as const).map(value => ({ value, label: t(`guarantee:edit.kind-${value}`) }))}
          value={judged.kind}
          onChange={kind => {
            if (kind === judged.kind) return
            if (kind === 'state') set({ judged: { kind, broken: null } })
            else
              set({
                judged: {
                  kind: 'timed',
                  start: { kind: 'purchase.recorded', name: null, reference: 'orderRef', where: null },
                  stop: { kind: 'client.tracked', name: 'Order Delivered', reference: 'order_id', where: null },
                  void: { kind: 'refund.recorded', name: null, reference: 'of', where: null },
                  clock: { kind: 'elapsed', minutes: 2880 },
                },
              })
          }}
        />
      </div>
      {judged.kind === 'timed' ? (
        <>
          <EvidenceFields
            label={t('guarantee:edit.start')}
            evidence={judged.start}
            onChange={start => start && set({ judged: { ...judged, start } })}
          />
          <EvidenceFields
            label={t('guarantee:edit.stop')}
            evidence={judged.stop}
            onChange={stop => stop && set({ judged: { ...judged, stop } })}
          />
          <EvidenceFields
            label={t('guarantee:edit.void')}
            none={t('guarantee:edit.void-none')}
            evidence={judged.void}
            onChange={over => set({ judged: { ...judged, void: over } })}
          />
          <ClockFields
            clock={judged.clock}
            calendars={calendars}
            onChange={clock => set({ judged: { ...judged, clock } })}
          />
        </>
      ) : (
        <EvidenceFields
          label={t('guarantee:edit.broken')}
          none={t('guarantee:edit.broken-none')}
          evidence={judged.broken}
          onChange={broken => set({ judged: { ...judged, broken } })}
        />
      )}
    </fieldset>
  )
}

function ClockFields({
  clock,
  calendars,
  onChange,
}: {
  clock: PromiseClock
  calendars: readonly BusinessCalendar[]
  onChange: (clock: PromiseClock) => void
}) {
  const { t } = useTranslation()
  const minutes = clock.kind === 'by' ? 120 : clock.minutes
  const isWhole = minutes % 60 === 0
  const change = (kind: string | null) => {
    if (kind === 'elapsed') onChange({ kind, minutes })
    if (kind === 'working') onChange({ kind, minutes, calendarId: calendars[0]?.calendarId ?? 'office' })
    if (kind === 'by') onChange({ kind, minuteOfDay: 900, daysLater: 0 })
  }
  return (
    <div className="fields">
      <Select
        label={t('guarantee:edit.clock')}
        allowDeselect={false}
        data={(['elapsed', 'working', 'by'] as const).map(value => ({
          value,
          label: t(`guarantee:edit.clock-${value}`),
        }))}
        value={clock.kind}
        onChange={change}
      />
      {clock.kind === 'by' ? (
        <>
          <TextInput
            type="time"
            required
            label={t('guarantee:edit.by-time')}
            value={clockTime(clock.minuteOfDay)}
            onChange={event => {
              const [hours, part] = event.currentTarget.value.split(':').map(Number)
              if (hours !== undefined && part !== undefined) onChange({ ...clock, minuteOfDay: hours * 60 + part })
            }}
          />
          <NumberInput
            label={t('guarantee:edit.days-later')}
            min={0}
            max={365}
            value={clock.daysLater}
            onChange={value => onChange({ ...clock, daysLater: Number(value) || 0 })}
          />
        </>
      ) : (
        <NumberInput
          required
          label={t(isWhole ? 'guarantee:edit.hours' : 'guarantee:edit.minutes')}
          min={isWhole ? 0.25 : 1}
          step={isWhole ? 1 : 5}
          value={isWhole ? clock.minutes / 60 : clock.minutes}
          onChange={value => {
            const whole = Math.max(1, Math.round(Number(value) * (isWhole ? 60 : 1)))
            onChange({ ...clock, minutes: whole })
          }}
        />
      )}
      {clock.kind === 'working' ? (
        <Select
          label={t('guarantee:edit.calendar')}
          allowDeselect={false}
          placeholder={t('guarantee:calendar.none')}
          data={calendars.map(each => ({ value: each.calendarId, label: each.name }))}
          value={clock.calendarId}
          onChange={value => value && onChange({ ...clock, calendarId: value })}
        />
      ) : null}
    </div>
  )
}

export function ScopeFields({ terms, set }: Part) {
  const { t } = useTranslation()
  const tiers = useAsk(readTiers, {})
  const merchants = useAsk(listMerchants, {})
  const { scope } = terms
  const named = (values: string[]) => (values.length > 0 ? values : null)
  const ids = tiers.data?.rules?.tiers.map(each => each.tierId) ?? []
  return (
    <fieldset>
      <legend>{t('guarantee:section.scope')}</legend>
      <div className="fields">
        {ids.length > 0 || scope.tiers ? (
          <TagsInput
            label={t('guarantee:edit.tiers')}
            placeholder={scope.tiers ? '' : t('guarantee:edit.all')}
            data={ids}
            value={scope.tiers ?? []}
            onChange={values => set({ scope: { ...scope, tiers: named(values) } })}
          />
        ) : null}
        {(merchants.data?.items.length ?? 0) > 0 || scope.merchants ? (
          <TagsInput
            label={t('guarantee:edit.merchants')}
            placeholder={scope.merchants ? '' : t('guarantee:edit.all')}
            data={merchants.data?.items.map(each => each.merchantId) ?? []}
            value={scope.merchants ?? []}
            onChange={values => set({ scope: { ...scope, merchants: named(values) } })}
          />
        ) : null}
        <TagsInput
          label={t('guarantee:edit.categories')}
          placeholder={scope.categories ? '' : t('guarantee:edit.all')}
          value={scope.categories ?? []}
          onChange={values => set({ scope: { ...scope, categories: named(values) } })}
        />
        <MoneyField
          isOptional
          label={t('guarantee:edit.at-least')}
          terms={terms}
          minor={scope.atLeastMinor}
          onChange={minor => set({ scope: { ...scope, atLeastMinor: minor || null } })}
        />
      </div>
    </fieldset>
  )
}

const kinds = ['points', 'money', 'percent', 'right', 'apology'] as const

export function CompensationFields({ terms, set }: Part) {
  const { t } = useTranslation()
  const colleagues = useAsk(listColleagues, {})
  const { compensation } = terms
  const { currency, unit } = useUnit(terms, 'CNY')
  const give = (next: Compensation) => set({ compensation: next })
  const change = (kind: string | null) => {
    const by = 'by' in compensation ? compensation.by : 'credit'
    if (kind === 'points') give({ kind, points: 100, worthMinor: unit, currency })
    if (kind === 'money') give({ kind, amountMinor: 20 * unit, currency, by })
    if (kind === 'percent') give({ kind, percent: 10, leastMinor: 10 * unit, mostMinor: 200 * unit, currency, by })
    if (kind === 'right') give({ kind, rewardId: '', worthMinor: 10 * unit, currency })
    if (kind === 'apology') give({ kind })
  }
  return (
    <fieldset>
      <legend>{t('guarantee:section.compensation')}</legend>
      <div className="fields">
        <Select
          label={t('guarantee:edit.gives')}
          allowDeselect={false}
          data={kinds.map(value => ({ value, label: t(`guarantee:edit.gives-${value}`) }))}
          value={compensation.kind}
          onChange={change}
        />
        {compensation.kind === 'points' ? (
          <NumberInput
            required
            min={1}
            label={t('guarantee:edit.points')}
            value={compensation.points}
            onChange={value => give({ ...compensation, points: Number(value) })}
          />
        ) : null}
        {compensation.kind === 'right' ? (
          <TextInput
            required
            maxLength={100}
            label={t('guarantee:edit.reward')}
            value={compensation.rewardId}
            onChange={event => give({ ...compensation, rewardId: event.currentTarget.value })}
          />
        ) : null}
        {compensation.kind === 'points' || compensation.kind === 'right' ? (
          <MoneyField
            label={t('guarantee:edit.worth')}
            terms={terms}
            minor={compensation.worthMinor}
            onChange={minor => give({ ...compensation, worthMinor: minor ?? 0 })}
          />
        ) : null}
        {compensation.kind === 'money' ? (
          <MoneyField
            label={t('guarantee:edit.amount')}
            terms={terms}
            minor={compensation.amountMinor}
            onChange={minor => give({ ...compensation, amountMinor: minor ?? 0 })}
          />
        ) : null}
        {compensation.kind === 'percent' ? (
          <>
            <NumberInput
              required
              min={1}
              max={100}
              suffix=" %"
              label={t('guarantee:edit.percent')}
              value={compensation.percent}
              onChange={value => give({ ...compensation, percent: Number(value) })}
            />
            <MoneyField
              label={t('guarantee:edit.least')}
              terms={terms}
              minor={compensation.leastMinor}
              onChange={minor => give({ ...compensation, leastMinor: minor ?? 0 })}
            />
            <MoneyField
              label={t('guarantee:edit.most')}
              terms={terms}
              minor={compensation.mostMinor}
              onChange={minor => give({ ...compensation, mostMinor: minor ?? 0 })}
            />
          </>
        ) : null}
        {'by' in compensation ? (
          <Select
            label={t('guarantee:edit.by')}
            allowDeselect={false}
            data={(['credit', 'transfer'] as const).map(value => ({ value, label: t(`guarantee:edit.by-${value}`) }))}
            value={compensation.by}
            onChange={value => give({ ...compensation, by: value as 'credit' })}
          />
        ) : null}
        {compensation.kind === 'apology' || ('by' in compensation && compensation.by === 'transfer') ? (
          <NumberInput
            required
            min={0}
            max={60}
            label={t('guarantee:edit.pay-within')}
            value={terms.payWithinDays}
            onChange={value => set({ payWithinDays: Number(value) || 0 })}
          />
        ) : null}
        <MoneyField
          isOptional
          label={t('guarantee:edit.budget')}
          terms={terms}
          minor={terms.budgetPerMonthMinor}
          onChange={minor => set({ budgetPerMonthMinor: minor || null })}
        />
        <Select
          clearable
          label={t('guarantee:edit.owner')}
          placeholder={t('guarantee:edit.owner-none')}
          data={colleagues.data?.items.map(each => ({ value: each.id, label: each.name || each.id })) ?? []}
          value={terms.ownerId}
          onChange={value => set({ ownerId: value })}
        />
      </div>
      <p className="hint">{t('guarantee:edit.budget-hint')}</p>
    </fieldset>
  )
}

export function ClaimFields({ terms, set }: Part) {
  const { t } = useTranslation()
  const { claims } = terms
  const change = (part: Partial<PromiseTerms['claims']>) => set({ claims: { ...claims, ...part } })
  return (
    <fieldset>
      <legend>{t('guarantee:section.claims-rule')}</legend>
      <div className="fields">
        <MoneyField
          label={t('guarantee:edit.believe')}
          terms={terms}
          minor={claims.believeUpToMinor}
          onChange={minor => change({ believeUpToMinor: minor ?? 0 })}
        />
        <NumberInput
          required
          min={0}
          max={365}
          label={t('guarantee:edit.believe-times')}
          value={claims.believedPerYear}
          onChange={value => change({ believedPerYear: Number(value) || 0 })}
        />
        <NumberInput
          required
          min={1}
          max={720}
          label={t('guarantee:edit.answer-within')}
          value={claims.answerWithinHours}
          onChange={value => change({ answerWithinHours: Number(value) || 1 })}
        />
        {terms.judged.kind === 'timed' ? (
          <NumberInput
            required
            min={0}
            max={20_160}
            label={t('guarantee:edit.grace')}
            value={terms.graceMinutes}
            onChange={value => set({ graceMinutes: Number(value) || 0 })}
          />
        ) : null}
        {terms.judged.kind === 'timed' ? (
          <Select
            className="wide"
            label={t('guarantee:edit.late-evidence')}
            allowDeselect={false}
            data={(['stays', 'retract-unpaid'] as const).map(value => ({
              value,
              label: t(`guarantee:edit.late-evidence-${value}`),
            }))}
            value={terms.lateEvidence}
            onChange={value => set({ lateEvidence: value as 'stays' })}
          />
        ) : null}
      </div>
      <p className="hint">{t('guarantee:edit.answer-hint')}</p>
    </fieldset>
  )
}
