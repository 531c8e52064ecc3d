import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { ImportDetail, ImportTotals } from './contract.ts'
import { Listed } from './screen-listed.tsx'

/** Fourth step: what the import would do (or did), before anything is written. */
export function DryRun({ detail, totals }: { detail: ImportDetail; totals: ImportTotals }) {
  const { t } = useTranslation()
  const format = useFormat()
  const n = (value: number) => format.number(value)
  const money = (minor: number) => format.money(minor, totals.currency)
  return (
    <>
      <p className="statement">
        {t(detail.state === 'checked' ? 'dry-run.will' : 'dry-run.did', {
          orders: n(totals.newOrders),
          customers: n(totals.newCustomers),
          changed: n(totals.changedOrders),
        })}
      </p>
      {totals.firstAt && totals.lastAt ? (
        <p className="muted">
          {t('dry-run.span', {
            rows: n(totals.rows),
            from: format.day(format.dayOf(totals.firstAt)),
            to: format.day(format.dayOf(totals.lastAt)),
          })}
        </p>
      ) : null}
      <table className="table table-small dry-run">
        <thead>
          <tr>
            <td />
            <th scope="col" className="right">
              {t('dry-run.new')}
            </th>
            <th scope="col" className="right">
              {t('dry-run.changed')}
            </th>
            <th scope="col" className="right">
              {t('dry-run.known')}
            </th>
            <th scope="col" className="right">
              {t('dry-run.money')}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('dry-run.orders')}</th>
            <td className="right strong">{n(totals.newOrders)}</td>
            <td className="right">{n(totals.changedOrders)}</td>
            <td className="right">{n(totals.unchangedOrders)}</td>
            <td className="right">{money(totals.purchaseMinor)}</td>
          </tr>
          <tr>
            <th scope="row">{t('dry-run.refunds')}</th>
            <td className="right strong">{n(totals.newRefunds)}</td>
            <td className="right">{n(totals.changedRefunds)}</td>
            <td className="right">{n(totals.unchangedRefunds)}</td>
            <td className="right">{money(totals.refundMinor)}</td>
          </tr>
          <tr>
            <th scope="row">{t('dry-run.customers')}</th>
            <td className="right strong">{n(totals.newCustomers)}</td>
            <td className="right" />
            <td className="right">{n(totals.knownCustomers)}</td>
            <td />
          </tr>
        </tbody>
      </table>
      <ul className="facts reading-width">
        <li>
          <span>{t('dry-run.rejected')}</span>
          <span className={totals.rejectedRows ? 'warn' : ''}>{n(totals.rejectedRows)}</span>
        </li>
        {totals.refundLinesLinked + totals.refundLinesUnlinked ? (
          <li>
            <span>{t('dry-run.refund-lines')}</span>
            <span>
              {t('dry-run.refund-lines-are', {
                linked: n(totals.refundLinesLinked),
                unlinked: n(totals.refundLinesUnlinked),
              })}
            </span>
          </li>
        ) : null}
      </ul>
      {detail.kind === 'orders' ? <Listed detail={detail} totals={totals} /> : null}
    </>
  )
}
