import { expect, test } from 'vitest'
import { isLate, typeOf } from './customer-type.ts'

const days = { lateOn: '2026-03-10', dormantOn: '2026-04-10', lostOn: '2026-05-10' }
const soon = { lateOn: null, dormantOn: '2026-04-10', lostOn: '2026-05-10' }
const unknown = { lateOn: null, dormantOn: null, lostOn: null }

test.each([
  ['nothing bought yet', 0, unknown, '2026-06-01', 'prospect', false],
  ['bought on one day', 1, soon, '2026-03-20', 'first-time', false],
  ['bought once, past 97 in 100 first gaps', 1, soon, '2026-04-10', 'dormant', false],
  ['bought on two days: no own rhythm, so never drifting', 2, soon, '2026-04-09', 'loyal', false],
  ['the day before becoming late', 11, days, '2026-03-09', 'loyal', false],
  ['the day of becoming late', 11, days, '2026-03-10', 'drifting', true],
  ['the last day of drifting', 11, days, '2026-04-09', 'drifting', true],
  ['dormant is still late', 11, days, '2026-04-10', 'dormant', true],
  ['lost is late no longer', 11, days, '2026-05-10', 'lost', false],
  ['no model yet', 11, unknown, '2030-01-01', 'loyal', false],
  ['no model yet, bought once', 1, unknown, '2030-01-01', 'first-time', false],
] as const)('%s', (_, purchaseDays, known, today, type, late) => {
  expect(typeOf({ ...known, purchaseDays }, today)).toBe(type)
  expect(isLate(known, today)).toBe(late)
})
