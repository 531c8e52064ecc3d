import { expect, it } from 'vitest'
import { integrate, integrateLine, integrateToInfinity } from './integrate.ts'
import { logBeta } from './log-beta.ts'

const relative = (found: number, exact: number) => Math.abs(found / exact - 1)

it.each([
  ['a polynomial', (x: number) => x ** 3, -1, 3, 20],
  ['an infinite end', (_: number, fromLower: number) => 1 / Math.sqrt(fromLower), 0, 4, 4],
  ['a logarithm at the end', (_: number, fromLower: number) => Math.log(fromLower), 0, 1, -1],
  ['both ends infinite', (_: number, p: number, q: number) => 1 / Math.sqrt(p * q), 2, 5, Math.PI],
  ['a peak of width 0.01', (x: number) => 1 / (x * x + 1e-4), -1, 1, 200 * Math.atan(100)],
  ['a range of no width', () => 1, 2, 2, 0],
])('integrates %s', (_, f, lower, upper, exact) => {
  const found = integrate(f, lower, upper)
  if (exact === 0) expect(found).toBe(0)
  else expect(relative(found, exact)).toBeLessThan(1e-12)
})

it.each([
  [0.05, 0.7],
  [0.3, 2],
  [1, 1],
  [40, 900],
])('integrates the density of Beta(%f, %f) to 1', (a, b) => {
  const density = (_: number, p: number, q: number) =>
    Math.exp((a - 1) * Math.log(p) + (b - 1) * Math.log(q) - logBeta(a, b))
  expect(relative(integrate(density, 0, 1), 1)).toBeLessThan(1e-12)
})

it.each([
  ['a gamma density with an infinite end', (x: number) => Math.exp(-x) / Math.sqrt(x), 1, Math.sqrt(Math.PI)],
  ['an algebraic tail', (x: number) => (1 + x) ** -1.5, 1, 2],
  ['what happens far from 1', (x: number) => 1e-6 * Math.exp(-1e-6 * x), 1e6, 1],
])('integrates %s to infinity', (_, f, scale, exact) => {
  expect(relative(integrateToInfinity(f, scale), exact)).toBeLessThan(1e-12)
})

it('integrates over the whole line, around a centre', () => {
  const normal = (x: number) => Math.exp(-(((x - 70) / 0.3) ** 2) / 2)
  expect(relative(integrateLine(normal, 70, 0.3), 0.3 * Math.sqrt(2 * Math.PI))).toBeLessThan(1e-13)
  expect(
    relative(
      integrateLine(x => 1 / Math.cosh(x)),
      Math.PI,
    ),
  ).toBeLessThan(1e-13)
})
