import { useTranslation } from 'react-i18next'
import { memberTier } from '#financial/tiers/contract.ts'
import { addDays } from '#kernel/clock/index.ts'
import { amountSaid } from '../../src/financial/tiers/screen-amount.tsx'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { useMay } from '../session.tsx'

/** At which tier a customer stands, what lifts them to the next, and until when it is kept. */
export function TierPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayRead = useMay('points.read')
  const asked = useAsk(memberTier, { params: { partyId } }, { enabled: mayRead })
  const standing = asked.data
  if (!standing?.rules) return null
  const { rules, tier, sinceOn, next, drop } = standing
  const held = rules.tiers[tier]
  const amount = (value: number) => amountSaid(t, format, { rules, amount: value, as: 'panel' })
  const above = next && rules.tiers[next.tier]
  return (
    <section aria-label={t('tiers:panel.title')}>
      <h2>{t('tiers:panel.title')}</h2>
      <p>
        {held ? (
          <>
            <b className="jade">{held.name}</b>{' '}
            {sinceOn ? <span className="muted">{t('tiers:panel.since', { day: format.nearDay(sinceOn) })}</span> : null}
          </>
        ) : (
          <span className="muted">{t('tiers:panel.none')}</span>
        )}
      </p>
      {held && held.rights.length > 0 ? (
        <p className="muted small">{held.rights.map(right => right.name).join(' · ')}</p>
      ) : null}
      {above ? (
        <p className="small">{t('tiers:panel.next', { missing: amount(next.missing), name: above.name })}</p>
      ) : null}
      {drop ? (
        <p className="muted small">
          {t('tiers:panel.drop', { day: format.nearDay(addDays(drop.on, -1)), missing: amount(drop.missing) })}{' '}
          {t('tiers:panel.drop-to', { name: rules.tiers[drop.to]?.name ?? t('tiers:panel.none') })}
        </p>
      ) : null}
    </section>
  )
}
