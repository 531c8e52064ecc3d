import { Button, NumberInput, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf, useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  exportStatement,
  listDisputes,
  openDispute,
  readCoalition,
  readStatement,
  recordPayment,
  type Statement,
  type StatementLine,
  traceLine,
} from './contract.ts'
import { DisputeList } from './screen-disputes.tsx'
import { Net, State } from './screen-month.tsx'
import { useTermsSaid } from './screen-sentences.tsx'

/** What one merchant owes or is owed for a month, each line traced to its postings, paid, disputed. */
export function StatementView({ month, merchantId }: { month: string; merchantId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(readStatement, { params: { month, merchantId } })
  const { data } = asked
  const params = { month, merchantId }
  return (
    <Page
      name={t('coalition:statement.name')}
      title={data ? titleOf(data) : t('coalition:statement.name')}
      subtitle={
        <Link to="/coalition" search={{ month }} className="link">
          {t('coalition:statement.back', { month: format.month(`${month}-01`) })}
        </Link>
      }
      actions={
        data ? (
          <>
            <Button component="a" variant="default" href={addressOf(exportStatement, { params })} download>
              CSV
            </Button>
            <Button
              component="a"
              variant="default"
              href={addressOf(readStatement, { params })}
              download={`statement-${month}-${merchantId}.json`}
            >
              JSON
            </Button>
          </>
        ) : null
      }
    >
      <Answer of={asked}>{statement => <Whole statement={statement} />}</Answer>
    </Page>
  )
  function titleOf({ merchantName, netMinor, currency }: Statement) {
    const amount = format.exactMoney(Math.abs(netMinor), currency)
    const key = netMinor === 0 ? 'square' : netMinor > 0 ? 'owes' : 'gets'
    return t(`coalition:statement.${key}`, { name: merchantName, amount, month: format.month(`${month}-01`) })
  }
}

function Whole({ statement }: { statement: Statement }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = useTermsSaid()
  const { lines, terms, payments, disputes, currency, closedAt, disputesUntilOn } = statement
  const mayManage = useMay('coalition.manage')
  const paid = payments.reduce((sum, each) => sum + each.amountMinor, 0)
  const dueMinor = statement.netMinor - paid
  return (
    <>
      <p className="coalition-facts">
        <State state={statement.state} />
        <span className="muted">
          {closedAt
            ? t('coalition:statement.closed', { at: format.instant(closedAt), day: format.day(disputesUntilOn!) })
            : t('coalition:statement.open')}
        </span>
      </p>
      <div className="table-holder">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('coalition:statement.line')}</th>
              <th scope="col" className="right">
                {t('coalition:statement.points')}
              </th>
              <th scope="col" className="right">
                {t('coalition:statement.rate')}
              </th>
              <th scope="col" className="right">
                {t('coalition:statement.amount')}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {lines.length === 0 ? (
              <tr>
                <td colSpan={5} className="muted">
                  {t('coalition:statement.none')}
                </td>
              </tr>
            ) : null}
            {lines.map(line => (
              <LineRow key={line.lineId} line={line} statement={statement} />
            ))}
            <tr className="coalition-sum">
              <th scope="row">{t('coalition:statement.net')}</th>
              <td />
              <td />
              <td className="right">
                <Net row={statement} currency={currency} />
              </td>
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      <p className="muted small reading-width">{t('coalition:statement.rounding')}</p>

      <h2>{t('coalition:statement.terms')}</h2>
      {terms.map(each => (
        <p key={each.termsId} className="reading-width">
          <span className="muted">{t('coalition:terms.number', { number: each.number })}</span> {say(each)}
        </p>
      ))}

      <h2>{t('coalition:statement.payments')}</h2>
      {payments.length === 0 ? <p className="muted">{t('coalition:statement.no-payments')}</p> : null}
      {payments.map(each => (
        <p key={each.paymentId}>
          {t(each.amountMinor > 0 ? 'coalition:payment.received' : 'coalition:payment.paid', {
            amount: format.exactMoney(Math.abs(each.amountMinor), currency),
            day: format.day(each.paidOn),
            reference: each.reference,
          })}
        </p>
      ))}
      {mayManage && closedAt && dueMinor !== 0 && statement.state !== 'from-deposit' ? (
        <Pay statement={statement} dueMinor={dueMinor} />
      ) : null}

      {terms.at(-1)?.payment === 'prepaid' ? (
        <>
          <h2>{t('coalition:deposit.title')}</h2>
          <p>
            {t('coalition:deposit.stands', {
              amount: format.exactMoney(statement.balanceMinor, currency),
              least: format.exactMoney(terms.at(-1)!.depositMinor, currency),
            })}
          </p>
          {mayManage ? <Deposit statement={statement} /> : null}
        </>
      ) : null}

      {disputes.length > 0 ? (
        <>
          <h2>{t('coalition:tab.disputes')}</h2>
          <DisputeList items={disputes} currency={currency} />
        </>
      ) : null}
    </>
  )
}

