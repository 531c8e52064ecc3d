import { expect, it } from 'vitest'
import { stirlingCorrection } from './stirling-correction.ts'

it('is what Stirling leaves out of ln 9! = ln Gamma(10)', () => {
  const stirling = 9.5 * Math.log(10) - 10 + 0.5 * Math.log(2 * Math.PI)
  expect(stirling + stirlingCorrection(10)).toBeCloseTo(Math.log(362880), 13)
})
