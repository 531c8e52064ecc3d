import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { History } from '../history.ts'
import { bgNbd, mbgNbd } from './bg-nbd.ts'
import type { BgNbdParameters } from './parameters.ts'

interface Vector {
  readonly model: string
  readonly parameters: BgNbdParameters
  readonly history: History
  readonly horizon: number
  readonly rate: number
  readonly logLikelihood: number
  readonly probabilityAlive: number
  readonly expectedPurchases: number
  readonly probabilityOfSilence: number
  readonly discountedExpectedResidual: number
  readonly residualLifetimeMedian: number
}

/** Written by bench/references/bg-nbd.py with 50 digits. */
const vectors: readonly Vector[] = JSON.parse(readFileSync(join(import.meta.dirname, 'bg-nbd.references.json'), 'utf8'))

const isWithin = (found: number, exact: number, share: number) => {
  expect(Math.abs(found - exact), `${found} against ${exact}`).toBeLessThanOrEqual(share * Math.abs(exact))
}

describe.each(vectors)('$model $parameters $history, horizon $horizon, rate $rate', vector => {
  const { parameters, history, horizon, rate } = vector
  const model = vector.model === 'bg-nbd' ? bgNbd : mbgNbd

  it('equals the 40-digit reference', () => {
    isWithin(model.logLikelihood(parameters, history), vector.logLikelihood, 1e-11)
    expect(Math.abs(model.probabilityAlive(parameters, history) - vector.probabilityAlive)).toBeLessThan(1e-13)
    isWithin(model.expectedPurchases(parameters, history, horizon), vector.expectedPurchases, 1e-11)
    isWithin(model.probabilityOfSilence(parameters, history, horizon), vector.probabilityOfSilence, 1e-11)
    isWithin(model.discountedExpectedResidual(parameters, history, rate), vector.discountedExpectedResidual, 1e-11)
    isWithin(model.residualLifetimeMedian(parameters, history), vector.residualLifetimeMedian, 1e-10)
  })
})
