import { describe, expect, it } from 'vitest'
import type { CurvedObjective } from '../optimisation/newton.ts'
import type { Columns } from './columns.ts'
import { type Shiftable, withCovariates } from './covariate-model.ts'
import type { StandardCovariate } from './covariates.ts'
import type { Fit, FitOptions } from './fit.ts'

interface Toy {
  readonly alpha: number
  readonly a: number
}

const plain: Fit<Toy> = {
  parameters: { alpha: 10, a: 2 },
  logLikelihood: -9,
  standardErrors: { alpha: 1, a: 1 },
  logCovariance: new Float64Array(4),
  iterations: 1,
  gradientNorm: 0,
  converged: true,
  customers: 4,
  warnings: ['too-few-customers', 'not-converged'],
}

/** Least at 0.3 in ln alpha and ln a, 0.6 in the coefficient of a standardised trait of buying, `leaving` in one of leaving. */
const bowl =
  (leaving: number): CurvedObjective =>
  (point, gradient, hessian) => {
    const size = point.length
    hessian.fill(0)
    return point.reduce((sum, value, i) => {
      const distance = value - [0.3, 0.3, 0.6, leaving][i]!
      gradient[i] = 100 * distance
      hessian[i * size + i] = 100
      return sum + 50 * distance ** 2
    }, 7)
  }

const toy = (leaving = -0.2, holdsA = false) => withCovariates<Toy, object>(shiftable(leaving, holdsA))

const shiftable = (leaving: number, holdsA: boolean): Shiftable<Toy, object> => ({
  parameterNames: ['alpha', 'a'],
  shifts: { transaction: { name: 'alpha', sign: -1 }, lifetime: { name: 'a', sign: 1 } },
  atBoundary: { alpha: 'rates-at-boundary', a: 'dropout-not-identified' },
  fit: () => plain,
  box: () => (holdsA ? { lower: [-9, Math.log(2)], upper: [9, Math.log(2)] } : { lower: [-9, -9], upper: [9, 9] }),
  stage: (_columns, _covariates, _box, customers) => ({ customers, objective: bowl(leaving) }),
})

const columns = {
  purchases: new Float64Array(4),
  recency: new Float64Array(4),
  observed: Float64Array.of(1, 2, 3, 4),
}
/** Mean 5, deviation 2. */
const trait = Float64Array.of(3, 7, 3, 7)

describe('a fit with covariates', () => {
  it('tells coefficients per unit, and the parameters of a customer with all covariates 0', () => {
    const fit = toy().fit(columns, { transaction: [trait], lifetime: [trait] })
    expect(fit.coefficients.transaction[0]).toBeCloseTo(0.3, 9)
    expect(fit.coefficients.lifetime[0]).toBeCloseTo(-0.1, 9)
    expect(Math.log(fit.parameters.alpha)).toBeCloseTo(0.3 + 5 * 0.3, 9)
    expect(Math.log(fit.parameters.a)).toBeCloseTo(0.3 + 5 * 0.1, 9)
    expect(fit.coefficientErrors.transaction[0]).toBeCloseTo(0.1 / 2, 12)
    expect(fit.logCovariance[0]).toBeCloseTo(0.01 + 25 * (0.01 / 4), 12)
    expect(fit.logCovariance).toHaveLength(4)
    expect(fit.logLikelihood).toBeCloseTo(-7, 9)
  })

  it('repeats what the plain fit says of the base, not what it says of its own search', () => {
    expect(toy().fit(columns, { transaction: [trait] }).warnings).toEqual(['too-few-customers'])
  })

  it('says where a coefficient ran to the end of its range, and then claims no errors', () => {
    const fit = toy(-99).fit(columns, { transaction: [trait], lifetime: [trait] })
    expect(fit.warnings).toEqual(['too-few-customers', 'rates-at-boundary', 'no-standard-errors'])
    expect(fit.coefficientErrors.transaction[0]).toBeNaN()
  })

  it('holds what the plain fit held', () => {
    const fit = toy(-0.2, true).fit(columns, { transaction: [trait] })
    expect(fit.parameters.a).toBe(2)
    expect(fit.standardErrors.a).toBe(0)
    expect(fit.warnings).toEqual(['too-few-customers'])
  })

  it('thins out traits together with their customers', () => {
    const asked: number[] = []
    const follows = ({ observed }: Columns, [covariate]: readonly StandardCovariate[]) => {
      const { values, mean, deviation } = covariate!
      asked.push(values.length)
      return values.every((value, row) => Math.abs(mean + deviation * value - observed[row]!) < 1e-6)
    }
    const large = withCovariates<Toy, FitOptions & { maximumCustomers: number }>({
      ...shiftable(0, false),
      stage(some, covariates, _box, customers) {
        expect(follows(some, covariates)).toBe(true)
        return { customers, objective: bowl(0) }
      },
    })
    const rows = 130_000
    const observed = Float64Array.from({ length: rows }, (_, row) => row)
    const zeros = new Float64Array(rows)
    large.fit({ purchases: zeros, recency: zeros, observed }, { transaction: [observed] }, { maximumCustomers: 70_000 })
    expect(asked).toEqual([21_667, 65_000])
  })

  it('without covariates is the plain fit', () => {
    const none = { transaction: [], lifetime: [] }
    expect(toy().fit(columns, {})).toEqual({ ...plain, coefficients: none, coefficientErrors: none })
  })
})

describe('the parameters of one customer', () => {
  const fit = { parameters: plain.parameters, coefficients: { transaction: [Math.log(2), 1], lifetime: [Math.log(3)] } }

  it('are shifted by her traits, each kind in its own way', () => {
    const own = toy().parametersFor(fit, { transaction: [1, 0], lifetime: [1] })
    expect(own.alpha).toBeCloseTo(5, 12)
    expect(own.a).toBeCloseTo(6, 12)
  })

  it('are those of the fit where all covariates are 0', () => {
    expect(toy().parametersFor(fit, { transaction: [0, 0], lifetime: [0] })).toEqual(plain.parameters)
  })

  it('need as many numbers as there are coefficients', () => {
    expect(() => toy().parametersFor(fit, { transaction: [1, Number.NaN] })).toThrow(
      'transaction must be 2 finite numbers, found [1,null]; lifetime must be 1 finite numbers, found []',
    )
  })
})
