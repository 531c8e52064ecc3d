import { Button, NumberInput, Select } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type MemberCredit,
  type Method,
  memberCredit,
  methods,
  refundVisitCard,
  withdrawCredit,
} from '#financial/credit/contract.ts'
import { useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { showNotice } from '../notices.tsx'

/** Hands money back that is left of top-ups: first it is said what would be paid and what of the bonus goes, then it is done. */
export function CashOut({ partyId, credit }: { partyId: string; credit: MemberCredit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const balance = credit.balances.find(each => each.paidMinor > 0)
  const currency = balance?.currency ?? 'CNY'
  const unit = 10 ** format.digits(currency)
  const [amount, setAmount] = useState<number | string>('')
  const [method, setMethod] = useState<Method>('wechat')
  const trial = useDo(withdrawCredit)
  const withdraw = useDo(withdrawCredit, { refresh: [memberCredit] })
  if (!balance) return null
  const amountMinor = Math.round(Number(amount) * unit) || 0
  const money = (minor: number) => format.exactMoney(minor, currency)
  const ask = { params: { partyId }, body: { amountMinor, method } }
  const asked = trial.data
  const clear = () => {
    trial.reset()
    setAmount('')
  }
  const tell = (event: FormEvent) => {
    event.preventDefault()
    trial.mutate({ ...ask, body: { ...ask.body, isTrial: true } })
  }
  return (
    <details className="folded">
      <summary>{t('credit:panel.back')}</summary>
      <form className="points-adjust" onSubmit={tell}>
        <NumberInput
          label={t('credit:panel.amount')}
          description={t('credit:panel.back-most', { amount: money(balance.paidMinor) })}
          required
          min={0}
          max={balance.paidMinor / unit}
          thousandSeparator=","
          suffix={` ${currency}`}
          value={amount}
          onChange={value => {
            trial.reset()
            setAmount(value)
          }}
        />
        <Select
          label={t('credit:panel.back-by')}
          allowDeselect={false}
          data={methods.map(value => ({ value, label: t(`credit:method.${value}`) }))}
          value={method}
          onChange={value => value && setMethod(value as Method)}
        />
        {asked ? (
          <>
            <p className="small" role="status">
              {t('credit:panel.back-would', { money: money(asked.moneyMinor), bonus: money(asked.bonusMinor) })}
              {asked.keptMinor > 0 ? ` ${t('credit:panel.back-kept', { kept: money(asked.keptMinor) })}` : ''}
            </p>
            <Button
              size="xs"
              variant="filled"
              loading={withdraw.isPending}
              onClick={() =>
                withdraw.mutate(ask, {
                  onSuccess: done => {
                    clear()
                    showNotice(
                      done.state === 'waiting'
                        ? t('credit:panel.back-waiting')
                        : t('credit:panel.back-done', { money: money(done.moneyMinor) }),
                    )
                  },
                })
              }
            >
              {t('credit:panel.back-do')}
            </Button>
          </>
        ) : (
          <Button type="submit" size="xs" disabled={amountMinor === 0} loading={trial.isPending}>
            {t('credit:panel.back-ask')}
          </Button>
        )}
      </form>
    </details>
  )
}

/** Takes sold cards back: the visits that are left are paid for by the rule of the card. */
export function RefundCards({ partyId, credit }: { partyId: string; credit: MemberCredit }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [method, setMethod] = useState<string>('wechat')
  const refund = useDo(refundVisitCard, { refresh: [memberCredit] })
  const cards = credit.cards.filter(card => card.left > 0)
  if (cards.length === 0) return null
  return (
    <details className="folded">
      <summary>{t('credit:panel.card-back')}</summary>
      <div className="points-adjust">
        <Select
          label={t('credit:panel.back-by')}
          allowDeselect={false}
          data={[...methods, 'stored-money'].map(value => ({ value, label: t(`credit:method.${value}`) }))}
          value={method}
          onChange={value => value && setMethod(value)}
        />
        {cards.map(({ soldCardId, name, left, refundMinor, currency }) => (
          <Button
            key={soldCardId}
            size="xs"
            variant="default"
            loading={refund.isPending}
            onClick={() =>
              refund.mutate(
                { params: { partyId, soldCardId }, body: { method: method as Method } },
                {
                  onSuccess: done =>
                    showNotice(t('credit:panel.back-done', { money: format.exactMoney(done.refundMinor, currency) })),
                },
              )
            }
          >
            {t('credit:panel.card-back-do', { name, count: left, money: format.exactMoney(refundMinor, currency) })}
          </Button>
        ))}
      </div>
    </details>
  )
}
