import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { customerStage } from '#insight/stage/contract.ts'
import { useAsk } from '../api.ts'
import { daysBetween } from '../days.ts'
import { useFormat } from '../format.ts'
import { Answer, Inferred, Why } from '../kit/index.ts'
import './stage-panel.css'

type Reply = z.infer<typeof customerStage.reply>
type Step = Reply['history'][number]

/** At which stage a customer stands, since when and why, what comes next in silence, and the way so far. */
export function StagePanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const asked = useAsk(customerStage, { params: { partyId } })
  return (
    <section className="stage-panel" aria-label={t('stage:panel.title')}>
      <Answer of={asked}>{reply => <Stage reply={reply} />}</Answer>
    </section>
  )
}

function Stage({ reply }: { reply: Reply }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { sinceOn, next, history } = reply
  const name = t(`rhythm:type.${reply.stage}.name`)
  return (
    <>
      <h2 className="finding">
        <span className="type" data-type={reply.stage}>
          <i aria-hidden />
          <Why reason={{ formula: t(reply.ruleKey), asOf: format.day(reply.reading.asOfOn) }}>
            {sinceOn ? t('stage:panel.since', { stage: name, day: format.day(sinceOn) }) : name}
          </Why>
        </span>
      </h2>
      <p>{t(reply.why.key, reply.why.values)}</p>
      {history.length > 0 ? <Way history={history} asOfOn={reply.reading.asOfOn} /> : null}
      {next ? (
        <p className="small">
          <Inferred>
            {t('stage:panel.next', { stage: t(`rhythm:type.${next.stage}.name`), day: format.day(next.on) })}
          </Inferred>
        </p>
      ) : null}
      {history.length > 1 ? (
        <details className="folded">
          <summary>
            {t('stage:panel.way')}
            <span className="muted">{format.number(history.length)}</span>
          </summary>
          <ol className="way-steps">
            {history.toReversed().map(step => (
              <li key={step.on}>
                <time className="muted" dateTime={step.on}>
                  {format.day(step.on)}
                </time>
                <div>
                  <span className="type" data-type={step.to}>
                    <i aria-hidden />
                    {t(`rhythm:type.${step.to}.name`)}
                  </span>
                  <p className="why">
                    {t(step.why.key, step.why.values)}
                    {step.afterwards ? ` ${t('stage:afterwards')}` : ''}
                  </p>
                </div>
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </>
  )
}

/** The time since the first purchase as one line, in the colours of the stages. */
function Way({ history, asOfOn }: { history: readonly Step[]; asOfOn: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const first = history[0]!.on
  return (
    <>
      <div
        className="way"
        role="img"
        aria-label={t('stage:panel.label', { from: format.day(first), to: format.day(asOfOn) })}
      >
        {history.map((step, index) => (
          <span
            key={step.on}
            data-type={step.to}
            title={`${t(`rhythm:type.${step.to}.name`)} · ${format.day(step.on)}`}
            style={{ flexGrow: Math.max(1, daysBetween(step.on, history[index + 1]?.on ?? asOfOn)) }}
          />
        ))}
      </div>
      <p className="way-ends">
        <span>{format.day(first)}</span>
        <span>{format.day(asOfOn)}</span>
      </p>
    </>
  )
}
