import { ActionIcon, Button, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { Trash2 } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  calendarWindows,
  changeTiers,
  type Measure,
  measures,
  previewTiers,
  readTiers,
  type Tier,
  type TierRules,
  tierRules,
} from './contract.ts'
import { amountSaid } from './screen-amount.tsx'
import './screen.css'

/** The tiers as a ladder, the highest rung on top, with how many customers stand on each; changed beside what that would do. */
export function Ladder() {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('points.manage')
  const asked = useAsk(readTiers, {})
  const [draft, setDraft] = useState<TierRules | null>(null)
  if (!asked.data) return null
  const { rules, coming, usual, counts } = asked.data
  if (!rules && !mayManage) return null
  return (
    <section className="ladder" aria-label={t('tiers:ladder.title')}>
      <h2>{t('tiers:ladder.title')}</h2>
      {draft ? (
        <Edit draft={draft} set={setDraft} todayOn={asked.data.todayOn} leave={() => setDraft(null)} />
      ) : (
        <>
          {rules ? <Rungs rules={rules} counts={counts} /> : <p>{t('tiers:ladder.none')}</p>}
          {coming.map(each => (
            <p key={each.number} className="note">
              {t(each.rules ? 'tiers:ladder.coming' : 'tiers:ladder.coming-none', { day: format.day(each.startsOn) })}
            </p>
          ))}
          {mayManage ? (
            <div className="acts">
              <Button onClick={() => setDraft(rules ?? usual)}>
                {t(rules ? 'tiers:ladder.change' : 'tiers:ladder.begin')}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </section>
  )
}

type Counts = readonly { readonly tierId: string | null; readonly customers: number }[]

function Rungs({ rules, counts }: { rules: TierRules; counts: Counts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const of = (tierId: string | null) => counts.find(each => each.tierId === tierId)?.customers ?? 0
  const most = Math.max(1, ...rules.tiers.map(tier => of(tier.tierId)))
  const said = (count: number) => t('tiers:ladder.customers', { count, number: format.number(count) })
  const sentences = [
    t(`tiers:ladder.${rules.measure}-${rules.window.kind}`, {
      months: rules.window.kind === 'rolling' ? format.number(rules.window.months) : '',
    }),
    ...(rules.graceDays > 0 ? [t('tiers:ladder.grace', { days: format.number(rules.graceDays) })] : []),
    t(rules.softLanding ? 'tiers:ladder.soft' : 'tiers:ladder.hard'),
    ...(rules.noticeDays > 0 ? [t('tiers:ladder.notice', { days: format.number(rules.noticeDays) })] : []),
  ]
  return (
    <>
      <ol className="rungs">
        {rules.tiers.toReversed().map(tier => (
          <li key={tier.tierId}>
            <b>{tier.name}</b>
            <span className="muted">{amountSaid(t, format, { rules, amount: tier.atLeast, as: 'ladder' })}</span>
            <span className="rung-count">{said(of(tier.tierId))}</span>
            <i aria-hidden style={{ width: `${(100 * of(tier.tierId)) / most}%` }} />
            {tier.rights.length > 0 ? (
              <small className="muted">{tier.rights.map(right => right.name).join(' · ')}</small>
            ) : null}
          </li>
        ))}
        <li className="below">
          <span className="muted">{t('tiers:ladder.below')}</span>
          <span />
          <span className="rung-count muted">{said(of(null))}</span>
        </li>
      </ol>
      <p>{sentences.join(format.language.startsWith('zh') ? '' : ' ')}</p>
    </>
  )
}

interface Editing {
  readonly draft: TierRules
  readonly todayOn: string
  readonly set: (rules: TierRules) => void
  readonly leave: () => void
}

function Edit({ draft, todayOn, set, leave }: Editing) {
  const { t } = useTranslation()
  const format = useFormat()
  const [tried, setTried] = useState(draft)
  const [startsOn, setStartsOn] = useState(todayOn)
  useEffect(() => {
    const timer = setTimeout(() => setTried(draft), 600)
    return () => clearTimeout(timer)
  }, [draft])
  const isSound = tierRules.safeParse(draft).success
  const asked = useAsk(
    previewTiers,
    { body: { rules: tried } },
    { enabled: tierRules.safeParse(tried).success, keep: true },
  )
  const change = useDo(changeTiers, { refresh: [readTiers] })
  const part = (given: Partial<TierRules>) => set({ ...draft, ...given })
  const tier = (index: number, given: Partial<Tier>) =>
    part({ tiers: draft.tiers.map((each, at) => (at === index ? { ...each, ...given } : each)) })
  const unit = draft.measure === 'spend' ? 10 ** format.digits(draft.currency) : 1
  const would = (tierId: string) => asked.data?.counts.find(each => each.tierId === tierId)?.customers ?? 0
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(
      { body: { rules: draft, startsOn } },
      {
        onSuccess: () => {
          showNotice(t('tiers:ladder.saved'))
          leave()
        },
      },
    )
  }
  return (
    <form className="form form-wide tiers-form" onSubmit={save}>
      <div className="tier-fields">
        <Select
          label={t('tiers:edit.measure')}
          allowDeselect={false}
          data={measures.map(value => ({ value, label: t(`tiers:edit.measures.${value}`) }))}
          value={draft.measure}
          onChange={measure => part({ measure: measure as Measure })}
        />
        <Select
          label={t('tiers:edit.window')}
          allowDeselect={false}
          data={(['rolling', ...calendarWindows] as const).map(value => ({ value, label: t(`tiers:edit.${value}`) }))}
          value={draft.window.kind}
          onChange={kind =>
            part({
              window: kind === 'rolling' ? { kind, months: 12 } : { kind: kind as (typeof calendarWindows)[number] },
            })
          }
        />
        {draft.window.kind === 'rolling' ? (
          <NumberInput
            label={t('tiers:edit.months')}
            min={1}
            max={60}
            value={draft.window.months}
            onChange={months => part({ window: { kind: 'rolling', months: Math.max(1, Number(months) || 12) } })}
          />
        ) : null}
        <NumberInput
          label={t('tiers:edit.grace')}
          min={0}
          max={365}
          value={draft.graceDays}
          onChange={days => part({ graceDays: Number(days) || 0 })}
        />
        <NumberInput
          label={t('tiers:edit.notice')}
          min={0}
          max={180}
          value={draft.noticeDays}
          onChange={days => part({ noticeDays: Number(days) || 0 })}
        />
        <TextInput
          type="date"
          required
          min={todayOn}
          label={t('tiers:edit.starts-on')}
          value={startsOn}
          onChange={event => setStartsOn(event.currentTarget.value)}
        />
      </div>
      <Switch
        label={t('tiers:edit.soft')}
        checked={draft.softLanding}
        onChange={event => part({ softLanding: event.currentTarget.checked })}
      />
      {draft.tiers.map((each, index) => (
        <div key={each.tierId} className="tier-row">
          <TextInput
            label={t('tiers:edit.name')}
            required
            maxLength={60}
            value={each.name}
            onChange={event => tier(index, { name: event.currentTarget.value })}
          />
          <NumberInput
            label={t('tiers:edit.least')}
            min={1}
            thousandSeparator=","
            {...(draft.measure === 'spend' ? { suffix: ` ${draft.currency}` } : {})}
            value={each.atLeast / unit}
            onChange={value => tier(index, { atLeast: Math.max(1, Math.round(Number(value) * unit)) })}
          />
          <TagsInput
            label={t('tiers:edit.rights')}
            splitChars={[',', '，']}
            value={each.rights.map(right => right.name)}
            onChange={names => tier(index, { rights: rightsOf(names, each.rights) })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('tiers:edit.remove', { name: each.name })}
            onClick={() => part({ tiers: draft.tiers.filter(other => other !== each) })}
          >
            <Trash2 size={15} />
          </ActionIcon>
          <small className="muted">
            {isSound && asked.data ? t('tiers:ladder.would', { number: format.number(would(each.tierId)) }) : ''}
          </small>
        </div>
      ))}
      {isSound ? null : <p className="bad">{t('tiers:edit.invalid')}</p>}
      {isSound && asked.data ? (
        <p className="muted">
          {t('tiers:ladder.moved', {
            up: format.number(asked.data.up),
            down: format.number(asked.data.down),
            same: format.number(asked.data.same),
          })}
        </p>
      ) : null}
      <div className="acts">
        <Button
          onClick={() =>
            part({
              tiers: [
                ...draft.tiers,
                {
                  tierId: freeId(
                    draft.tiers.map(each => each.tierId),
                    'tier',
                  ),
                  name: t('tiers:edit.new'),
                  atLeast: 2 * (draft.tiers.at(-1)?.atLeast ?? 500 * unit),
                  rights: [],
                },
              ],
            })
          }
        >
          {t('tiers:edit.add')}
        </Button>
        <Button type="submit" variant="filled" disabled={!isSound} loading={change.isPending}>
          {t('tiers:ladder.save')}
        </Button>
        <Button onClick={leave}>{t('tiers:ladder.cancel')}</Button>
      </div>
    </form>
  )
}

/** A right keeps its id while its name stays, so that what reads it goes on reading it. */
function rightsOf(names: readonly string[], before: Tier['rights']): Tier['rights'] {
  const rights: Tier['rights'] = []
  for (const name of names) {
    const known = before.find(right => right.name === name)
    const taken = [...before, ...rights].map(right => right.rightId)
    rights.push(known ?? { rightId: freeId(taken, 'right'), name })
  }
  return rights
}

function freeId(taken: readonly string[], stem: string): string {
  for (let number = 1; ; number++) if (!taken.includes(`${stem}-${number}`)) return `${stem}-${number}`
}
