import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { dayNumber, dayOfNumber, daysBetween } from '../../../web/days.ts'
import type { Stages } from './screen.tsx'

export interface Period {
  readonly from: string
  readonly to: string
  readonly days: number
}

const presets = [30, 90, 180, 365] as const

/**
 * The two days between which flows are shown: as chosen in the address, else the last ninety days, never before anybody
 * bought nor after the reading day; undefined while there is not yet one day between.
 */
export function periodOf(
  stages: { readonly reading: { readonly asOfOn: string }; readonly firstOn: string | null },
  chosen: { readonly from?: string | undefined; readonly to?: string | undefined },
): Period | undefined {
  const { firstOn } = stages
  const { asOfOn } = stages.reading
  if (firstOn === null) return undefined
  const to = chosen.to && chosen.to <= asOfOn ? chosen.to : asOfOn
  const wanted = chosen.from && chosen.from < to ? chosen.from : dayOfNumber(dayNumber(to) - 90)
  const from = wanted < firstOn ? firstOn : wanted
  return from < to ? { from, to, days: daysBetween(from, to) } : undefined
}

/** The last thirty days to a year at a click, or any two days. */
export function ChoosePeriod({ stages, period }: { stages: Stages; period: Period }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { asOfOn } = stages.reading
  const first = stages.firstOn ?? period.from
  const go = (from: string | undefined, to: string | undefined) =>
    void navigate({
      to: '/stages',
      search: previous => ({ ...previous, from, to: to === asOfOn ? undefined : to }),
      resetScroll: false,
    })
  const startOf = (days: number) => dayOfNumber(dayNumber(asOfOn) - days)
  return (
    <div className="period">
      {presets
        .filter(days => days === 30 || startOf(days) > first)
        .map(days => (
          <Button
            key={days}
            variant={period.to === asOfOn && period.days === days ? 'filled' : 'default'}
            aria-pressed={period.to === asOfOn && period.days === days}
            onClick={() => go(startOf(days), undefined)}
          >
            {days === 365 ? t('stage:flow.year') : t('stage:flow.last', { count: days })}
          </Button>
        ))}
      {(['from', 'to'] as const).map(end => (
        <label key={end} className="small muted">
          {t(`stage:flow.${end}`)}
          <input
            type="date"
            value={period[end]}
            min={end === 'from' ? first : dayOfNumber(dayNumber(period.from) + 1)}
            max={end === 'from' ? dayOfNumber(dayNumber(period.to) - 1) : asOfOn}
            onChange={event => {
              const { value } = event.currentTarget
              if (value) go(end === 'from' ? value : period.from, end === 'to' ? value : period.to)
            }}
          />
        </label>
      ))}
    </div>
  )
}
