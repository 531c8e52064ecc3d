import { useRef, useState } from 'react'
import type { memberGiveBackReward, memberRewards, memberTakeReward } from '#financial/rewards/contract.ts'
import { RewardIcon } from '../../src/financial/rewards/screen-icon.tsx'
import { newKey, type ReplyOf, tell } from './api.ts'
import { refresh, useAsked } from './asked.ts'
import { Act, inWords, Section, Skeleton } from './pieces.tsx'
import { Qr } from './qr.tsx'
import { useSay } from './words.ts'

type Rewards = ReplyOf<typeof memberRewards>

/** What I have taken, with its code for the till; what I could take; and my stamp cards. */
export function RewardsSection() {
  const { t } = useSay()
  const asked = useAsked<typeof memberRewards>('/api/member/rewards')
  const rewards = asked.data
  if (!rewards) return asked.problem ? null : <Skeleton lines={6} />
  const mine = rewards.taken.filter(each => each.state === 'taken' || each.state === 'reserved')
  const offers = rewards.offers.filter(offer => offer.whyNot === null || offer.whyNot === 'points')
  return (
    <>
      {mine.length > 0 ? (
        <Section title={t('rewards.mine')}>
          <ul className="cards">
            {mine.map(taken => (
              <Taken key={taken.takenId} taken={taken} />
            ))}
          </ul>
        </Section>
      ) : null}
      {rewards.cards.length > 0 ? (
        <Section title={t('rewards.stamps')}>
          <ul className="cards">
            {rewards.cards.map(card => (
              <Stamps key={card.cardId} card={card} />
            ))}
          </ul>
        </Section>
      ) : null}
      {offers.length > 0 ? (
        <Section title={t('rewards.offers')}>
          <ul className="cards">
            {offers.map(offer => (
              <Offer key={offer.rewardId} offer={offer} />
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  )
}

function Taken({ taken }: { taken: Rewards['taken'][number] }) {
  const say = useSay()
  const { t, format } = say
  const key = useRef(newKey())
  const large = useRef<HTMLDialogElement>(null)
  const name = inWords(taken.name, say)
  return (
    <li>
      <span className="icon" aria-hidden="true">
        <RewardIcon icon={taken.icon} size={26} />
      </span>
      <div>
        <b>{name}</b>
        <p className="muted">
          {taken.lastUsableOn ? t('rewards.until', { day: format.day(taken.lastUsableOn) }) : t('rewards.no-end')}
        </p>
        {taken.code ? (
          <button type="button" className="act strong" onClick={() => large.current?.showModal()}>
            {t('rewards.show')}
          </button>
        ) : null}
        {taken.canGiveBack ? (
          <Act
            kind="quiet"
            does={async () => {
              await tell<typeof memberGiveBackReward>('POST', `/api/member/rewards/taken/${taken.takenId}/give-back`, {
                key: key.current,
              })
              refresh()
            }}
          >
            {t('rewards.give-back')}
          </Act>
        ) : null}
        {taken.code ? (
          <dialog ref={large} className="large" aria-label={name}>
            <button type="button" className="large-inner" onClick={() => large.current?.close()}>
              <Qr text={taken.code} label={t('rewards.code')} />
              <span className="large-name">{name}</span>
              <span className="large-number">{taken.code}</span>
              <span className="large-hint">{t('card.close')}</span>
            </button>
          </dialog>
        ) : null}
      </div>
    </li>
  )
}

function Stamps({ card }: { card: Rewards['cards'][number] }) {
  const say = useSay()
  const { t, format } = say
  return (
    <li>
      <span className="icon" aria-hidden="true">
        <RewardIcon icon={card.icon} size={26} />
      </span>
      <div>
        <b>{inWords(card.name, say)}</b>
        <p>{t('rewards.stamps-of', { have: card.stamps, of: card.needed, reward: inWords(card.rewardName, say) })}</p>
        {card.needed <= 20 ? (
          <p className="stamps" aria-hidden="true">
            {Array.from({ length: card.needed }, (_, index) => index + 1).map(place => (
              <i key={place} className={place <= card.stamps ? 'on' : undefined} />
            ))}
          </p>
        ) : null}
        {card.nextExpiry ? (
          <p className="muted">
            {t('rewards.stamps-end', { count: card.nextExpiry.stamps, day: format.day(card.nextExpiry.lastUsableOn) })}
          </p>
        ) : null}
      </div>
    </li>
  )
}

function Offer({ offer }: { offer: Rewards['offers'][number] }) {
  const say = useSay()
  const { t, format } = say
  // One key for one intention: pressed again after a lost answer it is taken once; taken, the next one has its own.
  const [key, setKey] = useState(newKey)
  const description = offer.description ? inWords(offer.description, say) : ''
  const price = offer.price ?? 0
  return (
    <li>
      <span className="icon" aria-hidden="true">
        <RewardIcon icon={offer.icon} size={26} />
      </span>
      <div>
        <b>{inWords(offer.name, say)}</b>
        {description ? <p className="muted">{description}</p> : null}
        <p>
          {price > 0 ? t('points.amount', { count: price, number: format.number(price) }) : t('rewards.free')}
          {offer.usualPrice !== null ? <s className="muted"> {format.number(offer.usualPrice)}</s> : null}
          {offer.left !== null ? <span className="muted"> · {t('rewards.left', { count: offer.left })}</span> : null}
        </p>
        {offer.whyNot === 'points' ? (
          <p className="muted">
            {t('rewards.missing', { count: offer.missing, number: format.number(offer.missing) })}
          </p>
        ) : (
          <Act
            kind="strong"
            does={async () => {
              await tell<typeof memberTakeReward>('POST', `/api/member/rewards/${offer.rewardId}/take`, { key })
              setKey(newKey())
              refresh()
            }}
          >
            {t('rewards.take')}
          </Act>
        )}
      </div>
    </li>
  )
}
