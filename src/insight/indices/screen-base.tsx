import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Inferred, Why } from '../../../web/kit/index.ts'
import { readIndices } from './contract.ts'
import './screen-base.css'

type Reply = z.infer<typeof readIndices.reply>
type Index = Reply['indices'][number]

/** The five indices of the base: the mean, where it lies, for how many it speaks, and how it went. */
export function BaseIndices() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(readIndices, {})
  return (
    <section>
      <h2>{t('indices:base.title')}</h2>
      <Answer of={asked}>
        {reply =>
          reply.measuredOn === null ? (
            <p className="muted">{t('indices:base.none')}</p>
          ) : (
            <>
              <p className="muted small">
                {t('indices:base.text', { day: format.day(reply.measuredOn) })}
                {reply.lookedAt < reply.customers
                  ? ` ${t('indices:base.part', { count: reply.lookedAt, customers: format.number(reply.customers) })}`
                  : ''}
              </p>
              <ul className="base-indices">
                {reply.indices.map(index => (
                  <Row key={index.index} index={index} reply={reply} />
                ))}
              </ul>
            </>
          )
        }
      </Answer>
    </section>
  )
}

function Row({ index, reply }: { index: Index; reply: Reply }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { mean, low, high } = index
  const speaksFor = { count: index.speaksFor, number: format.number(index.speaksFor) }
  return (
    <li>
      <div>
        <b>{t(`indices:index.${index.index}.name`)}</b>
        <p className="muted small">{t(`indices:index.${index.index}.what`)}</p>
      </div>
      <span className="base-index">
        <Why
          reason={{
            formula: t(mean === null ? 'indices:not-told' : 'indices:base.formula'),
            inputs: index.facts.map(
              fact => [t(`indices:fact.${fact.fact}.name`), format.percent(fact.weight)] as const,
            ),
            asOf: format.day(reply.measuredOn!),
          }}
        >
          {mean === null ? (
            <span className="muted">{t('indices:unknown')}</span>
          ) : (
            <Inferred>
              <span className="strong">{format.number(mean)}</span>
            </Inferred>
          )}
        </Why>
      </span>
      {mean === null ? (
        <p className="muted small">{t(`indices:fact.${index.facts[0]!.fact}.unknown`)}</p>
      ) : (
        <div>
          <div className="base-scale" aria-hidden>
            {low !== null && high !== null ? (
              <i style={{ left: `${low}%`, width: `${Math.max(0.6, high - low)}%` }} />
            ) : null}
            <b style={{ left: `${mean}%` }} />
          </div>
          <p className="muted small">
            {low !== null && high !== null
              ? t('indices:base.between', { ...speaksFor, low: format.number(low, 1), high: format.number(high, 1) })
              : t('indices:base.speaks-for', speaksFor)}
          </p>
        </div>
      )}
      <Course index={index} />
    </li>
  )
}

const width = 120
const height = 28

/** How an index went, on the full scale: a small change looks small. */
function Course({ index }: { index: Index }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { trend } = index
  if (trend.length < 3) return <span />
  const days = trend.map(point => Date.parse(point.on))
  const span = days.at(-1)! - days[0]! || 1
  const points = trend.map(
    (point, at) => `${((days[at]! - days[0]!) / span) * width},${height - (point.mean / 100) * height}`,
  )
  const change = { from: format.number(trend[0]!.mean), to: format.number(trend.at(-1)!.mean) }
  const since = format.nearDay(trend[0]!.on)
  return (
    <div className="base-course">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden>
        <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
        <polyline points={points.join(' ')} />
      </svg>
      <p className="muted small">{t('indices:base.change', { ...change, day: since })}</p>
    </div>
  )
}
