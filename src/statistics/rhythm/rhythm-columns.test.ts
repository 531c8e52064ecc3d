import { expect, it } from 'vitest'
import { InvalidInput } from '../invalid-input.ts'
import { checkColumns, everyNth, groupSinglePurchases } from './rhythm-columns.ts'

const base = {
  gaps: Int32Array.from([0, 2, 0, 0, 1]),
  gapDaysSum: Int32Array.from([0, 20, 0, 0, 7]),
  logGapSum: Float64Array.from([0, 2 * Math.log(10), 0, 0, Math.log(7)]),
  silentDays: Int32Array.from([5, 1, 5, 9, 0]),
}

function messagesOf(act: () => void): readonly string[] {
  try {
    act()
  } catch (fault) {
    if (fault instanceof InvalidInput) return fault.messages
    throw fault
  }
  return []
}

it('accepts a sound base', () => {
  expect(messagesOf(() => checkColumns(base))).toEqual([])
})

it('refuses columns of unequal length, naming each', () => {
  const short = { ...base, gapDaysSum: Int32Array.from([1]), silentDays: Int32Array.from([]) }
  expect(messagesOf(() => checkColumns(short))).toEqual([
    'gapDaysSum has 1 rows where gaps has 5',
    'silentDays has 0 rows where gaps has 5',
  ])
})

it('refuses every kind of faulty row once, with its first row and how often it occurs', () => {
  const faulty = {
    ...base,
    gaps: Float64Array.from([0.5, 2, 0, -1, 1]),
    silentDays: Float64Array.from([5, -1, Number.NaN, 9, 0]),
    weights: Float64Array.from([1, 1, 1, 1, -3]),
  }
  expect(messagesOf(() => checkColumns(faulty))).toEqual([
    'gaps must be a whole number of at least 0: 2 rows, first at row 0',
    'silentDays must be a finite number of at least 0: 2 rows, first at row 1',
    'weights must be finite numbers of at least 0: 1 rows, first at row 4',
  ])
})

it('refuses an empty base and one without weight', () => {
  const none = new Float64Array(0)
  expect(messagesOf(() => checkColumns({ gaps: none, gapDaysSum: none, logGapSum: none, silentDays: none }))).toEqual([
    'there are no customers',
  ])
  expect(messagesOf(() => checkColumns({ ...base, weights: new Float64Array(5) }))).toEqual(['all weights are 0'])
})

it('takes every n-th customer, and all of a small base', () => {
  expect([...everyNth(base, 2).gaps]).toEqual([0, 0])
  expect([...everyNth(base, 2).silentDays]).toEqual([5, 9])
  expect(everyNth(base, 5)).toBe(base)
})

it('groups single purchases by silence and keeps all others as they are', () => {
  const grouped = groupSinglePurchases(base)
  expect([...grouped.gaps]).toEqual([2, 1, 0, 0])
  expect([...grouped.silentDays]).toEqual([1, 0, 5, 9])
  expect([...grouped.weights]).toEqual([1, 1, 2, 1])
})
