import { useTranslation } from 'react-i18next'
import type { CustomerType } from '#insight/rhythm/contract.ts'
import { Why } from '../kit/index.ts'

/** Which stage a customer is in; the rule that says so is one sentence away. The colour is the same everywhere. */
export function TypeBadge({ type, plain = false }: { type: CustomerType; plain?: boolean }) {
  const { t } = useTranslation()
  const name = t(`rhythm:type.${type}.name`)
  return (
    <span className="type" data-type={type}>
      <i aria-hidden />
      {plain ? name : <Why reason={{ formula: t(`rhythm:type.${type}.rule`) }}>{name}</Why>}
    </span>
  )
}
