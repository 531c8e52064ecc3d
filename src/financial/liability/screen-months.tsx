import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Why } from '../../../web/kit/index.ts'
import type { LiabilityReport, Movement } from './contract.ts'

const columns = [
  'openingMinor',
  'allocatedMinor',
  'redeemedMinor',
  'breakageMinor',
  'revokedMinor',
  'estimateMinor',
  'closingMinor',
] as const
const taken = new Set<keyof Movement>(['redeemedMinor', 'breakageMinor', 'revokedMinor', 'estimateMinor'])

/** How the liability moved, newest month first, and the last whole month as lines of a journal. */
export function Months({ report }: { report: LiabilityReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { months, currency, journal } = report
  const shown = months.slice(-13).reverse()
  const money = (name: (typeof columns)[number], minor: number) => {
    const amount = taken.has(name) ? -minor : minor
    return amount === 0 ? '–' : format.exactMoney(amount, currency)
  }
  return (
    <section>
      <h2>{t('liability:months.title')}</h2>
      <p className="muted reading-width">{t('liability:months.text')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-holder liability-wide" tabIndex={0} aria-label={t('liability:months.title')}>
        <table className="table table-small">
          <thead>
            <tr>
              <th scope="col">{t('liability:month')}</th>
              {columns.map(name => (
                <th key={name} scope="col" className="right">
                  <Why reason={{ formula: t(`liability:months.why.${name}`) }}>{t(`liability:months.${name}`)}</Why>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(each => (
              <tr key={each.month}>
                <th scope="row">{format.month(`${each.month}-01`)}</th>
                {columns.map(name => (
                  <td key={name} className="right">
                    {money(name, each[name])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {journal.month === null || journal.lines.length === 0 ? null : (
        <>
          <h3>{t('liability:journal.title', { month: format.month(`${journal.month}-01`) })}</h3>
          <table className="table table-small reading-width">
            <thead>
              <tr>
                <th scope="col">{t('liability:journal.account')}</th>
                <th scope="col">{t('liability:journal.of')}</th>
                <th scope="col" className="right">
                  {t('liability:journal.debit')}
                </th>
                <th scope="col" className="right">
                  {t('liability:journal.credit')}
                </th>
              </tr>
            </thead>
            <tbody>
              {journal.lines.map(line => (
                <tr key={`${line.of} ${line.account}`}>
                  <th scope="row">{t(`liability:account.${line.account}`)}</th>
                  <td>{t(`liability:journal.${line.of}`)}</td>
                  <td className="right">{line.debitMinor > 0 ? format.exactMoney(line.debitMinor, currency) : ''}</td>
                  <td className="right">{line.creditMinor > 0 ? format.exactMoney(line.creditMinor, currency) : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  )
}
