import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { customerIndices } from '#insight/indices/contract.ts'
import { useAsk } from '../api.ts'
import { type Format, useFormat } from '../format.ts'
import { Answer, Inferred, Why } from '../kit/index.ts'
import { FoldedPanel } from './folded-panel.tsx'
import './indices-panel.css'

type Reply = z.infer<typeof customerIndices.reply>
type Index = Reply['indices'][number]
type Fact = Index['facts'][number]

/** Five numbers about one customer, each with the facts behind it; where nobody asked, no number. */
export function IndicesPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(customerIndices, { params: { partyId } })
  return (
    <FoldedPanel title={t('indices:title')}>
      <Answer of={asked}>
        {reply => (
          <ul className="indices">
            {reply.indices.map(index => (
              <li key={index.index}>
                <span className="muted">{t(`indices:index.${index.index}.name`)}</span>
                <span className="indices-line" aria-hidden>
                  {index.value === null ? null : <i style={{ width: `${index.value}%` }} />}
                </span>
                <Why
                  reason={{
                    formula: t(index.value === null ? 'indices:not-told' : 'indices:formula'),
                    more: <Facts index={index} partyId={partyId} />,
                    asOf: format.day(reply.reading.asOfOn),
                  }}
                >
                  {index.value === null ? (
                    <span className="muted">{t('indices:unknown')}</span>
                  ) : (
                    <Inferred>{format.number(index.value)}</Inferred>
                  )}
                </Why>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </FoldedPanel>
  )
}

function Facts({ index, partyId }: { index: Index; partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ul className="index-facts">
      {index.facts.map(fact => (
        <li key={fact.fact}>
          <b>{t(`indices:fact.${fact.fact}.name`)}</b>
          <span className="muted">{format.percent(fact.weight)}</span>
          <p className={fact.score === null ? 'muted' : undefined}>{sentenceOf(fact, t, format)}</p>
          {fact.events.length > 0 ? (
            <p className="small">
              <Link to="/customers/$partyId" params={{ partyId }} hash="timeline" className="link">
                {fact.events.map(event => format.nearDay(event.on)).join(t('indices:comma'))}
              </Link>
            </p>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

/** What is known of a fact, in words; shares as percent, days and counts as they are. */
export function sentenceOf(fact: Pick<Fact, 'fact' | 'score' | 'values'>, t: TFunction, format: Format): string {
  if (fact.score === null) return t(`indices:fact.${fact.fact}.unknown`)
  const { share, usual, ...values } = fact.values
  return t(`indices:fact.${fact.fact}.known`, {
    ...values,
    ...(share === undefined ? {} : { share: format.percent(share) }),
    ...(usual === undefined ? {} : { usual: format.number(usual, 1) }),
  })
}
