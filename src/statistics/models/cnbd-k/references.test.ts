import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { History } from '../history.ts'
import { bgCnbdK, mbgCnbdK } from './cnbd-k.ts'
import type { CnbdKParameters, Leaving } from './parameters.ts'

interface References {
  readonly cases: readonly {
    readonly leaving: Leaving
    readonly parameters: CnbdKParameters
    readonly history: History
    readonly horizon: number
    readonly rate: number
    readonly logLikelihood: number
    readonly alive: number
    readonly silence: number
    /** Null where the other formula would add up millions of terms. */
    readonly expected: number | null
    readonly discounted: number
  }[]
  readonly counts: readonly {
    readonly leaving: Leaving
    readonly parameters: CnbdKParameters
    readonly count: number
    readonly horizon: number
    readonly probability: number
  }[]
}

/** Written by bench/references/cnbd-k.py with 30 digits, by formulas that the product does not use. */
const references: References = JSON.parse(readFileSync(join(import.meta.dirname, 'cnbd-k.references.json'), 'utf8'))
const models = { bg: bgCnbdK, mbg: mbgCnbdK }

function agrees(found: number, exact: number, within = 1e-9): void {
  expect(Math.abs(found - exact)).toBeLessThanOrEqual(within * Math.abs(exact))
}

describe('one customer, to nine digits of the references', () => {
  it.each(references.cases)('$leaving, $parameters.k, $history', question => {
    const { parameters, history, horizon, rate } = question
    const model = models[question.leaving]
    agrees(model.logLikelihood(parameters, history), question.logLikelihood)
    expect(Math.abs(model.probabilityAlive(parameters, history) - question.alive)).toBeLessThan(1e-12)
    agrees(model.probabilityOfSilence(parameters, history, horizon), question.silence)
    if (question.expected !== null) {
      agrees(model.expectedPurchases(parameters, history, horizon), question.expected)
    }
    agrees(model.discountedExpectedResidual(parameters, history, rate), question.discounted)
  })
})

describe('counts of new customers', () => {
  it.each(references.counts)('$leaving, $parameters.k: $count within $horizon', question => {
    const { parameters, count, horizon, probability } = question
    agrees(models[question.leaving].purchaseCountProbability(parameters, count, horizon), probability)
  })
})
