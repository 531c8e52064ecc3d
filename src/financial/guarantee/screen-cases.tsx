import { Button, Modal, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  customerPromises,
  decideClaim,
  type Given,
  listCases,
  listPromises,
  payCompensation,
  promisesToday,
  type ShownCase,
} from './contract.ts'
import { sentencesOf, standardIn } from './screen-sentences.tsx'

const refresh = [listPromises, listCases, promisesToday, customerPromises]
const nothing = {
  broken: 'none',
  owed: 'none-owed',
  overdue: 'none-owed',
  claims: 'none-claims',
  open: 'none',
} as const

/** Broken promises, one a line: noticed, given, paid, and whether the customer came back. */
export function CaseList({ view, promiseId }: { view: keyof typeof nothing; promiseId?: string }) {
  const { t } = useTranslation()
  const [limit, setLimit] = useState(view === 'broken' ? 10 : 50)
  const asked = useAsk(listCases, { query: { view, limit, ...(promiseId && { promiseId }) } }, { keep: true })
  return (
    <Answer of={asked}>
      {({ items, next }) =>
        items.length === 0 ? (
          <p className="muted">{t(`guarantee:case.${nothing[view]}`)}</p>
        ) : (
          <>
            <div>
              {items.map(each => (
                <CaseLine key={each.caseId} theirs={each} />
              ))}
            </div>
            {next && limit < 200 ? (
              <div className="more">
                <Button variant="default" onClick={() => setLimit(Math.min(200, limit * 2))}>
                  {t('guarantee:case.more')}
                </Button>
              </div>
            ) : null}
          </>
        )
      }
    </Answer>
  )
}

export function CaseLine({ theirs, isNamed = true }: { theirs: ShownCase; isNamed?: boolean }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const standard = standardIn(theirs.standard, i18n.language)
  const { compensation, claim } = theirs
  return (
    <article className="flow">
      <div className="who">
        {isNamed ? (
          <Link to="." search={(previous: object) => ({ ...previous, person: theirs.partyId })}>
            {theirs.partyName || '–'}
          </Link>
        ) : (
          standard
        )}
        <small>{[isNamed ? standard : '', theirs.reference].filter(Boolean).join(' · ')}</small>
      </div>
      <div className="flow-what">
        <Steps theirs={theirs} />
        <details>
          <summary>{t('guarantee:case.facts')}</summary>
          <Facts theirs={theirs} format={format} />
        </details>
      </div>
      <div className="acts">
        {compensation?.state === 'owed' && compensation.kind === 'money' ? (
          <Pay theirs={theirs} given={compensation} />
        ) : null}
        {claim?.state === 'waiting' ? <Decide theirs={theirs} /> : null}
      </div>
    </article>
  )
}

function Steps({ theirs }: { theirs: ShownCase }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { compensation, claim } = theirs
  const answerBy = claim?.state === 'waiting' ? claim.answerBy : null
  return (
    <div className="steps">
      <span>{brokeHow(theirs, t, format)}</span>
      {compensation ? (
        <>
          <span>{whatWasGiven(compensation, t, format)}</span>
          <span className={compensation.state === 'paid' ? 'done' : compensation.isOverdue ? 'bad' : undefined}>
            {howItStands(compensation, t, format)}
          </span>
          <span>
            {theirs.cameBackAfterDays === null
              ? t('guarantee:case.not-back')
              : t('guarantee:case.back', { count: theirs.cameBackAfterDays })}
          </span>
        </>
      ) : null}
      {answerBy ? <span>{t('guarantee:case.answer-by', { instant: format.instant(answerBy) })}</span> : null}
      {theirs.lateEvidence ? <div>{t(`guarantee:case.evidence-${theirs.lateEvidence}`)}</div> : null}
    </div>
  )
}

function brokeHow(theirs: ShownCase, t: TFunction, format: Format): string {
  const say = sentencesOf(t, format)
  const time = theirs.lateMinutes === null ? '' : say.time(Math.max(1, theirs.lateMinutes))
  if (theirs.claim?.state === 'waiting')
    return theirs.dueAt && theirs.stoppedAt
      ? t('guarantee:case.evidence-says-kept', {
          due: format.instant(theirs.dueAt),
          stopped: format.instant(theirs.stoppedAt),
        })
      : t('guarantee:case.evidence-says-nothing')
  if (theirs.reason === 'missing') return t('guarantee:case.missing-since', { time })
  if (theirs.reason === 'late') return t('guarantee:case.late', { time })
  if (theirs.reason === 'claimed')
    return t(theirs.claim?.origin === 'staff' ? 'guarantee:case.claimed-staff' : 'guarantee:case.claimed')
  return theirs.reason ? t(`guarantee:case.${theirs.reason}`) : ''
}

