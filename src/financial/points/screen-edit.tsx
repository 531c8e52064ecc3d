import { ActionIcon, Button, Menu, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays } from '#kernel/clock/index.ts'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import {
  type Campaign,
  type EarningRule,
  type ItemMatch,
  type PointsRules,
  pointsRules,
  publishProgramme,
  readProgramme,
} from './contract.ts'
import type { Programme } from './screen.tsx'
import { CampaignFields, EarningFields, ItemFields } from './screen-rule-card.tsx'
import { sentencesOf } from './screen-sentences.tsx'
import { Simulator } from './screen-simulator.tsx'

const kinds = ['spend', 'item', 'visit', 'first', 'birthday', 'regularity', 'volume'] as const
const all: ItemMatch = { kind: 'all' }

/** Rules as cards with the simulator beside: nothing is in force until it is published with its first day. */
export function EditRules({ programme }: { programme: Programme }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const [rules, setRules] = useState<PointsRules>(programme.current?.rules ?? programme.draft ?? programme.usual)
  const isFirst = !programme.current && programme.coming.length === 0
  const [startsOn, setStartsOn] = useState(isFirst ? programme.todayOn : addDays(programme.todayOn, 1))
  const publish = useDo(publishProgramme, { refresh: [readProgramme] })
  const set = (part: Partial<PointsRules>) => setRules(before => ({ ...before, ...part }))
  const say = sentencesOf(t, format, rules.currency)
  const isSound = pointsRules.safeParse(rules).success
  const unit = 10 ** format.digits(rules.currency)
  const leave = () => void navigate({ to: '/programme', search: {} })
  const change = <Rule extends EarningRule | Campaign>(list: 'earning' | 'campaigns', next: Rule) =>
    setRules(before => ({
      ...before,
      [list]: before[list].map(rule => (rule.ruleId === next.ruleId ? next : rule)),
    }))
  const drop = (list: 'earning' | 'campaigns', ruleId: string) =>
    setRules(before => ({ ...before, [list]: before[list].filter(rule => rule.ruleId !== ruleId) }))
  const put = () =>
    publish.mutate(
      { body: { rules, startsOn } },
      {
        onSuccess: () => {
          showNotice(t('points:edit.published', { day: format.day(startsOn) }))
          leave()
        },
      },
    )
  return (
    <Page
      name={t('points:name')}
      title={t('points:edit.title')}
      subtitle={t('points:edit.subtitle')}
      actions={<Button onClick={leave}>{t('points:edit.cancel')}</Button>}
      aside={<Simulator rules={rules} />}
    >
      <form
        className="form form-wide rules-form"
        onSubmit={event => {
          event.preventDefault()
          put()
        }}
      >
        <h2>{t('points:section.earn')}</h2>
        {rules.earning.map(rule => (
          <div key={rule.ruleId} className="rule-card">
            <p>
              <b>{say.earning(rule)}</b>
              <Remove name={say.earning(rule)} onClick={() => drop('earning', rule.ruleId)} />
            </p>
            <EarningFields
              rule={rule}
              unit={unit}
              currency={rules.currency}
              categories={programme.categories}
              onChange={next => change('earning', next)}
            />
          </div>
        ))}
        <Menu>
          <Menu.Target>
            <Button>{t('points:edit.add')}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {kinds.map(kind => (
              <Menu.Item
                key={kind}
                onClick={() => set({ earning: [...rules.earning, newRule(kind, freeId(rules, kind), unit)] })}
              >
                {t(`points:edit.kind.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>

        <h2>{t('points:section.campaigns')}</h2>
        {rules.campaigns.map(campaign => (
          <div key={campaign.ruleId} className="rule-card">
            <p>
              <b>{say.campaign(campaign)}</b>
              <Remove name={campaign.name} onClick={() => drop('campaigns', campaign.ruleId)} />
            </p>
            <CampaignFields campaign={campaign} onChange={next => change('campaigns', next)} />
          </div>
        ))}
        <Button
          onClick={() =>
            set({
              campaigns: [
                ...rules.campaigns,
                {
                  ruleId: freeId(rules, 'campaign'),
                  name: t('points:edit.campaign-new'),
                  percent: 200,
                  fromOn: programme.todayOn,
                  untilOn: addDays(programme.todayOn, 13),
                  weekdays: [],
                  onlyBirthMonth: false,
                  budgetPoints: null,
                },
              ],
            })
          }
        >
          {t('points:edit.campaign-add')}
        </Button>

        <h2>{t('points:section.worth')}</h2>
        <div className="rule-fields">
          <NumberInput
            label={t('points:edit.worth')}
            min={0}
            decimalScale={format.digits(rules.currency)}
            suffix={` ${rules.currency}`}
            value={rules.worthMinorPer100 / unit}
            onChange={value => set({ worthMinorPer100: Math.round(Number(value) * unit) })}
          />
          <NumberInput
            label={t('points:edit.pending')}
            min={0}
            max={365}
            value={rules.pendingDays}
            onChange={value => set({ pendingDays: Number(value) || 0 })}
          />
        </div>
        <p className="muted small">{t('points:edit.pending-hint')}</p>

        <h2>{t('points:section.expiry')}</h2>
        <p>{say.expiry(rules)}</p>
        <ExpiryFields rules={rules} set={set} />

        <h2>{t('points:section.limits')}</h2>
        <LimitFields rules={rules} set={set} categories={programme.categories} />

        <h2>{t('points:section.publish')}</h2>
        <div className="rule-fields">
          <TextInput
            type="date"
            label={t('points:edit.starts')}
            required
            min={isFirst ? undefined : programme.todayOn}
            value={startsOn}
            onChange={event => setStartsOn(event.currentTarget.value)}
          />
          <Button type="submit" variant="filled" disabled={!isSound} loading={publish.isPending}>
            {t('points:edit.publish')}
          </Button>
        </div>
        <p className="muted small">
          {t(isFirst && startsOn < programme.todayOn ? 'points:edit.publish-past' : 'points:edit.publish-hint')}
        </p>
      </form>
    </Page>
  )
}

function Remove({ name, onClick }: { name: string; onClick: () => void }) {
  const { t } = useTranslation()
  return (
    <ActionIcon variant="subtle" aria-label={t('points:edit.remove', { name })} onClick={onClick}>
      <Trash2 size={15} />
    </ActionIcon>
  )
}

interface Part {
  readonly rules: PointsRules
  readonly set: (part: Partial<PointsRules>) => void
}

function ExpiryFields({ rules: { expiry }, set }: Part) {
  const { t } = useTranslation()
  return (
    <div className="rule-fields">
      <Select
        label={t('points:edit.expiry')}
        allowDeselect={false}
        data={(['never', 'months', 'activity'] as const).map(value => ({
          value,
          label: t(`points:edit.expiry-${value}`),
        }))}
        value={expiry.kind}
        onChange={kind => {
          if (kind === 'never') set({ expiry: { kind } })
          else set({ expiry: { months: 12, endOf: 'month', ...expiry, kind: kind as 'months' } })
        }}
      />
      {expiry.kind !== 'never' ? (
        <>
          <NumberInput
            label={t('points:edit.expiry-months')}
            min={1}
            max={120}
            value={expiry.months}
            onChange={months => set({ expiry: { ...expiry, months: Number(months) || 1 } })}
          />
          <Select
            label={t('points:edit.expiry-end')}
            allowDeselect={false}
            data={(['day', 'month', 'quarter', 'year'] as const).map(value => ({
              value,
              label: t(`points:edit.end.${value}`),
            }))}
            value={expiry.endOf}
            onChange={endOf => set({ expiry: { ...expiry, endOf: endOf as 'day' } })}
          />
        </>
      ) : null}
    </div>
  )
}

function LimitFields({ rules, set, categories }: Part & { categories: readonly string[] }) {
  const { t } = useTranslation()
  const { exclude, caps } = rules
  const left = [
    ['tax', 'no-tax'],
    ['paidWithPoints', 'no-points'],
    ['paidWithGiftCard', 'no-gift-card'],
  ] as const
  const most = [
    ['perDay', 'cap-day'],
    ['perMonth', 'cap-month'],
    ['everybodyPerMonth', 'cap-everybody'],
  ] as const
  return (
    <>
      {left.map(([name, key]) => (
        <Switch
          key={name}
          label={t(`points:edit.${key}`)}
          checked={exclude[name]}
          onChange={event => set({ exclude: { ...exclude, [name]: event.currentTarget.checked } })}
        />
      ))}
      <div className="rule-fields">
        <ItemFields
          label={t('points:edit.no-items')}
          allLabel={t('points:edit.no-items-none')}
          match={exclude.items ?? all}
          categories={categories}
          onChange={items => set({ exclude: { ...exclude, items: items.kind === 'all' ? null : items } })}
        />
      </div>
      <div className="rule-fields">
        {most.map(([name, key]) => (
          <NumberInput
            key={name}
            label={t(`points:edit.${key}`)}
            placeholder={t('points:edit.no-limit')}
            min={1}
            thousandSeparator=","
            value={caps[name] ?? ''}
            onChange={value => set({ caps: { ...caps, [name]: value === '' ? null : Math.max(1, Number(value)) } })}
          />
        ))}
      </div>
    </>
  )
}

/** A rule keeps its name for good, so that what it gave can be told apart; a new one takes the first that is free. */
function freeId(rules: PointsRules, kind: string): string {
  const taken = new Set([...rules.earning, ...rules.campaigns].map(rule => rule.ruleId))
  for (let number = 1; ; number++) {
    const ruleId = number === 1 ? kind : `${kind}-${number}`
    if (!taken.has(ruleId)) return ruleId
  }
}

function newRule(kind: EarningRule['kind'], ruleId: string, unit: number): EarningRule {
  switch (kind) {
    case 'spend':
      return { kind, ruleId, points: 1, perMinor: unit, match: all }
    case 'item':
      return { kind, ruleId, points: 5, match: all }
    case 'visit':
      return { kind, ruleId, points: 5, weekdays: [] }
    case 'regularity':
      return { kind, ruleId, points: 50, months: 3 }
    case 'volume':
      return { kind, ruleId, points: 100, atLeastMinor: 1000 * unit, per: 'quarter' }
    default:
      return { kind, ruleId, points: 50 }
  }
}
