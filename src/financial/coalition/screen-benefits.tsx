import { Button, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listDraws } from '#financial/draw/contract.ts'
import { listMerchants, type Merchant } from '#kernel/merchants/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  type Benefit,
  benefitKinds,
  type CoalitionMonth,
  createBenefit,
  endBenefit,
  listBenefits,
  type NewBenefit,
  newBenefit,
  readCoalition,
} from './contract.ts'
import { useConditionSaid } from './screen-sentences.tsx'

/** What customers earn by what they spend at all merchants together: conditions in rows, benefits in columns. */
export function BenefitsTab() {
  const { t } = useTranslation()
  const mayManage = useMay('coalition.manage')
  const asked = useAsk(listBenefits, {})
  const merchants = useAsk(listMerchants, {})
  const coalition = useAsk(readCoalition, { query: {} })
  const [isOpen, setOpen] = useState(false)
  const form =
    isOpen && merchants.data && coalition.data ? (
      <NewBenefitForm merchants={merchants.data.items} coalition={coalition.data} leave={() => setOpen(false)} />
    ) : null
  const begin = mayManage ? <Button onClick={() => setOpen(true)}>{t('coalition:benefit.new')}</Button> : null
  return (
    <Answer of={asked}>
      {({ items }) =>
        items.length === 0 ? (
          (form ?? (
            <EmptyState title={t('coalition:benefit.empty')} actions={begin}>
              {t('coalition:benefit.empty-text')}
            </EmptyState>
          ))
        ) : (
          <>
            <p className="muted lead">{t('coalition:benefit.text')}</p>
            <Matrix items={items} merchants={merchants.data?.items ?? []} todayOn={coalition.data?.todayOn ?? ''} />
            {form ?? <div className="acts coalition-after">{begin}</div>}
          </>
        )
      }
    </Answer>
  )
}

