import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import { fitParetoNbd } from './fit.ts'
import { parameterNames } from './parameters.ts'
import { paretoNbd } from './pareto-nbd.ts'
import { paretoNbdWithCovariates } from './with-covariates.ts'

const truth = { r: 0.8, alpha: 40, s: 0.7, beta: 90 }
const coefficients = { transaction: [0.7, -0.4], lifetime: [0.9] }

/** Customers of whom two traits are known: a channel (0 or 1), and a number; only the channel hastens leaving. */
function invent(customers: number, seed: number, number: (random: () => number) => number) {
  const random = seeded(seed)
  const channel = Float64Array.from({ length: customers }, () => (random() < 0.4 ? 1 : 0))
  const trait = Float64Array.from({ length: customers }, () => number(random))
  const purchases = new Float64Array(customers)
  const recency = new Float64Array(customers)
  const observed = new Float64Array(customers)
  for (let row = 0; row < customers; row++) {
    const parameters = paretoNbdWithCovariates.parametersFor(
      { parameters: truth, coefficients },
      { transaction: [channel[row]!, trait[row]!], lifetime: [channel[row]!] },
    )
    const window = { observed: Float64Array.of(50 + Math.floor(400 * random())) }
    const { columns } = paretoNbd.simulate(parameters, window, random)
    observed[row] = window.observed[0]!
    recency[row] = Math.ceil(columns.recency[0]!)
    purchases[row] = columns.purchases[0]!
  }
  return { columns: { purchases, recency, observed }, channel, trait }
}

describe('known coefficients come back within four standard errors', () => {
  it.each([
    ['two traits of few values: by tables, a group at a time', (random: () => number) => Math.floor(3 * random())],
    ['a trait of any value: customer by customer', (random: () => number) => 5 + 2 * random()],
  ])('%s', (_, number) => {
    const { columns, channel, trait } = invent(12_000, 5, number)
    const fit = paretoNbdWithCovariates.fit(columns, { transaction: [channel, trait], lifetime: [channel] })
    expect(fit.warnings).toEqual([])
    expect(fit.gradientNorm).toBeLessThan(1e-4)
    expect(fit.logLikelihood).toBeGreaterThan(fitParetoNbd(columns).logLikelihood + 100)
    for (const kind of ['transaction', 'lifetime'] as const) {
      for (const [i, coefficient] of coefficients[kind].entries()) {
        const error = fit.coefficientErrors[kind][i]!
        expect(error).toBeLessThan(0.2)
        expect(Math.abs(fit.coefficients[kind][i]! - coefficient)).toBeLessThan(4 * error)
      }
    }
    for (const [i, name] of parameterNames.entries()) {
      const error = Math.log(fit.parameters[name] / truth[name]) / Math.sqrt(fit.logCovariance[5 * i]!)
      expect(Math.abs(error)).toBeLessThan(4)
    }
  })
})

