import { TextInput } from '@mantine/core'
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

function AssetBalance({ asset, balances }: { asset: string; balances: readonly Balance[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sum = balances.reduce((total, each) => total + each.balance, 0)
  const shown = balances.filter(each => each.balance !== 0)
  return (
    <table className="table table-small ledger-balance">
      <thead>
        <tr>
          <th scope="col">{asset}</th>
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
            <td className="right">{format.number(each.balance)}</td>
          </tr>
        ))}
        <tr className="ledger-sum">
          <th scope="row">{t('ledger:balance.sum')}</th>
          <td className={sum === 0 ? 'right' : 'right bad'}>{format.number(sum)}</td>
        </tr>
      </tbody>
    </table>
  )
}

/** `redeemed:tea-house` is "redeemed · tea-house". */
export function accountName(t: (key: string) => string, account: string): string {
  const [kind, ...of] = account.split(':')
  return [t(`ledger:account.${kind}`), ...(of.length > 0 ? [of.join(':')] : [])].join(' · ')
}
