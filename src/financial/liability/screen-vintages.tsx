import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listMerchants } from '#kernel/merchants/contract.ts'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import type { LiabilityReport } from './contract.ts'

const few = 6

/** Month of issue by month of issue: what was earned, used, lost, what will come, and what is owed for it. */
export function VintageTable({ report }: { report: LiabilityReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [all, setAll] = useState(false)
  const merchants = useAsk(listMerchants, {})
  const nameOf = new Map(merchants.data?.items.map(each => [each.merchantId, each.name]))
  const { vintages, currency } = report
  const live = vintages.filter(each => each.outstanding > 0 || each.liabilityMinor > 0).reverse()
  const shown = all ? live : live.slice(0, few)
  if (live.length === 0) return null
  const issuers = new Set(vintages.map(each => each.issuer)).size
  return (
    <section>
      <h2>{t('liability:vintages.title')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-holder liability-wide" tabIndex={0} aria-label={t('liability:vintages.title')}>
        <table className="table table-small">
          <thead>
            <tr>
              <th scope="col">{t('liability:vintages.earned')}</th>
              {(['issued', 'redeemed', 'outstanding'] as const).map(name => (
                <th key={name} scope="col" className="right">
                  {t(`liability:points.${name}`)}
                </th>
              ))}
              <th scope="col" className="right">
                {t('liability:vintages.expected')}
              </th>
              <th scope="col" className="right">
                {t('liability:vintages.owed')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(each => (
              <tr key={`${each.month} ${each.issuer} ${each.kind}`}>
                <th scope="row">
                  {format.month(`${each.month}-01`)}
                  <span className="muted small">
                    {issuers > 1 && nameOf.has(each.issuer) ? ` ${nameOf.get(each.issuer)}` : ''}
                    {each.kind === 'granted' ? ` ${t('liability:vintages.granted')}` : ''}
                    {each.isAgent ? ` ${t('liability:vintages.agent')}` : ''}
                  </span>
                </th>
                <td className="right">{format.number(each.issued)}</td>
                <td className="right">{format.number(each.redeemed)}</td>
                <td className="right">{format.number(each.outstanding)}</td>
                <td className="right">
                  {format.number(each.expected)}
                  {each.expectedLow < each.expectedHigh ? (
                    <span className="muted small">
                      {' '}
                      {format.number(each.expectedLow)}–{format.number(each.expectedHigh)}
                    </span>
                  ) : null}
                </td>
                <td className="right">{format.exactMoney(each.liabilityMinor, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {live.length > few ? (
        <Button variant="default" onClick={() => setAll(!all)}>
          {all ? t('liability:vintages.fewer') : t('liability:vintages.all', { number: format.number(live.length) })}
        </Button>
      ) : null}
    </section>
  )
}
