import { ActionIcon, Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays, localInstant } from '#kernel/clock/index.ts'
import { useDo } from '../../../web/api.ts'
import { todayIn } from '../../../web/days.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import { createDraw, drawTerms, type EntryRule, listDraws, type Prize, rewardedKinds } from './contract.ts'

interface Draft {
  readonly name: string
  readonly terms: string
  readonly opens: string
  readonly closes: string
  readonly prizes: readonly Prize[]
  readonly rules: readonly EntryRule[]
  readonly mostTickets: number | null
  readonly claimDays: number
  readonly publicValueName: string
}

/** Everything that is settled once the draw is announced; what is written here is what customers read. */
export function NewDraw({ currency }: { currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const unit = 10 ** format.digits(currency)
  const today = todayIn(format.zone)
  const [draft, setDraft] = useState<Draft>(() => ({
    name: '',
    terms: '',
    opens: `${addDays(today, 1)}T00:00`,
    closes: `${addDays(today, 31)}T00:00`,
    prizes: [{ prizeId: 'prize-1', name: '', count: 1, kind: 'thing' }],
    rules: [{ kind: 'spend', perMinor: 100 * unit, tickets: 1 }],
    mostTickets: null,
    claimDays: 30,
    publicValueName: '',
  }))
  const create = useDo(createDraw, { refresh: [listDraws] })
  const set = (part: Partial<Draft>) => setDraft(before => ({ ...before, ...part }))
  const body = {
    ...draft,
    prizes: [...draft.prizes],
    rules: [...draft.rules],
    currency,
    opensAt: instantOf(draft.opens, format.zone),
    closesAt: instantOf(draft.closes, format.zone),
    publicValueName: draft.publicValueName.trim() || null,
  }
  const isSound = drawTerms.safeParse(body).success
  const leave = () => void navigate({ to: '/draws', search: {} })
  const save = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(
      { body },
      {
        onSuccess: ({ drawId }) => {
          showNotice(t('draw:form.saved'))
          void navigate({ to: '/draws/$drawId', params: { drawId } })
        },
      },
    )
  }
  return (
    <form className="form form-wide draw-form" onSubmit={save}>
      <TextInput
        label={t('draw:form.name')}
        required
        maxLength={120}
        value={draft.name}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t('draw:form.terms')}
        autosize
        minRows={2}
        maxLength={5000}
        value={draft.terms}
        onChange={event => set({ terms: event.currentTarget.value })}
      />
      <div className="draw-fields">
        {(['opens', 'closes'] as const).map(name => (
          <TextInput
            key={name}
            type="datetime-local"
            label={t(`draw:form.${name}`)}
            required
            value={draft[name]}
            onChange={event => set({ [name]: event.currentTarget.value })}
          />
        ))}
        <NumberInput
          label={t('draw:form.claim-days')}
          min={1}
          max={365}
          value={draft.claimDays}
          onChange={days => set({ claimDays: Number(days) || 30 })}
        />
        <NumberInput
          label={t('draw:form.most')}
          placeholder={t('draw:form.most-hint')}
          min={1}
          max={100_000}
          value={draft.mostTickets ?? ''}
          onChange={most => set({ mostTickets: Number(most) || null })}
        />
      </div>
      <h2>{t('draw:form.prizes')}</h2>
      <Prizes prizes={draft.prizes} set={prizes => set({ prizes })} />
      <h2>{t('draw:form.rules')}</h2>
      <Rules rules={draft.rules} set={rules => set({ rules })} unit={unit} currency={currency} />
      <TextInput
        label={t('draw:form.public')}
        description={t('draw:form.public-hint')}
        maxLength={200}
        value={draft.publicValueName}
        onChange={event => set({ publicValueName: event.currentTarget.value })}
      />
      {isSound ? null : <p className="muted small">{t('draw:form.unsound')}</p>}
      <div className="acts">
        <Button type="submit" variant="filled" disabled={!isSound} loading={create.isPending}>
          {t('draw:form.save')}
        </Button>
        <Button onClick={leave}>{t('draw:form.cancel')}</Button>
      </div>
    </form>
  )
}

/** `2026-03-01T18:30` on the wall of the business. */
function instantOf(local: string, zone: string): string {
  const [day = '', time = '00:00'] = local.split('T')
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return ''
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return localInstant(day, hours * 3600 + minutes * 60, zone).toISOString()
}