function Matrix({
  items,
  merchants,
  todayOn,
}: {
  items: readonly Benefit[]
  merchants: readonly Merchant[]
  todayOn: string
}) {
  const { t } = useTranslation()
  const say = useConditionSaid()
  const nameOf = (id: string) => merchants.find(each => each.merchantId === id)?.name ?? id
  const rows = Map.groupBy(
    items.toSorted((one, other) => one.atLeastMinor - other.atLeastMinor),
    each => say(each, nameOf),
  )
  return (
    <div className="table-holder">
      <table className="table coalition-benefits">
        <thead>
          <tr>
            <th scope="col">{t('coalition:benefit.spend')}</th>
            {benefitKinds.map(kind => (
              <th key={kind} scope="col">
                {t(`coalition:benefit.kind.${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...rows].map(([said, theirs]) => (
            <tr key={said}>
              <th scope="row" className="wrap">
                {said}
              </th>
              {benefitKinds.map(kind => (
                <td key={kind} className="wrap">
                  {theirs
                    .filter(each => each.kind === kind)
                    .map(each => (
                      <Cell key={each.benefitId} benefit={each} todayOn={todayOn} />
                    ))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ benefit, todayOn }: { benefit: Benefit; todayOn: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('coalition.manage')
  const end = useDo(endBenefit, { refresh: [listBenefits] })
  const { benefitId, name, kind, count, holders, untilOn, usableDays } = benefit
  return (
    <div className={untilOn !== null && untilOn < todayOn ? 'muted' : undefined}>
      <b>{t(`coalition:benefit.gives.${kind}`, { count })}</b> <span className="muted">{name}</span>
      <small className="muted">
        {holders === 0 ? t('coalition:benefit.nobody') : t('coalition:benefit.holders', { count: holders })}
        {usableDays === null || kind === 'draw-entries'
          ? ''
          : ` · ${t('coalition:benefit.usable', { count: usableDays })}`}
        {untilOn === null ? '' : ` · ${t('coalition:benefit.until', { day: format.nearDay(untilOn) })}`}
      </small>
      {mayManage && untilOn === null ? (
        <button
          type="button"
          className="link small"
          aria-label={t('coalition:benefit.end-of', { name })}
          onClick={() => end.mutate({ params: { benefitId }, body: { untilOn: todayOn } })}
        >
          {t('coalition:benefit.end')}
        </button>
      ) : null}
    </div>
  )
}

const windows = ['month', 'quarter', 'year', 'rolling'] as const

function NewBenefitForm({
  merchants,
  coalition,
  leave,
}: {
  merchants: readonly Merchant[]
  coalition: CoalitionMonth
  leave: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency, todayOn } = coalition
  const unit = 10 ** format.digits(currency)
  const [draft, setDraft] = useState<NewBenefit>(() => ({
    name: '',
    kind: 'parking',
    count: 2,
    drawId: null,
    window: { kind: 'month' },
    atLeastMinor: 300 * unit,
    currency,
    merchants: null,
    usableDays: 30,
    fromOn: `${todayOn.slice(0, 7)}-01`,
  }))
  const mayReadDraws = useMay('draws.read')
  const create = useDo(createBenefit, { refresh: [listBenefits] })
  const set = (part: Partial<NewBenefit>) => setDraft(before => ({ ...before, ...part }))
  const isSound = newBenefit.safeParse(draft).success
  const save = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(
      { body: { ...draft, merchants: draft.merchants && [...draft.merchants] } },
      {
        onSuccess: () => {
          showNotice(t('coalition:benefit.saved'))
          leave()
        },
      },
    )
  }
  return (
    <form className="form coalition-form" onSubmit={save}>
      <div className="coalition-fields">
        <Select
          label={t('coalition:benefit.field.kind')}
          allowDeselect={false}
          data={benefitKinds.map(value => ({ value, label: t(`coalition:benefit.kind.${value}`) }))}
          value={draft.kind}
          onChange={value => value && set({ kind: value as NewBenefit['kind'], drawId: null })}
        />
        <TextInput
          label={t('coalition:benefit.field.name')}
          placeholder={t('coalition:benefit.field.name-example')}
          required
          maxLength={80}
          value={draft.name}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        {draft.kind === 'draw-entries' && mayReadDraws ? (
          <DrawChoice chosen={draft.drawId} choose={drawId => set({ drawId })} />
        ) : null}
        <NumberInput
          label={t(`coalition:benefit.field.count-${draft.kind}`)}
          min={1}
          max={1000}
          value={draft.count}
          onChange={value => set({ count: Math.max(1, Number(value) || 1) })}
        />
      </div>
      <div className="coalition-fields">
        <NumberInput
          label={t('coalition:benefit.field.least')}
          min={0}
          decimalScale={format.digits(currency)}
          thousandSeparator=","
          suffix={` ${currency}`}
          value={draft.atLeastMinor / unit}
          onChange={value => set({ atLeastMinor: Math.round(Number(value) * unit) })}
        />
        <Select
          label={t('coalition:benefit.field.window')}
          allowDeselect={false}
          data={windows.map(value => ({ value, label: t(`coalition:benefit.field.${value}`) }))}
          value={draft.window.kind}
          onChange={kind =>
            set({ window: kind === 'rolling' ? { kind, days: 30 } : { kind: kind as 'month' | 'quarter' | 'year' } })
          }
        />
        {draft.window.kind === 'rolling' ? (
          <NumberInput
            label={t('coalition:benefit.field.days')}
            min={1}
            max={366}
            value={draft.window.days}
            onChange={value => set({ window: { kind: 'rolling', days: Math.max(1, Number(value) || 30) } })}
          />
        ) : null}
        <TextInput
          type="date"
          label={t('coalition:benefit.field.from')}
          required
          value={draft.fromOn}
          onChange={event => set({ fromOn: event.currentTarget.value })}
        />
        {draft.kind === 'draw-entries' ? null : (
          <NumberInput
            label={t('coalition:benefit.field.usable')}
            placeholder={t('coalition:benefit.field.ever')}
            min={1}
            max={1000}
            value={draft.usableDays ?? ''}
            onChange={value => set({ usableDays: Number(value) || null })}
          />
        )}
      </div>
      <MultiSelect
        label={t('coalition:benefit.field.merchants')}
        placeholder={draft.merchants === null ? t('coalition:benefit.field.anywhere') : ''}
        clearable
        data={merchants.filter(each => each.isActive).map(each => ({ value: each.merchantId, label: each.name }))}
        value={draft.merchants ?? []}
        onChange={chosen => set({ merchants: chosen.length === 0 ? null : chosen })}
      />
      <div className="acts">
        <Button type="submit" variant="filled" disabled={!isSound} loading={create.isPending}>
          {t('coalition:benefit.publish')}
        </Button>
        <Button onClick={leave}>{t('coalition:cancel')}</Button>
      </div>
    </form>
  )
}

/** Draws that count benefits and can still give tickets; without a choice the entries go into every draw that counts benefits. */
function DrawChoice({ chosen, choose }: { chosen: string | null; choose: (drawId: string | null) => void }) {
  const { t } = useTranslation()
  const { data } = useAsk(listDraws, {})
  const counting = data?.items.filter(
    ({ state, rules }) =>
      (state === 'planned' || state === 'open') &&
      rules.some(rule => rule.kind === 'event' && rule.event === 'coalition.benefit-earned'),
  )
  return (
    <Select
      label={t('coalition:benefit.field.draw')}
      placeholder={t('coalition:benefit.field.any-draw')}
      clearable
      data={(counting ?? []).map(({ drawId, name }) => ({ value: drawId, label: name }))}
      value={chosen}
      onChange={choose}
    />
  )
}