function LineRow({ line, statement }: { line: StatementLine; statement: Statement }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [open, setOpen] = useState<'postings' | 'dispute' | null>(null)
  const { currency, todayOn, disputesUntilOn, disputes } = statement
  const isDisputed = disputes.some(each => each.lineId === line.lineId && each.state === 'open')
  const mayDispute = disputesUntilOn !== null && todayOn <= disputesUntilOn && !isDisputed
  const toggle = (what: 'postings' | 'dispute') => setOpen(before => (before === what ? null : what))
  const label = t(`coalition:line.${line.kind}`)
  return (
    <>
      <tr>
        <th scope="row">
          {label}
          {line.termsNumber !== null && statement.terms.length > 1 ? (
            <small className="muted"> {t('coalition:terms.number', { number: line.termsNumber })}</small>
          ) : null}
          {isDisputed ? <small className="warn"> {t('coalition:dispute.open')}</small> : null}
        </th>
        <td className="right">{line.kind === 'correction' ? '' : format.number(line.points)}</td>
        <td className="right">
          {line.kind === 'correction' ? '' : format.exactMoney(line.rateMinorPer100, currency)}
          {line.percent === 100 ? null : <span className="muted"> × {format.percent(line.percent / 100)}</span>}
        </td>
        <td className="right">{format.exactMoney(line.amountMinor, currency)}</td>
        <td className="right">
          {line.kind === 'correction' ? null : (
            <Button
              variant="subtle"
              aria-expanded={open === 'postings'}
              aria-label={t('coalition:trace.of', { line: label })}
              onClick={() => toggle('postings')}
            >
              {t('coalition:trace.show')}
            </Button>
          )}
          {mayDispute ? (
            <Button
              variant="subtle"
              aria-expanded={open === 'dispute'}
              aria-label={t('coalition:dispute.of', { line: label })}
              onClick={() => toggle('dispute')}
            >
              {t('coalition:dispute.act')}
            </Button>
          ) : null}
        </td>
      </tr>
      {open === null ? null : (
        <tr className="coalition-detail">
          <td colSpan={5}>
            {open === 'postings' ? (
              <Postings line={line} statement={statement} />
            ) : (
              <Dispute line={line} statement={statement} leave={() => setOpen(null)} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

function Postings({ line, statement }: { line: StatementLine; statement: Statement }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { month, merchantId } = statement
  const [limit, setLimit] = useState(10)
  const asked = useAsk(
    traceLine,
    { params: { month, merchantId, lineId: line.lineId }, query: { limit } },
    { keep: true },
  )
  return (
    <Answer of={asked}>
      {({ items, next }) => (
        <>
          <table className="table table-small">
            <thead>
              <tr>
                <th scope="col">{t('coalition:trace.at')}</th>
                <th scope="col">{t('coalition:trace.card')}</th>
                <th scope="col" className="right">
                  {t('coalition:statement.points')}
                </th>
                <th scope="col">{t('coalition:trace.entry')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(item => (
                <tr key={`${item.transactionId} ${item.position} ${item.card}`}>
                  <td>{format.instant(item.postedAt)}</td>
                  <td>{item.card}</td>
                  <td className="right">{format.number(item.points)}</td>
                  <td>
                    <code>{item.transactionId.slice(-12)}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {next && limit < 200 ? (
            <Button variant="default" onClick={() => setLimit(Math.min(200, limit * 4))}>
              {t('coalition:trace.more')}
            </Button>
          ) : null}
          {next && limit >= 200 ? <p className="muted small">{t('coalition:trace.rest')}</p> : null}
        </>
      )}
    </Answer>
  )
}

function Dispute({ line, statement, leave }: { line: StatementLine; statement: Statement; leave: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const { month, merchantId } = statement
  const open = useDo(openDispute, { refresh: [readStatement, listDisputes, readCoalition] })
  const send = (event: FormEvent) => {
    event.preventDefault()
    open.mutate(
      { body: { month, merchantId, lineId: line.lineId, reason } },
      {
        onSuccess: () => {
          showNotice(t('coalition:dispute.sent'))
          leave()
        },
      },
    )
  }
  return (
    <form className="form coalition-inline" onSubmit={send}>
      <Textarea
        label={t('coalition:dispute.reason')}
        description={t('coalition:dispute.hint')}
        required
        autosize
        minRows={2}
        minLength={3}
        maxLength={1000}
        data-autofocus
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <div className="acts">
        <Button type="submit" variant="filled" loading={open.isPending} disabled={reason.trim().length < 3}>
          {t('coalition:dispute.send')}
        </Button>
        <Button onClick={leave}>{t('coalition:cancel')}</Button>
      </div>
    </form>
  )
}

/** Money that moved for this month; all of what is due unless somebody says otherwise. */
function Pay({ statement, dueMinor }: { statement: Statement; dueMinor: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [reference, setReference] = useState('')
  const { month, merchantId, currency } = statement
  const pay = useDo(recordPayment, { refresh: [readStatement, readCoalition] })
  const direction = dueMinor > 0 ? 'received' : 'paid'
  const amount = format.exactMoney(Math.abs(dueMinor), currency)
  const send = (event: FormEvent) => {
    event.preventDefault()
    pay.mutate(
      { params: { merchantId }, body: { month, direction, amountMinor: Math.abs(dueMinor), reference } },
      { onSuccess: () => showNotice(t('coalition:payment.noted')) },
    )
  }
  return (
    <form className="coalition-pay" onSubmit={send}>
      <TextInput
        label={t('coalition:payment.reference')}
        required
        maxLength={120}
        value={reference}
        onChange={event => setReference(event.currentTarget.value)}
      />
      <Button type="submit" loading={pay.isPending} disabled={reference.trim() === ''}>
        {t(`coalition:payment.note-${direction}`, { amount })}
      </Button>
    </form>
  )
}

/** What a merchant that pays ahead puts on its account, whatever the month. */
function Deposit({ statement }: { statement: Statement }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { merchantId, currency } = statement
  const unit = 10 ** format.digits(currency)
  const [amountMinor, setAmount] = useState(0)
  const [reference, setReference] = useState('')
  const pay = useDo(recordPayment, { refresh: [readStatement, readCoalition] })
  const send = (event: FormEvent) => {
    event.preventDefault()
    pay.mutate(
      { params: { merchantId }, body: { direction: 'received', amountMinor, reference } },
      {
        onSuccess: () => {
          showNotice(t('coalition:payment.noted'))
          setAmount(0)
          setReference('')
        },
      },
    )
  }
  return (
    <form className="coalition-pay" onSubmit={send}>
      <NumberInput
        label={t('coalition:deposit.amount')}
        min={0}
        decimalScale={format.digits(currency)}
        thousandSeparator=","
        suffix={` ${currency}`}
        value={amountMinor / unit}
        onChange={value => setAmount(Math.round(Number(value) * unit))}
      />
      <TextInput
        label={t('coalition:payment.reference')}
        required
        maxLength={120}
        value={reference}
        onChange={event => setReference(event.currentTarget.value)}
      />
      <Button type="submit" loading={pay.isPending} disabled={amountMinor <= 0 || reference.trim() === ''}>
        {t('coalition:deposit.note')}
      </Button>
    </form>
  )
}
