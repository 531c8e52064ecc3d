import type { myBenefits } from '#financial/coalition/contract.ts'
import { useAsked } from './asked.ts'
import { Section } from './pieces.tsx'
import { useSay } from './words.ts'

/** What spending at all merchants together has earned me, and what is missing for the rest. */
export function BenefitsSection() {
  const { t, format } = useSay()
  const { data } = useAsked<typeof myBenefits>('/api/member/benefits')
  if (!data?.items.length) return null
  return (
    <Section title={t('benefits.title')}>
      <ul className="cards">
        {data.items.map(benefit => (
          <li key={benefit.benefitId}>
            <div>
              <b>{benefit.name}</b>
              <p className={benefit.isEarned ? 'jade' : 'muted'}>
                {benefit.isEarned
                  ? t(`benefits.have-${benefit.kind}`, { count: benefit.left, number: format.number(benefit.left) })
                  : t('benefits.missing', {
                      amount: format.money(benefit.missingMinor ?? 0, benefit.currency),
                      day: format.day(benefit.windowEndsOn),
                    })}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}
