import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DueDays, PurchaseFacts } from '#insight/rhythm/index.ts'
import { addDays, type Day } from '#kernel/clock/index.ts'
import { advance, mustTellAnew, nextMove, pass, type Segment, type Standing, tell } from './history.ts'

/** A model that calls a customer late after so many silent days, dormant after twice and lost after five times as many. */
function lateAfter(lateDays: number, fromOn: Day | null = null): Segment {
  const dueDays = ({ purchaseDays, lastOn }: PurchaseFacts): DueDays => ({
    lateOn: purchaseDays < 3 ? null : addDays(lastOn, lateDays),
    dormantOn: addDays(lastOn, lateDays * 2),
    lostOn: addDays(lastOn, lateDays * 5),
  })
  return { fromOn, dueDays }
}

const days = ['2026-01-01', '2026-01-11', '2026-01-21', '2026-01-31']
const steps = (told: ReturnType<typeof tell>) =>
  told.moves.map(move => `${move.on} ${move.from} > ${move.to} ${move.reason} ${move.days}`)

describe('the way of a customer', () => {
  test.each([
    ['the first purchase', days.slice(0, 1), '2026-01-05', ['2026-01-01 prospect > first-time first-purchase null']],
    [
      'the second and third build, the fourth is a habit',
      days,
      '2026-02-01',
      [
        '2026-01-01 prospect > first-time first-purchase null',
        '2026-01-11 first-time > building bought-again 10',
        '2026-01-31 building > loyal bought-again 10',
      ],
    ],
    [
      'the last day before becoming late',
      days,
      '2026-03-01',
      [
        '2026-01-01 prospect > first-time first-purchase null',
        '2026-01-11 first-time > building bought-again 10',
        '2026-01-31 building > loyal bought-again 10',
      ],
    ],
    [
      'late, dormant and lost, each on its day',
      days,
      '2026-06-30',
      [
        '2026-01-01 prospect > first-time first-purchase null',
        '2026-01-11 first-time > building bought-again 10',
        '2026-01-31 building > loyal bought-again 10',
        '2026-03-02 loyal > drifting silent 30',
        '2026-04-01 drifting > dormant silent 60',
        '2026-06-30 dormant > lost silent 150',
      ],
    ],
    [
      'seen once, then silent: dormant without drifting, and back again',
      ['2026-01-01', '2026-04-01'],
      '2026-04-01',
      [
        '2026-01-01 prospect > first-time first-purchase null',
        '2026-03-02 first-time > dormant silent 60',
        '2026-04-01 dormant > building came-back 90',
      ],
    ],
    [
      'back on the very day of becoming late: nothing happened',
      ['2026-01-01', '2026-01-02', '2026-01-03', '2026-02-02'],
      '2026-02-02',
      [
        '2026-01-01 prospect > first-time first-purchase null',
        '2026-01-02 first-time > building bought-again 1',
        '2026-02-02 building > loyal bought-again 30',
      ],
    ],
  ])('%s', (_, bought, throughOn, expected) => {
    expect(steps(tell(bought, [lateAfter(30)], throughOn))).toEqual(expected)
  })

  test('without anything learned, only purchases move people', () => {
    expect(steps(tell(days, [], '2030-01-01'))).toHaveLength(3)
    expect(tell(days, [], '2030-01-01').standing.nextOn).toBeNull()
  })

  test('a stricter model moves people on the day from which it speaks, and says nothing of the days before', () => {
    const told = tell(days, [lateAfter(60), lateAfter(20, '2026-03-01')], '2026-03-31')
    expect(steps(told).slice(3)).toEqual([
      '2026-03-01 loyal > drifting learned-anew null',
      '2026-03-12 drifting > dormant silent 40',
    ])
    expect(told.standing).toMatchObject({ stage: 'dormant', sinceOn: '2026-03-12', nextOn: '2026-05-11' })
  })

  test('a more patient model takes a lateness back, and the past still says that it was said', () => {
    const told = tell(days, [lateAfter(30), lateAfter(90, '2026-03-10')], '2026-03-31')
    expect(steps(told).slice(3)).toEqual([
      '2026-03-02 loyal > drifting silent 30',
      '2026-03-10 drifting > loyal learned-anew null',
    ])
  })

  test.each([
    ['a day before the last purchase', '2026-01-30', true],
    ['the last purchase day once more', '2026-01-31', false],
    ['a day of silence that was told', '2026-02-15', true],
    ['the day on which silence moved', '2026-03-02', true],
    ['the day after', '2026-03-03', false],
  ])('%s', (_, day, expected) => {
    const { standing } = tell(days, [lateAfter(30)], '2026-03-05')
    expect(mustTellAnew(standing, [day])).toBe(expected)
  })
})

