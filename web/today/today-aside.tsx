import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { countCustomers, rhythmTotals } from '#insight/rhythm/contract.ts'
import { warningsEffect } from '#social/warnings/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { Inferred, Why } from '../kit/index.ts'
import { useMay } from '../session.tsx'

/** Beside the list: how the shop stands, in three numbers that explain themselves. */
export function TodayAside() {
  const { t } = useTranslation()
  const format = useFormat()
  const mayMoney = useMay('money.read')
  const totals = useAsk(rhythmTotals, {}, { enabled: mayMoney })
  const counts = useAsk(countCustomers, {})
  const effect = useAsk(warningsEffect, {})
  const sum = totals.data
  const asOf = counts.data ? format.day(counts.data.reading.asOfOn) : undefined
  return (
    <>
      {counts.data ? (
        <section>
          <h2>{t('aside.late')}</h2>
          <div className="big">
            <Link to="/late" search={{ view: 'waiting' }}>
              {format.number(counts.data.late)}
            </Link>
          </div>
          <p>
            <Why reason={{ formula: t('rhythm:late.rule'), asOf }}>
              {t('aside.late-of', { count: counts.data.all })}
            </Why>
          </p>
          <Types types={counts.data.types} all={counts.data.all} />
        </section>
      ) : null}
      {effect.data ? (
        <section>
          <h2>{t('aside.effect')}</h2>
          {effect.data.difference ? (
            <>
              <div className="big">
                <Inferred>
                  {t(effect.data.difference.estimate >= 0 ? 'aside.effect-more' : 'aside.effect-fewer', {
                    number: format.number(Math.abs(effect.data.difference.estimate) * 100, 1),
                  })}
                </Inferred>
              </div>
              <p>
                {t('aside.effect-text', {
                  from: signed(format.number(effect.data.difference.from * 100, 1)),
                  to: signed(format.number(effect.data.difference.to * 100, 1)),
                  count: effect.data.heldOut.customers,
                })}
                {effect.data.difference.from <= 0 && effect.data.difference.to >= 0
                  ? ` ${t('aside.effect-unclear')}`
                  : null}
              </p>
            </>
          ) : (
            <>
              <div className="not-yet">{t('not-enough')}</div>
              <p>
                {t('aside.effect-not-yet', {
                  contacted: effect.data.contacted.customers,
                  heldOut: effect.data.heldOut.customers,
                  needed: effect.data.customersNeeded,
                })}
              </p>
            </>
          )}
        </section>
      ) : null}
      {sum ? (
        <section>
          <h2>{t('aside.totals')}</h2>
          <div className="big">{format.shortMoney(sum.revenueMinor - sum.refundMinor, sum.currency)}</div>
          <p>
            <Why
              reason={{
                formula: t('why.totals'),
                inputs: [
                  [t('why.bought'), format.money(sum.revenueMinor, sum.currency)],
                  [t('why.refunded'), format.money(sum.refundMinor, sum.currency)],
                  ...(sum.withoutCustomerMinor === null
                    ? []
                    : ([[t('why.nameless'), format.money(sum.withoutCustomerMinor, sum.currency)]] as const)),
                ],
                asOf: format.day(sum.reading.asOfOn),
              }}
            >
              {t('aside.totals-text', { purchases: format.number(sum.purchases), count: sum.customers })}
            </Why>
          </p>
        </section>
      ) : null}
    </>
  )
}

export function signed(text: string): string {
  if (!/[1-9]/.test(text)) return text
  return /^[-−]/.test(text) ? text.replace('-', '−') : `+${text}`
}

const order = ['loyal', 'building', 'first-time', 'drifting', 'dormant', 'lost', 'prospect'] as const

/** How the base divides, as one bar whose parts lead to their list. */
function Types({ types, all }: { types: Partial<Record<(typeof order)[number], number>>; all: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!all) return null
  return (
    <ul className="types">
      {order
        .filter(type => types[type])
        .map(type => (
          <li key={type}>
            <Link to="/customers" search={{ type }}>
              <span>{t(`rhythm:type.${type}.name`)}</span>
              <span className="types-bar" aria-hidden>
                <span data-type={type} style={{ width: `${Math.max(1, ((types[type] ?? 0) / all) * 100)}%` }} />
              </span>
              <span>{format.number(types[type] ?? 0)}</span>
            </Link>
          </li>
        ))}
    </ul>
  )
}
