import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay, useSession } from '../../../web/session.tsx'
import {
  dismissEventProblems,
  eventProblemCauses,
  eventProblems,
  type ProblemState,
  type RepairName,
  replayEventProblems,
} from './contract.ts'
import { RejectedEvent } from './screen-problem.tsx'
import './screen.css'

/** What could not be taken in: by cause, with what to do about it. Nothing is ever dropped without a word. */
export function Problems() {
  const { t } = useTranslation()
  const format = useFormat()
  const [state, setState] = useState<ProblemState>('waiting')
  const asked = useAsk(eventProblemCauses, { query: { state } }, { keep: true })
  return (
    <Answer of={asked}>
      {({ causes, counts }) => {
        const total = counts.waiting + counts.replayed + counts.dismissed
        if (total === 0) return <EmptyState title={t('rejected.none')}>{t('rejected.none-text')}</EmptyState>
        return (
          <>
            <div className="problems-head">
              <p className="lead">
                {t('events:problems.lead', { count: counts.waiting, number: format.number(counts.waiting) })}
              </p>
              <SegmentedControl
                aria-label={t('events:problems.state')}
                value={state}
                onChange={value => setState(value as ProblemState)}
                data={(['waiting', 'replayed', 'dismissed'] as const).map(value => ({
                  value,
                  label: `${t(`events:problems.${value}`)} ${format.number(counts[value])}`,
                }))}
              />
            </div>
            {causes.length === 0 ? <EmptyState title={t(`events:problems.none-${state}`)} /> : null}
            {causes.map((cause, index) => (
              <Cause
                key={`${state} ${cause.code}`}
                cause={cause}
                state={state}
                opensFirst={index === 0 && causes.length === 1}
              />
            ))}
          </>
        )
      }}
    </Answer>
  )
}

function Cause({
  cause: { code, count, lastAt, repairs },
  state,
  opensFirst,
}: {
  cause: { code: string; count: number; lastAt: string; repairs: readonly RepairName[] }
  state: ProblemState
  opensFirst: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setOpen] = useState(opensFirst)
  const mayRepair = useMay('imports.run')
  const name = code.split('.').at(-1)!
  return (
    <section className="cause" aria-label={t(`events:cause.${name}.title`, { defaultValue: code })}>
      <div className="cause-head">
        <h2>
          {t(`events:cause.${name}.title`, { defaultValue: code })} <em>{format.number(count)}</em>
        </h2>
        <span className="muted small">{t('events:problems.last', { when: format.instant(lastAt) })}</span>
      </div>
      {state === 'waiting' ? <p>{t(`events:cause.${name}.do`, { defaultValue: '' })}</p> : null}
      <div className="acts">
        {mayRepair && state === 'waiting' ? <Repairs code={code} count={count} repairs={repairs} /> : null}
        <Button variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'events:problems.hide' : 'events:problems.show', { count, number: format.number(count) })}
        </Button>
      </div>
      {isOpen ? <Events code={code} state={state} /> : null}
    </section>
  )
}

/** What can be done to all events of a cause at once. */
function Repairs({ code, count, repairs }: { code: string; count: number; repairs: readonly RepairName[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const business = useSession().business.currency
  const [currency, setCurrency] = useState(business)
  const refresh = [eventProblemCauses, eventProblems]
  const replay = useDo(replayEventProblems, { refresh })
  const dismiss = useDo(dismissEventProblems, { refresh })
  const run = (repair: RepairName) =>
    replay.mutate(
      { body: { code, repair, ...(repair === 'set-currency' && { currency }) } },
      {
        onSuccess: ({ accepted, duplicates, stillWaiting, untried }) => {
          const taken = accepted + duplicates
          const words = { count: taken, taken: format.number(taken), left: format.number(stillWaiting + untried) }
          showNotice(t(stillWaiting + untried > 0 ? 'events:problems.done-some' : 'events:problems.done', words))
        },
      },
    )
  return (
    <>
      {repairs.includes('set-currency') ? (
        <TextInput
          aria-label={t('events:problems.currency')}
          className="cause-currency"
          size="xs"
          value={currency}
          maxLength={3}
          onChange={event => setCurrency(event.currentTarget.value.toUpperCase())}
        />
      ) : null}
      {repairs.map((repair, index) => (
        <Button
          key={repair}
          variant={index === 0 && repair !== 'as-it-is' ? 'filled' : 'default'}
          loading={replay.isPending && replay.variables?.body.repair === repair}
          disabled={replay.isPending || (repair === 'set-currency' && currency.length !== 3)}
          onClick={() => run(repair)}
        >
          {t(`events:repair.${repair}`, { currency, count })}
        </Button>
      ))}
      <Button
        variant="subtle"
        loading={dismiss.isPending}
        onClick={() =>
          dismiss.mutate(
            { body: { code } },
            {
              onSuccess: ({ dismissed }) =>
                showNotice(t('events:problems.dismissed-all', { count: dismissed, number: format.number(dismissed) })),
            },
          )
        }
      >
        {t('events:problems.dismiss-all', { count })}
      </Button>
    </>
  )
}

function Events({ code, state }: { code: string; state: ProblemState }) {
  const { t } = useTranslation()
  const [limit, setLimit] = useState(5)
  const asked = useAsk(eventProblems, { query: { state, code, limit } }, { keep: true })
  return (
    <Answer of={asked}>
      {({ items, next }) => (
        <>
          <ul className="rejected">
            {items.map(problem => (
              <RejectedEvent key={problem.problemId} problem={problem} />
            ))}
          </ul>
          {next && limit < 200 ? (
            <Button variant="default" onClick={() => setLimit(Math.min(200, limit + 20))}>
              {t('events:problems.more')}
            </Button>
          ) : null}
        </>
      )}
    </Answer>
  )
}
