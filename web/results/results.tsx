import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { readLiability } from '#financial/liability/contract.ts'
import { warningsEffect } from '#social/warnings/contract.ts'
import { EffectPage } from '../../src/insight/effect/screen.tsx'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { useMay } from '../session.tsx'
import { signed } from '../today/today-aside.tsx'

/** What acts changed, and beside it what the programmes cost from which nobody may be left out. */
export function Results() {
  const { t } = useTranslation()
  const format = useFormat()
  const mayReadLiability = useMay('liability.read')
  const difference = useAsk(warningsEffect, {}).data?.difference
  const hundred = (share: number) => signed(format.number(share * 100, 1))
  const returned = difference
    ? {
        sentence: t('evidence.effect-is', {
          estimate: hundred(difference.estimate),
          from: hundred(difference.from),
          to: hundred(difference.to),
          level: format.percent(difference.level),
        }),
        isClear: difference.from > 0,
      }
    : undefined
  return <EffectPage returned={returned} owed={mayReadLiability ? <Owed /> : null} />
}

/** What is owed has no control group: its cost is known, what it brings is not, and the page does not pretend. */
function Owed() {
  const { t } = useTranslation()
  const format = useFormat()
  const report = useAsk(readLiability, {}).data?.report
  if (!report) return null
  const { months, currency } = report
  const costMinor = months
    .slice(-12)
    .reduce((sum, each) => sum + each.allocatedMinor - each.revokedMinor + Math.max(0, each.grantedChangeMinor), 0)
  return (
    <section>
      <h2>{t('effect:owed.title')}</h2>
      <p className="reading-width">
        {t('effect:owed.points', {
          cost: format.money(costMinor, currency),
          owed: format.money(report.owedMinor, currency),
        })}
      </p>
      <p className="muted reading-width">{t('effect:owed.text')}</p>
      <Link to="/liability" className="link">
        {t('effect:owed.do')}
      </Link>
    </section>
  )
}
