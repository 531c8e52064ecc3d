import { Button, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays } from '#kernel/clock/index.ts'
import { listMerchants, type Merchant } from '#kernel/merchants/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  type CoalitionMonth,
  type NewTerms,
  newTerms,
  paymentTerms,
  publishTerms,
  readCoalition,
  readTerms,
  type ShownTerms,
} from './contract.ts'
import { useTermsSaid } from './screen-sentences.tsx'

/** What was agreed with each merchant, in sentences, the latest first; new terms follow, nothing is changed. */
export function TermsTab() {
  const { t } = useTranslation()
  const mayManage = useMay('coalition.manage')
  const asked = useAsk(readTerms, {})
  const merchants = useAsk(listMerchants, {})
  const coalition = useAsk(readCoalition, { query: {} })
  const [isOpen, setOpen] = useState(false)
  const isFirst = asked.data?.items.length === 0
  return (
    <Answer of={asked}>
      {({ items }) => (
        <>
          {isFirst ? <p className="reading-width lead">{t('coalition:terms.about')}</p> : null}
          {mayManage && merchants.data && coalition.data ? (
            isOpen || isFirst ? (
              <Agree
                merchants={merchants.data.items.filter(each => each.isActive)}
                terms={items}
                coalition={coalition.data}
                leave={() => setOpen(false)}
              />
            ) : (
              <Button onClick={() => setOpen(true)}>{t('coalition:terms.new')}</Button>
            )
          ) : null}
          <List items={items} nameOf={id => merchants.data?.items.find(each => each.merchantId === id)?.name ?? id} />
        </>
      )}
    </Answer>
  )
}

function List({ items, nameOf }: { items: readonly ShownTerms[]; nameOf: (merchantId: string) => string }) {
  const { t } = useTranslation()
  const say = useTermsSaid()
  const merchants = [...new Set(items.map(each => each.merchantId))].sort((one, other) =>
    nameOf(one).localeCompare(nameOf(other)),
  )
  return (
    <>
      {merchants.map(merchantId => (
        <section key={merchantId} className="coalition-terms reading-width">
          <h2>{nameOf(merchantId)}</h2>
          {items
            .filter(each => each.merchantId === merchantId)
            .map(each => (
              <p key={each.termsId} className={each.state === 'past' ? 'muted' : undefined}>
                <span className="tag">{t(`coalition:terms.${each.state}`)}</span> {say(each)}
              </p>
            ))}
        </section>
      ))}
    </>
  )
}

type Draft = NewTerms

function Agree({
  merchants,
  terms,
  coalition,
  leave,
}: {
  merchants: readonly Merchant[]
  terms: readonly ShownTerms[]
  coalition: CoalitionMonth
  leave: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency, todayOn } = coalition
  const unit = 10 ** format.digits(currency)
  const [draft, setDraft] = useState<Draft>(() => ({
    merchantId: merchants.find(each => !terms.some(one => one.merchantId === each.merchantId))?.merchantId ?? '',
    fromOn: coalition.state === 'running' ? `${todayOn.slice(0, 7)}-01` : addDays(todayOn, 1),
    untilOn: null,
    fundMinorPer100: unit,
    redeemMinorPer100: Math.round(unit * 0.95),
    currency,
    payment: 'postpaid',
    depositMinor: 0,
    breakage: { merchant: 50, pool: 25, coalition: 25 },
    accepts: null,
  }))
  const publish = useDo(publishTerms, { refresh: [readTerms, readCoalition] })
  const set = (part: Partial<Draft>) => setDraft(before => ({ ...before, ...part }))
  const choose = (merchantId: string) => {
    const known = terms.find(each => each.merchantId === merchantId)
    if (!known) return set({ merchantId })
    const { termsId: _, number: __, publishedAt: ___, state: ____, ...said } = known
    setDraft({ ...said, fromOn: addDays(todayOn, 1), untilOn: null })
  }
  const isSound = newTerms.safeParse(draft).success
  const sum = draft.breakage.merchant + draft.breakage.pool + draft.breakage.coalition
  const save = (event: FormEvent) => {
    event.preventDefault()
    publish.mutate(
      { body: { ...draft, accepts: draft.accepts && [...draft.accepts] } },
      {
        onSuccess: () => {
          showNotice(t('coalition:terms.saved'))
          leave()
        },
      },
    )
  }
  if (merchants.length === 0)
    return (
      <p className="note reading-width">
        {t('coalition:terms.no-merchants')}{' '}
        <Link to="/settings" search={{ tab: 'merchants' }} className="link">
          {t('coalition:terms.add-merchants')}
        </Link>
      </p>
    )
  const money = (name: 'fundMinorPer100' | 'redeemMinorPer100' | 'depositMinor') => (
    <NumberInput
      label={t(`coalition:terms.field.${name}`)}
      min={0}
      decimalScale={format.digits(currency)}
      suffix={` ${currency}`}
      value={draft[name] / unit}
      onChange={value => set({ [name]: Math.round(Number(value) * unit) })}
    />
  )
  return (
    <form className="form coalition-form" onSubmit={save}>
      <div className="coalition-fields">
        <Select
          label={t('coalition:terms.field.merchant')}
          required
          searchable
          allowDeselect={false}
          data={merchants.map(each => ({ value: each.merchantId, label: each.name }))}
          value={draft.merchantId}
          onChange={value => value && choose(value)}
        />
        <TextInput
          type="date"
          label={t('coalition:terms.field.from')}
          required
          value={draft.fromOn}
          onChange={event => set({ fromOn: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t('coalition:terms.field.until')}
          value={draft.untilOn ?? ''}
          onChange={event => set({ untilOn: event.currentTarget.value || null })}
        />
      </div>
      <div className="coalition-fields">
        {money('fundMinorPer100')}
        {money('redeemMinorPer100')}
        <Select
          label={t('coalition:terms.field.payment')}
          allowDeselect={false}
          data={paymentTerms.map(value => ({ value, label: t(`coalition:terms.field.${value}`) }))}
          value={draft.payment}
          onChange={value => value && set({ payment: value as Draft['payment'] })}
        />
        {draft.payment === 'prepaid' ? money('depositMinor') : null}
      </div>
      <fieldset className="coalition-fields">
        <legend>{t('coalition:terms.field.breakage')}</legend>
        {(['merchant', 'pool', 'coalition'] as const).map(name => (
          <NumberInput
            key={name}
            label={t(`coalition:terms.field.to-${name}`)}
            min={0}
            max={100}
            suffix=" %"
            value={draft.breakage[name]}
            onChange={value => set({ breakage: { ...draft.breakage, [name]: Number(value) || 0 } })}
          />
        ))}
        {sum === 100 ? null : <p className="bad">{t('coalition:terms.not-whole', { sum: format.number(sum) })}</p>}
      </fieldset>
      <MultiSelect
        label={t('coalition:terms.field.accepts')}
        placeholder={draft.accepts === null ? t('coalition:terms.field.everybody') : ''}
        clearable
        data={merchants
          .filter(each => each.merchantId !== draft.merchantId)
          .map(each => ({ value: each.merchantId, label: each.name }))}
        value={draft.accepts ?? []}
        onChange={accepts => set({ accepts: accepts.length === 0 ? null : accepts })}
      />
      <p className="muted small">{t('coalition:terms.for-good')}</p>
      <div className="acts">
        <Button type="submit" variant="filled" disabled={!isSound} loading={publish.isPending}>
          {t('coalition:terms.publish')}
        </Button>
        {terms.length > 0 ? <Button onClick={leave}>{t('coalition:cancel')}</Button> : null}
      </div>
    </form>
  )
}
