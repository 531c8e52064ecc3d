import { expect, test } from 'vitest'
import { type DateReading, dateShapeOf, readMoment } from './dates.ts'

const reading = (order: DateReading['order'], twoDigitYearsFrom: number | null = null, serial = false) => ({
  order,
  twoDigitYearsFrom,
  serial,
})

test.each<[string, DateReading, unknown]>([
  ['2009-12-01 07:45:00', reading('ymd'), { day: '2009-12-01', seconds: 27_900 }],
  ['2009/12/1', reading('ymd'), { day: '2009-12-01', seconds: 0 }],
  ['2009.12.01', reading(null), { day: '2009-12-01', seconds: 0 }],
  ['20091201', reading('ymd'), { day: '2009-12-01', seconds: 0 }],
  ['20091201074500', reading('ymd'), { day: '2009-12-01', seconds: 27_900 }],
  ['2009年12月1日 7时45分', reading('ymd'), { day: '2009-12-01', seconds: 27_900 }],
  ['2009年12月1日 下午3:05', reading('ymd'), { day: '2009-12-01', seconds: 54_300 }],
  ['2009-12-01T07:45:00.123Z', reading('ymd'), { day: '2009-12-01', seconds: 27_900, offsetMinutes: 0 }],
  ['2009-12-01T07:45:00+08:00', reading('ymd'), { day: '2009-12-01', seconds: 27_900, offsetMinutes: 480 }],
  ['2009-12-01 07:45:00 -0530', reading('ymd'), { day: '2009-12-01', seconds: 27_900, offsetMinutes: -330 }],
  ['1/12/2010 8:26', reading('dmy'), { day: '2010-12-01', seconds: 30_360 }],
  ['1/12/2010 8:26', reading('mdy'), { day: '2010-01-12', seconds: 30_360 }],
  ['12/31/2010 11:59 PM', reading('mdy'), { day: '2010-12-31', seconds: 86_340 }],
  ['12/31/2010 12:05 AM', reading('mdy'), { day: '2010-12-31', seconds: 300 }],
  ['1.12.2010', reading('dmy'), { day: '2010-12-01', seconds: 0 }],
  ['1/12/2010', reading(null), 'not-a-date'],
  ['01-Dec-2010', reading(null), { day: '2010-12-01', seconds: 0 }],
  ['Dec 1, 2010', reading(null), { day: '2010-12-01', seconds: 0 }],
  ['Wed, 1st December 2010 09:00', reading(null), { day: '2010-12-01', seconds: 32_400 }],
  ['2024-02-29 24:00', reading('ymd'), { day: '2024-03-01', seconds: 0 }],
  ['31/02/2024', reading('dmy'), 'no-such-day'],
  ['2023-02-29', reading('ymd'), 'no-such-day'],
  ['13/13/2024', reading('dmy'), 'no-such-day'],
  ['0/1/2024', reading('dmy'), 'no-such-day'],
  ['2024-01-01 25:00', reading('ymd'), 'no-such-time'],
  ['2024-01-01 10:61', reading('ymd'), 'no-such-time'],
  ['1/12/10', reading('dmy'), 'two-digit-year'],
  ['1/12/10', reading('dmy', 2000), { day: '2010-12-01', seconds: 0 }],
  ['1-Dec-99', reading('dmy', 1900), { day: '1999-12-01', seconds: 0 }],
  ['10/12/01', reading('ymd', 2000), { day: '2010-12-01', seconds: 0 }],
  ['40148', reading('ymd', null, true), { day: '2009-12-01', seconds: 0 }],
  ['40148.5', reading('ymd', null, true), { day: '2009-12-01', seconds: 43_200 }],
  ['40148', reading('ymd'), 'not-a-date'],
  ['99999', reading('ymd', null, true), 'not-a-date'],
  ['NaN', reading('ymd'), 'not-a-date'],
  ['tomorrow', reading('dmy'), 'not-a-date'],
  ['Foo 1, 2010', reading(null), 'not-a-date'],
  ['2010-12', reading('ymd'), 'not-a-date'],
])('%s read as %o is %o', (text, how, answer) => {
  expect(readMoment(text, how)).toEqual(answer)
})

test.each<[string[], unknown]>([
  [['2024-01-02', '2024-13-45'], { share: 1, order: 'ymd' }],
  [['13/01/2024', '02/03/2024'], { order: 'dmy' }],
  [['01/13/2024', '02/03/2024'], { order: 'mdy' }],
  [['01/02/2024', '02/03/2024'], { share: 1, order: null }],
  [['13/01/2024', '01/13/2024'], { order: null }],
  [['01/02/24', '13/02/24'], { order: 'dmy', twoDigitYears: true }],
  [['40148', '40149.25'], { serial: true, order: 'ymd' }],
  [['12', '13'], { share: 0 }],
  [['1.25', '3.50'], { share: 0 }],
  [[], { share: 0 }],
])('the values %j show %o', (values, shape) => {
  expect(dateShapeOf(values)).toMatchObject(shape as object)
})
