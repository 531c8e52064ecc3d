import { Button, NumberInput, Select } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  bonusFor,
  giveBackVisit,
  type MemberCredit,
  type Method,
  memberCredit,
  methods,
  payWithCredit,
  refundPayment,
  sellVisitCard,
  topUpCredit,
  undoTopUp,
  useVisit as usingVisit,
} from '#financial/credit/contract.ts'
import { useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { offerUndo, showNotice } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { CashOut, RefundCards } from './credit-back.tsx'

/** What a customer has paid ahead: money and visits, with topping up, paying and using one, each of which can be undone. */
export function CreditPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const mayUse = useMay('till.use')
  const mayPayBack = useMay('credit.manage')
  const asked = useAsk(memberCredit, { params: { partyId } }, { enabled: mayUse })
  const credit = asked.data
  if (!credit || (!credit.rules && credit.cards.length === 0 && credit.offered.length === 0)) return null
  return (
    <section aria-label={t('credit:panel.title')} className="points-panel">
      <h2>{t('credit:panel.title')}</h2>
      <Balances credit={credit} />
      <Visits partyId={partyId} credit={credit} />
      {credit.rules?.isOpen ? <Move partyId={partyId} credit={credit} what="top-up" /> : null}
      {credit.balances.some(each => each.availableMinor > 0) ? (
        <Move partyId={partyId} credit={credit} what="pay" />
      ) : null}
      {credit.offered.length > 0 ? <Sell partyId={partyId} credit={credit} /> : null}
      {mayPayBack ? (
        <>
          <CashOut partyId={partyId} credit={credit} />
          <RefundCards partyId={partyId} credit={credit} />
        </>
      ) : null}
    </section>
  )
}

function Balances({ credit }: { credit: MemberCredit }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (credit.balances.every(each => each.availableMinor + each.owedBackMinor + each.heldMinor === 0))
    return <p className="muted">{t('credit:panel.none')}</p>
  return credit.balances.map(({ currency, availableMinor, bonusMinor, heldMinor, owedBackMinor, nextExpiry }) => {
    const rows = [
      ['bonus', bonusMinor],
      ['held', heldMinor],
      ['owed', owedBackMinor],
    ] as const
    return (
      <div key={currency}>
        <ul className="facts">
          <li>
            <span>{t('credit:panel.available')}</span>
            <b className="jade points-figure">{format.exactMoney(availableMinor, currency)}</b>
          </li>
          {rows
            .filter(([, minor]) => minor > 0)
            .map(([name, minor]) => (
              <li key={name}>
                <span>{t(`credit:panel.${name}`)}</span>
                <span>{format.exactMoney(minor, currency)}</span>
              </li>
            ))}
        </ul>
        {nextExpiry ? (
          <p className="muted small">
            {t('credit:panel.next', {
              amount: format.exactMoney(nextExpiry.amountMinor, currency),
              day: format.nearDay(format.dayOf(nextExpiry.expiresAt)),
            })}
          </p>
        ) : null}
      </div>
    )
  })
}

