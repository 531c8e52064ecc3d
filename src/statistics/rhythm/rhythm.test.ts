import { describe, expect, it } from 'vitest'
import { InvalidInput } from '../invalid-input.ts'
import { checkDays, checkHistory, checkParameters } from './rhythm.ts'

function messagesOf(act: () => void): readonly string[] {
  try {
    act()
  } catch (fault) {
    if (fault instanceof InvalidInput) return fault.messages
    throw fault
  }
  return []
}

describe('what is refused', () => {
  it('parameters: every one that is no positive number, all in one refusal', () => {
    expect(messagesOf(() => checkParameters({ k: 0, r: 1, alpha: Number.NaN, a: -1, b: Infinity }))).toEqual([
      'k must be a positive finite number, found 0',
      'alpha must be a positive finite number, found NaN',
      'a must be a positive finite number, found -1',
      'b must be a positive finite number, found Infinity',
    ])
  })

  it.each([
    ['half a gap', { gaps: 0.5, gapDaysSum: 3, logGapSum: 0 }, 1],
    ['three faults at once', { gaps: -1, gapDaysSum: -2, logGapSum: Number.NaN }, 3],
    ['days without a gap', { gaps: 0, gapDaysSum: 3, logGapSum: 0 }, 1],
    ['gaps without a day', { gaps: 2, gapDaysSum: 0, logGapSum: 0 }, 1],
    ['a gap of 0 days', { gaps: 2, gapDaysSum: 4, logGapSum: -Infinity }, 1],
    ['a log-sum above what the sum allows', { gaps: 2, gapDaysSum: 4, logGapSum: 2 }, 1],
    ['nothing wrong', { gaps: 2, gapDaysSum: 4, logGapSum: 2 * Math.log(2) }, 0],
    ['a single purchase', { gaps: 0, gapDaysSum: 0, logGapSum: 0 }, 0],
  ])('history: %s', (_, history, faults) => {
    expect(messagesOf(() => checkHistory(history))).toHaveLength(faults)
  })

  it('days: a negative or endless span', () => {
    expect(messagesOf(() => checkDays('silentDays', -1))).toEqual([
      'silentDays must be a finite number of at least 0, found -1',
    ])
    expect(messagesOf(() => checkDays('silentDays', Infinity))).toHaveLength(1)
    expect(messagesOf(() => checkDays('silentDays', 0))).toEqual([])
  })
})
