import { expect, it } from 'vitest'
import { parameterNames } from './parameters.ts'
import { paretoNbd } from './pareto-nbd.ts'

it('names the parameters in the order of every covariance', () => {
  expect(parameterNames).toEqual(['r', 'alpha', 's', 'beta'])
})

it('each must be positive and finite, and every fault is told at once', () => {
  const wrong = { r: 0, alpha: -1, s: Number.NaN, beta: Infinity }
  expect(() => paretoNbd.expectedPurchasesOfNew(wrong, -2)).toThrow(
    'r must be a positive finite number, found 0; alpha must be a positive finite number, found -1; ' +
      's must be a positive finite number, found NaN; beta must be a positive finite number, found Infinity; ' +
      'horizon must be a finite number of at least 0, found -2',
  )
})
