import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Failed, Waiting } from '../../../web/kit/index.ts'
import { type PointsRules, pointsRules, type WhatIf, whatIfPoints } from './contract.ts'
import { sentencesOf } from './screen-sentences.tsx'

/** How long the rules must be left alone before they are tried: not at every letter. */
const restMilliseconds = 700

/** What rules would have given and cost on the purchases of the last year; asks again when they change. */
export function Simulator({ rules }: { rules: PointsRules }) {
  const { t } = useTranslation()
  const [tried, setTried] = useState(rules)
  useEffect(() => {
    const timer = setTimeout(() => setTried(rules), restMilliseconds)
    return () => clearTimeout(timer)
  }, [rules])
  const isSound = pointsRules.safeParse(tried).success
  const asked = useAsk(whatIfPoints, { body: { rules: tried } }, { enabled: isSound, keep: true })
  return (
    <section aria-live="polite" className="simulator">
      <h2>{t('points:section.simulator')}</h2>
      {!isSound ? (
        <p className="muted">{t('points:edit.invalid')}</p>
      ) : asked.error ? (
        <Failed problem={asked.error} again={asked.refetch} />
      ) : asked.data ? (
        <div data-stale={tried !== rules || asked.isPlaceholderData ? '' : undefined}>
          <Found found={asked.data} rules={tried} />
        </div>
      ) : (
        <>
          <Waiting />
          <p className="muted small">{t('points:what-if.working')}</p>
        </>
      )}
    </section>
  )
}

function Found({ found, rules }: { found: WhatIf; rules: PointsRules }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { now, before, currency } = found
  const say = sentencesOf(t, format, currency)
  if (now.purchases === 0) return <p className="muted">{t('points:what-if.none')}</p>
  const money = (minor: number) => format.money(minor, currency)
  const between = format.language.startsWith('zh') ? '' : ' '
  const names = new Map<string, string>([
    ...rules.earning.map(rule => [rule.ruleId, say.earning(rule)] as const),
    ...rules.campaigns.map(campaign => [campaign.ruleId, campaign.name] as const),
  ])
  const byRule = Object.entries(now.byRule).sort((one, other) => other[1] - one[1])
  const most = Math.max(1, ...byRule.map(([, points]) => points))
  return (
    <>
      <p className="what-if-finding">
        {t('points:what-if.finding', {
          from: format.day(found.fromOn),
          until: format.day(found.untilOn),
          points: format.number(now.points - now.takenBack),
          cost: money(now.costMinor),
          share: format.percent(now.spendMinor > 0 ? now.costMinor / now.spendMinor : 0, 1),
        })}
      </p>
      <p>
        {[
          t('points:what-if.customers', {
            number: format.number(now.earningCustomers),
            of: format.number(now.customers),
          }),
          t('points:what-if.liability', {
            points: format.number(now.outstanding),
            worth: money(now.outstandingMinor),
          }),
          ...(now.takenBack > 0 ? [t('points:what-if.taken-back', { points: format.number(now.takenBack) })] : []),
        ].join(between)}
      </p>
      {before ? (
        <p>
          {[
            t('points:what-if.before', {
              points: format.number(before.points - before.takenBack),
              cost: money(before.costMinor),
            }),
            t('points:what-if.moved', { more: format.number(found.more), fewer: format.number(found.fewer) }),
          ].join(between)}
        </p>
      ) : null}
      <h3>{t('points:what-if.by-rule')}</h3>
      <ul className="shares">
        {byRule.map(([ruleId, points]) => (
          <li key={ruleId}>
            <span>{names.get(ruleId) ?? ruleId}</span>
            <span className="figure">{format.number(points)}</span>
            <i aria-hidden style={{ width: `${(100 * points) / most}%` }} />
          </li>
        ))}
      </ul>
      {(['winners', 'losers'] as const).map(side =>
        found[side].length > 0 ? (
          <div key={side}>
            <h3>{t(`points:what-if.${side}`)}</h3>
            <ul className="facts">
              {found[side].map(moved => (
                <li key={moved.partyId}>
                  <Link to="/customers/$partyId" params={{ partyId: moved.partyId }} className="link">
                    {moved.partyName || '–'}
                  </Link>
                  <span>
                    {t('points:what-if.change', {
                      before: format.number(moved.before),
                      points: format.number(moved.points),
                    })}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        ) : null,
      )}
    </>
  )
}
