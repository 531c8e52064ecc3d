import { Button, Switch } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { changeWebhookSettings, type Endpoint, listWebhooks } from './contract.ts'
import { Create } from './screen-create.tsx'
import { OpenEndpoint } from './screen-endpoint.tsx'
import { Pulse } from './screen-pulse.tsx'
import { VerifySnippet } from './screen-snippet.tsx'
import { State } from './screen-state.tsx'
import './screen.css'

/** Where events are sent to, and whether they arrive; one endpoint opened, or a new one. */
export function Send() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { open } = useSearch({ from: '/shell/webhooks' })
  const asked = useAsk(listWebhooks, {})
  const go = (to?: string) => void navigate({ to: '/webhooks', search: to ? { open: to } : {} })
  return (
    <Answer of={asked}>
      {({ items, kinds, allowPrivate }) => {
        const opened = items.find(({ endpointId }) => endpointId === open)
        if (open === 'new') return <Create kinds={kinds} allowPrivate={allowPrivate} done={go} />
        if (opened) return <OpenEndpoint key={opened.endpointId} endpoint={opened} kinds={kinds} close={() => go()} />
        return (
          <>
            {items.length === 0 ? (
              <EmptyState
                title={t('webhooks:empty.title')}
                actions={
                  <Button variant="filled" onClick={() => go('new')}>
                    {t('webhooks:add')}
                  </Button>
                }
              >
                {t('webhooks:empty.text')}
              </EmptyState>
            ) : (
              <>
                <List items={items} />
                <Button variant="filled" size="sm" mt="md" onClick={() => go('new')}>
                  {t('webhooks:add')}
                </Button>
              </>
            )}
            <VerifySnippet />
            <OwnNetwork allowPrivate={allowPrivate} />
          </>
        )
      }}
    </Answer>
  )
}

function List({ items }: { items: readonly Endpoint[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="table-holder">
      <table className="table table-stacked webhooks">
        <thead>
          <tr>
            <th scope="col">{t('webhooks:endpoint')}</th>
            <th scope="col">{t('webhooks:hears')}</th>
            <th scope="col">{t('webhooks:last-day')}</th>
            <th scope="col">{t('webhooks:state')}</th>
            <th scope="col" className="right">
              {t('webhooks:waiting')}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(each => (
            <tr key={each.endpointId}>
              <th scope="row" className="wrap">
                <Link to="/webhooks" search={{ open: each.endpointId }}>
                  {each.description || new URL(each.url).host}
                </Link>
                <p className="muted small webhooks-url">{each.url}</p>
              </th>
              <td className="small" data-label={t('webhooks:hears')}>
                {kindsInWords(each.kinds, t('webhooks:everything'))}
              </td>
              <td data-label={t('webhooks:last-day')}>
                <Pulse hours={each.hours} />
              </td>
              <td data-label={t('webhooks:state')}>
                <State of={each} />
              </td>
              <td className="right numbers" data-label={t('webhooks:waiting')}>
                {each.waiting > 0 ? format.number(each.waiting) : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function kindsInWords(kinds: readonly string[], everything: string): string {
  if (kinds.includes('*')) return everything
  return kinds.length > 3 ? `${kinds.slice(0, 3).join(' · ')} +${kinds.length - 3}` : kinds.join(' · ')
}

function OwnNetwork({ allowPrivate }: { allowPrivate: boolean }) {
  const { t } = useTranslation()
  const change = useDo(changeWebhookSettings, { refresh: [listWebhooks] })
  return (
    <Switch
      className="webhooks-switch"
      label={t('webhooks:own-network')}
      description={t('webhooks:own-network-text')}
      checked={allowPrivate}
      disabled={change.isPending}
      onChange={event => change.mutate({ body: { allowPrivate: event.currentTarget.checked } })}
    />
  )
}
