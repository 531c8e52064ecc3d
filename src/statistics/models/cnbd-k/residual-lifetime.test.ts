import { expect, it } from 'vitest'
import { betaDraw, gammaDraw } from '../../sampling/draws.ts'
import { seeded } from '../../sampling/seeded.ts'
import { bgNbd, mbgNbd } from '../bg-nbd/bg-nbd.ts'
import { residualLifetimeMedian } from './residual-lifetime.ts'

const cdnow = { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }

it.each([
  { purchases: 0, recency: 0, observed: 0 },
  { purchases: 2, recency: 30.43, observed: 38.86 },
  { purchases: 26, recency: 30.857, observed: 31 },
])('with k = 1 equals BG/NBD and MBG/NBD: $purchases, $recency, $observed', history => {
  const own = { k: 1, ...cdnow }
  expect(residualLifetimeMedian('mbg', own, history) / mbgNbd.residualLifetimeMedian(cdnow, history)).toBeCloseTo(1, 9)
  expect(residualLifetimeMedian('bg', own, history) / bgNbd.residualLifetimeMedian(cdnow, history)).toBeCloseTo(1, 9)
})

it('with real k is the middle of simulated lives', () => {
  const { k, r, alpha, a, b } = { k: 2.42, r: 1.32, alpha: 15.8, a: 0.437, b: 0.811 }
  const history = { purchases: 5, recency: 60, observed: 71 }
  const random = seeded(3)
  const lives: number[] = []
  for (let life = 0; life < 20_000; life++) {
    const rate = gammaDraw(r + k * 5, random) / (alpha + 60)
    let at = 60 + gammaDraw(k, random) / rate
    if (at <= 71) continue
    const chance = betaDraw(a, b + 6, random)
    while (random() >= chance && at < 3000) at += gammaDraw(k, random) / rate
    lives.push(at - 71)
  }
  const middle = lives.sort((one, other) => one - other)[lives.length >> 1]!
  expect(residualLifetimeMedian('mbg', { k, r, alpha, a, b }, history) / middle).toBeCloseTo(1, 1)
})

it('grocery: after five purchases in twelve weeks, half stay for 80 weeks more', () => {
  const grocery = { k: 2, r: 1.3292, alpha: 2.8126, a: 0.4247, b: 0.79 }
  const median = residualLifetimeMedian('mbg', grocery, { purchases: 5, recency: 12, observed: 14 })
  expect(median).toBeCloseTo(80.314, 3)
})

it('where nobody leaves, the largest number there is says "practically for ever"', () => {
  const history = { purchases: 1, recency: 10, observed: 20 }
  expect(residualLifetimeMedian('mbg', { k: 2, r: 1, alpha: 10, a: 1e-4, b: 1 }, history)).toBe(Number.MAX_VALUE)
})
