import { describe, expect, it } from 'vitest'
import { checkFitOptions, fitOf, meanGap, reportFit } from './report-fit.ts'

const minimum = {
  point: Float64Array.of(Math.log(2)),
  value: 7,
  gradient: Float64Array.of(0.5),
  hessian: Float64Array.of(100),
  iterations: 3,
  converged: true,
}
const box = { lower: [-9], upper: [9] }
const finding = { parameters: { r: 2 }, names: ['r'] as const, minimum, box, customers: 50 }

describe('a fit', () => {
  it('is told in the unit of its parameters and per customer', () => {
    const fit = reportFit(finding, () => [])
    expect(fit).toMatchObject({ logLikelihood: -7, gradientNorm: 0.01, iterations: 3, customers: 50, warnings: [] })
    expect(fit.standardErrors.r).toBeCloseTo(0.2, 14)
    expect(fit.logCovariance[0]).toBeCloseTo(0.01, 14)
  })

  it('says what the search has shown after what the model knows', () => {
    const cut = { ...minimum, converged: false, hessian: Float64Array.of(-1) }
    const known: boolean[] = []
    const fit = reportFit({ ...finding, minimum: cut }, information => {
      known.push(information.known)
      return ['dropout-not-identified']
    })
    expect(known).toEqual([false])
    expect(fit.warnings).toEqual(['dropout-not-identified', 'not-converged', 'no-standard-errors'])
  })

  it('claims no standard errors at the edge of the box', () => {
    const edge = { ...minimum, point: Float64Array.of(9) }
    expect(reportFit({ ...finding, minimum: edge }, () => []).warnings).toEqual(['no-standard-errors'])
  })

  it.each([
    [49, ['too-few-customers', 'rates-at-boundary']],
    [0, ['too-few-customers', 'no-repeat-purchases', 'rates-at-boundary']],
    [50, ['rates-at-boundary']],
  ])('of %i customers who came back', (repeaters, warnings) => {
    const fit = fitOf<{ r: number }>({ minimum, base: { customers: 90, repeaters } }, ['r'], box, ['rates-at-boundary'])
    expect(fit.parameters.r).toBeCloseTo(2, 14)
    expect(fit.warnings).toEqual(warnings)
  })
})

it.each([
  ['two gaps over 20 days and none over 30', [2, 0], [20, 0], [20, 30], undefined, 10],
  ['by weight', [1, 1], [10, 40], [40, 40], [3, 1], 17.5],
  ['no gaps: how long they were watched', [0, 0], [0, 0], [30, 50], undefined, 40],
  ['nobody watched for any time', [0], [0], [0], undefined, 1],
] as const)('the mean gap of %s', (_, purchases, recency, observed, weights, gap) => {
  const columns = {
    purchases: Float64Array.from(purchases),
    recency: Float64Array.from(recency),
    observed: Float64Array.from(observed),
    ...(weights ? { weights: Float64Array.from(weights) } : {}),
  }
  expect(meanGap(columns)).toBe(gap)
})

it('refuses a search of no passes', () => {
  expect(() => checkFitOptions({ maximumIterations: 0.5 })).toThrow(
    'maximumIterations must be a number of at least 1, found 0.5',
  )
  expect(() => checkFitOptions({})).not.toThrow()
})
