import { Button, NumberInput, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  answerDispute,
  type CoalitionMonth,
  changeCoalition,
  type Dispute,
  listDisputes,
  readCoalition,
  readStatement,
} from './contract.ts'

/** What merchants say is wrong, the unanswered first, and for how long they may. */
export function DisputesTab() {
  const { t } = useTranslation()
  const asked = useAsk(listDisputes, {})
  const coalition = useAsk(readCoalition, { query: {} })
  const mayManage = useMay('coalition.manage')
  return (
    <Answer of={asked}>
      {({ items }) => (
        <>
          {items.length === 0 ? <p className="muted lead">{t('coalition:dispute.none')}</p> : null}
          {coalition.data ? <DisputeList items={items} currency={coalition.data.currency} /> : null}
          {mayManage && coalition.data ? <Window coalition={coalition.data} /> : null}
        </>
      )}
    </Answer>
  )
}

export function DisputeList({ items, currency }: { items: readonly Dispute[]; currency: string }) {
  return (
    <ul className="coalition-disputes">
      {items.map(each => (
        <Item key={each.disputeId} dispute={each} currency={currency} />
      ))}
    </ul>
  )
}

function Item({ dispute, currency }: { dispute: Dispute; currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('coalition.manage')
  const [isOpen, setOpen] = useState(false)
  const { state, correctionMinor, bookedMonth } = dispute
  const amount = correctionMinor === null ? '' : format.exactMoney(Math.abs(correctionMinor), currency)
  return (
    <li>
      <p>
        <b>{dispute.merchantName}</b>{' '}
        <span className="muted">
          {format.month(`${dispute.month}-01`)} · {t(`coalition:line.${dispute.kind}`)} ·{' '}
          {format.instant(dispute.openedAt)}
        </span>{' '}
        <span className="tag">{t(`coalition:dispute.state.${state}`)}</span>
      </p>
      <p>{dispute.reason}</p>
      {dispute.answer ? <p className="muted">{t('coalition:dispute.answered', { answer: dispute.answer })}</p> : null}
      {correctionMinor === null ? null : (
        <p>
          {t(correctionMinor > 0 ? 'coalition:dispute.in-favour' : 'coalition:dispute.against', { amount })}{' '}
          {bookedMonth === null
            ? t('coalition:dispute.next')
            : t('coalition:dispute.booked', { month: format.month(`${bookedMonth}-01`) })}
        </p>
      )}
      {mayManage && state === 'open' ? (
        isOpen ? (
          <AnswerForm dispute={dispute} currency={currency} leave={() => setOpen(false)} />
        ) : (
          <Button onClick={() => setOpen(true)}>{t('coalition:dispute.answer')}</Button>
        )
      ) : null}
    </li>
  )
}

function AnswerForm({ dispute, currency, leave }: { dispute: Dispute; currency: string; leave: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const unit = 10 ** format.digits(currency)
  const [answer, setAnswer] = useState('')
  const [amountMinor, setAmount] = useState(0)
  const send = useDo(answerDispute, { refresh: [listDisputes, readStatement, readCoalition] })
  const params = { disputeId: dispute.disputeId }
  const done = { onSuccess: () => showNotice(t('coalition:dispute.done')) }
  const reject = () => send.mutate({ params, body: { decision: 'reject', answer } }, done)
  const correct = (event: FormEvent) => {
    event.preventDefault()
    send.mutate({ params, body: { decision: 'correct', answer, amountMinor } }, done)
  }
  return (
    <form className="form coalition-inline" onSubmit={correct}>
      <Textarea
        label={t('coalition:dispute.your-answer')}
        autosize
        minRows={2}
        maxLength={1000}
        value={answer}
        onChange={event => setAnswer(event.currentTarget.value)}
      />
      <NumberInput
        label={t('coalition:dispute.correction')}
        description={t('coalition:dispute.correction-hint')}
        decimalScale={format.digits(currency)}
        suffix={` ${currency}`}
        value={amountMinor / unit}
        onChange={value => setAmount(Math.round(Number(value) * unit))}
      />
      <div className="acts">
        <Button type="submit" variant="filled" disabled={amountMinor === 0} loading={send.isPending}>
          {t('coalition:dispute.correct')}
        </Button>
        <Button onClick={reject} disabled={answer.trim().length < 3 || send.isPending}>
          {t('coalition:dispute.reject')}
        </Button>
        <Button onClick={leave}>{t('coalition:cancel')}</Button>
      </div>
    </form>
  )
}

function Window({ coalition }: { coalition: CoalitionMonth }) {
  const { t } = useTranslation()
  const [days, setDays] = useState(coalition.disputeDays)
  const change = useDo(changeCoalition, { refresh: [readCoalition] })
  return (
    <form
      className="coalition-pay"
      onSubmit={event => {
        event.preventDefault()
        change.mutate({ body: { disputeDays: days } }, { onSuccess: () => showNotice(t('shell:saved')) })
      }}
    >
      <NumberInput
        label={t('coalition:dispute.days')}
        min={1}
        max={180}
        value={days}
        onChange={value => setDays(Math.max(1, Number(value) || 14))}
      />
      <Button type="submit" disabled={days === coalition.disputeDays} loading={change.isPending}>
        {t('shell:save')}
      </Button>
    </form>
  )
}
