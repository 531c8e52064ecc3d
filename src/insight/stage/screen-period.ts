import { dayNumber, dayOfNumber, daysBetween } from '../../../web/days.ts'

export interface Period {
  readonly from: string
  readonly to: string
  readonly days: number
}

export const presets = [30, 90, 180, 365] as const

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
