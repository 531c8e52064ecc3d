import { type FormEvent, useState } from 'react'
import type { claimPromise, MemberCase, memberPromises } from '#financial/guarantee/contract.ts'
import { newKey, Problem, type ReplyOf, tell } from './api.ts'
import { refresh, useAsked } from './asked.ts'
import { amountOf, inWords, Section, sentenceOf } from './pieces.tsx'
import { type Say, useSay } from './words.ts'

type Promised = ReplyOf<typeof memberPromises>['promises'][number]

/** What is promised to me and what it costs the house to break it, what was broken, and what I was paid. */
export function PromisesSection() {
  const { t } = useSay()
  const asked = useAsked<typeof memberPromises>('/api/member/promises')
  if (!asked.data) return null
  const { promises, cases } = asked.data
  const told = cases.filter(({ state }) => state !== 'void').slice(0, 10)
  return (
    <>
      {promises.length > 0 ? (
        <Section title={t('promises.title')}>
          <ul className="cards">
            {promises.map(promise => (
              <PromiseRow key={promise.promiseId} promise={promise} />
            ))}
          </ul>
        </Section>
      ) : null}
      {told.length > 0 ? (
        <Section title={t('promises.became')}>
          <ul className="moves">
            {told.map(each => (
              <Case key={each.caseId} told={each} />
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  )
}

function compensationSaid({ compensation: given }: Promised, { t, format }: Say): string {
  switch (given.kind) {
    case 'points':
      return t('promises.if-points', { count: given.points, number: format.number(given.points) })
    case 'money':
      return t('promises.if-money', { amount: format.money(given.amountMinor, given.currency) })
    case 'percent':
      return t('promises.if-percent', {
        percent: given.percent,
        least: format.money(given.leastMinor, given.currency),
        most: format.money(given.mostMinor, given.currency),
      })
    case 'right':
      return t('promises.if-right')
    case 'apology':
      return t('promises.if-apology')
  }
}

function PromiseRow({ promise }: { promise: Promised }) {
  const say = useSay()
  const { t } = say
  const [outcome, setOutcome] = useState<ReplyOf<typeof claimPromise>['outcome']>()
  const [problem, setProblem] = useState<Problem>()
  const [key, setKey] = useState(newKey)
  const claim = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setProblem(undefined)
    const reference = String(new FormData(event.currentTarget).get('reference') ?? '').trim()
    tell<typeof claimPromise>('POST', `/api/member/promises/${promise.promiseId}/claim`, {
      body: reference ? { reference } : {},
      key,
    }).then(
      answer => {
        setOutcome(answer.outcome)
        setKey(newKey())
        refresh()
      },
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error
        setProblem(error)
        setKey(newKey())
      },
    )
  }
  return (
    <li>
      <div>
        <b>{inWords(promise.standard, say)}</b>
        <p className="muted">{compensationSaid(promise, say)}</p>
        {outcome ? (
          <p className="note" role="status">
            {t(`promises.outcome-${outcome}`, { hours: promise.answerWithinHours })}
          </p>
        ) : null}
        {problem ? (
          <p className="note bad" role="alert">
            {sentenceOf(problem, say)}
          </p>
        ) : null}
        <details>
          <summary>{t('promises.claim')}</summary>
          <form onSubmit={claim}>
            {promise.needsReference ? (
              <label>
                {t('promises.reference')}
                <input name="reference" required maxLength={100} />
              </label>
            ) : null}
            <button type="submit" className="act">
              {t('promises.send')}
            </button>
          </form>
        </details>
      </div>
    </li>
  )
}

function Case({ told }: { told: MemberCase }) {
  const say = useSay()
  const { t, format } = say
  const at = told.brokenAt ?? told.stoppedAt ?? told.dueAt ?? told.startedAt
  return (
    <li>
      <div>
        <span>{inWords(told.standard, say)}</span>
        {told.reference ? <span className="reason">{told.reference}</span> : null}
        <span className={told.state === 'broken' ? 'reason bad' : 'reason'}>{t(`promises.state-${told.state}`)}</span>
        {told.compensation ? <span className="reason jade">{compensated(told.compensation, say)}</span> : null}
        {told.claim?.state === 'waiting' && told.claim.answerBy ? (
          <span className="reason">{t('promises.answer-by', { time: format.moment(told.claim.answerBy) })}</span>
        ) : null}
        {at ? <time dateTime={at}>{format.dayOf(at)}</time> : null}
      </div>
    </li>
  )
}

function compensated(given: NonNullable<MemberCase['compensation']>, say: Say): string {
  const { t, format } = say
  if (given.kind === 'apology') return t('promises.apology')
  const amount = given.currency
    ? format.money(given.amount, given.currency)
    : amountOf(given.asset ?? 'points', given.amount, say)
  if (given.state === 'paid') return t('promises.paid', { amount, day: given.paidAt ? format.dayOf(given.paidAt) : '' })
  if (given.state === 'retracted') return t('promises.retracted', { amount })
  return t('promises.owed', { amount, day: given.dueOn ? format.day(given.dueOn) : '' })
}
