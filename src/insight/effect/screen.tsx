import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page, type Reason, Why } from '../../../web/kit/index.ts'
import { type MeasuredEffect, readEffects, type Verdict } from './contract.ts'
import './screen.css'
import { LiftBands } from './screen-bands.tsx'

/** Whether contacting brought customers back, which is known long before whether it pays. */
interface Returned {
  readonly sentence: string
  readonly isClear: boolean
}

/** What each act changed, the plainest verdict first; `owed` says what is known of what nobody can be left out of. */
export function EffectPage({ owed, returned }: { owed: ReactNode; returned: Returned | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(readEffects, {})
  const items = asked.data?.items ?? []
  return (
    <Page
      name={t('effect:name')}
      title={asked.data ? titleOf(items) : t('effect:name')}
      subtitle={
        asked.data && items.length > 0
          ? t(asked.data.isMarginAssumed ? 'effect:subtitle.assumed' : 'effect:subtitle.known', {
              share: format.percent(asked.data.marginShare),
            })
          : undefined
      }
    >
      <Answer of={asked}>
        {({ currency, items: found, asOfOn }) => (
          <div className="effects">
            {found.length === 0 ? (
              <EmptyState
                title={t('effect:empty.title')}
                actions={
                  <Link to="/late" search={{ view: 'settings' }} className="link">
                    {t('effect:empty.do')}
                  </Link>
                }
              >
                {t('effect:empty.text')}
              </EmptyState>
            ) : (
              found.map(effect => (
                <Act
                  key={`${effect.programme} ${effect.treatment}`}
                  effect={effect}
                  currency={currency}
                  asOfOn={asOfOn}
                  known={
                    effect.programme === 'warnings' && effect.treatment === 'contact' ? returned?.sentence : undefined
                  }
                />
              ))
            )}
            {owed}
          </div>
        )}
      </Answer>
    </Page>
  )

  function titleOf(of: readonly MeasuredEffect[]): string {
    const having = (...verdicts: Verdict[]) => of.filter(each => verdicts.includes(each.verdict)).length
    if (of.length === 0) return t('effect:title.none')
    const lost = having('costs-more', 'no-longer')
    if (lost > 0) return t('effect:title.loses', { count: lost })
    const earns = having('earns')
    if (earns > 0) return t('effect:title.earns', { count: earns })
    return t(returned?.isClear ? 'effect:title.returns' : 'effect:title.not-yet')
  }
}

/** What an act is called: its own name, or the word of its programme. */
function useNameOf({ programme, treatment, name }: MeasuredEffect): string {
  const { t, i18n } = useTranslation()
  const key = `effect:act.${programme}-${treatment}`
  return name ?? (i18n.exists(key) ? t(key) : `${programme} · ${treatment}`)
}

function Act({
  effect,
  currency,
  asOfOn,
  known,
}: {
  effect: MeasuredEffect
  currency: string
  asOfOn: string
  known: string | undefined
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = useNameOf(effect)
  const money = (minor: number) => format.exactMoney(Math.round(minor), currency)
  const { treated, heldOut, margin, net } = effect
  const asOf = format.day(asOfOn)
  const bounds = (low: number, high: number) => `${money(low)} – ${money(high)}`
  const marginReason: Reason | undefined = margin
    ? {
        formula: t('effect:why.margin', { days: format.number(effect.horizonDays) }),
        inputs: [
          [t('effect:arm.treated'), money(treated.marginMinor)],
          [t('effect:arm.held-out'), money(heldOut.marginMinor)],
          [t('effect:why.always', { level: format.percent(margin.level) }), bounds(margin.lowMinor, margin.highMinor)],
          [t('effect:why.once'), bounds(margin.onceLowMinor, margin.onceHighMinor)],
          [t('effect:why.explained'), format.percent(effect.varianceReduction ?? 0, 1)],
        ],
        asOf,
      }
    : undefined
  return (
    <section className="effect" data-verdict={effect.verdict}>
      <h2>{name}</h2>
      {known ? <p className="effect-verdict">{known}</p> : null}
      <p className={known && !net ? 'muted' : 'effect-verdict'}>{verdictSentence()}</p>
      {margin && net ? <LiftBands name={name} margin={margin} net={net} currency={currency} /> : null}
      <dl className="effect-figures">
        <div>
          <dt>{t('effect:arm.treated')}</dt>
          <dd>{format.number(effect.treatedCustomers)}</dd>
        </div>
        <div>
          <dt>{t('effect:arm.held-out')}</dt>
          <dd>{format.number(effect.heldOutCustomers)}</dd>
        </div>
        <div>
          <dt>{t('effect:cost')}</dt>
          <dd>
            <Why
              reason={{
                formula: t('effect:why.cost'),
                inputs: [[t('effect:each'), money(effect.costPerCustomerMinor)]],
                asOf,
              }}
            >
              {money(effect.costMinor)}
            </Why>
          </dd>
        </div>
        {margin && marginReason ? (
          <div>
            <dt>{t('effect:margin')}</dt>
            <dd>
              <Why reason={marginReason}>{money(margin.estimateMinor)}</Why>
            </dd>
          </div>
        ) : null}
        {effect.totalNetMinor === null ? null : (
          <div>
            <dt>{t('effect:total')}</dt>
            <dd>{money(effect.totalNetMinor)}</dd>
          </div>
        )}
        {margin ? (
          <div>
            <dt>{t('effect:payback')}</dt>
            <dd>
              <Why reason={{ formula: t('effect:why.payback'), asOf }}>
                {effect.paybackMonths === null
                  ? t('effect:payback-none')
                  : t('effect:payback-months', { months: format.number(effect.paybackMonths, 1) })}
              </Why>
            </dd>
          </div>
        ) : null}
      </dl>
      {effect.open > 0 ? (
        <p className="muted small">
          {t('effect:open', {
            count: effect.open,
            number: format.number(effect.open),
            days: format.number(effect.horizonDays),
          })}
        </p>
      ) : null}
    </section>
  )

  function verdictSentence(): string {
    if (net && (effect.verdict === 'earns' || effect.verdict === 'costs-more' || effect.verdict === 'cannot-tell'))
      return t(`effect:verdict.${effect.verdict}`, {
        amount: money(Math.abs(net.estimateMinor)),
        low: money(net.lowMinor),
        high: money(net.highMinor),
        days: format.number(effect.horizonDays),
      })
    if (effect.verdict === 'no-longer') return t('effect:verdict.no-longer')
    if (effect.verdict === 'no-control') return t('effect:verdict.no-control')
    return t('effect:verdict.not-enough', {
      treated: format.number(treated.customers),
      treatedBought: format.number(treated.bought),
      heldOut: format.number(heldOut.customers),
      heldOutBought: format.number(heldOut.bought),
      needed: format.number(effect.customersNeeded),
      buyers: format.number(effect.buyersNeeded),
    })
  }
}
