import { Button, CopyButton, SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../../web/session.tsx'

const samples = {
  curl: (origin: string) => `curl ${origin}/v1/track \\
  -u YOUR_API_KEY: \\
  -H 'content-type: application/json' \\
  -d '{
    "messageId": "order-1001",
    "type": "track",
    "event": "Order Completed",
    "userId": "C-42",
    "timestamp": "2026-03-01T10:15:00+08:00",
    "properties": {
      "order_id": "1001",
      "total": 268.00,
      "currency": "CNY",
      "products": [
        { "product_id": "LJ-200", "name": "Longjing 200 g", "price": 268.00, "quantity": 1 }
      ]
    }
  }'`,
  node: (origin: string) => `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: 'YOUR_API_KEY', host: '${origin}' })

analytics.identify({ userId: 'C-42', traits: { name: '王晓洁', phone: '13800005521' } })
analytics.track({
  userId: 'C-42',
  event: 'Order Completed',
  properties: {
    order_id: '1001',
    total: 268,
    currency: 'CNY',
    products: [{ product_id: 'LJ-200', name: 'Longjing 200 g', price: 268, quantity: 1 }],
  },
})`,
  import: (origin: string) => `# A file of orders, from the machine that runs Guanxi:
npx guanxi import orders.csv

# What happened, in ${origin}/data`,
} as const

/** How a till or a shop sends what happens, ready to copy. */
export function Connect() {
  const { t } = useTranslation()
  const [way, setWay] = useState<keyof typeof samples>('curl')
  const mayKeys = useMay('keys.manage')
  const text = samples[way](location.origin)
  return (
    <div className="reading-width">
      <p className="lead">{t('connect.lead')}</p>
      <SegmentedControl
        aria-label={t('connect.way')}
        value={way}
        onChange={value => setWay(value as keyof typeof samples)}
        data={(['curl', 'node', 'import'] as const).map(value => ({ value, label: t(`connect.${value}`) }))}
      />
      <div className="snippet">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{text}</pre>
        <CopyButton value={text}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </div>
      <p className="muted small">
        {t('connect.once')}{' '}
        {mayKeys ? (
          <Link to="/settings" search={{ tab: 'keys' }} className="link">
            {t('connect.make-key')}
          </Link>
        ) : null}{' '}
        ·{' '}
        <a className="link" href="/api/docs" target="_blank" rel="noreferrer">
          {t('connect.reference')}
        </a>
      </p>
    </div>
  )
}