function Visits({ partyId, credit }: { partyId: string; credit: MemberCredit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const refresh = { refresh: [memberCredit] }
  const spend = useDo(usingVisit, refresh)
  const back = useDo(giveBackVisit, refresh)
  const cards = credit.cards.filter(card => card.left > 0)
  if (cards.length === 0) return null
  return (
    <ul className="facts">
      {cards.map(({ soldCardId, cardId, name, left, expiresAt }) => (
        <li key={soldCardId}>
          <span>
            {name} · {t('credit:panel.left', { count: left })}
            {expiresAt ? ` ${t('credit:panel.until', { day: format.nearDay(format.dayOf(expiresAt)) })}` : ''}
          </span>
          <Button
            size="compact-xs"
            style={{ flex: 'none' }}
            loading={spend.isPending}
            onClick={() =>
              spend.mutate(
                { params: { partyId }, body: { cardId } },
                {
                  onSuccess: ({ visitId }) =>
                    offerUndo(t('credit:panel.used'), () =>
                      back.mutate({ params: { partyId, visitId }, body: { cardId } }),
                    ),
                },
              )
            }
          >
            {t('credit:panel.use')}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function Move({ partyId, credit, what }: { partyId: string; credit: MemberCredit; what: 'top-up' | 'pay' }) {
  const { t } = useTranslation()
  const format = useFormat()
  const currency = credit.rules?.currency ?? credit.balances[0]?.currency ?? 'CNY'
  const unit = 10 ** format.digits(currency)
  const [amount, setAmount] = useState<number | string>('')
  const [method, setMethod] = useState<Method>('wechat')
  const refresh = { refresh: [memberCredit] }
  const topUp = useDo(topUpCredit, refresh)
  const undo = useDo(undoTopUp, refresh)
  const pay = useDo(payWithCredit, refresh)
  const refund = useDo(refundPayment, refresh)
  const amountMinor = Math.round(Number(amount) * unit) || 0
  const money = (minor: number) => format.exactMoney(minor, currency)
  const bonus = credit.rules && what === 'top-up' ? bonusFor(credit.rules, amountMinor).bonusMinor : 0
  const save = (event: FormEvent) => {
    event.preventDefault()
    const params = { partyId }
    if (what === 'top-up')
      topUp.mutate(
        { params, body: { amountMinor, method } },
        {
          onSuccess: done => {
            setAmount('')
            offerUndo(t('credit:panel.topped-up', { amount: money(done.availableMinor) }), () =>
              undo.mutate({ params: { partyId, topUpId: done.topUpId }, body: {} }),
            )
          },
        },
      )
    else
      pay.mutate(
        { params, body: { amountMinor } },
        {
          onSuccess: done => {
            setAmount('')
            offerUndo(
              t('credit:panel.paid', { amount: money(done.amountMinor), left: money(done.availableMinor) }),
              () => refund.mutate({ params: { partyId, paymentId: done.paymentId }, body: {} }),
            )
          },
        },
      )
  }
  return (
    <details className="folded">
      <summary>{t(`credit:panel.${what}`)}</summary>
      <form className="points-adjust" onSubmit={save}>
        <NumberInput
          label={t('credit:panel.amount')}
          required
          min={0}
          thousandSeparator=","
          suffix={` ${currency}`}
          value={amount}
          onChange={setAmount}
        />
        {what === 'top-up' ? (
          <Select
            label={t('credit:panel.method')}
            allowDeselect={false}
            data={methods.map(value => ({ value, label: t(`credit:method.${value}`) }))}
            value={method}
            onChange={value => value && setMethod(value as Method)}
          />
        ) : null}
        {bonus > 0 ? <p className="small jade">{t('credit:panel.would', { bonus: money(bonus) })}</p> : null}
        <Button type="submit" size="xs" disabled={amountMinor === 0} loading={topUp.isPending || pay.isPending}>
          {t(`credit:panel.${what}`)}
        </Button>
      </form>
    </details>
  )
}

function Sell({ partyId, credit }: { partyId: string; credit: MemberCredit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sell = useDo(sellVisitCard, { refresh: [memberCredit] })
  const [method, setMethod] = useState<string>('wechat')
  return (
    <details className="folded">
      <summary>{t('credit:panel.sell-title')}</summary>
      <div className="points-adjust">
        <Select
          label={t('credit:panel.method')}
          allowDeselect={false}
          data={[...methods, 'stored-money'].map(value => ({ value, label: t(`credit:method.${value}`) }))}
          value={method}
          onChange={value => value && setMethod(value)}
        />
        {credit.offered.map(card => (
          <Button
            key={card.cardId}
            size="xs"
            variant="default"
            loading={sell.isPending}
            onClick={() =>
              sell.mutate(
                { params: { partyId }, body: { cardId: card.cardId, method: method as Method } },
                { onSuccess: () => showNotice(t('credit:panel.sold')) },
              )
            }
          >
            {t('credit:panel.sell', { name: card.name })} · {format.money(card.priceMinor, card.currency)}
          </Button>
        ))}
      </div>
    </details>
  )
}
