import { addDays, type Day, dayNumber } from '#kernel/clock/index.ts'
import type { Season } from './teas.ts'

const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', { month: 'numeric', day: 'numeric', timeZone: 'UTC' })

/** Days of the Chinese calendar on which the shop's year turns: New Year's Day and Mid-Autumn. */
export interface Festivals {
  readonly newYears: readonly Day[]
  readonly midAutumns: readonly Day[]
}

export function festivalsBetween(from: Day, to: Day): Festivals {
  const newYears: Day[] = []
  const midAutumns: Day[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const parts = lunar.formatToParts(dayNumber(day) * 86_400_000)
    const read = (type: string) => parts.find(part => part.type === type)?.value
    if (read('month') === '1' && read('day') === '1') newYears.push(day)
    if (read('month') === '8' && read('day') === '15') midAutumns.push(day)
  }
  return { newYears, midAutumns }
}

/**
 * What is in season on a day: first-flush teas after Qingming, cold brews in high summer, gifts in the weeks before the
 * two festivals.
 *
 * Example: on 20 September 2026, five days before Mid-Autumn, it is `mid-autumn`.
 */
export function seasonOf(day: Day, { newYears, midAutumns }: Festivals): Season | undefined {
  const isBefore = (festival: Day, days: number) => day <= festival && day >= addDays(festival, -days)
  if (newYears.some(festival => isBefore(festival, 24))) return 'new-year'
  if (midAutumns.some(festival => isBefore(festival, 28))) return 'mid-autumn'
  const monthDay = day.slice(5)
  if (monthDay >= '03-25' && monthDay <= '05-20') return 'spring'
  if (monthDay >= '06-10' && monthDay <= '08-31') return 'summer'
  return undefined
}

/** The shops close from New Year's Eve for five days; whoever would have come then comes after. */
export function openDay(day: Day, { newYears }: Festivals): Day {
  const closed = newYears.find(festival => day >= addDays(festival, -1) && day <= addDays(festival, 3))
  return closed ? addDays(closed, 4) : day
}
