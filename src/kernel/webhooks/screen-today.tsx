import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useMay } from '../../../web/session.tsx'
import { listWebhooks } from './contract.ts'
import './screen.css'

/** Another system hears nothing any more and nobody may have noticed: red until somebody looks. */
export function DeafEndpoints() {
  const { t } = useTranslation()
  const may = useMay('webhooks.manage')
  const asked = useAsk(listWebhooks, {}, { enabled: may })
  const deaf = asked.data?.items.filter(({ state, reason }) => state !== 'active' && reason !== 'by-hand') ?? []
  if (deaf.length === 0) return null
  return (
    <section className="webhooks-deaf" aria-labelledby="deaf-endpoints">
      <h2 id="deaf-endpoints">{t('webhooks:deaf', { count: deaf.length })}</h2>
      {deaf.map(each => (
        <p key={each.endpointId}>
          <Link to="/webhooks" search={{ open: each.endpointId }}>
            {each.description || new URL(each.url).host}
          </Link>{' '}
          <span className="muted">{t(`webhooks:stopped-text.${each.reason}`)}</span>
        </p>
      ))}
    </section>
  )
}
