import { Link, useParams } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { customerRhythm } from '#insight/rhythm/contract.ts'
import { type Party, readParty } from '#kernel/parties/contract.ts'
import { listTasks } from '#kernel/tasks/contract.ts'
import { useAsk } from '../api.ts'
import { type Format, useFormat } from '../format.ts'
import { Answer, Face, Page, Why } from '../kit/index.ts'
import { RewardsPanel } from '../rewards/rewards-panel.tsx'
import { HistoryNote } from '../today/history-note.tsx'
import { BenefitsPanel } from './benefits-panel.tsx'
import { CardPanel } from './card-panel.tsx'
import { CreditPanel } from './credit-panel.tsx'
import { DrawPanel } from './draw-panel.tsx'
import { NameAndBirthday } from './edit-customer.tsx'
import { IndicesPanel } from './indices-panel.tsx'
import { NextStep } from './next-step.tsx'
import { PointsPanel } from './points-panel.tsx'
import { PromisesPanel } from './promises-panel.tsx'
import type { Rhythm } from './reasons.tsx'
import { RhythmPanel } from './rhythm-panel.tsx'
import { SharingPanel } from './sharing-panel.tsx'
import { StagePanel } from './stage-panel.tsx'
import { TierPanel } from './tier-panel.tsx'
import { Timeline } from './timeline.tsx'
import { TypeBadge } from './type-badge.tsx'
import { ValuePanel } from './value-panel.tsx'

/** The whole customer on one page: who they are, their rhythm, what was between us, and the next step. */
export function Portrait() {
  const { t } = useTranslation()
  const { partyId } = useParams({ from: '/shell/customers/$partyId' })
  const party = useAsk(readParty, { params: { partyId } })
  const rhythm = useAsk(customerRhythm, { params: { partyId } })
  if (!party.data)
    return (
      <Page name={t('nav.customers')} title={t('portrait.title')}>
        <Answer of={party}>{() => null}</Answer>
      </Page>
    )
  return (
    <main id="content" tabIndex={-1} className="profile">
      <Who party={party.data} rhythm={rhythm.data} />
      <div className="profile-middle">
        <HistoryNote reading={rhythm.data?.reading} />
        <Answer of={rhythm}>{data => <RhythmPanel rhythm={data} />}</Answer>
        <StagePanel partyId={partyId} />
        <Timeline partyId={partyId} />
      </div>
      <div className="profile-right">
        <NextStep partyId={partyId} />
        {rhythm.data ? <Spend rhythm={rhythm.data} /> : null}
        <TierPanel partyId={partyId} />
        <PointsPanel partyId={partyId} />
        <CreditPanel partyId={partyId} />
        <RewardsPanel partyId={partyId} />
        <PromisesPanel partyId={partyId} />
        <SharingPanel partyId={partyId} />
        <DrawPanel partyId={partyId} />
        <BenefitsPanel partyId={partyId} />
        <CardPanel partyId={partyId} name={party.data.name} />
        <ValuePanel partyId={partyId} />
        <IndicesPanel partyId={partyId} />
        <PastTasks partyId={partyId} />
      </div>
    </main>
  )
}

function Who({ party, rhythm }: { party: Party; rhythm: Rhythm | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  document.title = `${party.name} · Guanxi`
  return (
    <div className="profile-left">
      <p className="crumb">
        <Link to="/customers" className="link">
          {t('nav.customers')}
        </Link>
      </p>
      <Face name={party.name} size={60} />
      <NameAndBirthday key={party.partyId} party={party} />
      {party.say ? <p className="muted">{party.say}</p> : null}
      <p className="badges">
        {rhythm ? <TypeBadge type={rhythm.type} /> : null}
        {party.roles
          .filter(role => role !== 'customer')
          .map(role => (
            <span key={role} className="tag">
              {t(`party-role.${role}`)}
            </span>
          ))}
      </p>
      <dl>
        {party.identifiers.map(({ kind, value }) => (
          <div key={kind + value}>
            <dt>{t(`identifier.${kind}`)}</dt>
            <dd>{reachable(kind, value)}</dd>
          </div>
        ))}
        {party.birthday ? (
          <div>
            <dt>{t('portrait.birthday')}</dt>
            <dd>{birthdayOf(party.birthday, format)}</dd>
          </div>
        ) : null}
        {Object.entries(party.details).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`detail.${name}`, { defaultValue: name })}</dt>
            <dd>{detailOf(name, value, t)}</dd>
          </div>
        ))}
        {rhythm?.firstOn ? (
          <div>
            <dt>{t('portrait.since')}</dt>
            <dd>{format.day(rhythm.firstOn)}</dd>
          </div>
        ) : null}
      </dl>
    </div>
  )
}

function reachable(kind: string, value: string) {
  if (kind !== 'phone' && kind !== 'email') return value
  return (
    <a className="link" href={`${kind === 'phone' ? 'tel' : 'mailto'}:${value}`}>
      {value}
    </a>
  )
}

function detailOf(name: string, value: string, t: TFunction): string {
  return t(`detail-value.${name}.${value}`, { defaultValue: value })
}

/** `--03-08` is a birthday without its year. */
function birthdayOf(birthday: string, format: Format): string {
  return birthday.startsWith('--') ? format.shortDay(`2000-${birthday.slice(2)}`) : format.day(birthday)
}

function Spend({ rhythm }: { rhythm: Rhythm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { spend } = rhythm
  if (!spend) return null
  const money = (minor: number) => format.money(minor, spend.currency)
  return (
    <section aria-label={t('portrait.spend')}>
      <h2>{t('portrait.spend')}</h2>
      <ul className="facts">
        <li>
          <span>{t('portrait.spend-total')}</span>
          <Why
            reason={{
              formula: t('why.spend-total'),
              inputs: [
                [t('why.bought'), format.exactMoney(spend.totalMinor, spend.currency)],
                [t('why.refunded'), format.exactMoney(spend.refundMinor, spend.currency)],
              ],
              asOf: format.day(rhythm.reading.asOfOn),
            }}
          >
            {money(spend.totalMinor - spend.refundMinor)}
          </Why>
        </li>
        <li>
          <span>{t('portrait.spend-each')}</span>
          <Why reason={{ formula: t('why.spend-each', { count: rhythm.purchases }) }}>
            {money(spend.perPurchaseMinor)}
          </Why>
        </li>
        <li>
          <span>{t('portrait.spend-year')}</span>
          <span className="inferred">
            <Why reason={{ formula: t('why.per-year') }}>{money(spend.perYearMinor)}</Why>
          </span>
        </li>
      </ul>
    </section>
  )
}

function PastTasks({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const tasks = useAsk(listTasks, { query: { state: 'done', partyId, limit: 5 } })
  if (!tasks.data?.items.length) return null
  return (
    <section aria-label={t('portrait.before')}>
      <h2>{t('portrait.before')}</h2>
      <ul className="remembered">
        {tasks.data.items.map(task => (
          <li key={task.taskId}>
            {task.outcome ? t(`tasks:outcome.${task.outcome}`, { defaultValue: task.outcome }) : null}
            <p className="why">
              {task.closedAt ? format.day(format.dayOf(task.closedAt)) : null}
              {task.ownerName ? ` · ${task.ownerName}` : ''}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
