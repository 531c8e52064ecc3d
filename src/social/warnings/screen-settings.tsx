import { ActionIcon, Button, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type CycleRule,
  changeCycleRules,
  changeRhythmSettings,
  listCycleRules,
  type RhythmSettings,
  readRhythmSettings,
} from '#insight/rhythm/contract.ts'
import { listColleagues } from '#kernel/access/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { changeWarningsSettings, listWarnings, readWarningsSettings, type WarningsSettings } from './contract.ts'

/** How many people a week, how far ahead, who is left alone for comparison; and the fixed cycles beside the rhythm. */
export function WarningsSettingsForm() {
  const warnings = useAsk(readWarningsSettings, {})
  const rhythm = useAsk(readRhythmSettings, {})
  const cycles = useAsk(listCycleRules, {})
  return (
    <div className="reading-width">
      <Answer of={warnings}>{value => <Contacts value={value} />}</Answer>
      <Answer of={rhythm}>{value => <Reading value={value} />}</Answer>
      <Answer of={cycles}>{({ items }) => <Cycles key={items.map(rule => rule.ruleId).join()} items={items} />}</Answer>
    </div>
  )
}

function Contacts({ value }: { value: WarningsSettings }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const colleagues = useAsk(listColleagues, {})
  const change = useDo(changeWarningsSettings, { refresh: [readWarningsSettings, listWarnings] })
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
  }
  const set = (part: Partial<WarningsSettings>) => setDraft(before => ({ ...before, ...part }))
  return (
    <form className="form" onSubmit={save}>
      <h2>{t('rules.contacts')}</h2>
      <Switch
        label={t('rules.active')}
        checked={draft.active}
        onChange={event => set({ active: event.currentTarget.checked })}
      />
      <NumberInput
        label={t('rules.per-week')}
        description={t('rules.per-week-hint')}
        min={0}
        max={5000}
        value={draft.contactsPerWeek}
        onChange={number => set({ contactsPerWeek: Number(number) || 0 })}
      />
      <NumberInput
        label={t('rules.horizon')}
        description={t('rules.horizon-hint')}
        min={7}
        max={365}
        value={draft.horizonDays}
        onChange={number => set({ horizonDays: Number(number) || 60 })}
      />
      <NumberInput
        label={t('rules.held-out')}
        description={t('rules.held-out-hint')}
        min={0}
        max={50}
        suffix=" %"
        value={Math.round(draft.heldOutShare * 100)}
        onChange={number => set({ heldOutShare: (Number(number) || 0) / 100 })}
      />
      <Select
        label={t('rules.owner')}
        clearable
        placeholder={t('rules.owner-nobody')}
        data={(colleagues.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name || t('top.nameless') }))}
        value={draft.ownerId}
        onChange={ownerId => set({ ownerId })}
      />
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}

function Reading({ value }: { value: RhythmSettings }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const change = useDo(changeRhythmSettings, { refresh: [readRhythmSettings] })
  return (
    <form
      className="form"
      onSubmit={event => {
        event.preventDefault()
        change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
      }}
    >
      <h2>{t('rules.reading')}</h2>
      <Select
        label={t('rules.read-as')}
        description={t('rules.read-as-hint')}
        allowDeselect={false}
        data={(['auto', 'today', 'last-event'] as const).map(name => ({ value: name, label: t(`rules.read-${name}`) }))}
        value={draft.readAs}
        onChange={readAs => setDraft({ ...draft, readAs: readAs as RhythmSettings['readAs'] })}
      />
      <Button type="submit" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}

let draftsMade = 0
const nextDraft = () => `draft-${++draftsMade}`

type Draft = Omit<CycleRule, 'ruleId'> & { ruleId?: string; draftId: string }

function Cycles({ items }: { items: readonly CycleRule[] }) {
  const { t } = useTranslation()
  const [drafts, setDrafts] = useState<Draft[]>(items.map(rule => ({ ...rule, draftId: rule.ruleId })))
  const change = useDo(changeCycleRules, { refresh: [listCycleRules] })
  const set = (draftId: string, part: Partial<Draft>) =>
    setDrafts(before => before.map(draft => (draft.draftId === draftId ? { ...draft, ...part } : draft)))
  return (
    <form
      className="form form-wide"
      onSubmit={event => {
        event.preventDefault()
        change.mutate(
          { body: { items: drafts.map(({ draftId: _, ...rule }) => rule) } },
          { onSuccess: () => showNotice(t('saved')) },
        )
      }}
    >
      <h2>{t('rules.cycles')}</h2>
      <p className="muted small">{t('rules.cycles-hint')}</p>
      {drafts.map(draft => (
        <div key={draft.draftId} className="cycle">
          <TextInput
            label={t('rules.cycle-name')}
            required
            value={draft.name}
            onChange={event => set(draft.draftId, { name: event.currentTarget.value })}
          />
          <NumberInput
            label={t('rules.cycle-days')}
            min={1}
            max={3650}
            value={draft.days}
            onChange={days => set(draft.draftId, { days: Number(days) || 1 })}
          />
          <Select
            label={t('rules.cycle-match')}
            allowDeselect={false}
            data={(['all', 'sku', 'sku-prefix'] as const).map(kind => ({
              value: kind,
              label: t(`rules.cycle-${kind}`),
            }))}
            value={draft.match.kind}
            onChange={kind =>
              set(draft.draftId, {
                match: kind === 'all' ? { kind } : { kind: kind as 'sku', value: '' },
              })
            }
          />
          {draft.match.kind === 'all' ? null : (
            <TextInput
              label={t('rules.cycle-value')}
              required
              value={draft.match.value}
              onChange={event =>
                set(draft.draftId, {
                  match: { kind: draft.match.kind as 'sku', value: event.currentTarget.value },
                })
              }
            />
          )}
          <ActionIcon
            variant="subtle"
            aria-label={t('rules.cycle-remove', { name: draft.name })}
            onClick={() => setDrafts(before => before.filter(other => other.draftId !== draft.draftId))}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </div>
      ))}
      <div className="acts">
        <Button
          onClick={() =>
            setDrafts(before => [
              ...before,
              { draftId: nextDraft(), name: t('rules.cycle-new-name'), days: 113, match: { kind: 'all' } },
            ])
          }
        >
          {t('rules.cycle-add')}
        </Button>
        <Button type="submit" variant="filled" loading={change.isPending}>
          {t('rules.cycles-save')}
        </Button>
      </div>
    </form>
  )
}
