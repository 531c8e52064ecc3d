import { Button, Select, TextInput } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf, useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { exportJournal, listPostings, postingCodes, type ShownPosting } from './contract.ts'
import { accountName, assetName, useAmountOf } from './screen-balance.tsx'

/** The movements, newest first, and the journal of them for the accountant. */
export function Postings() {
  const { t } = useTranslation()
  const [code, setCode] = useState<ShownPosting['code'] | null>(null)
  const [account, setAccount] = useState('')
  const [limit, setLimit] = useState(25)
  const { party } = useSearch({ from: '/shell/ledger' })
  const filter = { ...(party && { partyId: party }), ...(code && { code }), ...(account && { account }) }
  const asked = useAsk(listPostings, { query: { ...filter, limit } }, { keep: true })
  return (
    <section>
      <h2>{t('ledger:postings.title')}</h2>
      <div className="tools">
        <TextInput
          className="tools-find"
          aria-label={t('ledger:postings.account')}
          placeholder={t('ledger:postings.find')}
          value={account}
          onChange={event => setAccount(event.currentTarget.value)}
        />
        <Select
          aria-label={t('ledger:postings.what')}
          placeholder={t('ledger:postings.all')}
          clearable
          value={code}
          onChange={value => setCode(value as ShownPosting['code'] | null)}
          data={postingCodes.map(each => ({ value: each, label: t(`ledger:code.${each}`) }))}
        />
        <Button component="a" href={addressOf(exportJournal, { query: filter })} download variant="default">
          {t('ledger:postings.export')}
        </Button>
      </div>
      {party ? (
        <p className="note" role="note">
          {t('ledger:postings.of-one', { name: asked.data?.items[0]?.partyName ?? '' })}{' '}
          <Link to="/ledger" className="link">
            {t('ledger:postings.of-all')}
          </Link>
        </p>
      ) : null}
      <Answer of={asked}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p className="muted">{t('ledger:postings.none')}</p>
          ) : (
            <>
              <PostingTable items={items} />
              {next && limit < 200 ? (
                <Button variant="default" onClick={() => setLimit(Math.min(200, limit * 2))}>
                  {t('ledger:postings.more')}
                </Button>
              ) : null}
            </>
          )
        }
      </Answer>
    </section>
  )
}

function PostingTable({ items }: { items: readonly ShownPosting[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = useAmountOf()
  return (
    <div className="table-holder">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('ledger:postings.when')}</th>
            <th scope="col">{t('ledger:postings.who')}</th>
            <th scope="col" className="right">
              {t('ledger:postings.amount')}
            </th>
            <th scope="col">{t('ledger:postings.what')}</th>
            <th scope="col" className="wide-only">
              {t('ledger:postings.from')}
            </th>
            <th scope="col" className="wide-only">
              {t('ledger:postings.to')}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={`${item.partyId} ${item.transactionId} ${item.position}`}>
              <td>{format.instant(item.occurredAt)}</td>
              <td>
                <Link to="/customers/$partyId" params={{ partyId: item.partyId }}>
                  {item.partyName || '–'}
                </Link>
              </td>
              <td className="right">
                {say(item.asset, item.amount)}
                {item.asset.startsWith('money:') ? null : (
                  <span className="muted small"> · {assetName(t, item.asset)}</span>
                )}
              </td>
              <td>
                {t(`ledger:code.${item.code}`)}
                {item.reason ? <span className="muted small"> {item.reason}</span> : null}
              </td>
              <td className="wide-only">{accountName(t, item.from)}</td>
              <td className="wide-only">{accountName(t, item.to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
