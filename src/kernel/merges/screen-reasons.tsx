import { useTranslation } from 'react-i18next'
import type { Evidence } from './contract.ts'

/** Why two profiles may be one person: what speaks for it, and what against. */
export function Reasons({ evidence }: { evidence: readonly Evidence[] }) {
  const { t } = useTranslation()
  if (evidence.length === 0) return null
  return (
    <ul className="merges-reasons" aria-label={t('merges:why')}>
      {evidence.map(({ kind, weight }) => (
        <li key={kind} data-speaks={weight > 0 ? 'for' : 'against'}>
          {t(`merges:evidence.${kind}`)}
        </li>
      ))}
    </ul>
  )
}
