import { Button, NumberInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import {
  changeLiabilityAssumptions,
  type LiabilityAssumptions,
  type LiabilityReport,
  readLiability,
} from './contract.ts'

/** What is assumed: empty fields follow the programme and the history. Earlier months keep what was assumed then. */
export function Assumptions({
  report,
  told,
  mayChange,
}: {
  report: LiabilityReport
  told: LiabilityAssumptions
  mayChange: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency, terms } = report
  const unit = 10 ** format.digits(currency)
  const [draft, setDraft] = useState(told)
  const change = useDo(changeLiabilityAssumptions, { refresh: [readLiability] })
  const needsReason = draft.breakagePermille !== null && !draft.reason
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (needsReason) return
    const reason = draft.breakagePermille === null ? null : draft.reason
    change.mutate({ body: { ...draft, reason } }, { onSuccess: () => showNotice(t('liability:assume.changed')) })
  }
  const money = (name: 'worthMinorPer100' | 'costMinorPer100') => ({
    value: draft[name] === null ? '' : draft[name] / unit,
    onChange: (typed: string | number) =>
      setDraft({ ...draft, [name]: typed === '' ? null : Math.round(Number(typed) * unit) }),
    min: 0,
    decimalScale: format.digits(currency),
    disabled: !mayChange,
  })
  return (
    <section className="reading-width">
      <h2>{t('liability:assume.title')}</h2>
      <p className="muted">{t('liability:assume.text')}</p>
      <form className="form" onSubmit={submit}>
        <NumberInput
          label={t('liability:assume.worth', { currency })}
          description={t('liability:assume.worth-hint', {
            amount: format.exactMoney(terms.worthMinorPer100, currency),
          })}
          {...money('worthMinorPer100')}
        />
        <NumberInput
          label={t('liability:assume.cost', { currency })}
          description={t('liability:assume.cost-hint', { amount: format.exactMoney(terms.costMinorPer100, currency) })}
          {...money('costMinorPer100')}
        />
        <NumberInput
          label={t('liability:assume.breakage')}
          description={t('liability:assume.breakage-hint')}
          suffix=" %"
          min={0}
          max={100}
          decimalScale={1}
          disabled={!mayChange}
          value={draft.breakagePermille === null ? '' : draft.breakagePermille / 10}
          onChange={typed =>
            setDraft({ ...draft, breakagePermille: typed === '' ? null : Math.round(Number(typed) * 10) })
          }
        />
        {draft.breakagePermille === null ? null : (
          <TextInput
            label={t('liability:assume.reason')}
            description={t('liability:assume.reason-hint')}
            required
            maxLength={500}
            disabled={!mayChange}
            value={draft.reason ?? ''}
            onChange={event => setDraft({ ...draft, reason: event.currentTarget.value })}
          />
        )}
        {mayChange ? (
          <div className="acts">
            <Button type="submit" variant="filled" loading={change.isPending} disabled={needsReason}>
              {t('liability:assume.save')}
            </Button>
          </div>
        ) : (
          <p className="muted small">{t('liability:refusal.may-not-assume')}</p>
        )}
      </form>
    </section>
  )
}
