import { TextInput } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { readLedger } from './contract.ts'

type Balance = z.infer<typeof readLedger.reply>['balances'][number]

/** Per kind of value every account and the zero that they sum to; as of now, or the end of a day in the past. */
export function TrialBalance({ balances }: { balances: readonly Balance[] }) {
  const { t } = useTranslation()
  const [day, setDay] = useState('')
  const asked = useAsk(readLedger, { query: { at: `${day}T23:59:59.999Z` } }, { enabled: day !== '', keep: true })
  const shown = day === '' ? balances : (asked.data?.balances ?? balances)
  const assets = [...new Set(shown.map(each => each.asset))]
  return (
    <section className="reading-width">
      <h2>{t('ledger:balance.title')}</h2>
      <p className="muted">{t('ledger:balance.text')}</p>
      <TextInput
        type="date"
        label={t('ledger:balance.at')}
        value={day}
        onChange={event => setDay(event.currentTarget.value)}
        className="ledger-day"
      />
      {assets.map(asset => (
        <AssetBalance key={asset} asset={asset} balances={shown.filter(each => each.asset === asset)} />
      ))}
    </section>
  )
}

/** One kind of value, folded: its name and what all accounts of it sum to; inside, every account. */
function AssetBalance({ asset, balances }: { asset: string; balances: readonly Balance[] }) {
  const { t } = useTranslation()
  const say = useAmountOf()
  const sum = balances.reduce((total, each) => total + each.balance, 0)
  const held = balances.filter(each => each.isOwn).reduce((total, each) => total + each.balance, 0)
  const shown = balances.filter(each => each.balance !== 0)
  return (
    <details className="folded" open={sum !== 0}>
      <summary>
        {assetName(t, asset)}
        <span className="muted small">{t('ledger:balance.held', { amount: say(asset, held) })}</span>
        <span className={sum === 0 ? 'ledger-verdict jade' : 'ledger-verdict bad'}>
          {t('ledger:balance.comes-to', { amount: say(asset, sum) })}
        </span>
      </summary>
      <table className="table table-small ledger-balance">
        <thead>
          <tr>
            <th scope="col">{t('ledger:balance.account')}</th>
            <th scope="col" className="right">
              {t('ledger:balance.balance')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(each => (
            <tr key={each.account}>
              <th scope="row">
                {accountName(t, each.account)}{' '}
                <span className="muted small">
                  {t(each.isOwn ? 'ledger:balance.of-customers' : 'ledger:balance.of-house')}
                </span>
              </th>
              <td className="right">{say(asset, each.balance)}</td>
            </tr>
          ))}
          <tr className="ledger-sum">
            <th scope="row">{t('ledger:balance.sum')}</th>
            <td className={sum === 0 ? 'right' : 'right bad'}>{say(asset, sum)}</td>
          </tr>
        </tbody>
      </table>
    </details>
  )
}

/** Amounts of money stand in the ledger in its smallest unit and are shown as money; everything else is counted. */
export function useAmountOf(): (asset: string, amount: number) => string {
  const format = useFormat()
  return (asset, amount) => {
    const currency = currencyOf(asset)
    return currency ? format.exactMoney(amount, currency) : format.number(amount)
  }
}

/** `money:CNY` is in CNY; points are in no currency. */
export const currencyOf = (asset: string) => /^money:([A-Z]{3})$/.exec(asset)?.[1]

/** `money:CNY` is "Stored money, CNY"; of a reward or a draw, which have names elsewhere, the beginning of the id. */
export function assetName(t: TFunction, asset: string): string {
  const [kind = '', ...of] = asset.split(':')
  const subject = of.join(':')
  const short = /^[0-9a-f]{8}-/.test(subject) ? subject.slice(0, 8) : subject
  return t(`ledger:asset.${kind}`, { of: short, defaultValue: asset })
}

/** `redeemed:tea-house` is "redeemed · tea-house". */
export function accountName(t: (key: string) => string, account: string): string {
  const [kind, ...of] = account.split(':')
  return [t(`ledger:account.${kind}`), ...(of.length > 0 ? [of.join(':')] : [])].join(' · ')
}
