import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Answered, calibrationErrorByChance, reliabilityOf } from './reliability.ts'

const group = (customers: number, said: number, back: number, raw = said): Answered[] =>
  Array.from({ length: customers }, (_, row) => ({ raw, said, cameBack: row < back }))

describe('what was said and what happened', () => {
  it('is told by groups with the range that chance alone would leave', () => {
    const { bins, said, happened, error, customers } = reliabilityOf([...group(100, 0.7, 68), ...group(50, 0.2, 11)])
    expect(bins.map(({ customers, said, cameBack, happened }) => [customers, said, cameBack, happened])).toEqual([
      [50, expect.closeTo(0.2, 12), 11, 0.22],
      [100, expect.closeTo(0.7, 12), 68, 0.68],
    ])
    // Wilson: 68 of 100 -> [.583, .763].
    expect(bins[1]!.low).toBeCloseTo(0.583, 3)
    expect(bins[1]!.high).toBeCloseTo(0.763, 3)
    expect([customers, happened]).toEqual([150, 79 / 150])
    expect(said).toBeCloseTo(80 / 150, 12)
    expect(error).toBeCloseTo((100 * 0.02 + 50 * 0.02) / 150, 12)
  })

  it('keeps the raw chance beside the corrected one, each with its own error', () => {
    const found = reliabilityOf(group(100, 0.6, 60, 0.8))
    expect(found.error).toBeCloseTo(0, 12)
    expect(found.errorRaw).toBeCloseTo(0.2, 12)
    expect(found.brier).toBeCloseTo(0.24, 12)
    expect(found.brierRaw).toBeCloseTo(0.28, 12)
  })

  test('no group is lost, none is small beside others, and equal chances stay together', () => {
    const one = fc.record({
      raw: fc.constant(0.5),
      said: fc.integer({ min: 0, max: 100 }).map(value => value / 100),
      cameBack: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(one, { minLength: 20, maxLength: 600 }), answered => {
        const { bins } = reliabilityOf(answered)
        expect(bins.reduce((sum, bin) => sum + bin.customers, 0)).toBe(answered.length)
        expect(bins.length).toBeLessThanOrEqual(11)
        for (const bin of bins) {
          expect(bin.customers).toBeGreaterThanOrEqual(10)
          expect(bin.low).toBeLessThanOrEqual(bin.happened)
          expect(bin.high).toBeGreaterThanOrEqual(bin.happened)
        }
      }),
    )
  })
})

describe('the error that chance makes', () => {
  it('is sqrt(2 / pi) of the deviation of each group', () => {
    expect(calibrationErrorByChance(new Array(100).fill(0.5))).toBeCloseTo(Math.sqrt(2 / Math.PI) * 0.05, 12)
    expect(calibrationErrorByChance([0, 1, 1])).toBe(0)
  })

  it('is what perfectly right chances err by on average', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    }
    const said = Array.from({ length: 1000 }, (_, row) => (row + 0.5) / 1000)
    const errors = Array.from({ length: 200 }, () => {
      const answered = said.map(p => ({ raw: p, said: p, cameBack: random() < p }))
      return reliabilityOf(answered).error
    })
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
    expect(mean / calibrationErrorByChance(said)).toBeGreaterThan(0.95)
    expect(mean / calibrationErrorByChance(said)).toBeLessThan(1.05)
  })
})
