import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Lift } from './contract.ts'

/** Two bands on one axis with its zero: what was added for a customer, and what is left of it after the cost. */
export function LiftBands({
  name,
  margin,
  net,
  currency,
}: {
  name: string
  margin: Lift
  net: Lift
  currency: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = (minor: number) => format.exactMoney(Math.round(minor), currency)
  const ends = [margin.lowMinor, margin.highMinor, net.lowMinor, net.highMinor, 0]
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  const span = most - least || 1
  const [width, left, right] = [560, 120, 90]
  const x = (minor: number) => left + ((minor - least) / span) * (width - left - right)
  const rows = [
    { key: 'margin', lift: margin, y: 26 },
    { key: 'net', lift: net, y: 58 },
  ] as const
  const sentence = rows
    .map(({ key, lift }) =>
      t(`effect:bands.${key}`, {
        estimate: money(lift.estimateMinor),
        low: money(lift.lowMinor),
        high: money(lift.highMinor),
      }),
    )
    .join(' ')
  return (
    <svg className="effect-bands" viewBox={`0 0 ${width} 92`} role="img" aria-label={`${name}. ${sentence}`}>
      <title>{sentence}</title>
      <line x1={x(0)} x2={x(0)} y1={8} y2={74} stroke="var(--line-strong)" />
      <text x={x(0)} y={88} fontSize={11} fill="var(--muted)" textAnchor="middle">
        {money(0)}
      </text>
      {rows.map(({ key, lift, y }) => (
        <g key={key}>
          <text x={0} y={y + 4} fontSize={12} fill="var(--muted)">
            {t(`effect:bands.label-${key}`)}
          </text>
          <rect
            x={x(lift.lowMinor)}
            y={y - 9}
            width={Math.max(2, x(lift.highMinor) - x(lift.lowMinor))}
            height={18}
            rx={4}
            fill="var(--inferred-ink)"
            fillOpacity={0.18}
          />
          <rect
            x={x(lift.onceLowMinor)}
            y={y - 5}
            width={Math.max(2, x(lift.onceHighMinor) - x(lift.onceLowMinor))}
            height={10}
            rx={3}
            fill="var(--inferred-ink)"
            fillOpacity={0.28}
          />
          <circle cx={x(lift.estimateMinor)} cy={y} r={4.5} fill="var(--ink)" />
          <text x={width - right + 10} y={y + 4} fontSize={12.5} fontWeight={600} fill="var(--ink)">
            {money(lift.estimateMinor)}
          </text>
        </g>
      ))}
    </svg>
  )
}
