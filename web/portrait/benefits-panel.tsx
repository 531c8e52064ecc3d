import { useTranslation } from 'react-i18next'
import { memberBenefits } from '#financial/coalition/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { useMay } from '../session.tsx'
import { FoldedPanel } from './folded-panel.tsx'

/** What a customer has earned by spending at all merchants, and how much is missing for the next. */
export function BenefitsPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayRead = useMay('rewards.read')
  const asked = useAsk(memberBenefits, { params: { partyId } }, { enabled: mayRead })
  const items = asked.data?.items ?? []
  if (items.length === 0) return null
  return (
    <FoldedPanel title={t('coalition:panel.title')} isUrgent={items.some(each => each.left > 0)}>
      <ul className="facts">
        {items.map(each => (
          <li key={each.benefitId}>
            <span>{each.name}</span>
            <span>
              {each.left > 0 ? (
                <b className="jade">
                  {t('coalition:panel.left', {
                    gives: t(`coalition:benefit.gives.${each.kind}`, { count: each.left }),
                  })}
                </b>
              ) : each.isEarned ? (
                <b className="jade">{t('coalition:panel.earned')}</b>
              ) : each.missingMinor === null ? null : (
                <span className="muted">
                  {t('coalition:panel.missing', {
                    amount: format.exactMoney(each.missingMinor, each.currency),
                    day: format.nearDay(each.windowEndsOn),
                  })}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </FoldedPanel>
  )
}
