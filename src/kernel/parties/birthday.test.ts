import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '#kernel/clock/index.ts'
import { lunarYears } from './birthday.testing.ts'
import { birthdayIn, birthMonthsIn, nextBirthday } from './birthday.ts'
import { readBirthday, writeBirthday } from './birthday-contract.ts'

const day = (text: string, year: number) => birthdayIn(readBirthday(text)!, year)

describe('a birthday has one day in every year', () => {
  test.each([
    // Gregorian: 29 February is kept on the 28th in common years, centuries included.
    ['1984-03-08', 2026, '2026-03-08'],
    ['2000-02-29', 2024, '2024-02-29'],
    ['2000-02-29', 2025, '2025-02-28'],
    ['--02-29', 1900, '1900-02-28'],
    ['--02-29', 2000, '2000-02-29'],
    ['--02-29', 2100, '2100-02-28'],
    // Lunar: new year, lanterns, mid-autumn, as printed in any calendar.
    ['lunar:--01-01', 2024, '2024-02-10'],
    ['lunar:--01-01', 2026, '2026-02-17'],
    ['lunar:--01-15', 2025, '2025-02-12'],
    ['lunar:--05-05', 2023, '2023-06-22'],
    ['lunar:--08-15', 2026, '2026-09-25'],
    // The last month of a lunar year lies in the next calendar year.
    ['lunar:--12-08', 2025, '2026-01-26'],
    // The leap month where the year has it (2nd of 2023, 6th of 2025), else the ordinary month of its name.
    ['lunar:1984-02+-08', 2023, '2023-03-29'],
    ['lunar:--02-08', 2023, '2023-02-27'],
    ['lunar:--02+-08', 2024, '2024-03-17'],
    ['lunar:--06+-01', 2025, '2025-07-25'],
    ['lunar:--06+-01', 2026, '2026-07-14'],
    // The 30th of a month of 29 days is kept on the 29th: the 12th month of 2024 has 29, that of 2023 has 30.
    ['lunar:--12-30', 2023, '2024-02-09'],
    ['lunar:--12-30', 2024, '2025-01-28'],
  ])('%s in %i is on %s', (text, year, expected) => {
    expect(day(text, year)).toBe(expected)
  })

  test('every lunar new year and leap month from 1900 to 2100 is that of the printed calendar', () => {
    const ours = lunarYears.map(([year]) => {
      const leap = Array.from({ length: 12 }, (_, index) => index + 1).find(
        month => day(`lunar:--${pad(month)}+-01`, year) !== day(`lunar:--${pad(month)}-01`, year),
      )
      return [year, day('lunar:--01-01', year).slice(5), leap ?? 0]
    })
    expect(ours).toEqual(lunarYears)
    expect(lunarYears).toHaveLength(201)
  })
})

const pad = (number: number) => String(number).padStart(2, '0')

const anyBirthday = fc
  .record({
    calendar: fc.constantFrom('gregorian', 'lunar'),
    year: fc.option(fc.integer({ min: 1900, max: 2026 })),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 31 }),
    isLeapMonth: fc.boolean(),
  })
  .map(parts => readBirthday(writeBirthday(parts as Parameters<typeof writeBirthday>[0])))
  .filter(birthday => birthday !== undefined)

test('every birthday has exactly one day in every year from 1900 to 2100, each later than the one before', () => {
  fc.assert(
    fc.property(anyBirthday, birthday => {
      const days = Array.from({ length: 200 }, (_, index) => birthdayIn(birthday, 1900 + index))
      for (const [index, each] of days.entries()) {
        expect(each).toMatch(/^\d{4}-\d{2}-\d{2}$/)
        const began = 1900 + index
        expect([began, began + 1]).toContain(Number(each.slice(0, 4)))
        if (index > 0) expect(each > days[index - 1]!).toBe(true)
      }
    }),
    { numRuns: 30 },
  )
})

test('the next birthday lies within 13 months, is a birthday, and none lies between', () => {
  fc.assert(
    fc.property(anyBirthday, fc.integer({ min: 0, max: 60_000 }), (birthday, days) => {
      const today = addDays('1910-01-01', days)
      const next = nextBirthday(birthday, today)
      expect(next >= today && next <= addDays(today, 385)).toBe(true)
      const year = Number(today.slice(0, 4))
      const near = [-1, 0, 1].map(more => birthdayIn(birthday, year + more))
      expect(near.filter(each => each >= today && each < next)).toEqual([])
    }),
    { numRuns: 150 },
  )
})

test('a birthday is read back as it is written, and days that cannot be are refused', () => {
  fc.assert(
    fc.property(anyBirthday, birthday => {
      expect(readBirthday(writeBirthday(birthday))).toEqual(birthday)
    }),
  )
  for (const text of ['2025-02-29', '--13-01', '--02-30', 'lunar:--01-31', '--04+-01', '1984-3-8', 'lunar:--00-01']) {
    expect(readBirthday(text)).toBeUndefined()
  }
})

test.each([
  ['--03-08', 2026, [3]],
  ['lunar:--01-01', 2026, [2]],
  // The 11th lunar month ends in January: two in one calendar year, none in another.
  ['lunar:--11-20', 2026, [1, 12]],
])('%s falls in %i into the months %o', (text, year, months) => {
  expect(birthMonthsIn(readBirthday(text)!, year)).toEqual(months)
})
