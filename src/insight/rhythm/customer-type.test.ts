import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../testing/house.ts'
import { isLate, typeOf, typeSql } from './customer-type.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const days = { lateOn: '2026-03-10', dormantOn: '2026-04-10', lostOn: '2026-05-10' }
const soon = { lateOn: null, dormantOn: '2026-04-10', lostOn: '2026-05-10' }
const unknown = { lateOn: null, dormantOn: null, lostOn: null }

test.each([
  ['nothing bought yet', 0, unknown, '2026-06-01', 'prospect', false],
  ['bought on one day', 1, soon, '2026-03-20', 'first-time', false],
  ['bought once, past 97 in 100 first gaps', 1, soon, '2026-04-10', 'dormant', false],
  ['bought on two days: no own rhythm, so never drifting', 2, soon, '2026-04-09', 'building', false],
  ['the third day is still building', 3, days, '2026-03-09', 'building', false],
  ['building, and later than usual', 3, days, '2026-03-10', 'drifting', true],
  ['from the fourth day on it is a habit', 4, days, '2026-03-09', 'loyal', false],
  ['the day before becoming late', 11, days, '2026-03-09', 'loyal', false],
  ['the day of becoming late', 11, days, '2026-03-10', 'drifting', true],
  ['the last day of drifting', 11, days, '2026-04-09', 'drifting', true],
  ['dormant is still late', 11, days, '2026-04-10', 'dormant', true],
  ['lost is late no longer', 11, days, '2026-05-10', 'lost', false],
  ['no model yet', 11, unknown, '2030-01-01', 'loyal', false],
  ['no model yet, bought on two days', 2, unknown, '2030-01-01', 'building', false],
  ['no model yet, bought once', 1, unknown, '2030-01-01', 'first-time', false],
] as const)('%s', async (_, purchaseDays, known, today, type, late) => {
  expect(typeOf({ ...known, purchaseDays }, today)).toBe(type)
  expect(isLate(known, today)).toBe(late)
  const [row] = await house.database.query(
    `select ${typeSql('$5::date')} as type
     from (values ($1::int4, $2::date, $3::date, $4::date)) as s (purchase_days, late_on, dormant_on, lost_on)`,
    [purchaseDays, known.lateOn, known.dormantOn, known.lostOn, today],
  )
  expect(row).toEqual({ type })
})
