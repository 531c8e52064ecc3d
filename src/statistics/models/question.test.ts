import { describe, expect, it } from 'vitest'
import { InvalidInput } from '../invalid-input.ts'
import { checkQuestion } from './question.ts'

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
    expect(messagesOf(() => checkQuestion({ k: 0, r: 1, alpha: Number.NaN, a: -1, b: Infinity }))).toEqual([
      'k must be a positive finite number, found 0',
      'alpha must be a positive finite number, found NaN',
      'a must be a positive finite number, found -1',
      'b must be a positive finite number, found Infinity',
    ])
  })

  it.each([
    ['half a gap', { purchases: 0.5, recency: 3, observed: 4 }, 1],
    ['three faults at once', { purchases: -1, recency: -2, observed: Number.NaN }, 3],
    ['days without a gap', { purchases: 0, recency: 3, observed: 3 }, 1],
    ['gaps without a day', { purchases: 2, recency: 0, observed: 3 }, 1],
    ['a gap of 0 days', { purchases: 2, recency: 4, observed: 4, logGapSum: -Infinity }, 1],
    ['a log-sum above what the sum allows', { purchases: 2, recency: 4, observed: 4, logGapSum: 2 }, 1],
    ['nothing wrong', { purchases: 2, recency: 4, observed: 4, logGapSum: 2 * Math.log(2) }, 0],
    ['a single purchase', { purchases: 0, recency: 0, observed: 0 }, 0],
  ])('history: %s', (_, history, faults) => {
    expect(messagesOf(() => checkQuestion({ k: 1 }, { history }))).toHaveLength(faults)
  })

  it('horizon, rate, count and probability, all at once', () => {
    expect(messagesOf(() => checkQuestion({}, { horizon: -1, rate: 0, count: 1.5, p: 1 }))).toEqual([
      'horizon must be a finite number of at least 0, found -1',
      'rate must be a positive finite number, found 0',
      'count must be a whole number of at least 0, found 1.5',
      'p must lie between 0 and 1, found 1',
    ])
  })
})
