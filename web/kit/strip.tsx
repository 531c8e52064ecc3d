import { useElementSize } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { dayNumber, dayOfNumber } from '../days.ts'
import { useFormat } from '../format.ts'

export interface StripData {
  /** Days of the last purchases, oldest first. */
  readonly boughtOn: readonly string[]
  readonly todayOn: string
  /** The days in which the next purchase was to be expected; absent where the history is too short. */
  readonly window?: readonly [from: string, to: string] | undefined
  readonly late: boolean
}

/**
 * The rhythm of one customer: a dot for each purchase, the shaded days in which the next was expected, a bar for today.
 * Small, it stands beside a name; big, it carries its own labels.
 */
export function Strip({ data, big = false }: { data: StripData; big?: boolean }) {
  const { ref, width: measured } = useElementSize()
  return (
    <div ref={ref} className={big ? 'strip strip-big' : 'strip'}>
      <StripDrawing data={data} width={big ? measured || 560 : 150} big={big} />
    </div>
  )
}

function StripDrawing({ data, width, big }: { data: StripData; width: number; big: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const height = big ? 108 : 30
  const middle = big ? 46 : 15
  const today = dayNumber(data.todayOn)
  const bought = data.boughtOn.map(dayNumber)
  const window = data.window?.map(dayNumber) as [number, number] | undefined
  const last = bought.at(-1)
  const first = Math.min(bought[0] ?? today, today)
  const end = Math.max(today, window?.[1] ?? today)
  const span = Math.max(end - first, 7)
  const edge = big ? 14 : 6
  const x = (day: number) => edge + ((width - 2 * edge) * (day - first)) / (span * 1.03)
  const silent = last === undefined ? undefined : today - last
  const sentence =
    last === undefined
      ? t('strip.none')
      : [
          t('strip.bought', { count: bought.length, last: format.day(dayOfNumber(last)) }),
          data.window ? t('strip.expected', { from: format.day(data.window[0]), to: format.day(data.window[1]) }) : '',
          t('strip.today', { count: silent }),
        ]
          .filter(Boolean)
          .join(' ')
  const marker = data.late ? 'var(--vermilion)' : 'var(--muted)'
  const todayLeft = x(today) > width - 130
  const windowMiddle = window ? (x(window[0]) + x(window[1])) / 2 : 0
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={sentence}>
      <title>{sentence}</title>
      {window ? (
        <rect
          x={x(window[0])}
          y={middle - (big ? 13 : 8)}
          width={Math.max(x(window[1]) - x(window[0]), 4)}
          height={big ? 26 : 16}
          rx={4}
          fill="var(--jade-soft)"
          stroke={big ? 'var(--jade)' : 'none'}
          strokeOpacity={0.35}
        />
      ) : null}
      <line x1={edge} x2={width - edge} y1={middle} y2={middle} stroke="var(--line)" strokeWidth={1.5} />
      {bought.map((day, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two purchases may fall on one day, and dots never move
        <circle key={index} cx={x(day)} cy={middle} r={big ? 4.5 : 3.2} fill="var(--ink)" fillOpacity={big ? 0.9 : 1}>
          {big ? <title>{format.day(dayOfNumber(day))}</title> : null}
        </circle>
      ))}
      <line
        x1={x(today)}
        x2={x(today)}
        y1={middle - (big ? 15 : 10)}
        y2={middle + (big ? 15 : 10)}
        stroke={marker}
        strokeWidth={2}
      />
      {big ? (
        <g fontSize={12}>
          {window ? (
            <text
              x={Math.min(Math.max(windowMiddle, 46), width - 46)}
              y={middle - 21}
              fill="var(--jade)"
              textAnchor="middle"
            >
              {t('strip.label-expected')}
            </text>
          ) : null}
          {silent === undefined ? null : (
            <text
              x={x(today) + (todayLeft ? -4 : 4)}
              y={middle + 31}
              fill={data.late ? 'var(--vermilion)' : 'var(--muted)'}
              textAnchor={todayLeft ? 'end' : 'start'}
            >
              {t('strip.label-today', { count: silent })}
            </text>
          )}
          {yearTicks(first, end).map(tick => (
            <g key={tick.day}>
              <line x1={x(tick.day)} x2={x(tick.day)} y1={middle + 40} y2={middle + 45} stroke="var(--line-strong)" />
              <text x={x(tick.day)} y={middle + 58} fill="var(--muted)" fontSize={11} textAnchor="middle">
                {tick.year ? format.day(dayOfNumber(tick.day)) : format.shortDay(dayOfNumber(tick.day))}
              </text>
            </g>
          ))}
        </g>
      ) : null}
    </svg>
  )
}

/** Four or five firsts of a month under the line, evenly spread; the year is said where it begins or is first seen. */
function yearTicks(first: number, end: number): { day: number; year: boolean }[] {
  const step = [1, 2, 3, 6, 12, 24, 60].find(months => (end - first) / (months * 30.4) <= 5) ?? 120
  const ticks: number[] = []
  const start = dayOfNumber(first)
  let year = Number(start.slice(0, 4))
  let month = Number(start.slice(5, 7))
  for (let count = 0; count < 400; count++) {
    month += 1
    if (month > 12) {
      month = 1
      year += 1
    }
    const day = dayNumber(`${year}-${String(month).padStart(2, '0')}-01`)
    if (day > end) break
    if ((month - 1) % Math.min(step, 12) !== 0 || (step > 12 && year % (step / 12) !== 0)) continue
    ticks.push(day)
  }
  const near = Math.max(2, Math.round((end - first) * 0.04))
  const yearOf = (day: number | undefined) => (day === undefined ? '' : dayOfNumber(day).slice(0, 4))
  return ticks
    .filter(day => day - first > near && end - day > near)
    .map((day, index, kept) => ({ day, year: yearOf(day) !== yearOf(kept[index - 1]) }))
}
