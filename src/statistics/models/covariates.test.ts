import { expect, it } from 'vitest'
import { standardise } from './covariates.ts'

const numbers = (...values: number[]) => Float64Array.from(values)

it('brings each column to mean 0 and deviation 1, transaction before lifetime', () => {
  const [transaction, lifetime, ...more] = standardise(
    { lifetime: [numbers(0, 0, 3)], transaction: [numbers(1, 5, 3)] },
    3,
  )
  expect(more).toEqual([])
  expect(transaction).toMatchObject({ kind: 'transaction', mean: 3 })
  expect(transaction!.deviation).toBeCloseTo(Math.sqrt(8 / 3), 14)
  expect([...transaction!.values]).toEqual([-Math.sqrt(1.5), Math.sqrt(1.5), 0].map(value => expect.closeTo(value, 14)))
  expect(lifetime!.kind).toBe('lifetime')
  expect([...lifetime!.values]).toEqual([-Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2].map(v => expect.closeTo(v, 14)))
})

it.each([
  ['rows that are missing', [numbers(1, 2)], 'transaction covariate 1 has 2 rows where there are 3 customers'],
  ['no number', [numbers(1, Number.NaN, 2)], 'transaction covariate 1 must be finite numbers, found NaN at row 1'],
  ['nothing to learn from', [numbers(7, 7, 7)], 'transaction covariate 1 is the same for all customers'],
  ['one column twice', [numbers(1, 2, 4), numbers(2, 4, 8)], 'transaction covariates are collinear'],
])('refuses %s', (_, transaction, message) => {
  expect(() => standardise({ transaction }, 3)).toThrow(message)
})

it('lets one trait speed up buying and leaving', () => {
  const trait = numbers(1, 2, 4)
  expect(standardise({ transaction: [trait], lifetime: [trait] }, 3).length).toBe(2)
})
