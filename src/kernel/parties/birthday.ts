import { Lunar, LunarMonth, LunarYear } from 'lunar-typescript'
import { type Birthday, daysInMonth } from './birthday-contract.ts'

/**
 * The day on which somebody has their birthday in a year; every year has exactly one. A lunar year bears the number of the
 * Gregorian year in which it begins, so a birthday of its last months may fall in the January or February after.
 * * 29 February is kept on the 28th in common years.
 * * A leap month is kept in the ordinary month of its name in years that have no such leap month.
 * * The 30th is kept on the 29th in a lunar month of 29 days.
 *
 * Example: lunar 8/15 in 2026 is `2026-09-25`; Gregorian 29 February in 2026 is `2026-02-28`.
 */
export function birthdayIn(birthday: Birthday, year: number): string {
  if (birthday.calendar === 'gregorian') {
    return dayText(year, birthday.month, Math.min(birthday.day, daysInMonth(year, birthday.month)))
  }
  const hasLeap = birthday.isLeapMonth && LunarYear.fromYear(year).getLeapMonth() === birthday.month
  const month = hasLeap ? -birthday.month : birthday.month
  const length = LunarMonth.fromYm(year, month)?.getDayCount() ?? 29
  return Lunar.fromYmd(year, month, Math.min(birthday.day, length)).getSolar().toYmd()
}

/**
 * The next birthday, that of the day itself included.
 *
 * Example: of 8 March, seen from 2026-03-09, it is 2027-03-08.
 */
export function nextBirthday(birthday: Birthday, today: string): string {
  const year = Number(today.slice(0, 4))
  // A lunar year may still be the one that began in the calendar year before.
  const ahead = [year - 1, year, year + 1].map(each => birthdayIn(birthday, each))
  return ahead.find(day => day >= today)!
}

/**
 * The months (1 to 12) of a calendar year in which somebody has a birthday. Gregorian birthdays have one; lunar ones wander,
 * and those of the last lunar months may have none or two in one calendar year.
 *
 * Example: lunar 1/1 in 2026 is in month 2, as the year of the horse begins on 17 February.
 */
export function birthMonthsIn(birthday: Birthday, year: number): readonly number[] {
  const days = [birthdayIn(birthday, year - 1), birthdayIn(birthday, year)]
  const inYear = days.filter(day => day.startsWith(`${year}-`))
  return [...new Set(inYear.map(day => Number(day.slice(5, 7))))]
}

function dayText(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
