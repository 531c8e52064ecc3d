import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Endpoint } from './contract.ts'

/** In one word how it stands: red where nothing arrives, amber while it is tried. */
export function State({ of }: { of: Endpoint }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (of.state !== 'active') {
    const tone = of.reason === 'by-hand' ? 'muted' : 'bad'
    return <span className={tone}>{t(`webhooks:stopped.${of.reason ?? 'by-hand'}`)}</span>
  }
  if (of.failingSince) {
    return <span className="warn">{t('webhooks:failing', { when: format.instant(of.failingSince) })}</span>
  }
  return of.lastDeliveredAt ? (
    <span className="good">{t('webhooks:arrives')}</span>
  ) : (
    <span className="muted">{t('webhooks:nothing-yet')}</span>
  )
}
