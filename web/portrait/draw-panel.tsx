import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { partyDraws } from '#financial/draw/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { useMay } from '../session.tsx'
import { FoldedPanel } from './folded-panel.tsx'

/** The draws that a customer has tickets of: how many, how likely to win, what was won. */
export function DrawPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayRead = useMay('draws.read')
  const asked = useAsk(partyDraws, { params: { partyId } }, { enabled: mayRead })
  const entered = (asked.data?.items ?? [])
    .filter(each => each.tickets > 0 && each.draw.state !== 'cancelled')
    .slice(0, 5)
  if (entered.length === 0) return null
  return (
    <FoldedPanel title={t('draw:panel.title')} note={format.number(entered.length)}>
      <ul className="facts">
        {entered.map(({ draw, tickets, chance, won }) => (
          <li key={draw.drawId}>
            <span>
              <Link to="/draws/$drawId" params={{ drawId: draw.drawId }} className="link">
                {draw.name}
              </Link>
            </span>
            <span>
              {won.length > 0
                ? won.map(each => t('draw:panel.won', { prize: each.prize })).join(' · ')
                : t('draw:panel.tickets', {
                    count: tickets,
                    number: format.number(tickets),
                    all: format.number(draw.tickets),
                  })}
              {chance === null ? null : (
                <small className="muted">
                  {' '}
                  · {t('draw:panel.chance', { percent: format.percent(chance, chance < 0.1 ? 1 : 0) })}
                </small>
              )}
            </span>
          </li>
        ))}
      </ul>
    </FoldedPanel>
  )
}
