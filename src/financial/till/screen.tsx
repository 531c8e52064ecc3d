import { Button, NumberInput, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Face, Page, Sentence } from '../../../web/kit/index.ts'
import { sentenceOf, showNotice } from '../../../web/notices.tsx'
import { findMember, type Receipt, readTill, recordSale, refundSale, type TillQuote, tillQuote } from './contract.ts'
import './screen.css'

interface Customer {
  readonly partyId: string
  readonly name: string
}

/** One customer after the other: who it is, what it costs, what they use, and the receipt. Nothing of anybody else is shown. */
export function TillPage() {
  const { t } = useTranslation()
  const till = useAsk(readTill, {})
  const [customer, setCustomer] = useState<Customer | null>(null)
  const [receipt, setReceipt] = useState<Receipt | null>(null)
  const next = () => {
    setCustomer(null)
    setReceipt(null)
  }
  const title = receipt ? t('till:receipt.title') : (customer?.name ?? t('till:title'))
  return (
    <Page
      name={t('till:name')}
      title={title}
      actions={
        customer ? (
          <Button onClick={next}>{t(receipt ? 'till:receipt.next' : 'till:find.other')}</Button>
        ) : (
          <Link to="/" className="link">
            ← {t('nav.today')}
          </Link>
        )
      }
    >
      <div className="till">
        {receipt ? (
          <Done receipt={receipt} />
        ) : customer ? (
          <Basket customer={customer} currency={till.data?.currency ?? 'CNY'} onSold={setReceipt} />
        ) : (
          <>
            <Find onFound={setCustomer} />
            {till.data ? <Sales sales={till.data.sales} currency={till.data.currency} /> : null}
          </>
        )}
      </div>
    </Page>
  )
}

function Find({ onFound }: { onFound: (customer: Customer) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const find = useDo(findMember, { quiet: true })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    find.mutate(
      { body: { text } },
      {
        onSuccess: ({ isCertain, items }) => {
          const [only] = items
          if (isCertain && only) onFound(only)
        },
      },
    )
  }
  const items = find.data?.isCertain ? [] : (find.data?.items ?? [])
  return (
    <form onSubmit={submit}>
      <TextInput
        className="till-big"
        label={t('till:find.label')}
        placeholder={t('till:find.placeholder')}
        autoFocus
        autoComplete="off"
        minLength={4}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      {find.isPending ? <p className="muted">{t('till:pay.waiting')}</p> : null}
      {find.error ? (
        <p className="bad" role="alert">
          {sentenceOf(find.error)}
        </p>
      ) : null}
      {find.data && find.data.items.length === 0 ? <p>{t('till:find.none')}</p> : null}
      {items.length > 0 ? <p>{t('till:find.confirm')}</p> : null}
      <ul className="till-found">
        {items.map(item => (
          <li key={item.partyId}>
            <button type="button" onClick={() => onFound(item)}>
              <Face name={item.name} /> {item.name} <span className="muted">{item.hint}</span>
            </button>
          </li>
        ))}
      </ul>
    </form>
  )
}

interface Chosen {
  readonly points: boolean
  readonly credit: boolean
  readonly visits: readonly string[]
  readonly rewards: readonly string[]
}
const nothing: Chosen = { points: false, credit: false, visits: [], rewards: [] }

