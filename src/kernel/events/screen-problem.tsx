import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { offerUndo, showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  dismissEventProblems,
  type EventProblem,
  eventProblemCauses,
  eventProblems,
  replayEventProblem,
  restoreEventProblem,
} from './contract.ts'
import { lineOfPlace } from './figures/place.ts'
import { JsonText } from './screen-json.tsx'

/** One event that was rejected: why, the event itself with the place marked, and what can be done with it. */
export function RejectedEvent({ problem }: { problem: EventProblem }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayRepair = useMay('imports.run')
  const [text, setText] = useState<string>()
  const [found, setFound] = useState({ code: problem.code, details: problem.details, place: problem.place })
  const refresh = [eventProblemCauses, eventProblems]
  const replay = useDo(replayEventProblem, { refresh })
  const dismiss = useDo(dismissEventProblems, { refresh })
  const restore = useDo(restoreEventProblem, { refresh })
  const { problemId } = problem
  const shown = text ?? problem.event
  const bad = lineOf(shown, found.place)
  const send = () =>
    replay.mutate(
      { params: { problemId }, body: text === undefined ? {} : { event: text } },
      {
        onSuccess: ({ outcome, code, details, place }) => {
          if (outcome === 'problem') setFound({ code: code!, details: details ?? {}, place: place ?? '' })
          else showNotice(t(outcome === 'accepted' ? 'events:problems.taken' : 'events:problems.known'))
        },
      },
    )
  const letWait = () => restore.mutate({ params: { problemId } })
  return (
    <li>
      <div className="problem-head">
        <b>{t(found.code, { ...found.details, defaultValue: found.code })}</b>
        <span className="muted small">
          {t(`events:source.${problem.sourceKind}`)} · {format.instant(problem.receivedAt)}
          {problem.times > 1
            ? ` · ${t('events:problems.times', { count: problem.times, number: format.number(problem.times) })}`
            : ''}
        </span>
      </div>
      <JsonText
        text={shown}
        marked={bad}
        {...(text !== undefined && { edit: setText })}
        label={t('events:problems.event')}
      />
      <p className="small muted">
        {bad === undefined ? null : t('events:problems.line', { line: format.number(bad + 1) })}{' '}
        {problem.isCut ? t('events:problems.cut') : null}
        <Profiles details={found.details} />
      </p>
      {mayRepair ? (
        <div className="acts">
          {problem.state === 'waiting' ? (
            <>
              {text === undefined ? (
                <Button variant="default" onClick={() => setText(problem.event)}>
                  {t('events:problems.edit')}
                </Button>
              ) : null}
              <Button variant={text === undefined ? 'default' : 'filled'} loading={replay.isPending} onClick={send}>
                {t('events:problems.send')}
              </Button>
              {text === undefined ? (
                <Button
                  variant="subtle"
                  onClick={() =>
                    dismiss.mutate(
                      { body: { problemId } },
                      { onSuccess: () => offerUndo(t('events:problems.dismissed-one'), letWait) },
                    )
                  }
                >
                  {t('events:problems.dismiss')}
                </Button>
              ) : (
                <Button variant="subtle" onClick={() => setText(undefined)}>
                  {t('events:problems.leave')}
                </Button>
              )}
            </>
          ) : null}
          {problem.state === 'dismissed' ? (
            <Button variant="default" loading={restore.isPending} onClick={letWait}>
              {t('events:problems.restore')}
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  )
}

/** The two who want to be one, to be looked at. */
function Profiles({ details }: { details: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation()
  const { one, other } = details
  if (typeof one !== 'string' || typeof other !== 'string') return null
  return (
    <>
      <Link to="/customers/$partyId" params={{ partyId: one }} className="link">
        {t('events:problems.one')}
      </Link>{' '}
      ·{' '}
      <Link to="/customers/$partyId" params={{ partyId: other }} className="link">
        {t('events:problems.other')}
      </Link>
    </>
  )
}

/** The line of a place while the text is JSON; of the mistake where it is none. */
function lineOf(text: string, place: string): number | undefined {
  try {
    const event: unknown = JSON.parse(text)
    // While it is edited the lines may be broken in another way; then nothing is marked rather than the wrong line.
    return place === '' || JSON.stringify(event, null, 2) !== text ? undefined : lineOfPlace(event, place)
  } catch (error) {
    const { message } = error as Error
    const line = /line (\d+)/.exec(message)?.[1]
    const position = /position (\d+)/.exec(message)?.[1]
    if (line) return Number(line) - 1
    return position ? text.slice(0, Number(position)).split('\n').length - 1 : undefined
  }
}
