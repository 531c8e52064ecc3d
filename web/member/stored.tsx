import type { myCredit } from '#financial/credit/contract.ts'
import type { memberHousehold } from '#financial/sharing/contract.ts'
import type { ReplyOf } from './api.ts'
import { useAsked } from './asked.ts'
import { amountOf, Section } from './pieces.tsx'
import { useSay } from './words.ts'

/** What lies in store for me besides points: money, visits, and what my household has together. It comes after the card itself. */
export default function Stored() {
  return (
    <>
      <CreditSection />
      <HouseholdSection />
    </>
  )
}

type Credit = ReplyOf<typeof myCredit>

function CreditSection() {
  const { t } = useSay()
  const { data } = useAsked<typeof myCredit>('/api/member/credit')
  if (!data) return null
  return (
    <>
      {data.balances.length > 0 ? (
        <Section title={t('credit.title')}>
          {data.balances.map(balance => (
            <Balance key={balance.currency} balance={balance} />
          ))}
        </Section>
      ) : null}
      {data.cards.length > 0 ? (
        <Section title={t('credit.visits')}>
          <ul className="cards">
            {data.cards.map(card => (
              <VisitCard key={card.soldCardId} card={card} />
            ))}
          </ul>
          <p className="muted">{t('credit.visits-how')}</p>
        </Section>
      ) : null}
    </>
  )
}

function Balance({ balance }: { balance: Credit['balances'][number] }) {
  const { t, format } = useSay()
  const { currency, availableMinor, bonusMinor, heldMinor, owedBackMinor, endsMinor, lastUsableOn } = balance
  const money = (minor: number) => format.money(minor, currency)
  return (
    <>
      <p className="balance">
        <b>{money(availableMinor)}</b>
        {bonusMinor > 0 ? <span>{t('credit.bonus', { amount: money(bonusMinor) })}</span> : null}
      </p>
      <ul className="plain">
        {heldMinor > 0 ? <li>{t('credit.held', { amount: money(heldMinor) })}</li> : null}
        {owedBackMinor > 0 ? <li>{t('credit.owed', { amount: money(owedBackMinor) })}</li> : null}
        {lastUsableOn ? <li>{t('credit.ends', { amount: money(endsMinor), day: format.day(lastUsableOn) })}</li> : null}
      </ul>
      {availableMinor > 0 ? <p className="muted">{t('credit.how')}</p> : null}
    </>
  )
}

function VisitCard({ card }: { card: Credit['cards'][number] }) {
  const { t, format } = useSay()
  const { name, visits, left, lastUsableOn } = card
  return (
    <li>
      <div>
        <b>{name}</b>
        <p>{t('credit.left', { count: left, number: format.number(left), of: format.number(visits) })}</p>
        {lastUsableOn ? <p className="muted">{t('credit.until', { day: format.day(lastUsableOn) })}</p> : null}
      </div>
    </li>
  )
}

/** What ends at midnight can last be used on the day before. */
const lastOf = (end: string) => new Date(Date.parse(end) - 1).toISOString()

function HouseholdSection() {
  const say = useSay()
  const { t, format } = say
  const { data } = useAsked<typeof memberHousehold>('/api/member/household')
  const household = data?.household
  if (!household) return null
  const { name, pool, members } = household
  const mine = members.find(member => member.isMe)
  const amounts = (each: readonly { asset: string; amount: number }[]) =>
    each.map(({ asset, amount }) => amountOf(asset, amount, say)).join(' · ')
  return (
    <Section title={t('household.title', { name })}>
      {pool.length === 0 ? <p className="muted">{t('household.empty')}</p> : null}
      {pool.map(({ asset, available, nextExpiry }) => (
        <div key={asset}>
          <p className="balance">
            <b>{amountOf(asset, available, say)}</b>
          </p>
          {nextExpiry ? (
            <p className="muted">{t('household.ends', { day: format.dayOf(lastOf(nextExpiry)) })}</p>
          ) : null}
        </div>
      ))}
      <ul className="pairs">
        {members.map(member => (
          <li key={member.partyId}>
            <span>{member.isMe ? t('household.me') : member.name}</span>
            <b>{member.unspent.length > 0 ? amounts(member.unspent) : '–'}</b>
          </li>
        ))}
      </ul>
      <p className="muted">
        {mine ? t(`household.gives-${mine.contributes}`) : null} {t('household.how')}
      </p>
    </Section>
  )
}