function Prizes({ prizes, set }: { prizes: readonly Prize[]; set: (prizes: readonly Prize[]) => void }) {
  const { t } = useTranslation()
  const change = (at: number, next: Prize) => set(prizes.map((prize, index) => (index === at ? next : prize)))
  const ofKind = ({ prizeId, name, count }: Prize, kind: string): Prize =>
    kind === 'points'
      ? { prizeId, name, count, kind: 'points', points: 500, usableDays: 365 }
      : { prizeId, name, count, kind: 'thing' }
  const freeId = () => {
    for (let number = 1; ; number++) {
      if (!prizes.some(prize => prize.prizeId === `prize-${number}`)) return `prize-${number}`
    }
  }
  return (
    <>
      {prizes.map((prize, index) => (
        <div key={prize.prizeId} className="prize-row">
          <TextInput
            label={t('draw:form.prize-name')}
            required
            maxLength={120}
            value={prize.name}
            onChange={event => change(index, { ...prize, name: event.currentTarget.value })}
          />
          <NumberInput
            label={t('draw:form.prize-count')}
            min={1}
            max={10_000}
            value={prize.count}
            onChange={count => change(index, { ...prize, count: Number(count) || 1 })}
          />
          <Select
            label={t('draw:form.prize-kind')}
            allowDeselect={false}
            data={(['thing', 'points'] as const).map(value => ({ value, label: t(`draw:form.${value}`) }))}
            value={prize.kind}
            onChange={kind => kind && change(index, ofKind(prize, kind))}
          />
          {prize.kind === 'points' ? (
            <NumberInput
              label={t('draw:form.prize-points')}
              min={1}
              value={prize.points}
              onChange={points => change(index, { ...prize, points: Number(points) || 1 })}
            />
          ) : (
            <span />
          )}
          <ActionIcon
            variant="subtle"
            disabled={prizes.length === 1}
            aria-label={t('draw:form.remove', { name: prize.name })}
            onClick={() => set(prizes.filter(other => other !== prize))}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </div>
      ))}
      <Button onClick={() => set([...prizes, { prizeId: freeId(), name: '', count: 1, kind: 'thing' }])}>
        {t('draw:form.add-prize')}
      </Button>
    </>
  )
}

const kinds = ['spend', 'purchase', 'visit', 'event'] as const

function Rules({
  rules,
  set,
  unit,
  currency,
}: {
  rules: readonly EntryRule[]
  set: (rules: readonly EntryRule[]) => void
  unit: number
  currency: string
}) {
  const { t } = useTranslation()
  const change = (at: number, next: EntryRule) => set(rules.map((rule, index) => (index === at ? next : rule)))
  const ofKind = (kind: string, tickets: number): EntryRule => {
    if (kind === 'spend') return { kind, perMinor: 100 * unit, tickets }
    if (kind === 'purchase') return { kind, atLeastMinor: 0, tickets }
    return kind === 'event' ? { kind, event: rewardedKinds[0], tickets } : { kind: 'visit', tickets }
  }
  const money = (label: string, value: number, onChange: (minor: number) => void, least: number) => (
    <NumberInput
      label={label}
      min={least / unit}
      thousandSeparator=","
      suffix={` ${currency}`}
      value={value / unit}
      onChange={given => onChange(Math.max(least, Math.round(Number(given) * unit)))}
    />
  )
  return (
    <>
      {rules.map((rule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rules have no names, and the fields hold no state
        <div key={index} className="entry-row">
          <Select
            label={t('draw:form.rule')}
            allowDeselect={false}
            data={kinds.map(value => ({ value, label: t(`draw:form.${value}`) }))}
            value={rule.kind}
            onChange={kind => kind && change(index, ofKind(kind, rule.tickets))}
          />
          <NumberInput
            label={t('draw:form.tickets')}
            min={1}
            max={1000}
            value={rule.tickets}
            onChange={tickets => change(index, { ...rule, tickets: Number(tickets) || 1 })}
          />
          {rule.kind === 'spend' ? (
            money(t('draw:form.amount'), rule.perMinor, perMinor => change(index, { ...rule, perMinor }), 1)
          ) : rule.kind === 'purchase' ? (
            money(
              t('draw:form.at-least'),
              rule.atLeastMinor,
              least => change(index, { ...rule, atLeastMinor: least }),
              0,
            )
          ) : rule.kind === 'event' ? (
            <Select
              label={t('draw:form.event-kind')}
              allowDeselect={false}
              data={rewardedKinds.map(value => ({ value, label: t(`draw:rewarded.${value}`) }))}
              value={rule.event}
              onChange={event => event && change(index, { ...rule, event: event as (typeof rewardedKinds)[number] })}
            />
          ) : (
            <span />
          )}
          <ActionIcon
            variant="subtle"
            aria-label={t('draw:form.remove', { name: t(`draw:form.${rule.kind}`) })}
            onClick={() => set(rules.filter(other => other !== rule))}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </div>
      ))}
      <Button onClick={() => set([...rules, ofKind('visit', 1)])}>{t('draw:form.add-rule')}</Button>
    </>
  )
}
