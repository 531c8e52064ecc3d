import { forEachBlock } from '../blocks.ts'
import { type Columns, checkColumns } from '../columns.ts'
import type { Scores } from '../model.ts'
import { checkQuestion } from '../question.ts'
import type { NbdParameters } from './parameters.ts'

/** P(alive), expected purchases and probability of silence of a whole base. */
export function scoreNbd(parameters: NbdParameters, columns: Columns, horizon: number): Scores {
  checkQuestion(parameters, { horizon })
  checkColumns(columns)
  const { r, alpha } = parameters
  const rows = columns.purchases.length
  const scores = { alive: new Float64Array(rows), expected: new Float64Array(rows), silence: new Float64Array(rows) }
  scores.alive.fill(1)
  forEachBlock(columns, block => {
    for (let i = 0; i < block.rows; i++) {
      const shape = r + block.purchases[i]!
      const spans = horizon / (alpha + block.observed[i]!)
      scores.expected[block.first + i] = shape * spans
      scores.silence[block.first + i] = Math.exp(-shape * Math.log1p(spans))
    }
  })
  return scores
}

/** Discounted expected purchases of a whole base. */
export function discountNbd(parameters: NbdParameters, columns: Columns, rate: number): Float64Array {
  checkQuestion(parameters, { rate })
  checkColumns(columns)
  const { r, alpha } = parameters
  const discounted = new Float64Array(columns.purchases.length)
  forEachBlock(columns, ({ first, rows, purchases, observed }) => {
    for (let i = 0; i < rows; i++) discounted[first + i] = (r + purchases[i]!) / (alpha + observed[i]!) / rate
  })
  return discounted
}
