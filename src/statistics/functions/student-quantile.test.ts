import { expect, it } from 'vitest'
import { studentQuantile, studentTwoSided } from './student-quantile.ts'

// Reference values: scipy 1.17.
it.each([
  [0.975, 10, 2.228138851986274],
  [0.975, 1, 12.706204736174694],
  [0.6, 2.5, 0.2814595127485477],
  [0.025, 10, -2.228138851986274],
  [0.5, 7, 0],
])('Student quantile of %f with %f degrees of freedom is %f', (p, degrees, value) => {
  expect(studentQuantile(p, degrees)).toBeCloseTo(value, 10)
})

it('the two-sided probability of the 97.5 % point is 5 %', () => {
  expect(studentTwoSided(2.228138851986274, 10)).toBeCloseTo(0.05, 13)
})
