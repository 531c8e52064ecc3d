import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, sharedDataPath } from '../../../bench/rhythm-datasets.ts'
import { InvalidInput } from '../invalid-input.ts'
import { summarise } from './summarise.ts'

describe('purchases become columns', () => {
  it('counts gaps between distinct days', () => {
    const { columns, customers } = summarise({ customer: ['a', 'a', 'a', 'a'], day: [0, 10, 10, 25] }, { end: 30 })
    expect(customers).toEqual(['a'])
    expect([...columns.purchases, ...columns.recency, ...columns.observed]).toEqual([2, 25, 30])
    expect(columns.logGapSum[0]).toBeCloseTo(Math.log(10) + Math.log(15), 12)
  })

  it('gives T = 0 to whom came on the last day', () => {
    const { columns } = summarise({ customer: [1, 2], day: [3, 30] })
    expect([...columns.observed]).toEqual([27, 0])
  })

  it('cuts off the hour', () => {
    const { columns } = summarise({ customer: [1, 1], day: [3.2, 3.9] })
    expect(columns.purchases[0]).toBe(0)
  })

  it('says weeks where weeks are asked for', () => {
    const { columns } = summarise({ customer: [1, 1], day: [0, 14] }, { unit: 'week', end: 21 })
    expect([columns.recency[0], columns.observed[0]]).toEqual([2, 3])
    expect(columns.logGapSum[0]).toBeCloseTo(Math.log(2), 12)
  })

  it('keeps what came after the split apart', () => {
    const summary = summarise(
      { customer: ['a', 'a', 'a', 'b', 'a', 'b'], day: [0, 5, 12, 12, 12, 20], value: [1, 2, 3, 9, 4, 9] },
      { calibrationEnd: 10, end: 15 },
    )
    expect(summary.customers).toEqual(['a'])
    expect([...summary.holdout!.purchases]).toEqual([1])
    expect([...summary.holdout!.spend]).toEqual([7])
    expect(summary.holdout!.horizon).toBe(5)
    expect([...summary.spend!.meanSpend]).toEqual([2])
    expect([...summary.spend!.firstSpend]).toEqual([1])
    expect([summary.joinedLater, summary.leftOut]).toEqual([1, 1])
  })

  it('leaves spend away where purchases have no value', () => {
    expect(summarise({ customer: [1], day: [1] }).spend).toBeUndefined()
  })

  it('finds CDNOW as its owners summarised it', ({ skip }) => {
    const path = sharedDataPath('cdnow', 'CDNOW_sample.txt')
    if (!existsSync(path)) return skip('the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    const fields = lines.map(line => line.trim().split(/\s+/))
    const { columns, spend } = summarise(
      {
        customer: fields.map(field => field[1]!),
        day: fields.map(field => dayOf(field[2]!.replace(/(....)(..)(..)/, '$1-$2-$3'))),
        value: fields.map(field => Number(field[4])),
      },
      { unit: 'week', calibrationEnd: dayOf('1997-09-30') },
    )
    expect(columns.purchases).toHaveLength(2357)
    expect(columns.purchases.filter(count => count === 0)).toHaveLength(1411)
    expect(columns.purchases.reduce((sum, count) => sum + count)).toBe(2457)
    expect(spend!.meanSpend.filter(mean => mean > 0)).toHaveLength(946)
  })
})

describe('however the rows come', () => {
  const purchase = fc.record({ customer: fc.integer({ min: 0, max: 6 }), day: fc.integer({ min: -40, max: 400 }) })

  it('the columns are those of a slow reading', () => {
    fc.assert(
      fc.property(
        fc.array(purchase, { minLength: 1, maxLength: 60 }),
        fc.boolean(),
        fc.nat(1),
        (rows, names, split) => {
          const day = rows.map(row => row.day)
          const end = Math.max(...day)
          const calibrationEnd = split ? Math.max(Math.min(...day), end - 100) : end
          const customer = rows.map(row => (names ? `customer ${row.customer}` : row.customer))
          const summary = summarise({ customer, day } as { customer: string[]; day: number[] }, { end, calibrationEnd })
          const expected = new Map<string | number, { x: number; tx: number; T: number; later: number }>()
          for (const name of new Set(customer)) {
            const days = [...new Set(day.filter((_, row) => customer[row] === name))].sort((a, b) => a - b)
            const before = days.filter(on => on <= calibrationEnd)
            if (before.length === 0) continue
            const tx = before.at(-1)! - before[0]!
            expected.set(name, {
              x: before.length - 1,
              tx,
              T: calibrationEnd - before[0]!,
              later: days.length - before.length,
            })
          }
          expect(summary.customers.length).toBe(expected.size)
          summary.customers.forEach((name, row) => {
            expect({
              x: summary.columns.purchases[row],
              tx: summary.columns.recency[row],
              T: summary.columns.observed[row],
              later: summary.holdout!.purchases[row],
            }).toEqual(expected.get(name))
          })
          expect(summary.joinedLater + expected.size).toBe(new Set(customer).size)
        },
      ),
    )
  })
})

describe('refusals', () => {
  it('names every fault at once', () => {
    const bad = () => summarise({ customer: [1, 2], day: [Number.NaN, 1], value: [1, Infinity] })
    expect(bad).toThrow(InvalidInput)
    expect(bad).toThrow(/day must be a finite number: 1 rows, first at row 0; value must be a finite number/)
  })

  it.each([
    [() => summarise({ customer: [], day: [] }), /no purchases/],
    [() => summarise({ customer: [1], day: [1, 2] }), /customer has 1 rows/],
    [() => summarise({ customer: [1], day: [5] }, { end: 4 }), /end must not lie before/],
    [() => summarise({ customer: [1], day: [5] }, { end: 9, calibrationEnd: 3 }), /calibrationEnd must lie between/],
  ])('refuses %s', (act, sentence) => expect(act).toThrow(sentence))
})