const gap = fc.integer({ min: 1, max: 120 })
const histories = fc.array(gap, { minLength: 1, maxLength: 12 }).map(gaps => {
  let day = '2025-01-01'
  return gaps.map(each => {
    day = addDays(day, each)
    return day
  })
})
const timelines = fc
  .array(fc.record({ lateDays: fc.integer({ min: 1, max: 90 }), afterDays: fc.integer({ min: 1, max: 200 }) }), {
    maxLength: 4,
  })
  .map(models => {
    let fromOn: Day | null = null
    return models.map(({ lateDays, afterDays }, index): Segment => {
      fromOn = index === 0 ? null : addDays(fromOn ?? '2025-01-01', afterDays)
      return lateAfter(lateDays, fromOn)
    })
  })

describe('for any history and any models', () => {
  test('told in pieces it is the same as told at once', () => {
    fc.assert(
      fc.property(histories, timelines, fc.integer({ min: 0, max: 300 }), (bought, segments, more) => {
        const throughOn = addDays(bought.at(-1)!, more)
        const moves = []
        let standing: Standing | undefined
        for (const day of bought) {
          if (standing) {
            const passed = pass(standing, segments, addDays(day, -1))
            moves.push(...passed.moves)
            standing = passed.standing
          }
          const advanced = advance(standing, [day], segments)
          moves.push(...advanced.moves)
          standing = advanced.standing
        }
        const passed = pass(standing!, segments, throughOn)
        expect({ standing: passed.standing, moves: [...moves, ...passed.moves] }).toEqual(
          tell(bought, segments, throughOn),
        )
      }),
    )
  })

  test('each step begins where the one before ended, days go up, and the next lies ahead', () => {
    fc.assert(
      fc.property(histories, timelines, fc.integer({ min: 0, max: 300 }), (bought, segments, more) => {
        const throughOn = addDays(bought.at(-1)!, more)
        const { moves, standing } = tell(bought, segments, throughOn)
        expect(moves[0]).toMatchObject({ from: 'prospect', to: 'first-time', on: bought[0] })
        for (const [index, move] of moves.entries()) {
          expect(move.from).not.toBe(move.to)
          expect(move.on <= throughOn).toBe(true)
          if (index === 0) continue
          expect(move.from).toBe(moves[index - 1]!.to)
          expect(move.on > moves[index - 1]!.on).toBe(true)
        }
        expect(standing.stage).toBe(moves.at(-1)!.to)
        if (standing.nextOn !== null) expect(standing.nextOn > throughOn).toBe(true)
        expect(nextMove(standing, segments, throughOn)?.on ?? null).toBe(standing.nextOn)
      }),
    )
  })

  test('a model that speaks later never changes what was said of the days before', () => {
    fc.assert(
      fc.property(histories, timelines, gap, gap, (bought, segments, lateDays, later) => {
        const throughOn = addDays(bought.at(-1)!, 200)
        const lastFrom = segments.at(-1)?.fromOn ?? '2025-01-01'
        const from = addDays(lastFrom, later)
        const earlier = (told: ReturnType<typeof tell>) => told.moves.filter(move => move.on < from)
        const known = segments.length > 0 ? segments : [lateAfter(40)]
        expect(earlier(tell(bought, [...known, lateAfter(lateDays, from)], throughOn))).toEqual(
          earlier(tell(bought, known, throughOn)),
        )
      }),
    )
  })
})
