import { Button, CopyButton, SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { listAssistantTools } from './contract.ts'
import './screen.css'

const samples = {
  claude: (url: string) =>
    `claude mcp add --transport http guanxi ${url} \\\n  --header "Authorization: Bearer YOUR_API_KEY"`,
  editor: (url: string) =>
    JSON.stringify(
      {
        servers: { guanxi: { type: 'http', url, headers: { Authorization: 'Bearer $' + '{input:guanxi-key}' } } },
        inputs: [{ type: 'promptString', id: 'guanxi-key', description: 'Guanxi API key', password: true }],
      },
      null,
      2,
    ),
  other: (url: string) =>
    JSON.stringify({ mcpServers: { guanxi: { url, headers: { Authorization: 'Bearer YOUR_API_KEY' } } } }, null, 2),
} as const

const ways = ['claude', 'editor', 'other'] as const

/** How an assistant is connected, and what it can then be asked: nothing that its key may not. */
export function Assistants() {
  const { t } = useTranslation()
  const mayKeys = useMay('keys.manage')
  const [way, setWay] = useState<(typeof ways)[number]>('claude')
  const asked = useAsk(listAssistantTools, {})
  const text = samples[way](`${location.origin}/mcp`)
  return (
    <div className="reading-width">
      <p className="lead">{t('assistants:about')}</p>
      <SegmentedControl
        aria-label={t('assistants:way')}
        value={way}
        onChange={value => setWay(value as typeof way)}
        data={ways.map(value => ({ value, label: t(`assistants:ways.${value}`) }))}
      />
      <div className="snippet">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{text}</pre>
        <CopyButton value={text}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </div>
      <p className="muted small">
        {t('assistants:key')}{' '}
        {mayKeys ? (
          <Link to="/settings" search={{ tab: 'keys' }} className="link">
            {t('assistants:make-key')}
          </Link>
        ) : null}
      </p>
      <h2>{t('assistants:can')}</h2>
      <Answer of={asked}>
        {({ items }) => (
          <div className="table-holder">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('assistants:what')}</th>
                  <th scope="col">{t('assistants:needs')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ name, needs, changes }) => (
                  <tr key={name}>
                    <th scope="row" className="wrap">
                      {t(`assistants:tool.${name}`)}
                      <small className="assistant-tool">
                        <code>{name}</code>
                        {changes ? ` · ${t('assistants:changes')}` : null}
                      </small>
                    </th>
                    <td className="small wrap">
                      {t(`access:permission.${needs[0]}`)}
                      {needs.length > 1 ? (
                        <span className="muted">
                          {' '}
                          ·{' '}
                          {t('assistants:more', {
                            what: needs
                              .slice(1)
                              .map(need => t(`access:permission.${need}`))
                              .join(' · '),
                          })}
                        </span>
                      ) : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
    </div>
  )
}
