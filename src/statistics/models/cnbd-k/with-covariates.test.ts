import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import type { Columns } from '../columns.ts'
import { covariateObjective } from './covariate-objective.ts'
import { fitCnbdK } from './fit.ts'
import { simulate } from './simulate.ts'
import { mbgCnbdKWithCovariates } from './with-covariates.ts'

const truth = {
  parameters: { k: 1.8, r: 1.4, alpha: 40, a: 0.5, b: 2 },
  coefficients: { transaction: [Math.log(2), -0.3], lifetime: [-0.6] },
}

/** Customers of two channels and of some age: the channel shifts buying and leaving, the age buying alone. */
function base(customers: number, seed: number) {
  const random = seeded(seed)
  const channel = Float64Array.from({ length: customers }, () => (random() < 0.4 ? 1 : 0))
  const age = Float64Array.from({ length: customers }, () => 2 + random())
  const lives = Array.from(channel, (value, row) => {
    const own = mbgCnbdKWithCovariates.parametersFor(truth, { transaction: [value, age[row]!], lifetime: [value] })
    return simulate('mbg', own, { observed: Float64Array.of(365 + 365 * random()) }, random).columns
  })
  const column = (name: 'purchases' | 'recency' | 'observed' | 'logGapSum') =>
    Float64Array.from(lives, life => life[name][0]!)
  const columns: Columns = {
    purchases: column('purchases'),
    recency: column('recency'),
    observed: column('observed'),
    logGapSum: column('logGapSum'),
  }
  return { columns, channel, age }
}

const { columns, channel, age } = base(12_000, 4)

it('finds the coefficients that made the customers', () => {
  const fit = mbgCnbdKWithCovariates.fit(columns, { transaction: [channel, age], lifetime: [channel] })
  expect(fit.warnings).toEqual([])
  expect(fit.converged).toBe(true)
  expect(fit.gradientNorm).toBeLessThan(1e-5)
  const near = (found: number, error: number, expected: number) => {
    expect(error).toBeGreaterThan(0)
    expect(error).toBeLessThan(0.3)
    expect(Math.abs(found - expected)).toBeLessThan(3.5 * error)
  }
  near(fit.coefficients.transaction[0]!, fit.coefficientErrors.transaction[0]!, Math.log(2))
  near(fit.coefficients.transaction[1]!, fit.coefficientErrors.transaction[1]!, -0.3)
  near(fit.coefficients.lifetime[0]!, fit.coefficientErrors.lifetime[0]!, -0.6)
  near(Math.log(fit.parameters.k), fit.standardErrors.k / fit.parameters.k, Math.log(1.8))
  near(Math.log(fit.parameters.a), fit.standardErrors.a / fit.parameters.a, Math.log(0.5))
  expect(fit.logLikelihood).toBeGreaterThan(fitCnbdK('mbg', columns).logLikelihood + 100)
})

it('without covariates is the plain fit, and one that says nothing changes next to nothing', () => {
  const plain = fitCnbdK('mbg', columns)
  expect(mbgCnbdKWithCovariates.fit(columns, {})).toMatchObject({
    ...plain,
    coefficients: { transaction: [], lifetime: [] },
  })
  const random = seeded(9)
  const noise = Float64Array.from(channel, () => random())
  const fit = mbgCnbdKWithCovariates.fit(columns, { transaction: [noise] })
  expect(fit.logLikelihood).toBeGreaterThanOrEqual(plain.logLikelihood - 1e-6)
  expect(fit.logLikelihood).toBeLessThan(plain.logLikelihood + 6)
})

it('holds k where it is told to', () => {
  const fit = mbgCnbdKWithCovariates.fit(columns, { transaction: [channel] }, { k: 2 })
  expect(fit.parameters.k).toBe(2)
  expect(fit.standardErrors.k).toBe(0)
  expect(fit.warnings).toEqual([])
})

it('its gradient and Hessian are what differences show', () => {
  const standard = [
    { kind: 'transaction' as const, mean: 0, deviation: 1, values: age },
    { kind: 'lifetime' as const, mean: 0, deviation: 1, values: channel },
  ]
  const objective = covariateObjective(columns, standard)
  const size = 7
  const at = (point: Float64Array) => {
    const gradient = new Float64Array(size)
    const hessian = new Float64Array(size * size)
    return { value: objective(point, gradient, hessian), gradient, hessian }
  }
  const point = Float64Array.of(Math.log(1.5), 0.2, 3.5, -0.5, 0.8, 0.2, -0.3)
  const { gradient, hessian } = at(point)
  const steep = Math.max(...gradient.map(Math.abs))
  const curved = Math.max(...hessian.map(Math.abs))
  for (let i = 0; i < size; i++) {
    const above = at(point.map((value, j) => (j === i ? value + 1e-5 : value)))
    const below = at(point.map((value, j) => (j === i ? value - 1e-5 : value)))
    expect(Math.abs(gradient[i]! - (above.value - below.value) / 2e-5)).toBeLessThan(1e-5 * steep)
    for (let j = 0; j < size; j++) {
      const difference = (above.gradient[j]! - below.gradient[j]!) / 2e-5
      expect(Math.abs(hessian[i * size + j]! - difference)).toBeLessThan(1e-5 * curved)
    }
  }
})

describe('refuses', () => {
  it('columns that say nothing or do not fit, all at once', () => {
    const same = new Float64Array(12_000).fill(3)
    const act = () =>
      mbgCnbdKWithCovariates.fit(columns, { transaction: [same, new Float64Array(3)], lifetime: [channel, channel] })
    expect(act).toThrow(/same for all customers.*has 3 rows.*collinear/)
  })

  it('values that are not as many as the coefficients', () => {
    expect(() => mbgCnbdKWithCovariates.parametersFor(truth, { transaction: [1], lifetime: [Number.NaN] })).toThrow(
      /transaction must be 2.*lifetime must be 1/,
    )
  })
})
