import { type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import * as store from './store.ts'
import { type BusinessCalendar, guaranteeSettings, type PromiseTerms, settingsName } from './terms.ts'

/**
 * Puts terms in force from the beginning of a day, or from this moment where that day is today. What is in force is never
 * changed; a promise cannot begin in the past, for nobody was promised anything then. Null terms end it.
 */
export async function publish(
  house: House,
  given: {
    readonly promiseId: string
    readonly terms: PromiseTerms | null
    readonly startsOn: Day
    readonly by: string
  },
): Promise<store.StoredEdition> {
  const { promiseId, terms, startsOn, by } = given
  return await house.database.transaction(async transaction => {
    // One at a time, so that no two editions get one number.
    await transaction.query('lock table guarantee.edition in share row exclusive mode')
    const earlier = (await store.readEditions(transaction)).filter(each => each.promiseId === promiseId)
    if (terms === null && earlier.length === 0) throw refuse('not-found', 'guarantee:refusal.no-such-promise')
    const { zone } = await house.settings.business(transaction)
    const now = house.clock.now()
    const today = localDay(now, zone)
    if (startsOn < today) throw refuse('invalid', 'guarantee:refusal.starts-in-the-past', { today })
    await requireCalendar(house, transaction, terms)
    const start = startOfDay(startsOn, zone)
    const edition = {
      editionId: house.newId(),
      promiseId,
      number: Math.max(0, ...earlier.map(each => each.number)) + 1,
      terms,
      zone,
      startsAt: (start > now ? start : now).getTime(),
      publishedAt: now,
      publishedBy: by,
    }
    await store.insertEdition(transaction, edition)
    await house.live.announce(transaction, ['promises'])
    return edition
  })
}

async function requireCalendar(house: House, queryable: Queryable, terms: PromiseTerms | null): Promise<void> {
  if (terms?.judged.kind !== 'timed' || terms.judged.clock.kind !== 'working') return
  const { calendarId } = terms.judged.clock
  const { calendars } = await house.settings.read(settingsName, guaranteeSettings, queryable)
  if (!calendars.some(each => each.calendarId === calendarId))
    throw refuse('not-found', 'guarantee:refusal.no-such-calendar', { calendar: calendarId })
}

/** Opening hours and holidays change as years do. Deadlines that run stay where they are; a calendar in use is not taken away. */
export async function changeCalendars(house: House, calendars: BusinessCalendar[]): Promise<void> {
  await house.database.transaction(async transaction => {
    const ids = new Set(calendars.map(each => each.calendarId))
    for (const { terms } of await store.readEditions(transaction)) {
      const clock = terms?.judged.kind === 'timed' ? terms.judged.clock : undefined
      if (clock?.kind === 'working' && !ids.has(clock.calendarId))
        throw refuse('conflict', 'guarantee:refusal.calendar-in-use', { calendar: clock.calendarId })
    }
    await house.settings.write(transaction, settingsName, { calendars })
    await house.live.announce(transaction, ['promises', 'settings'])
  })
}
