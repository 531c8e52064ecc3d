import { describe, expect, it } from 'vitest'
import { curveBlockTerm } from './curve-sums.ts'
import { LeavingCurve } from './leaving-curve.ts'
import { rowTerm } from './objective.ts'

const parameters = { r: 0.55, alpha: 12, s: 0.6, beta: 20 }
const observed = Float64Array.from({ length: 40 }, (_, row) => 20 + 9.7 * row)
const recency = observed.map((time, row) => 0.5 + (time - 0.5) * Math.sin(row) ** 2)
const weights = observed.map((_, row) => 1 + (row % 3))

describe.each([
  ['customers who came back', 3, recency],
  ['newcomers, of whom no last purchase is kept', 0, new Float64Array(0)],
] as const)('%s', (_, purchases, lastSeen) => {
  it.each([
    ['each counting once', undefined],
    ['by weight', weights],
  ])('%s: the sum of what each is by her own integral, with its slopes', (__, weigh) => {
    const wanted = new Float64Array(4)
    let sum = 0
    for (let row = 0; row < 40; row++) {
      const weight = weigh ? weigh[row]! : 1
      sum += weight * rowTerm(parameters, purchases, lastSeen[row] ?? 0, observed[row]!, weight, wanted)
    }
    const block = { purchases, recency: lastSeen, observed, weights: weigh, first: purchases > 0 ? 0.5 : 0 }
    const curve = new LeavingCurve(500, parameters)
    const found = new Float64Array(4)
    expect(Math.abs(curveBlockTerm(block, curve, parameters, found) / sum - 1)).toBeLessThan(1e-13)
    for (let i = 0; i < 4; i++) expect(Math.abs(found[i]! / wanted[i]! - 1)).toBeLessThan(1e-11)
  })
})
