import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meantBy } from './member-code.ts'
import {
  askedForCode,
  cardSessionLives,
  codeFrom,
  codeWorks,
  digitsOf,
  linkEnds,
  ownParty,
  tokenIn,
  whyLinkRefused,
  worldOfToken,
} from './member-rules.ts'

const at = (text: string) => new Date(text)

describe('a device stays signed in while it is used, and 400 days at most', () => {
  test.each([
    ['2026-03-01T09:00:00Z', '2026-06-01T09:00:00Z', '2026-11-28T08:59:59Z', 180, true],
    ['2026-03-01T09:00:00Z', '2026-06-01T09:00:00Z', '2026-11-28T09:00:00Z', 180, false],
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z', '2026-03-08T09:00:00Z', 7, false],
    ['2026-03-01T09:00:00Z', '2027-04-05T08:00:00Z', '2027-04-05T08:59:59Z', 180, true],
    ['2026-03-01T09:00:00Z', '2027-04-05T08:00:00Z', '2027-04-05T09:00:00Z', 180, false],
  ])('begun %s, seen %s, at %s with %i days: %s', (beganAt, seenAt, now, sessionDays, lives) => {
    expect(cardSessionLives({ beganAt: at(beganAt), seenAt: at(seenAt) }, { now: at(now), sessionDays })).toBe(lives)
  })
})

describe('a link opens a card once, in time', () => {
  const createdAt = at('2026-03-01T09:00:00Z')
  test.each([
    [undefined, '2026-03-01T09:00:00Z', 'card-link-unknown'],
    [{ createdAt, usedAt: null }, '2026-03-31T08:59:59Z', undefined],
    [{ createdAt, usedAt: null }, '2026-03-31T09:00:00Z', 'card-link-expired'],
    [{ createdAt, usedAt: createdAt }, '2026-03-01T09:00:00Z', 'card-link-used'],
    [{ createdAt, usedAt: createdAt }, '2026-05-01T09:00:00Z', 'card-link-used'],
  ])('%j at %s: %s', (link, now, why) => {
    expect(whyLinkRefused(link, { now: at(now), linkDays: 30 })).toBe(why)
  })
  test('says until when', () => expect(linkEnds(createdAt, 30)).toEqual(at('2026-03-31T09:00:00Z')))
})

describe('asking for a code', () => {
  const now = at('2026-03-01T09:00:00Z')
  const state = (expires: string, triesLeft: number, hourBegan: string, madeThisHour: number) => ({
    expiresAt: at(`2026-03-01T${expires}Z`),
    triesLeft,
    hourBeganAt: at(`2026-03-01T${hourBegan}Z`),
    madeThisHour,
  })
  test.each([
    ['one that works is kept', state('09:00:01', 1, '08:51:00', 1), 'keep'],
    ['one that has expired is followed by another', state('09:00:00', 5, '08:50:00', 1), { madeThisHour: 2 }],
    [
      'one that was guessed at five times is followed by another',
      state('09:05:00', 0, '08:55:00', 1),
      { madeThisHour: 2 },
    ],
    ['the fifth in an hour is made', state('08:59:00', 0, '08:01:00', 4), { madeThisHour: 5 }],
    ['the sixth is not', state('08:59:00', 0, '08:01:00', 5), 'silence'],
    ['a new hour begins anew', state('08:30:00', 0, '08:00:00', 5), { madeThisHour: 1 }],
  ])('%s', (_, before, outcome) => {
    expect(askedForCode(before, now)).toEqual(outcome)
  })

  test('a code works before its end and while tries are left', () => {
    expect(codeWorks({ expiresAt: now, triesLeft: 5 }, now)).toBe(false)
    expect(codeWorks({ expiresAt: at('2026-03-01T09:00:01Z'), triesLeft: 0 }, now)).toBe(false)
    expect(codeWorks({ expiresAt: at('2026-03-01T09:00:01Z'), triesLeft: 1 }, now)).toBe(true)
  })
})

test('a code is six digits, and read however it is typed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), bytes => {
      const code = codeFrom(bytes)
      expect(code).toMatch(/^\d{6}$/)
      expect(digitsOf(`${code.slice(0, 3)} ${code.slice(3)}`)).toBe(code)
    }),
  )
  expect(codeFrom(new Uint8Array([0, 0, 0, 7]))).toBe('000007')
  expect(digitsOf('４８２－９１３')).toBe('482913')
})

test.each([
  ['Wang@Example.com', [{ kind: 'email', key: 'wang@example.com' }]],
  [
    '138 0000 5521',
    [
      { kind: 'phone', key: '+8613800005521' },
      { kind: 'card', key: '13800005521' },
      { kind: 'customer_id', key: '138 0000 5521' },
    ],
  ],
])('%s may be meant as', (typed, meant) => {
  expect(meantBy(typed, 'CN')).toEqual(meant)
})

test('a token says in which world it was made', () => {
  for (const world of ['business', 'demo'] as const) expect(worldOfToken(tokenIn(world, 'Ab3'))).toBe(world)
  expect(tokenIn('business', 'Ab3')).toBe('Ab3')
})

test('only a member has a card of their own', () => {
  const none = new Set<never>()
  expect(ownParty({ kind: 'member', id: 'p', name: '', permissions: none })).toBe('p')
  for (const caller of [
    { kind: 'nobody' },
    { kind: 'staff', id: 's', name: '', permissions: none },
    { kind: 'key', id: 'k', name: '', permissions: none, merchantId: null },
  ] as const) {
    expect(() => ownParty(caller)).toThrow(expect.objectContaining({ code: 'access:refusal.card-first' }))
  }
})
