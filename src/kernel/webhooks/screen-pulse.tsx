import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Endpoint } from './contract.ts'

const height = 24

/** The last day by hours: what arrived stands up, what did not hangs down in red. */
export function Pulse({ hours }: { hours: Endpoint['hours'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const most = Math.max(1, ...hours.map(hour => Math.max(hour.delivered, hour.failed)))
  const sum = (name: 'delivered' | 'failed') => hours.reduce((total, hour) => total + hour[name], 0)
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * (height / 2 - 1)))
  return (
    <svg
      className="webhooks-pulse"
      viewBox={`0 0 120 ${height}`}
      width="120"
      height={height}
      role="img"
      aria-label={t('webhooks:pulse', {
        delivered: format.number(sum('delivered')),
        failed: format.number(sum('failed')),
      })}
    >
      <line x1="0" x2="120" y1={height / 2} y2={height / 2} />
      {hours.map(({ delivered, failed }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an hour is known by its place
        <g key={index} transform={`translate(${index * 5} 0)`}>
          <rect className="delivered" x="0.5" width="4" y={height / 2 - tall(delivered)} height={tall(delivered)} />
          <rect className="failed" x="0.5" width="4" y={height / 2} height={tall(failed)} />
        </g>
      ))}
    </svg>
  )
}