/** Example: `¥20 store credit`. */
export function whatWasGiven(given: Given, t: TFunction, format: Format): string {
  if (given.kind === 'apology') return t('guarantee:say.apology')
  if (given.kind === 'points')
    return t('guarantee:say.points', { count: given.amount, number: format.number(given.amount) })
  if (given.kind === 'right') return t('guarantee:edit.gives-right')
  const money = format.money(given.amount, given.currency ?? 'XXX')
  const isCredit = given.paidBy === 'at-once' || given.paidBy === 'credit'
  return t(isCredit ? 'guarantee:say.credit' : 'guarantee:say.transfer', { money })
}

export function howItStands(given: Given, t: TFunction, format: Format): string {
  if (given.state === 'retracted') return t('guarantee:case.retracted')
  if (given.state === 'owed')
    return t(given.isOverdue ? 'guarantee:case.overdue' : 'guarantee:case.owed', {
      day: format.nearDay(given.dueOn ?? ''),
    })
  return t(`guarantee:case.paid-${given.paidBy}`, { day: format.nearDay(format.dayOf(given.paidAt ?? '')) })
}

/** The evidence: when it began, was due and ended, by which edition, and where it stands in the ledger. */
function Facts({ theirs, format }: { theirs: ShownCase; format: Format }) {
  const { t } = useTranslation()
  const mayReadLedger = useMay('ledger.read')
  const rows = [
    ['started', theirs.startedAt && format.instant(theirs.startedAt)],
    ['due', theirs.dueAt && format.instant(theirs.dueAt)],
    ['stopped', theirs.stoppedAt ? format.instant(theirs.stoppedAt) : theirs.dueAt ? t('guarantee:case.never') : null],
    ['detected', theirs.detectedAt && format.instant(theirs.detectedAt)],
    ['edition', format.number(theirs.editionNumber)],
  ] as const
  return (
    <dl>
      {rows.map(([name, value]) =>
        value ? (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{t(`guarantee:case.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
      {theirs.compensation?.transactionId ? (
        <>
          <dt>{t('guarantee:case.ledger')}</dt>
          <dd>
            {mayReadLedger ? (
              <Link to="/ledger" search={{ party: theirs.partyId }} className="link">
                {theirs.compensation.transactionId}
              </Link>
            ) : (
              theirs.compensation.transactionId
            )}
            {theirs.compensation.paymentReference ? ` · ${theirs.compensation.paymentReference}` : ''}
          </dd>
        </>
      ) : null}
    </dl>
  )
}

/** Two ways to close what is owed; between owed and paid there is nothing. */
function Pay({ theirs, given }: { theirs: ShownCase; given: Given }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayPay = useMay('promises.pay')
  const [isOpen, setOpen] = useState(false)
  const [reference, setReference] = useState('')
  const pay = useDo(payCompensation, { refresh })
  if (!mayPay) return null
  const { caseId, partyId } = theirs
  const done = { onSuccess: () => showNotice(t('guarantee:act.paid')) }
  const money = format.exactMoney(given.amount, given.currency ?? 'XXX')
  return (
    <>
      <Button variant="filled" onClick={() => setOpen(true)}>
        {t('guarantee:act.pay')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('guarantee:act.pay-title', { money, name: theirs.partyName })}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <form
          className="form promise-pay"
          onSubmit={event => {
            event.preventDefault()
            const by = { partyId, by: 'transfer', reference: reference.trim() } as const
            pay.mutate({ params: { caseId }, body: by }, done)
          }}
        >
          <TextInput
            data-autofocus
            required
            maxLength={100}
            label={t('guarantee:act.pay-reference')}
            value={reference}
            onChange={event => setReference(event.currentTarget.value)}
          />
          <div className="acts">
            <Button type="submit" variant="filled" loading={pay.isPending} disabled={!reference.trim()}>
              {t('guarantee:act.pay-transfer')}
            </Button>
            <Button
              loading={pay.isPending}
              onClick={() => pay.mutate({ params: { caseId }, body: { partyId, by: 'credit' } }, done)}
            >
              {t('guarantee:act.pay-credit')}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  )
}

function Decide({ theirs }: { theirs: ShownCase }) {
  const { t } = useTranslation()
  const mayManage = useMay('promises.manage')
  const decide = useDo(decideClaim, { refresh })
  if (!mayManage) return null
  const { caseId, partyId } = theirs
  const as = (decision: 'grant' | 'decline') =>
    decide.mutate(
      { params: { caseId }, body: { partyId, decision } },
      { onSuccess: () => showNotice(t(decision === 'grant' ? 'guarantee:act.granted' : 'guarantee:act.declined')) },
    )
  return (
    <>
      <Button variant="filled" loading={decide.isPending} onClick={() => as('grant')}>
        {t('guarantee:act.grant')}
      </Button>
      <Button loading={decide.isPending} onClick={() => as('decline')}>
        {t('guarantee:act.decline')}
      </Button>
    </>
  )
}
