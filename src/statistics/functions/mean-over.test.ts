import { describe, expect, it } from 'vitest'
import { meanOverBeta, meanOverGamma } from './mean-over.ts'

const relative = (found: number, exact: number) => Math.abs(found / exact - 1)

// E[x], E[1 / (1 + 20 x)] and E[1 / (1 + 1e6 x)]; mpmath with 40 digits (the last two are 2F1(1, a; a + b; -20), ...).
describe.each([
  [0.008, 0.5, 0.015748031496062992, 0.9663854508956116, 0.8856751520246462],
  [0.8, 2.4, 0.25, 0.2955070193355573, 0.0001309837708463661],
  [2.0, 3.0, 0.4, 0.1458024203722978, 3.9998522135417316e-6],
  [5.0, 10001.0, 0.0004997001798920647, 0.9901241904044994, 0.0024929504814550528],
  [10000.0, 10000.0, 0.5, 0.09091284776097018, 2.0000960094088827e-6],
  [0.79, 228.4, 0.0034469217679654438, 0.9398038815354148, 0.004704614177611167],
  [300.0, 0.02, 0.9999333377774815, 0.047622080668172494, 1.000065889499099e-6],
])('over Beta(%f, %f)', (a, b, mean, steep, steeper) => {
  const over = meanOverBeta(a, b)
  it('equals the references', () => {
    expect(
      relative(
        over(() => 1),
        1,
      ),
    ).toBeLessThan(1e-13)
    expect(
      relative(
        over(x => x),
        mean,
      ),
    ).toBeLessThan(1e-12)
    expect(
      relative(
        over(x => 1 / (1 + 20 * x)),
        steep,
      ),
    ).toBeLessThan(1e-12)
    expect(
      relative(
        over(x => 1 / (1 + 1e6 * x)),
        steeper,
      ),
    ).toBeLessThan(1e-12)
  })
})

// E[x] and E[3 / (3 + x)] = 3^s e^3 Gamma(1 - s, 3).
describe.each([
  [0.01, 0.01, 0.9973849338819004],
  [0.25, 0.25, 0.9379260942573922],
  [3.0, 3.0, 0.5381304934467998],
  [10000.25, 10000.25, 0.0002999325061892574],
])('over Gamma(%f)', (shape, mean, steep) => {
  const over = meanOverGamma(shape)
  it('equals the references', () => {
    expect(
      relative(
        over(x => x),
        mean,
      ),
    ).toBeLessThan(1e-12)
    expect(
      relative(
        over(x => 3 / (3 + x)),
        steep,
      ),
    ).toBeLessThan(1e-12)
  })
})
