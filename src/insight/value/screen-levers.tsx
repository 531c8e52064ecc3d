import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Sentence } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { stampInputs, type Told, type Value } from './screen-reasons.tsx'

const levers = ['retention', 'margin', 'acquisition'] as const

/** One point more retention, one of margin, winning one per cent cheaper: three sentences, from the own data. */
export function LeversSection({ value, base }: { value: Value; base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = value
  const { retentionShare, retentionPointMinor, marginPointMinor, acquisitionPercentMinor, elasticity } = base.levers
  const amount = (amountMinor: number) => ({ amount: { amountMinor, currency } })
  const inputs = stampInputs(t, format, { stamp: base.stamp, currency })
  const number = (own: number | null) => (own === null ? '—' : format.number(own, own < 1 ? 2 : 1))
  return (
    <section>
      <h2>{t('value:levers.title')}</h2>
      <ul className="value-sentences">
        <li>
          {retentionPointMinor === null || retentionShare === null ? (
            t('value:levers.retention-unknown')
          ) : (
            <Sentence
              of="value:levers.retention"
              values={amount(retentionPointMinor)}
              reasons={{
                amount: {
                  formula: t('value:levers.why-retention', {
                    from: format.percent(retentionShare + 0.01, 1),
                    to: format.percent(retentionShare, 1),
                  }),
                  inputs,
                  asOf: format.day(base.asOfOn),
                },
              }}
            />
          )}
        </li>
        <li>
          <Sentence
            of="value:levers.margin"
            values={amount(marginPointMinor)}
            reasons={{ amount: { formula: t('value:levers.why-margin'), inputs, asOf: format.day(base.asOfOn) } }}
          />
        </li>
        <li>
          {acquisitionPercentMinor === null ? (
            <Untold>{t('value:levers.acquisition-unknown')}</Untold>
          ) : (
            <Sentence
              of="value:levers.acquisition"
              values={amount(acquisitionPercentMinor)}
              reasons={{
                amount: {
                  formula: t('value:levers.why-acquisition', { count: base.winning.newCustomersInYear }),
                  asOf: format.day(base.asOfOn),
                },
              }}
            />
          )}
        </li>
      </ul>
      <table className="table table-small">
        <thead>
          <tr>
            <th scope="col">{t('value:levers.compare')}</th>
            <th scope="col" className="right">
              {t('value:levers.own')}
            </th>
            <th scope="col" className="right">
              {t('value:levers.published')}
            </th>
          </tr>
        </thead>
        <tbody>
          {levers.map(name => {
            const published = base.literature.elasticity[name]
            return (
              <tr key={name}>
                <th scope="row">{t(`value:levers.${name}-name`)}</th>
                <td className="right">{number(elasticity[name])}</td>
                <td className="right muted">
                  {published.from === published.to
                    ? format.number(published.value, 1)
                    : t('value:levers.range', {
                        value: format.number(published.value, 2),
                        from: format.number(published.from, 2),
                        to: format.number(published.to, 2),
                      })}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p className="muted small reading-width">{t('value:levers.source')}</p>
      <Classic base={base} />
    </section>
  )
}

/** The textbook's multiple beside our own numbers, for those who know it. */
function Classic({ base }: { base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { retentionShare } = base.levers
  const { annualDiscountShares, rows, own } = base.literature.multiples
  return (
    <details className="folded">
      <summary>{t('value:levers.classic-table')}</summary>
      {retentionShare === null || own === null ? null : (
        <p className="reading">
          {t('value:levers.classic', {
            retention: format.percent(retentionShare),
            multiple: format.number(own, 2),
            discount: format.percent(base.annualDiscountShare, 1),
          })}
        </p>
      )}
      <table className="table table-small">
        <thead>
          <tr>
            <th scope="col">{t('value:levers.classic-retention')}</th>
            {annualDiscountShares.map(discount => (
              <th key={discount} scope="col" className="right">
                {t('value:levers.classic-discount')} {format.percent(discount)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.retentionShare}>
              <th scope="row">{format.percent(row.retentionShare)}</th>
              {row.multiples.map((multiple, column) => (
                <td key={annualDiscountShares[column]} className="right">
                  {multiple.toFixed(2)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Untold({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const maySet = useMay('settings.manage')
  return (
    <>
      {children}{' '}
      {maySet ? (
        <Link to="/value" search={{ tab: 'settings' }} className="link">
          {t('value:levers.acquisition-do')}
        </Link>
      ) : null}
    </>
  )
}

/** What a new customer brings and costs, against what losing a present one costs. */
export function WinningSection({ value, base }: { value: Value; base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = value
  const { newCustomersInYear, newCustomerMinor, acquisitionMinor, presentCustomerMinor, replacementMinor } =
    base.winning
  const inputs = stampInputs(t, format, { stamp: base.stamp, currency })
  const amountOf = (amountMinor: number) => ({ amountMinor, currency })
  const why = (name: 'newcomer' | 'present' | 'replacement') => ({
    amount: { formula: t(`value:winning.why-${name}`), inputs, asOf: format.day(base.asOfOn) },
  })
  return (
    <section>
      <h2>{t('value:winning.title')}</h2>
      <ul className="value-sentences">
        <li>
          {t('value:winning.count', { count: newCustomersInYear, number: format.number(newCustomersInYear) })}{' '}
          {acquisitionMinor === null ? (
            <Sentence
              of="value:winning.newcomer"
              values={{ amount: amountOf(newCustomerMinor) }}
              reasons={why('newcomer')}
            />
          ) : (
            <Sentence
              of={newCustomerMinor >= acquisitionMinor ? 'value:winning.pays' : 'value:winning.pays-not'}
              values={{ cost: amountOf(acquisitionMinor), amount: amountOf(newCustomerMinor) }}
              reasons={why('newcomer')}
            />
          )}
        </li>
        <li>
          <Sentence
            of="value:winning.present"
            values={{ amount: amountOf(presentCustomerMinor) }}
            reasons={why('present')}
          />{' '}
          {replacementMinor === null ? null : (
            <Sentence
              of="value:winning.replacement"
              values={{ amount: amountOf(replacementMinor) }}
              reasons={why('replacement')}
            />
          )}
        </li>
      </ul>
    </section>
  )
}
