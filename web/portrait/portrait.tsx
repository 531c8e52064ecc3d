import { Link, Navigate, useParams } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { customerRhythm } from '#insight/rhythm/contract.ts'
import { type Party, readParty } from '#kernel/parties/contract.ts'
import { listTasks } from '#kernel/tasks/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { Answer, Face, Page, Why } from '../kit/index.ts'
import { RewardsPanel } from '../rewards/rewards-panel.tsx'
import { useMay } from '../session.tsx'
import { HistoryNote } from '../today/history-note.tsx'
import { BenefitsPanel } from './benefits-panel.tsx'
import { birthdayInWords } from './birthday.ts'
import { BondsPanel } from './bonds-panel.tsx'
import { CardPanel } from './card-panel.tsx'
import { ConsentPanel } from './consent-panel.tsx'
import { CreditPanel } from './credit-panel.tsx'
import { DrawPanel } from './draw-panel.tsx'
import { NameAndBirthday } from './edit-customer.tsx'
import { FoldedPanel } from './folded-panel.tsx'
import { Identifiers } from './identifiers.tsx'
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
  // The address of a profile that was merged leads to the one that was kept.
  if (party.data.partyId !== partyId)
    return <Navigate to="/customers/$partyId" params={{ partyId: party.data.partyId }} replace />
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
        <ValuePanel partyId={partyId} />
        <TierPanel partyId={partyId} />
        <PointsPanel partyId={partyId} />
        <RewardsPanel partyId={partyId} />
        <CreditPanel partyId={partyId} />
        <PromisesPanel partyId={partyId} />
        <BondsPanel partyId={partyId} />
        <div className="folded-panels">
          <ConsentPanel partyId={partyId} />
          <CardPanel partyId={partyId} name={party.data.name} />
          <SharingPanel partyId={partyId} />
          <BenefitsPanel partyId={partyId} />
          <DrawPanel partyId={partyId} />
          <IndicesPanel partyId={partyId} />
          <PastTasks partyId={partyId} />
        </div>
      </div>
    </main>
  )
}

function Who({ party, rhythm }: { party: Party; rhythm: Rhythm | undefined }) {
  const { t } = useTranslation()
  const mayMerge = useMay('customers.merge')
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
      <Greeting party={party} />
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
      <Identifiers party={party} />
      <dl>
        {party.birthday ? (
          <div>
            <dt>{t('portrait.birthday')}</dt>
            <dd>{birthdayInWords(party.birthday, format, t)}</dd>
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
      {mayMerge ? (
        <p>
          <Link to="/merges" search={{ kept: party.partyId }} className="link">
            {t('merges:with-another')}
          </Link>
        </p>
      ) : null}
    </div>
  )
}

function detailOf(name: string, value: string, t: TFunction): string {
  return t(`detail-value.${name}.${value}`, { defaultValue: value })
}

/** How to speak to them, where it says more than the name: in the language of the reader first, then as a foreigner does. */
function Greeting({ party }: { party: Party }) {
  const { t, i18n } = useTranslation()
  const { en, zh } = party.greeting
  const [own, other] = i18n.language.startsWith('zh') ? [zh, en] : [en, zh]
  const said = [...new Set([own, other])].filter(each => each !== '' && each !== party.name)
  if (said.length === 0) return null
  return <p className="muted small">{t('portrait.greet', { said: said.join(' · ') })}</p>
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
        {/* Without a rhythm there is no pace, and nothing a year would be wrong to say. */}
        {rhythm.history === 'enough' ? (
          <li>
            <span>{t('portrait.spend-year')}</span>
            <span className="inferred">
              <Why reason={{ formula: t('why.per-year') }}>{money(spend.perYearMinor)}</Why>
            </span>
          </li>
        ) : null}
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
    <FoldedPanel title={t('portrait.before')} note={format.number(tasks.data.items.length)}>
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
    </FoldedPanel>
  )
}
