import type { TFunction } from 'i18next'
import { type Birthday, readBirthday, writeBirthday } from '#kernel/parties/contract.ts'
import type { Format } from '../format.ts'

/**
 * A birthday as people write it, as the profile keeps it; `undefined` where it is no day.
 *
 * Example: `1984-3-8` is `1984-03-08`; `03-08`, whose year nobody knows, is `--03-08`; `8 March` is undefined.
 */
export function birthdayFrom(
  text: string,
  calendar: Birthday['calendar'] = 'gregorian',
  isLeapMonth = false,
): string | undefined {
  const found = /^(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})$/.exec(text.trim())
  if (!found) return undefined
  const [, year, month, day] = found
  const written = writeBirthday({
    calendar,
    year: year ? Number(year) : null,
    month: Number(month),
    day: Number(day),
    isLeapMonth: calendar === 'lunar' && isLeapMonth,
  })
  return readBirthday(written) ? written : undefined
}

/** `--03-08` is written `03-08` in a field, whichever calendar it is of. */
export function birthdayText(birthday: string | null): string {
  return (birthday ?? '')
    .replace(/^lunar:/, '')
    .replace('+', '')
    .replace(/^--/, '')
}

/** A birthday in words: `8 March 1984`, or in its own calendar 农历八月十五, `day 15 of lunar month 8`. */
export function birthdayInWords(text: string, format: Format, t: TFunction): string {
  const birthday = readBirthday(text)
  if (!birthday) return text
  const { calendar, year, month, day, isLeapMonth } = birthday
  if (calendar === 'gregorian') return year === null ? format.shortDay(`2000-${text.slice(2)}`) : format.day(text)
  const said = t(isLeapMonth ? 'birthday.said.leap' : 'birthday.said.plain', {
    month: t(`birthday.month.${month}`),
    day: t(`birthday.day.${day}`, { defaultValue: String(day) }),
  })
  return year === null ? said : t('birthday.said.year', { year, said })
}
