import type { myTier } from '#financial/tiers/contract-member.ts'
import { dayNumber, dayOfNumber } from '../days.ts'
import type { ReplyOf } from './api.ts'
import { Section } from './pieces.tsx'
import { type Say, useSay } from './words.ts'

export type Tier = ReplyOf<typeof myTier>

export const tierName = (tier: Tier | undefined): string | undefined => tier?.rules?.tiers[tier.tier]?.name

/** How far it is to the next tier, in the measure that counts, and until when this one is kept. */
export function TierSection({ tier }: { tier: Tier | undefined }) {
  const say = useSay()
  const { t, format } = say
  const rules = tier?.rules
  if (!tier || !rules) return null
  const held = rules.tiers[tier.tier]
  const above = tier.next ? rules.tiers[tier.next.tier] : undefined
  return (
    <Section title={t('tier.title')}>
      {above && tier.next ? (
        <>
          <p>{t(`tier.next-${rules.measure}`, { missing: amount(tier, tier.next.missing, say), name: above.name })}</p>
          <div
            className="bar"
            role="progressbar"
            aria-label={t('tier.to', { name: above.name })}
            aria-valuemin={0}
            aria-valuemax={above.atLeast}
            aria-valuenow={Math.min(tier.qualified, above.atLeast)}
            aria-valuetext={t('tier.of', {
              have: amount(tier, tier.qualified, say),
              of: amount(tier, above.atLeast, say),
            })}
          >
            <span style={{ width: `${Math.min(100, (100 * tier.qualified) / above.atLeast)}%` }} />
          </div>
          <p className="bar-ends">
            <span>{amount(tier, tier.qualified, say)}</span>
            <span>
              {above.name} · {amount(tier, above.atLeast, say)}
            </span>
          </p>
        </>
      ) : held ? (
        <p>{t('tier.highest', { name: held.name })}</p>
      ) : null}
      {held && tier.drop ? (
        <p className="muted">
          {t('tier.drop', {
            name: held.name,
            day: format.day(dayOfNumber(dayNumber(tier.drop.on) - 1)),
            missing: amount(tier, tier.drop.missing, say),
          })}
        </p>
      ) : null}
      {held && held.rights.length > 0 ? (
        <ul className="ticks">
          {held.rights.map(right => (
            <li key={right.rightId}>{right.name}</li>
          ))}
        </ul>
      ) : null}
    </Section>
  )
}

function amount({ rules }: Tier, value: number, { t, format }: Say): string {
  if (rules?.measure === 'spend') return format.money(value, rules.currency)
  return t(rules?.measure === 'visits' ? 'tier.days' : 'points.amount', { count: value, number: format.number(value) })
}