function Basket({
  customer,
  currency,
  onSold,
}: {
  customer: Customer
  currency: string
  onSold: (receipt: Receipt) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const unit = 10 ** format.digits(currency)
  const [typed, setTyped] = useState<number | string>('')
  const [amountMinor, setAmountMinor] = useState(0)
  const [chosen, setChosen] = useState(nothing)
  useEffect(() => {
    const timer = setTimeout(() => setAmountMinor(Math.round(Number(typed) * unit) || 0), 250)
    return () => clearTimeout(timer)
  }, [typed, unit])
  const asking = { customer: { partyId: customer.partyId }, amountMinor }
  const plain = useAsk(tillQuote, { body: asking }, { keep: true })
  const points = chosen.points ? (plain.data?.points.usable ?? 0) : 0
  // What is paid with points may earn less: asked again, so that what is said is what the sale then earns.
  const asked = useAsk(tillQuote, { body: { ...asking, usePoints: points } }, { keep: true })
  const sale = useDo(recordSale, { quiet: true })
  const quote = asked.data ?? plain.data
  const pointsMinor = points > 0 ? (quote?.points.worthMinor ?? 0) : 0
  const creditMinor = chosen.credit ? Math.min(quote?.credit.availableMinor ?? 0, amountMinor - pointsMinor) : 0
  const sell = () =>
    sale.mutate(
      {
        body: {
          ...asking,
          use: { points, creditMinor, visits: [...chosen.visits], rewards: [...chosen.rewards] },
        },
      },
      { onSuccess: onSold },
    )
  return (
    <div className="till-columns">
      <div>
        <NumberInput
          className="till-big"
          hideControls
          label={t('till:basket.amount')}
          autoFocus
          min={0}
          decimalScale={format.digits(currency)}
          thousandSeparator=","
          suffix={` ${currency}`}
          value={typed}
          onChange={setTyped}
        />
        <p className="till-earns" aria-live="polite">
          {amountMinor > 0 && quote
            ? quote.earns.points > 0
              ? t('till:basket.earns', { count: quote.earns.points })
              : t('till:basket.earns-nothing')
            : ' '}
        </p>
        <p className="muted">{t('till:pay.rest')}</p>
        <p className="till-rest">{format.exactMoney(amountMinor - pointsMinor - creditMinor, currency)}</p>
        <Button variant="filled" size="lg" disabled={amountMinor === 0} loading={sale.isPending} onClick={sell}>
          {t(sale.error ? 'till:pay.again' : 'till:pay.sell')}
        </Button>
        {sale.isPending ? <p className="muted">{t('till:pay.waiting')}</p> : null}
        {sale.error ? (
          <p className="bad" role="alert">
            {sentenceOf(sale.error)}
          </p>
        ) : null}
      </div>
      {quote ? <Usable quote={quote} chosen={chosen} set={setChosen} /> : null}
    </div>
  )
}

function Usable({ quote, chosen, set }: { quote: TillQuote; chosen: Chosen; set: (chosen: Chosen) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { points, credit, visits, rewards, currency } = quote
  const money = (minor: number) => format.exactMoney(minor, currency)
  const toggle = (list: readonly string[], id: string) =>
    list.includes(id) ? list.filter(each => each !== id) : [...list, id]
  return (
    <section aria-label={t('till:use.title')}>
      <h2>{t('till:use.title')}</h2>
      <ul className="till-uses">
        <Use
          name={t('till:use.points')}
          line={
            points.usable > 0 ? (
              t('till:use.points-all', { points: points.usable, worth: money(points.worthMinor) })
            ) : points.whyNot ? (
              <Sentence of={points.whyNot.key} values={points.whyNot.values} />
            ) : (
              t('till:use.points-of', { available: points.available })
            )
          }
          isOn={chosen.points}
          isOff={points.usable === 0}
          onTurn={() => set({ ...chosen, points: !chosen.points })}
        />
        <Use
          name={t('till:use.credit')}
          line={
            credit.whyNot ? (
              <Sentence of={credit.whyNot.key} values={credit.whyNot.values} />
            ) : (
              t('till:use.credit-of', { available: money(credit.availableMinor) })
            )
          }
          isOn={chosen.credit}
          isOff={credit.usableMinor === 0}
          onTurn={() => set({ ...chosen, credit: !chosen.credit })}
        />
        {visits.map(visit => (
          <Use
            key={visit.cardId}
            name={t('till:use.visit', { name: visit.name, left: visit.left })}
            line={
              visit.whyNot ? (
                <Sentence of={visit.whyNot.key} values={visit.whyNot.values} />
              ) : visit.expiresAt ? (
                t('till:use.until', { day: format.nearDay(format.dayOf(visit.expiresAt)) })
              ) : (
                ''
              )
            }
            isOn={chosen.visits.includes(visit.cardId)}
            isOff={visit.whyNot !== null}
            onTurn={() => set({ ...chosen, visits: toggle(chosen.visits, visit.cardId) })}
          />
        ))}
        {rewards.map(reward => (
          <Use
            key={reward.takenId}
            name={t('till:use.reward', { name: reward.name })}
            line={reward.lastUsableOn === null ? '' : t('till:use.until', { day: format.nearDay(reward.lastUsableOn) })}
            isOn={chosen.rewards.includes(reward.takenId)}
            isOff={reward.whyNot !== null}
            onTurn={() => set({ ...chosen, rewards: toggle(chosen.rewards, reward.takenId) })}
          />
        ))}
      </ul>
    </section>
  )
}

function Use(given: { name: string; line: ReactNode; isOn: boolean; isOff: boolean; onTurn: () => void }) {
  const { t } = useTranslation()
  const { name, line, isOn, isOff, onTurn } = given
  return (
    <li>
      <div>
        <b>{name}</b>
        <small className="muted">{line}</small>
      </div>
      <Button
        variant={isOn ? 'filled' : 'default'}
        disabled={isOff}
        aria-pressed={isOn}
        aria-label={`${name}: ${t(isOn ? 'till:use.leave' : 'till:use.take')}`}
        onClick={onTurn}
      >
        {t(isOn ? 'till:use.leave' : 'till:use.take')}
      </Button>
    </li>
  )
}

function Done({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency, paid, earned, balance, orderRef } = receipt
  const money = (minor: number) => format.exactMoney(minor, currency)
  const lines = [
    [t('till:receipt.paid-points', { points: paid.points }), paid.pointsMinor],
    [t('till:receipt.paid-credit'), paid.creditMinor],
    [t('till:receipt.paid-rest'), paid.restMinor],
  ] as const
  return (
    <section aria-live="polite">
      <p className="till-rest">{money(receipt.amountMinor)}</p>
      <p className="muted">{t('till:receipt.order', { order: orderRef })}</p>
      <ul className="till-uses">
        {lines
          .filter(([, minor]) => minor > 0)
          .map(([name, minor]) => (
            <li key={name}>
              <span>{name}</span>
              <b className="numbers">{money(minor)}</b>
            </li>
          ))}
      </ul>
      <p className="till-earns">{t('till:receipt.earned', { count: earned.points })}</p>
      <p>
        {t('till:receipt.balance', { points: balance.points })}
        {balance.pendingPoints > 0 ? ` ${t('till:receipt.balance-pending', { pending: balance.pendingPoints })}` : ''}
        {balance.creditMinor > 0
          ? ` · ${t('till:receipt.balance-credit', { amount: money(balance.creditMinor) })}`
          : ''}
      </p>
      <Refund saleId={receipt.saleId} currency={currency} words="till:receipt.undo" />
    </section>
  )
}

function Refund({ saleId, currency, words }: { saleId: string; currency: string; words: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const refund = useDo(refundSale, { refresh: [readTill] })
  return (
    <Button
      size="xs"
      variant="default"
      loading={refund.isPending}
      disabled={refund.isSuccess}
      onClick={() =>
        refund.mutate(
          { body: { saleId } },
          {
            onSuccess: done =>
              showNotice(t('till:receipt.refunded', { rest: format.exactMoney(done.refund.restMinor, currency) })),
          },
        )
      }
    >
      {t(words)}
    </Button>
  )
}

interface Sale {
  readonly saleId: string
  readonly orderRef: string
  readonly at: string
  readonly amountMinor: number
  readonly refundedMinor: number
}

function Sales({ sales, currency }: { sales: readonly Sale[]; currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <details className="folded">
      <summary>
        {t('till:sales.title')} <span className="muted">{format.number(sales.length)}</span>
      </summary>
      {sales.length === 0 ? <p className="muted">{t('till:sales.none')}</p> : null}
      <ul className="till-sales">
        {sales.map(({ saleId, orderRef, at, amountMinor, refundedMinor }) => (
          <li key={saleId}>
            <div>
              {orderRef} <small className="muted">{format.instant(at)}</small>
            </div>
            <span className="numbers">
              {format.exactMoney(amountMinor, currency)}
              {refundedMinor > 0 ? (
                <small className="muted">
                  {' '}
                  {t('till:sales.refunded', { amount: format.exactMoney(refundedMinor, currency) })}
                </small>
              ) : null}
            </span>
            {refundedMinor < amountMinor ? (
              <Refund saleId={saleId} currency={currency} words="till:sales.refund" />
            ) : null}
          </li>
        ))}
      </ul>
    </details>
  )
}
