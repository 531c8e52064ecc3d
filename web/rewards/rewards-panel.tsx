import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import {
  type Collected,
  giveBackReward,
  type Offer,
  partyRewards,
  redeemTaken,
  type Taken,
  takeReward,
  undoUse,
} from '#financial/rewards/contract.ts'
import { RewardIcon } from '../../src/financial/rewards/screen-icon.tsx'
import { Stamps } from '../../src/financial/rewards/screen-stamps.tsx'
import { inWords } from '../../src/financial/rewards/screen-words.tsx'
import { useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { offerUndo } from '../notices.tsx'
import { useMay } from '../session.tsx'
import './rewards-panel.css'

const refresh = [partyRewards]

/** What a customer has taken and not used, their stamps, what they could have now and what is missing for more. */
export function RewardsPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const mayRead = useMay('rewards.read')
  const asked = useAsk(partyRewards, { params: { partyId } }, { enabled: mayRead })
  const { taken = [], offers = [], cards = [] } = asked.data ?? {}
  if (taken.length + offers.length + cards.length === 0) return null
  const open = taken.filter(each => each.state === 'taken' || each.state === 'reserved')
  const past = taken.filter(each => !open.includes(each))
  const now = offers.filter(offer => offer.whyNot === null)
  const later = offers.filter(offer => offer.whyNot === 'points' || offer.whyNot === 'tier')
  return (
    <section aria-label={t('rewards:panel.title')} className="rewards-panel">
      <h2>{t('rewards:panel.title')}</h2>
      {open.length > 0 ? (
        <ul>
          {open.map(each => (
            <TakenLine key={each.takenId} taken={each} />
          ))}
        </ul>
      ) : taken.length === 0 && cards.length === 0 ? (
        <p className="muted">{t('rewards:panel.none')}</p>
      ) : null}
      {cards.map(card => (
        <Card key={card.cardId} card={card} />
      ))}
      <Offers title={t('rewards:panel.could')} offers={now} partyId={partyId} />
      <Offers title={t('rewards:panel.later')} offers={later} partyId={partyId} />
      <Past taken={past} />
    </section>
  )
}

function TakenLine({ taken }: { taken: Taken }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayUse = useMay('till.use')
  const use = useDo(redeemTaken, { refresh })
  const undo = useDo(undoUse, { refresh })
  const give = useDo(giveBackReward, { refresh })
  const name = inWords(taken.name, format.language)
  const params = { partyId: taken.partyId, takenId: taken.takenId }
  const redeem = () =>
    use.mutate(
      { params, body: {} },
      { onSuccess: () => offerUndo(t('rewards:panel.used', { name }), () => undo.mutate({ params })) },
    )
  const back = () => give.mutate({ params })
  const until =
    taken.state === 'reserved'
      ? t('rewards:state.reserved')
      : taken.lastUsableOn
        ? t('rewards:panel.until', { day: format.nearDay(taken.lastUsableOn) })
        : t('rewards:panel.for-ever')
  return (
    <li>
      <i>
        <RewardIcon icon={taken.icon} size={18} />
      </i>
      <div>
        {name}
        <small className="muted">{until}</small>
        {mayUse && taken.state === 'taken' ? (
          <span className="acts">
            {/* Where a reward is good in some shops only, the code says which: it is used at the counter. */}
            {taken.merchants.length === 0 ? (
              <Button
                size="compact-xs"
                onClick={redeem}
                loading={use.isPending}
                aria-label={t('rewards:panel.use-name', { name })}
              >
                {t('rewards:panel.use')}
              </Button>
            ) : null}
            {taken.canGiveBack ? (
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={back}
                loading={give.isPending}
                aria-label={t('rewards:panel.back-name', { name })}
              >
                {t('rewards:panel.back')}
              </Button>
            ) : null}
          </span>
        ) : null}
      </div>
    </li>
  )
}

function Card({ card }: { card: Collected }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { stamps, needed, owed, nextExpiry, icon } = card
  const shown = { stamps: format.number(stamps), needed: format.number(needed) }
  return (
    <div className="stamp-card">
      <p>
        {inWords(card.name, format.language)} <b>{t('rewards:panel.stamps', shown)}</b>
      </p>
      <Stamps full={stamps} of={needed} icon={icon} />
      {owed > 0 ? <small className="bad">{t('rewards:panel.owed', { count: owed })}</small> : null}
      {nextExpiry ? (
        <small className="muted">
          {t('rewards:panel.stamps-end', { count: nextExpiry.stamps, day: format.nearDay(nextExpiry.lastUsableOn) })}
        </small>
      ) : null}
    </div>
  )
}

function Offers({ title, offers, partyId }: { title: string; offers: readonly Offer[]; partyId: string }) {
  const format = useFormat()
  if (offers.length === 0) return null
  return (
    <details className="folded">
      <summary>
        {title} <span className="muted">{format.number(offers.length)}</span>
      </summary>
      <ul>
        {offers.map(offer => (
          <OfferLine key={offer.rewardId} offer={offer} partyId={partyId} />
        ))}
      </ul>
    </details>
  )
}

function OfferLine({ offer, partyId }: { offer: Offer; partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayUse = useMay('till.use')
  const take = useDo(takeReward, { refresh })
  const back = useDo(giveBackReward, { refresh })
  const name = inWords(offer.name, format.language)
  const { rewardId, price, usualPrice, whyNot, missing } = offer
  const said = price === 0 ? t('rewards:price.free') : price === null ? '' : t('rewards:price.points', { count: price })
  const doTake = () =>
    take.mutate(
      { params: { partyId, rewardId }, body: {} },
      {
        onSuccess: ({ takenId }) =>
          offerUndo(t('rewards:panel.took', { name }), () => back.mutate({ params: { partyId, takenId } })),
      },
    )
  return (
    <li>
      <i>
        <RewardIcon icon={offer.icon} size={18} />
      </i>
      <div>
        {name}
        <small className="muted">
          {said}
          {usualPrice === null ? '' : ` · ${t('rewards:panel.usual', { usual: format.number(usualPrice) })}`}
          {whyNot === null ? '' : `${said ? ' · ' : ''}${t(`rewards:why-not.${whyNot}`, { count: missing })}`}
        </small>
      </div>
      {whyNot === null && mayUse ? (
        <Button
          size="compact-xs"
          onClick={doTake}
          loading={take.isPending}
          aria-label={t('rewards:panel.take-name', { name })}
        >
          {t('rewards:panel.take')}
        </Button>
      ) : null}
    </li>
  )
}

const pastShown = 10

function Past({ taken }: { taken: readonly Taken[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (taken.length === 0) return null
  return (
    <details className="folded">
      <summary>
        {t('rewards:panel.past')} <span className="muted">{format.number(taken.length)}</span>
      </summary>
      <ul>
        {taken.slice(0, pastShown).map(each => (
          <li key={each.takenId}>
            <i>
              <RewardIcon icon={each.icon} size={18} />
            </i>
            <div>
              {inWords(each.name, format.language)}
              <small className="muted">
                {t(`rewards:state.${each.state}`)} · {format.nearDay(format.dayOf(each.usedAt ?? each.takenAt))}
              </small>
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}
