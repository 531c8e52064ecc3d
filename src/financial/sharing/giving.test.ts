import { describe, expect, test } from 'vitest'
import { type Giver, veiled, whyNotGiven } from './giving.ts'
import { sharingSettings } from './rules.ts'

const settings = sharingSettings.parse({
  gifts: { smallest: 10, mostPerDay: 500, giftsPerDay: 3, onwardDays: 7, coolingOffHours: 24 },
}).gifts
const giver: Giver = { available: 1000, lately: 0, givenToday: 0, giftsToday: 0, changedHoursAgo: null }

describe('a gift', () => {
  test.each<[string, Partial<Giver>, number, string | null]>([
    ['of the least is given', {}, 10, null],
    ['of one less is not', {}, 9, 'sharing:refusal.too-small'],
    ['of all that a day allows is given', { givenToday: 400, giftsToday: 2 }, 100, null],
    ['of one more is not', { givenToday: 400 }, 101, 'sharing:refusal.day-limit'],
    ['is the last of the day', { giftsToday: 2 }, 10, null],
    ['is one too many', { giftsToday: 3 }, 10, 'sharing:refusal.gifts-per-day'],
    ['of all one has is given', { available: 50 }, 50, null],
    ['of more than one has is not', { available: 50 }, 51, 'ledger:refusal.insufficient'],
    ['of all but what was received lately is given', { available: 100, lately: 40 }, 60, null],
    ['of what was received lately is not', { available: 100, lately: 40 }, 61, 'sharing:refusal.received-lately'],
    ['waits after a change of the profile', { changedHoursAgo: 23.9 }, 10, 'sharing:refusal.cooling-off'],
    ['is possible again a day later', { changedHoursAgo: 24 }, 10, null],
  ])('%s', (_, more, amount, code) => {
    expect(whyNotGiven(settings, { ...giver, ...more }, 'points', amount)?.code ?? null).toBe(code)
  })

  test('of what may not be shared, or while gifts are off, is refused', () => {
    expect(whyNotGiven(settings, giver, 'money:CNY', 10)?.code).toBe('sharing:refusal.asset')
    expect(whyNotGiven({ ...settings, isActive: false }, giver, 'points', 10)?.code).toBe('sharing:refusal.gifts-off')
  })
})

test.each([
  ['王小明', '王**'],
  ['Ada Field', 'A**'],
  ['𠮷田', '𠮷**'],
  ['', '**'],
])('%s is shown to others as %s', (name, shown) => {
  expect(veiled(name)).toBe(shown)
})
