import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyParameters, anySpan } from '../../../../bench/rhythm-arbitraries.ts'
import { bgNbd, mbgNbd } from '../bg-nbd/bg-nbd.ts'
import { expectedPurchasesOfNew } from './expected-purchases.ts'
import { purchaseCountProbability } from './purchase-count.ts'

it('BG, everything 1: half make no repeat purchase within 1', () => {
  expect(purchaseCountProbability('bg', { k: 1, r: 1, alpha: 1, a: 1, b: 1 }, 0, 1)).toBeCloseTo(0.5, 14)
})

it.each([0, 1, 2, 10])('with k = 1 equals BG/NBD and MBG/NBD: %i purchases', count => {
  const cdnow = { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }
  const own = { k: 1, ...cdnow }
  expect(purchaseCountProbability('mbg', own, count, 39)).toBeCloseTo(
    mbgNbd.purchaseCountProbability(cdnow, count, 39),
    13,
  )
  expect(purchaseCountProbability('bg', own, count, 39)).toBeCloseTo(
    bgNbd.purchaseCountProbability(cdnow, count, 39),
    13,
  )
})

it.each(['bg', 'mbg'] as const)('%s: the probabilities add up to 1 and to the expected purchases', leaving => {
  const parameters = { k: 2.42, r: 1.32, alpha: 15.8, a: 0.437, b: 0.811 }
  let sum = 0
  let mean = 0
  for (let count = 0; count < 1500; count++) {
    const probability = purchaseCountProbability(leaving, parameters, count, 180)
    sum += probability
    mean += count * probability
  }
  expect(sum).toBeCloseTo(1, 12)
  expect(mean).toBeCloseTo(expectedPurchasesOfNew(leaving, parameters, 180), 9)
})

it('is a probability, and no time is no purchase', () => {
  fc.assert(
    fc.property(anyParameters, fc.integer({ min: 0, max: 200 }), anySpan, (parameters, count, horizon) => {
      for (const leaving of ['bg', 'mbg'] as const) {
        const probability = purchaseCountProbability(leaving, parameters, count, horizon)
        expect(probability).toBeGreaterThanOrEqual(0)
        expect(probability).toBeLessThanOrEqual(1)
        expect(purchaseCountProbability(leaving, parameters, count, 0)).toBe(count === 0 ? 1 : 0)
      }
    }),
  )
})
