import { type Day, daysBetween, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type RhythmSettings, rhythmSettings } from './contract.ts'

export const settingsName = 'rhythm'

/** A base whose newest purchase is older than this is being read as history, not lived in. */
export const quietDays = 60

export interface Reading {
  readonly asOfOn: Day
  /** True when `asOfOn` is the day of the newest purchase and not today. */
  readonly history: boolean
}

/**
 * The day as of which customers are read. Somebody who imports the orders of 2011 wants to see who was late at their
 * end, not that everybody has been silent for fifteen years.
 *
 * Example: newest purchase on 2011-12-09, today 2026-11-21, `auto` -> 2011-12-09, history.
 */
export function readingDay(today: Day, newestOn: Day | null, readAs: RhythmSettings['readAs']): Reading {
  const quiet = newestOn !== null && daysBetween(newestOn, today) > quietDays
  const history = newestOn !== null && newestOn < today && (readAs === 'last-event' || (readAs === 'auto' && quiet))
  return history ? { asOfOn: newestOn, history } : { asOfOn: today, history: false }
}

export interface Situation extends Reading {
  readonly today: Day
  readonly zone: string
  readonly currency: string
  readonly horizonDays: number
}

/** Where and when we stand: the business's zone and currency, its today, and the day as of which customers are read. */
export async function situationOf(house: House, queryable: Queryable = house.database): Promise<Situation> {
  const [{ zone, currency }, { readAs, horizonDays }] = await Promise.all([
    house.settings.business(queryable),
    house.settings.read(settingsName, rhythmSettings, queryable),
  ])
  const today = localDay(house.clock.now(), zone)
  const [row] = await queryable.query<{ newest: Day | null }>(
    'select max(last_on) as newest from rhythm.state where last_on <= $1',
    [today],
  )
  return { ...readingDay(today, row?.newest ?? null, readAs), today, zone, currency, horizonDays }
}
