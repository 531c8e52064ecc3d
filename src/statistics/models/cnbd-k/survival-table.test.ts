import { expect, it } from 'vitest'
import { betaConstants, SURVIVAL_NUMBERS, survivalSlopes } from './survival-slopes.ts'
import { PIECE_LENGTH, pieceWidth, readPiece, writePiece } from './survival-table.ts'

const shapes = [0.3, 5, 1000].flatMap(shape => [0.05, 0.3, 1, 1.6, 5, 20, 50].map(k => ({ k, shape })))

it.each(shapes)('answers as the fraction does, k $k, shape $shape', ({ k, shape }) => {
  const beta = betaConstants(k, shape)
  const width = pieceWidth(k)
  const pieces = new Float64Array(PIECE_LENGTH)
  const read = new Float64Array(SURVIVAL_NUMBERS)
  const exact = new Float64Array(SURVIVAL_NUMBERS)
  for (let middle = Math.log(k / shape) - 10; middle < Math.log(k / shape) + 6; middle += width) {
    writePiece(middle, width, beta, pieces, 0)
    for (let position = -1; position <= 1; position += 0.25) {
      readPiece(pieces, 0, position, read)
      survivalSlopes(middle + (position * width) / 2, beta, exact)
      expect(Math.abs(read[0]! - exact[0]!)).toBeLessThan(3e-11 * (1 + Math.abs(exact[0]!)))
      expect(Math.abs(read[1]! - exact[1]!)).toBeLessThan(1e-9 * (1 / k + Math.abs(exact[1]!)))
      expect(Math.abs(read[2]! - exact[2]!)).toBeLessThan(1e-9 * (1 / shape + Math.abs(exact[2]!)))
      expect(Math.abs(read[3]! - exact[3]!)).toBeLessThan(1e-7 * (1 / (k * k) + Math.abs(exact[3]!)))
    }
  }
})
