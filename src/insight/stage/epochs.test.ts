import { describe, expect, test } from 'vitest'
import { type Epoch, epochsFor, stretchesOf } from './epochs.ts'

const epoch = (
  epochNo: number,
  fromOn: string | null,
  untilOn: string | null = null,
  saidOn = '2026-05-01',
): Epoch => ({
  epochNo,
  fromOn,
  untilOn,
  modelNo: epochNo,
  saidOn,
})
const model = (modelNo: number, customers: number, kind: 'fitted' | 'prior' = 'fitted', k = modelNo) => ({
  modelNo,
  kind,
  customers,
  parameters: { k, r: 2, alpha: 20, a: 0.5, b: 2 },
})

describe('who speaks of which day', () => {
  test.each([
    ['nobody', [], []],
    ['one model of all days', [epoch(1, null)], ['null 1']],
    ['one after the other', [epoch(1, null), epoch(2, '2026-06-01')], ['null 1', '2026-06-01 2']],
    ['a newer one of all days', [epoch(1, null), epoch(2, '2026-06-01'), epoch(3, null)], ['null 3']],
    [
      'a newer one of the days before',
      [epoch(1, null), epoch(2, '2026-06-01'), epoch(3, null, '2026-06-01'), epoch(4, '2026-07-01')],
      ['null 3', '2026-06-01 2', '2026-07-01 4'],
    ],
    [
      'a newer one from an earlier day',
      [epoch(1, null), epoch(2, '2026-06-01'), epoch(3, '2026-05-01')],
      ['null 1', '2026-05-01 3'],
    ],
  ])('%s', (_, epochs, expected) => {
    expect(stretchesOf(epochs).map(each => `${each.fromOn} ${each.epoch.epochNo}`)).toEqual(expected)
  })
})

describe('of which days a new model speaks', () => {
  const one = [epoch(1, null)]
  const two = [epoch(1, null), epoch(2, '2026-05-20', null, '2026-05-20')]
  const june = { asOfOn: '2026-06-01', history: false }
  const past = { asOfOn: '2011-12-09', history: true }
  test.each([
    ['the first speaks of all days', [], [], model(1, 400), june, ['null-null']],
    ['one that says the same is not heard', one, [model(1, 400)], model(2, 400, 'fitted', 1), june, []],
    ['from the day on which it was learned', one, [model(1, 400)], model(2, 410), june, ['2026-06-01-null']],
    [
      'of all days where it was learned on the day of the first',
      one,
      [model(1, 400)],
      model(2, 410),
      { ...june, asOfOn: '2026-05-01' },
      ['null-null'],
    ],
    ['of all days where the first was a guess', one, [model(1, 400, 'prior')], model(2, 410), june, ['null-null']],
    ['of all days where the first knew less than half', one, [model(1, 204)], model(2, 410), june, ['null-null']],
    ['not where the first knew half', one, [model(1, 205)], model(2, 410), june, ['2026-06-01-null']],
    [
      'of the days before the second, and from now on, where the first knew little',
      two,
      [model(1, 100), model(2, 110)],
      model(3, 410),
      june,
      ['null-2026-05-20', '2026-06-01-null'],
    ],
    ['of all days where the past is read', two, [model(1, 400), model(2, 410)], model(3, 420), past, ['null-null']],
  ])('%s', (_, epochs, models, learned, reading, expected) => {
    const known = new Map(models.map(each => [each.modelNo, each]))
    const found = epochsFor(epochs, known, learned, reading)
    expect(found.map(each => `${each.fromOn}-${each.untilOn}`)).toEqual(expected)
    for (const each of found) expect(each).toMatchObject({ modelNo: learned.modelNo, saidOn: reading.asOfOn })
  })
})