describe('the same answer by another way', () => {
  const { columns, channel, trait } = invent(3000, 6, random => Math.floor(3 * random()))

  it('without covariates it is the plain fit', () => {
    const { coefficients: none, coefficientErrors, ...fit } = paretoNbdWithCovariates.fit(columns, {})
    expect(fit).toEqual(fitParetoNbd(columns))
    expect([none, coefficientErrors]).toEqual([
      { transaction: [], lifetime: [] },
      { transaction: [], lifetime: [] },
    ])
  })

  it('a customer with all covariates 0 has the parameters of the fit', () => {
    const fit = paretoNbdWithCovariates.fit(columns, { transaction: [channel], lifetime: [channel] })
    expect(paretoNbdWithCovariates.parametersFor(fit, { transaction: [0], lifetime: [0] })).toEqual(fit.parameters)
  })

  it('its likelihood is that of its customers one by one', () => {
    const fit = paretoNbdWithCovariates.fit(columns, { transaction: [channel, trait], lifetime: [trait] })
    let sum = 0
    for (let row = 0; row < 3000; row++) {
      const parameters = paretoNbdWithCovariates.parametersFor(fit, {
        transaction: [channel[row]!, trait[row]!],
        lifetime: [trait[row]!],
      })
      const history = {
        purchases: columns.purchases[row]!,
        recency: columns.recency[row]!,
        observed: columns.observed[row]!,
      }
      sum += paretoNbd.logLikelihood(parameters, history)
    }
    expect(fit.logLikelihood / sum).toBeCloseTo(1, 11)
  })

  it('group by group is customer by customer', () => {
    const nearly = Float64Array.from(trait, (value, row) => value + 1e-10 * Math.sin(row))
    const grouped = paretoNbdWithCovariates.fit(columns, { transaction: [trait] })
    const single = paretoNbdWithCovariates.fit(columns, { transaction: [nearly] })
    expect(single.logLikelihood / grouped.logLikelihood).toBeCloseTo(1, 10)
    expect(single.coefficients.transaction[0]).toBeCloseTo(grouped.coefficients.transaction[0]!, 6)
    expect(single.coefficientErrors.transaction[0]).toBeCloseTo(grouped.coefficientErrors.transaction[0]!, 4)
  })

  it('another unit of a covariate changes its coefficient and nothing else', () => {
    const grams = trait.map(value => 1000 * value + 5000)
    const one = paretoNbdWithCovariates.fit(columns, { transaction: [trait], lifetime: [trait] })
    const other = paretoNbdWithCovariates.fit(columns, { transaction: [grams], lifetime: [grams] })
    expect(other.logLikelihood).toBeCloseTo(one.logLikelihood, 7)
    expect(other.coefficients.lifetime[0]! * 1000).toBeCloseTo(one.coefficients.lifetime[0]!, 6)
    const of = (fit: typeof one, value: number) =>
      paretoNbdWithCovariates.parametersFor(fit, { transaction: [value], lifetime: [value] }).alpha
    expect(of(other, 7000) / of(one, 2)).toBeCloseTo(1, 6)
  })

  it('weights count like repetition', () => {
    const doubled = (column: Float64Array) => Float64Array.from([...column, ...column])
    const weighted = paretoNbdWithCovariates.fit(
      { ...columns, weights: new Float64Array(3000).fill(2) },
      { lifetime: [channel] },
    )
    const repeated = paretoNbdWithCovariates.fit(
      {
        purchases: doubled(columns.purchases),
        recency: doubled(columns.recency),
        observed: doubled(columns.observed),
      },
      { lifetime: [doubled(channel)] },
    )
    expect(weighted.logLikelihood / repeated.logLikelihood).toBeCloseTo(1, 11)
    expect(weighted.coefficients.lifetime[0]).toBeCloseTo(repeated.coefficients.lifetime[0]!, 6)
  })
})

describe('refusals', () => {
  const { columns, channel, trait } = invent(300, 7, random => random())

  it('ragged, not finite and constant columns, all at once', () => {
    const covariates = {
      transaction: [new Float64Array(299), new Float64Array(300)],
      lifetime: [trait.map((value, row) => (row === 3 ? Number.NaN : value))],
    }
    expect(() => paretoNbdWithCovariates.fit(columns, covariates)).toThrow(
      'transaction covariate 1 has 299 rows where there are 300 customers; transaction covariate 2 is the same for all ' +
        'customers, so nothing can be learned from it; lifetime covariate 1 must be finite numbers, found NaN at row 3',
    )
  })

  it('columns of which one follows from the others', () => {
    const mixed = channel.map((value, row) => 3 * value - 2 * trait[row]! + 1)
    expect(() => paretoNbdWithCovariates.fit(columns, { lifetime: [channel, trait, mixed] })).toThrow(
      'lifetime covariates are collinear: one of them follows from the others',
    )
    expect(() => paretoNbdWithCovariates.fit(columns, { transaction: [channel], lifetime: [channel] })).not.toThrow()
  })

  it('values of one customer that are too few or no numbers', () => {
    const fit = { parameters: truth, coefficients }
    expect(() => paretoNbdWithCovariates.parametersFor(fit, { transaction: [1, Number.NaN] })).toThrow(
      'transaction must be 2 finite numbers, found [1,null]; lifetime must be 1 finite numbers, found []',
    )
  })
})
