import type { memberDraws } from '#financial/draw/contract.ts'
import { RewardIcon } from '../../src/financial/rewards/screen-icon.tsx'
import type { ReplyOf } from './api.ts'
import { useAsked } from './asked.ts'
import { Section } from './pieces.tsx'
import { useSay } from './words.ts'

type Entered = ReplyOf<typeof memberDraws>['items'][number]

/** My tickets, what they may win, and how anybody can check that the draw was fair. */
export function DrawsSection() {
  const { t } = useSay()
  const { data } = useAsked<typeof memberDraws>('/api/member/draws')
  if (!data?.items.length) return null
  return (
    <Section title={t('draws.title')}>
      <ul className="cards">
        {data.items.map(entered => (
          <Draw key={entered.draw.drawId} entered={entered} />
        ))}
      </ul>
    </Section>
  )
}

function Draw({ entered }: { entered: Entered }) {
  const { t, format } = useSay()
  const { draw, proof, tickets, chance, won, ticketIds } = entered
  const isOver = draw.state === 'drawn'
  return (
    <li>
      <span className="icon" aria-hidden="true">
        <RewardIcon icon="ticket" size={26} />
      </span>
      <div>
        <b>{draw.name}</b>
        <p>{draw.prizes.map(prize => (prize.count > 1 ? `${prize.name} ×${prize.count}` : prize.name)).join(' · ')}</p>
        {won.map(prize => (
          <p key={prize.order} className="note">
            {t('draws.won', { prize: prize.prize })}{' '}
            {prize.state === 'waiting' && prize.claimUntil
              ? t('draws.collect', { day: format.dayOf(prize.claimUntil) })
              : null}
          </p>
        ))}
        <p className="muted">
          {t('draws.tickets', { count: tickets, number: format.number(tickets) })}
          {chance !== null ? ` · ${t('draws.chance', { chance: format.percent(chance) })}` : ''}
        </p>
        <p className="muted">
          {draw.state === 'cancelled'
            ? t('draws.cancelled', { reason: draw.cancelledReason ?? '' })
            : isOver && proof.drawnAt
              ? t(won.length > 0 ? 'draws.drawn' : 'draws.drawn-without', { day: format.dayOf(proof.drawnAt) })
              : t('draws.closes', { time: format.moment(draw.closesAt) })}
        </p>
        <details>
          <summary>{t('draws.proof')}</summary>
          <p>{t('draws.proof-text')}</p>
          <dl className="hashes">
            <dt>{t('draws.hash')}</dt>
            <dd>{draw.seedHash}</dd>
            {proof.listHash ? (
              <>
                <dt>{t('draws.list')}</dt>
                <dd>{proof.listHash}</dd>
              </>
            ) : null}
            {proof.seed ? (
              <>
                <dt>{t('draws.seed')}</dt>
                <dd>{proof.seed}</dd>
              </>
            ) : null}
            {ticketIds.length > 0 ? (
              <>
                <dt>{t('draws.mine')}</dt>
                {ticketIds.slice(0, 20).map(({ ticket, serial }) => (
                  <dd key={ticket}>{serial === null ? ticket : `${serial} · ${ticket}`}</dd>
                ))}
              </>
            ) : null}
          </dl>
        </details>
      </div>
    </li>
  )
}
