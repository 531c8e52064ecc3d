import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { changeConsentSettings, consentHistoryOf, mayContact, recordConsent, wordingOn } from './consent.ts'
import { consentSettings } from './consent-contract.ts'
import { resolveParties } from './resolve.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

let count = 0
async function somebody(): Promise<string> {
  const identifiers = [{ kind: 'customer_id' as const, value: `c${++count}` }]
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, house.newId(), [{ identifiers, name: '王晓洁' }]),
  )
  return partyIds[0]!
}

const say = (partyId: string, isGiven: boolean, more: object = {}) =>
  house.database.transaction(transaction =>
    recordConsent(transaction, house, {
      partyId,
      channel: 'email',
      purpose: 'offers',
      isGiven,
      textVersion: '2026-11',
      evidence: { by: 'staff', on: 'in-person' },
      ...more,
    }),
  )
const may = (partyId: string) => mayContact(house.database, partyId, 'email', 'offers', house.clock.now())
const join = (other: string, kept: string | null) =>
  house.database.query('update parties.party set canonical_party_id = $2 where party_id = $1', [other, kept])

test('nothing said is no, the last word counts, and every word stays readable', async () => {
  const party = await somebody()
  const answers = [await may(party)]
  for (const isGiven of [true, true, false, true]) {
    house.clock.advanceDays(1)
    await say(party, isGiven)
    answers.push(await may(party))
  }
  expect(answers).toEqual([false, true, true, false, true])
  const history = await consentHistoryOf(house, party, 'en')
  // Saying the same again adds nothing.
  expect(history.map(each => each.isGiven)).toEqual([true, false, true])
  expect(history[0]).toMatchObject({ way: 'in-person', textVersion: '2026-11', text: expect.stringContaining('write') })
})

test('of joined profiles the strictest counts; a later yes of the joined person counts for all; parted, each has its own', async () => {
  const [kept, other] = [await somebody(), await somebody()]
  await say(other, false)
  house.clock.advanceDays(1)
  await say(kept, true)
  expect(await may(kept)).toBe(true)
  await join(other, kept)
  expect([await may(kept), await may(other)]).toEqual([false, false])
  house.clock.advanceDays(1)
  await say(kept, true)
  expect([await may(kept), await may(other)]).toEqual([true, true])
  await join(other, null)
  expect([await may(kept), await may(other)]).toEqual([true, false])
})

test('where a second yes is asked for, the first permits nothing until the address confirms it', async () => {
  const before = await house.settings.read('consent', consentSettings)
  await changeConsentSettings(house, { ...before, doubleOptIn: ['email'] })
  const party = await somebody()
  await say(party, true)
  expect(await may(party)).toBe(false)
  await say(party, true, { isConfirmed: true })
  expect(await may(party)).toBe(true)
  await say(party, false)
  expect(await may(party)).toBe(false)
  await changeConsentSettings(house, { ...before, doubleOptIn: [] })
})

test('the wording is the newest that has begun, of those that speak most exactly of what is asked', () => {
  const text = (version: string, fromOn: string, of: object = {}) => ({
    ...{ version, fromOn, purpose: null, channel: null, en: version, zh: version },
    ...of,
  })
  const settings = {
    texts: [
      text('all', '2026-01-01'),
      text('all-later', '2026-06-01'),
      text('offers', '2026-03-01', { purpose: 'offers' }),
      text('by-sms', '2026-03-01', { channel: 'sms' }),
      text('offers-by-sms', '2026-09-01', { purpose: 'offers', channel: 'sms' }),
    ],
    doubleOptIn: [],
  }
  const wording = (day: string, purpose: 'offers' | 'reminders', channel: 'sms' | 'email') =>
    wordingOn(settings, day, { purpose, channel }).version
  expect(wording('2026-02-28', 'offers', 'sms')).toBe('all')
  expect(wording('2026-08-31', 'offers', 'sms')).toBe('offers')
  expect(wording('2026-09-01', 'offers', 'sms')).toBe('offers-by-sms')
  expect(wording('2026-09-01', 'offers', 'email')).toBe('offers')
  expect(wording('2026-09-01', 'reminders', 'sms')).toBe('by-sms')
  expect(wording('2026-09-01', 'reminders', 'email')).toBe('all-later')
  expect(wording('2025-01-01', 'reminders', 'email')).toBe('all')
})

test('a wording that people agreed to can be added to, never changed or taken away', async () => {
  const before = await house.settings.read('consent', consentSettings)
  const added = { version: '2027-01', fromOn: '2027-01-01', purpose: null, channel: null, en: 'New.', zh: '新。' }
  await changeConsentSettings(house, { ...before, texts: [...before.texts, added] })
  const [first] = before.texts
  for (const texts of [
    [added],
    [{ ...first!, en: 'Other.' }, added],
    [{ ...first!, channel: 'sms' as const }, added],
  ]) {
    await expect(changeConsentSettings(house, { ...before, texts })).rejects.toMatchObject({
      code: 'parties:refusal.consent-text-stands',
    })
  }
})
